"""Every sort of expression, as JavaScript text. What is written here is put in brackets freely: the minifier takes them away."""

import ast

from ..inference.scopes import Scope
from .calls import Calls
from .comparisons import Comparisons
from .functions import Functions
from .literals import Literals
from .operators import Operators


class Expressions(Literals, Operators, Comparisons, Functions, Calls):
    """Writes expressions of one module: `_on_` and the name of a node's class writes that node."""

    def expression(self, node: ast.expr, scope: Scope) -> str:
        """*node* as a JavaScript expression."""
        name = "_on_" + type(node).__name__.lower()
        write = getattr(self, name, None)
        if write is None:
            raise self.refusal(
                node,
                f"{type(node).__name__} is not compiled",
                "write it with the plain constructs of the portable subset",
            )
        return str(write(node, scope))
