"""Methods of texts, lists and dicts."""

import ast

from ..inference.infer import infer
from ..inference.scopes import Scope
from ..reading.kinds import NUMBERS, Kind
from .parts import Parts, is_negative

SIMPLE = {
    "strip": "trim()",
    "lstrip": "trimStart()",
    "rstrip": "trimEnd()",
    "lower": "toLowerCase()",
    "upper": "toUpperCase()",
}
STARTS = {"startswith": "startsWith", "endswith": "endsWith"}
# How many arguments each takes. Those that web/python.js has under the same name find out what the receiver is.
OF_TEXT = {
    **dict.fromkeys(("strip", "lstrip", "rstrip"), (0, 1)),
    **dict.fromkeys(("lower", "upper", "isdigit", "encode"), (0, 0)),
    **dict.fromkeys(
        ("startswith", "endswith", "rfind", "index", "partition", "rpartition", "join", "count"),
        (1, 1),
    ),
    "find": (1, 2),
    "split": (0, 1),
    "replace": (2, 2),
}
OF_LIST = {
    **dict.fromkeys(("append", "remove", "index", "count", "extend"), (1, 1)),
    **dict.fromkeys(("copy", "clear"), (0, 0)),
    "insert": (2, 2),
    "pop": (0, 1),
}
OF_DICT = {
    **dict.fromkeys(("items", "keys", "values", "copy", "clear"), (0, 0)),
    **dict.fromkeys(("get", "pop"), (1, 2)),
    "setdefault": (2, 2),
    "update": (1, 1),
}
OF_KIND: dict[str, dict[str, tuple[int, int]]] = {
    "str": OF_TEXT,
    "list": OF_LIST,
    "tuple": {"index": (1, 1), "count": (1, 1)},
    "dict": OF_DICT,
    **{name: {} for name in (*NUMBERS, "bool", "bytes", "none", "function")},
}
OF_BUILTINS = {*OF_TEXT, *OF_LIST, *OF_DICT}
VIEWS = ("items", "keys", "values")
# What these give in JavaScript is not None.
NOTHING = ("append", "remove", "insert", "extend", "clear", "update")


class Methods(Parts):
    """Writes calls of built-in methods."""

    def builtin_method(self, text: str, kind: Kind, node: ast.Call, scope: Scope) -> str:
        """The call *node* of a built-in method of *text*, a value of *kind*."""
        assert isinstance(node.func, ast.Attribute)
        name = node.func.attr
        self._check_method(name, kind, node)
        made = self._written(name, text, kind, node, scope)
        return self.nothing(made, node) if name in NOTHING else made

    def _check_method(self, name: str, kind: Kind, node: ast.Call) -> None:
        if node.keywords:
            raise self.refusal(node, f".{name}() with names", "give the arguments by place")
        known = OF_KIND.get(kind.name)
        if known is not None and name not in known:
            raise self.refusal(
                node,
                f".{name}() of a {kind.name} is not compiled",
                f"it has {', '.join(known) or 'none'}",
            )
        if known is None and self.module.program.methods_named(name) and not self.module.is_test:
            raise self.refusal(
                node,
                f".{name}() on a value of unknown class, and classes of the program have it too",
                "annotate the value",
            )
        takes = (
            [known[name]]
            if known is not None
            else [one[name] for one in (OF_TEXT, OF_LIST, OF_DICT) if name in one]
        )
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refusal(node, f".{name}() with *", "write the arguments out")
        least, most = min(one[0] for one in takes), max(one[1] for one in takes)
        if not least <= len(node.args) <= most:
            raise self.refusal(
                node,
                f".{name}() with {len(node.args)} arguments",
                f"it takes {least if least == most else f'{least} to {most}'} here; write the rest out",
            )
        if name in VIEWS and id(node) not in self.module.iterated:
            raise self.refusal(node, f".{name}() as a value", "loop over it, or make a list of it")
        if name in ("items", "keys"):
            self.check_keys(node, kind)

    def _written(self, name: str, text: str, kind: Kind, node: ast.Call, scope: Scope) -> str:
        given = [self.expression(argument, scope) for argument in node.args]
        own = getattr(self, f"_method_{name}", None)
        if own is not None:
            return str(own(text, kind, node, given, scope))
        if name in SIMPLE and not given:
            return f"{text}.{SIMPLE[name]}"
        if name in STARTS and infer(node.args[0], scope).is_text:
            return f"{text}.{STARTS[name]}({given[0]})"
        if name in VIEWS:
            return f"Object.{'entries' if name == 'items' else name}({text})"
        if name in ("replace", "partition", "rpartition"):
            self._no_empty(node)
        return self.helper(name, text, *given)

    # ---- those with a way of their own ------------------------------------------------------------------------------

    def _method_rfind(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        return f"{text}.lastIndexOf({given[0]})"

    def _method_find(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        if len(given) > 1 and is_negative(node.args[1]):
            raise self.refusal(node, "find from the end", "count from the beginning")
        return f"{text}.indexOf({', '.join(given)})"

    def _method_join(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        held = self.iterated(node.args[0], scope, as_list=True)
        item = infer(node.args[0], scope).item
        if item and item.name in ("int", "float", "bool", "none", "list", "dict"):
            raise self.refusal(node, f"join of {item.name}", "make texts of them first")
        return f"{held}.join({text})"

    def _method_split(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        if not given:
            return self.helper("split", text)
        self._no_empty(node)
        return f"{text}.split({given[0]})"

    def _method_encode(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        return f"new TextEncoder().encode({text})"

    def _method_append(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        return f"{text}.push({given[0]})"

    def _method_pop(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        if kind.name == "dict":
            return self.helper("pop", text, *given)
        if not given:
            return f"{text}.pop()"
        first = node.args[0]
        if isinstance(first, ast.Constant) and first.value == 0:
            return f"{text}.shift()"
        return self.helper("pop", text, *given)

    def _method_update(
        self, text: str, kind: Kind, node: ast.Call, given: list[str], scope: Scope
    ) -> str:
        if infer(node.args[0], scope).name in ("list", "tuple"):
            raise self.refusal(node, "update with a list", "give a dict")
        return self.helper("update", text, *given)

    def _no_empty(self, node: ast.Call) -> None:
        first = node.args[0]
        if isinstance(first, ast.Constant) and not first.value:
            raise self.refusal(
                node, f"{ast.unparse(node.func)}({first.value!r})", "give a text that is not empty"
            )
