"""Lines that are written, each with the line it comes from."""

import ast

from ..expressions.dispatch import Expressions
from ..inference.scopes import Scope
from ..reading.kinds import UNKNOWN
from ..reading.module import Module


class Lines(Expressions):
    """Writes lines and blocks of statements: `_do_` and the name of a statement's class writes that statement."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        super().__init__(module, for_tests=for_tests)
        self.lines: list[str] = []
        self.origins: list[int] = []
        self._depth = 0
        self._returns = UNKNOWN  # what its annotation says that it gives
        self._gives = False  # whether the function that is being written gives a value somewhere

    def line(self, text: str, node: ast.AST | None) -> None:
        """Write one line for *node*."""
        self.lines.append("  " * self._depth + text)
        self.origins.append(getattr(node, "lineno", 0) if node else 0)

    def _block(self, body: list[ast.stmt], scope: Scope, declared: set[str]) -> None:
        for statement in body:
            name = "_do_" + type(statement).__name__.lower()
            write = getattr(self, name, None)
            if write is None:
                raise self.refusal(
                    statement,
                    f"{type(statement).__name__} is not compiled",
                    "write it with the plain constructs of the portable subset",
                )
            write(statement, scope, declared)

    def _nested(self, body: list[ast.stmt], scope: Scope, declared: set[str]) -> None:
        self._depth += 1
        self._block(body, scope, declared)
        self._depth -= 1

    def _keep(self, place: int, node: ast.AST) -> None:
        """Write what the defaults of a function's parameters are, once, before line *place*."""
        lines = [f"const {name} = {value};" for name, value in self.captured]
        self.captured = []
        indent = "  " * self._depth if place == len(self.lines) else ""
        self.lines[place:place] = [indent + line for line in lines]
        self.origins[place:place] = [getattr(node, "lineno", 0)] * len(lines)
