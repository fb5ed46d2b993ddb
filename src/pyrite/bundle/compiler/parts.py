"""What the writers of expressions share: helpers, the spelling of attributes, refusals."""

import ast

from .errors import CompileError
from .infer import Scope
from .kinds import JS, UNKNOWN, Kind
from .program import Module


class Parts:
    """One module that is being written. Expressions gives it `expression`, `condition`, `iterated` and `every`."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        self.module = module
        self.helpers: set[str] = set()
        self.statement: ast.expr | None = None  # a call whose value nobody takes
        self._for_tests = for_tests

    def helper(self, name: str, *arguments: str) -> str:
        """A call of the helper *name* of web/python.js."""
        self.helpers.add(name)
        return f"${name}({', '.join(arguments)})"

    def spelled(self, name: str, kind: Kind | None) -> str:
        """The attribute *name* of a value of *kind* (None: of the class that is being written), as JavaScript has it.

        With a `$` in front where the build may shorten it. Nothing else carries that mark: a key of data is always a
        text in brackets. A private name has it on values of unknown class too, for they are the program's own.
        """
        program = self.module.program
        unknown = kind is not None and not kind.cls and not self.module.is_test
        if unknown and not (name.startswith("_") and kind != JS):
            program.exposed.add(name)
        return name if name in program.exposed or name.startswith("__") else "$" + name

    def refusal(self, node: ast.AST, seen: str, remedy: str) -> CompileError:
        """A CompileError at *node*."""
        return CompileError(self.module.name, node, seen, remedy)

    def nothing(self, text: str, node: ast.expr) -> str:
        """*text*, a call that gives nothing in Python and something in JavaScript."""
        return text if node is self.statement else f"({text}, null)"

    def expression(self, node: ast.expr, scope: Scope) -> str:
        """See Expressions."""
        raise NotImplementedError

    def every(self, node: ast.expr, scope: Scope, method: str) -> str:
        """See Expressions."""
        raise NotImplementedError

    def condition(self, node: ast.expr, scope: Scope) -> str:
        """See Expressions."""
        raise NotImplementedError

    def iterated(self, node: ast.expr, scope: Scope, *, as_list: bool = False) -> str:
        """See Expressions."""
        raise NotImplementedError

    def function(self, node: ast.Lambda, scope: Scope, first: Kind = UNKNOWN) -> str:
        """See Expressions."""
        raise NotImplementedError

    def check_keys(self, node: ast.expr, kind: Kind) -> None:
        """Refuse to hand out the keys of a dict whose keys are numbers: they are texts here."""
        if kind.name == "dict" and kind.keys not in ("str", "unknown"):
            raise self.refusal(
                node, f"the keys of a dict by {kind.keys}", "loop over its values, or use texts"
            )
