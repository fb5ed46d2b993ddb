"""Built-in functions."""

import ast

from ..checks import ERRORS
from ..inference.infer import infer
from ..inference.scopes import Scope
from ..names import key
from ..reading.kinds import NUMBERS, held_by
from .methods import VIEWS
from .parts import Parts

# How many arguments each takes here; what Python has beyond that is refused, never dropped.
TAKES = {
    **dict.fromkeys(
        (
            "len",
            "int",
            "float",
            "bool",
            "all",
            "any",
            "abs",
            "chr",
            "ord",
            "callable",
            "repr",
            "sum",
        ),
        (1, 1),
    ),
    **dict.fromkeys(("enumerate", "reversed", "sorted"), (1, 1)),
    **dict.fromkeys(("str", "list", "tuple", "dict"), (0, 1)),
    **dict.fromkeys(("isinstance", "hasattr", "zip"), (2, 2)),
    **dict.fromkeys(("min", "max"), (1, 99)),
    "range": (1, 3),
    "getattr": (2, 3),
    "setattr": (3, 3),
    **dict.fromkeys(ERRORS, (0, 1)),
}
# What gives one value after the other in Python and is a list here.
ITERATORS = ("range", "enumerate", "zip", "reversed")
NO_DIGITS = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}


class Builtins(Parts):
    """Writes calls of built-in functions."""

    def builtin(self, name: str, node: ast.Call, scope: Scope) -> str:
        """The call *node* of the built-in function *name*."""
        self._check_call(name, node)
        args = node.args
        write = getattr(self, f"_call_{name}", None)
        if write is not None:
            return str(write(node, scope))
        given = [self.expression(argument, scope) for argument in args]
        if name in ERRORS:
            if given and not infer(args[0], scope).is_text:
                given = [self.helper("str", given[0])]
            return f"new {self.error_class(name)}({', '.join(given)})"
        return self.helper(name, *given)

    def _check_call(self, name: str, node: ast.Call) -> None:
        if name not in TAKES:
            raise self.refusal(
                node, f"{name}() is not compiled", "use what the portable subset has"
            )
        allowed: list[str | None] = ["key"] if name == "sorted" else []
        if name != "dict" and any(keyword.arg not in allowed for keyword in node.keywords):
            raise self.refusal(
                node, f"{name}() with names", "give the arguments by place, or write it out"
            )
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refusal(node, f"{name}() with *", "write the arguments out")
        least, most = TAKES[name]
        if not least <= len(node.args) <= most:
            raise self.refusal(
                node,
                f"{name}() with {len(node.args)} arguments",
                f"it takes {least if least == most else f'{least} to {most}'} here; write the rest out",
            )
        if name in ITERATORS and id(node) not in self.module.iterated:
            raise self.refusal(node, f"{name}() as a value", "loop over it, or make a list of it")

    # ---- numbers and texts ------------------------------------------------------------------------------------------

    def _call_range(self, node: ast.Call, scope: Scope) -> str:
        given = [self.expression(argument, scope) for argument in node.args]
        fixed = len(given) < 3 or bool(ast.unparse(node.args[2]).lstrip("-").strip("0").isdigit())
        return self.helper("range" if fixed else "stepped", *given)

    def _call_len(self, node: ast.Call, scope: Scope) -> str:
        text, kind = self.expression(node.args[0], scope), infer(node.args[0], scope)
        if kind.name in ("str", "list", "tuple", "bytes"):
            return f"{text}.length"
        return self.helper("len", text)

    def _call_str(self, node: ast.Call, scope: Scope) -> str:
        if not node.args:
            return '""'
        text, kind = self.expression(node.args[0], scope), infer(node.args[0], scope)
        self.check_shown(node.args[0], kind)
        return text if kind.is_text else self.helper("str", text)

    def _call_repr(self, node: ast.Call, scope: Scope) -> str:
        self.check_shown(node.args[0], infer(node.args[0], scope), digits=True)
        return self.helper("repr", self.expression(node.args[0], scope))

    def _call_int(self, node: ast.Call, scope: Scope) -> str:
        text, kind = self.expression(node.args[0], scope), infer(node.args[0], scope)
        if kind.name == "int" and not kind.maybe_none:
            return f"Math.trunc({text})"
        return self.helper("int", text)

    def _call_float(self, node: ast.Call, scope: Scope) -> str:
        first = node.args[0]
        if isinstance(first, ast.Constant) and str(first.value) in NO_DIGITS:
            return f"({NO_DIGITS[str(first.value)]})"
        return self.helper("float", self.expression(first, scope))

    def _call_bool(self, node: ast.Call, scope: Scope) -> str:
        return f"!!{self.condition(node.args[0], scope)}"

    def _call_abs(self, node: ast.Call, scope: Scope) -> str:
        return f"Math.abs({self.expression(node.args[0], scope)})"

    def _call_chr(self, node: ast.Call, scope: Scope) -> str:
        return f"String.fromCodePoint({self.expression(node.args[0], scope)})"

    def _call_ord(self, node: ast.Call, scope: Scope) -> str:
        return f"{self.expression(node.args[0], scope)}.codePointAt(0)"

    def _call_min(self, node: ast.Call, scope: Scope) -> str:
        return self._extreme("min", node, scope)

    def _call_max(self, node: ast.Call, scope: Scope) -> str:
        return self._extreme("max", node, scope)

    def _extreme(self, name: str, node: ast.Call, scope: Scope) -> str:
        if len(node.args) == 1:
            return self.helper(name, self.iterated(node.args[0], scope, as_list=True))
        given = ", ".join([self.expression(argument, scope) for argument in node.args])
        kinds = {infer(argument, scope).name for argument in node.args}
        if kinds <= {*NUMBERS, "js"}:
            return f"Math.{name}({given})"
        return self.helper(name, f"[{given}]")

    # ---- what holds others ------------------------------------------------------------------------------------------

    def _call_all(self, node: ast.Call, scope: Scope) -> str:
        return self.every(node.args[0], scope, "every")

    def _call_any(self, node: ast.Call, scope: Scope) -> str:
        return self.every(node.args[0], scope, "some")

    def _call_list(self, node: ast.Call, scope: Scope) -> str:
        if not node.args:
            return "[]"
        text = self.iterated(node.args[0], scope)
        if self._is_fresh(node.args[0], scope):
            return text
        if infer(node.args[0], scope).is_sequence:
            return f"{text}.slice()"
        return f"[...{text}]"

    _call_tuple = _call_list

    def _is_fresh(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a loop over *node* runs over a list that was made for it, and that nobody else has."""
        kind = infer(node, scope)
        if isinstance(node, ast.ListComp) or (kind.name == "dict" and not kind.maybe_none):
            return True
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(func, ast.Attribute):
            return func.attr in VIEWS and infer(func.value, scope).name == "dict"
        return (
            isinstance(func, ast.Name)
            and func.id in (*ITERATORS, "sorted", "list", "tuple")
            and scope.owner(func.id) is None
            and scope.module.lookup(func.id) is None
        )

    def _call_dict(self, node: ast.Call, scope: Scope) -> str:
        parts = []
        for argument in node.args:
            text = self.expression(argument, scope)
            known = infer(argument, scope).name in ("dict", "js")
            parts.append(f"...{text if known else self.helper('dict', text)}")
        for keyword in node.keywords:
            text = self.expression(keyword.value, scope)
            parts.append(f"...{text}" if keyword.arg is None else f"{key(keyword.arg)}: {text}")
        return "({" + ", ".join(parts) + "})"

    def _call_sorted(self, node: ast.Call, scope: Scope) -> str:
        given = [self.expression(node.args[0], scope)]
        self.check_keys(node.args[0], infer(node.args[0], scope))
        for keyword in node.keywords:
            if isinstance(keyword.value, ast.Lambda):
                given.append(
                    self.function(keyword.value, scope, held_by(infer(node.args[0], scope)))
                )
            else:
                given.append(self.expression(keyword.value, scope))
        return self.helper("sorted", *given)

    def _call_sum(self, node: ast.Call, scope: Scope) -> str:
        return self.helper("sum", self.iterated(node.args[0], scope, as_list=True))

    def _call_reversed(self, node: ast.Call, scope: Scope) -> str:
        return self.helper("reversed", self.iterated(node.args[0], scope, as_list=True))

    def _call_callable(self, node: ast.Call, scope: Scope) -> str:
        return f"(typeof {self.expression(node.args[0], scope)} === 'function')"

    # ---- attributes by name -----------------------------------------------------------------------------------------

    def _named(self, node: ast.Call, scope: Scope) -> str:
        """The attribute that *node* names, which then keeps its name; refused where it can't be told."""
        name = node.args[1]
        kind = infer(node.args[0], scope)
        if not kind.cls and kind.name not in ("js", "unknown", "none"):
            raise self.refusal(
                node,
                f"{ast.unparse(node.func)} of a {kind.name}",
                "ask instances of the program's classes",
            )
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            raise self.refusal(
                node,
                f"{ast.unparse(node.func)} of a name that is worked out",
                "write the names out",
            )
        if name.value.startswith("__"):
            raise self.refusal(node, f"the attribute {name.value}", "give it another name")
        self.module.program.exposed.add(name.value)
        return key(name.value)

    def _call_getattr(self, node: ast.Call, scope: Scope) -> str:
        name = self._named(node, scope)
        given = [self.expression(argument, scope) for argument in node.args]
        if len(given) == 2:
            return f"{given[0]}[{name}]"
        return self.helper("getattr", given[0], name, given[2])

    def _call_hasattr(self, node: ast.Call, scope: Scope) -> str:
        return f"({self._named(node, scope)} in Object({self.expression(node.args[0], scope)}))"

    def _call_setattr(self, node: ast.Call, scope: Scope) -> str:
        if not self._is_field(node, scope):
            self._named(node, scope)
        given = [self.expression(argument, scope) for argument in node.args]
        return self.nothing(f"({given[0]}[{given[1]}] = {given[2]})", node)

    def _is_field(self, node: ast.Call, scope: Scope) -> bool:
        """Whether it sets one of the function's own **fields: who calls it names these, and they keep their names."""
        value = node.args[2]
        return (
            isinstance(value, ast.Subscript)
            and isinstance(value.value, ast.Name)
            and value.value.id == scope.fields
            and ast.dump(value.slice) == ast.dump(node.args[1])
        )
