"""The arguments of a call, in the places that a function of the program has for them."""

import ast
import json

from ..inference.infer import infer
from ..inference.purity import is_pure
from ..inference.scopes import Scope
from ..names import key
from ..reading.definitions import Function
from ..reading.kinds import NUMBERS
from .parts import Parts


class Arguments(Parts):
    """Writes the arguments of calls."""

    def arguments(self, node: ast.Call, function: Function | None, scope: Scope) -> str:
        """The arguments of *node* in the places that *function* has for them."""
        given = [self.expression(argument, scope) for argument in node.args]
        if function is None:
            if node.keywords:
                raise self.refusal(
                    node,
                    f"{ast.unparse(node.func)} is called with names, and what it is can't be told",
                    "annotate it, or give the arguments by place",
                )
            return ", ".join(given)
        if function.node.args.vararg and function.node.args.kwarg:
            raise self.refusal(
                node,
                f"a call of {function.name}, with both *args and **kwargs",
                "leave one of them out",
            )
        names = [argument.arg for argument in function.arguments]
        self._check_arguments(node, function, names, scope)
        if not node.keywords:
            return ", ".join(given)
        if names and any(keyword.arg is None for keyword in node.keywords):
            return self._spread(node, function, given, names, scope)
        return self._placed(node, function, given, names, scope)

    def _placed(
        self, node: ast.Call, function: Function, given: list[str], names: list[str], scope: Scope
    ) -> str:
        """*given*, and those by name in their places; what *function* has no name for as one dict at the end."""
        starred = _is_starred(node)
        first = function.places if starred else 0
        placed: dict[int, str] = {} if starred else dict(enumerate(given))
        extra = []
        for keyword in node.keywords:
            text = self.expression(keyword.value, scope)
            if keyword.arg is None:
                extra.append(f"...{text}")
            elif keyword.arg in names:
                placed[names.index(keyword.arg)] = text
            else:
                self.module.program.exposed.add(keyword.arg)
                extra.append(f"{key(keyword.arg)}: {text}")
        if extra:
            placed[len(names)] = "{" + ", ".join(extra) + "}"
        last = max(placed, default=-1)
        rest = [placed.get(place, "undefined") for place in range(first, last + 1)]
        if starred:
            # As many places as come before those that are given by name.
            rest.insert(0, f"...Object.assign(Array({first}), [{', '.join(given)}])")
        return ", ".join(rest)

    def _check_arguments(
        self, node: ast.Call, function: Function, names: list[str], scope: Scope
    ) -> None:
        """Refuse what *function* doesn't take, or not in this order."""
        takes = f"it takes {', '.join(names) or 'nothing'}"
        starred = _is_starred(node)
        if len(node.args) > function.places and not function.node.args.vararg and not starred:
            raise self.refusal(
                node, f"{function.name} takes {function.places} arguments by place", takes
            )
        for keyword in node.keywords:
            self._check_keyword(keyword, node, function, names, takes)
        self._check_all_given(node, function, names, takes)
        for at, argument in enumerate(node.args):
            if at < len(function.arguments) and not starred:
                self._check_bool(argument, function, function.arguments[at], scope)
        for keyword in node.keywords:
            if keyword.arg in names:
                self._check_bool(
                    keyword.value, function, function.arguments[names.index(keyword.arg)], scope
                )
        self._check_order(node, function, names, scope)

    def _check_keyword(
        self, keyword: ast.keyword, node: ast.Call, function: Function, names: list[str], takes: str
    ) -> None:
        """Refuse a name that *function* doesn't have, or has got a value for already."""
        collects = function.node.args.kwarg
        if keyword.arg is None:
            if not collects and not names:
                raise self.refusal(node, f"{function.name} takes no arguments by name", takes)
        elif keyword.arg not in names:
            if not collects:
                text = f"{json.dumps(keyword.arg)}: {ast.unparse(keyword.value)}"
                raise self.refusal(node, f"{function.name} takes no argument {text}", takes)
        elif names.index(keyword.arg) < (function.places if _is_starred(node) else len(node.args)):
            raise self.refusal(
                node,
                f"{function.name} may get {keyword.arg} twice",
                "give it by place or by name",
            )

    def _check_all_given(
        self, node: ast.Call, function: Function, names: list[str], takes: str
    ) -> None:
        """Refuse a call that leaves out what *function* must have, where it can be told."""
        by_name = [keyword.arg for keyword in node.keywords]
        if _is_starred(node) or None in by_name:
            return
        for name in names[len(node.args) :]:
            if name not in by_name and name not in function.optional:
                raise self.refusal(node, f"{function.name} gets no {name}", takes)

    def _check_bool(
        self, node: ast.expr, function: Function, argument: ast.arg, scope: Scope
    ) -> None:
        """A truth value is a number in Python, whose text and equality differ here."""
        kind = function.module.kind_of(argument.annotation)
        if kind.name in NUMBERS and infer(node, scope).name == "bool":
            raise self.refusal(node, f"a bool for {argument.arg}, a number", "write 1 or 0")

    def _check_order(
        self, node: ast.Call, function: Function, names: list[str], scope: Scope
    ) -> None:
        """Arguments by name are evaluated in the order of the parameters here, in their own in Python."""
        places = [
            names.index(keyword.arg) if keyword.arg in names else len(names)
            for keyword in node.keywords
        ]
        if places == sorted(places):
            return
        if sum(not is_pure(keyword.value, scope) for keyword in node.keywords) > 1:
            raise self.refusal(
                node,
                f"calls in another order than {function.name} has parameters",
                f"give them in its order, which is {', '.join(names)}",
            )

    def _spread(
        self,
        node: ast.Call,
        function: Function,
        given: list[str],
        names: list[str],
        scope: Scope,
    ) -> str:
        """Arguments among which is a dict of more of them: they find their places at run time."""
        if _is_starred(node):
            raise self.refusal(node, "both * and ** in a call", "write one of them out")
        parts = []
        for keyword in node.keywords:
            begin = "..." if keyword.arg is None else f"{key(keyword.arg)}: "
            parts.append(begin + self.expression(keyword.value, scope))
        left = json.dumps(names[len(given) :])
        return ", ".join(
            [*given, f"...{self.helper('placed', left, '{' + ', '.join(parts) + '}')}"]
        )


def _is_starred(node: ast.Call) -> bool:
    """Whether *node* has a list of arguments among its own: how many that are is not known."""
    return any(isinstance(argument, ast.Starred) for argument in node.args)
