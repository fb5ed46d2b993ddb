"""What the writers of expressions share: helpers, the spelling of attributes, refusals."""

import ast

from ..checks import ERRORS
from ..errors import CompileError
from ..inference.infer import infer
from ..inference.scopes import Scope
from ..reading.definitions import Class
from ..reading.kinds import JS, UNKNOWN, Kind
from ..reading.module import Module


class Parts:
    """One module that is being written. Expressions gives it `expression`, `condition`, `iterated` and `every`."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        self.module = module
        self.helpers: set[str] = set()
        self.statement: ast.expr | None = None  # a call whose value nobody takes
        # Names and values that a function's parameters need.
        self.captured: list[tuple[str, str]] = []
        self.count = 0  # names of the compiler's own so far
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

    def check_shown(self, node: ast.expr, kind: Kind, *, digits: bool = False) -> None:
        """Refuse the text of a value that JavaScript writes otherwise; *digits*: what is asked for is how it is written."""
        self.check_keys(node, kind)
        if (kind.name == "float" and not digits) or kind.name in ("tuple", "bytes", "function"):
            raise self.refusal(
                node,
                f"the text of a {kind.name}",
                "numbers are JavaScript's and tuples lists here; write it out",
            )

    def check_key(self, node: ast.expr, scope: Scope, keys: str = "str") -> None:
        """Refuse a key of a dict that is no text, or no number where all are."""
        allowed = {"int": ("int",), "js": ("str", "int")}.get(keys, ("str",))
        if infer(node, scope).name not in (*allowed, "js", "unknown"):
            raise self.refusal(
                node, f"the key {ast.unparse(node)} is no text", "keys of dicts are texts"
            )

    def class_named(self, node: ast.expr, scope: Scope) -> Class | None:
        """The class of the program that *node* names."""
        if isinstance(node, ast.Name) and scope.owner(node.id) is None:
            definition = scope.module.lookup(node.id)
            return definition if isinstance(definition, Class) else None
        return None

    def error_class(self, name: str) -> str:
        """JavaScript's class for one of Python's own errors."""
        if ERRORS[name] in ("ValueError", "AssertionError"):
            self.helpers.add(ERRORS[name])
            return "$" + ERRORS[name]
        return ERRORS[name]


def is_none(node: ast.expr) -> bool:
    """Whether *node* is None, written out."""
    return isinstance(node, ast.Constant) and node.value is None


def is_negative(node: ast.expr) -> bool:
    """Whether *node* has a minus in front."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
