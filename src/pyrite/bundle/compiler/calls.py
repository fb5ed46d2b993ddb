"""Calls: of the program's own functions with their arguments in place; the rest is in builtins.py and methods.py."""

import ast
import json

from .builtins import Builtins
from .infer import Scope, infer
from .kinds import NUMBERS
from .methods import OF_BUILTINS, OF_KIND, Methods
from .names import key, safe
from .program import Class, Function
from .purity import is_pure


class Calls(Methods, Builtins):
    """The calling half of Expressions."""

    def _on_call(self, node: ast.Call, scope: Scope) -> str:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self._method_call(func, node, scope)
        if isinstance(func, ast.Name):
            owner = scope.owner(func.id)
            if owner is not None:
                function = owner.functions.get(func.id)
                return f"{safe(func.id)}({self.arguments(node, function, scope)})"
            definition = scope.module.lookup(func.id)
            if isinstance(definition, Class):
                return self._construction(definition, func.id, node, scope)
            if isinstance(definition, Function):
                return f"{safe(func.id)}({self.arguments(node, definition, scope)})"
            if definition is None and func.id not in scope.module.imports and func.id != "js":
                return self.builtin(func.id, node, scope)
        return f"{self.expression(func, scope)}({self.arguments(node, None, scope)})"

    def _construction(self, cls: Class, name: str, node: ast.Call, scope: Scope) -> str:
        init = cls.method("__init__")
        if init is None and (node.keywords or len(node.args) > (1 if cls.is_error() else 0)):
            raise self.refusal(
                node, f"{cls.name} takes no such arguments", "give it an __init__ that does"
            )
        return f"new {safe(name)}({self.arguments(node, init, scope)})"

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
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
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
        args = function.node.args
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        by_name = [keyword.arg for keyword in node.keywords]
        count = len(node.args)
        takes = f"it takes {', '.join(names) or 'nothing'}"
        if count > function.places and not args.vararg and not starred:
            raise self.refusal(
                node, f"{function.name} takes {function.places} arguments by place", takes
            )
        for keyword in node.keywords:
            text = f"{json.dumps(keyword.arg)}: {ast.unparse(keyword.value)}"
            if keyword.arg is None and not args.kwarg and not names:
                raise self.refusal(node, f"{function.name} takes no arguments by name", takes)
            if keyword.arg is not None and keyword.arg not in names and not args.kwarg:
                raise self.refusal(node, f"{function.name} takes no argument {text}", takes)
            if keyword.arg in names:
                place = names.index(keyword.arg)
                if (not starred and place < count) or (starred and place < function.places):
                    raise self.refusal(
                        node,
                        f"{function.name} may get {keyword.arg} twice",
                        "give it by place or by name",
                    )
        if not starred and None not in by_name:
            for place, name in enumerate(names):
                if place >= count and name not in by_name and name not in function.optional:
                    raise self.refusal(node, f"{function.name} gets no {name}", takes)
        for at, argument in enumerate(node.args):
            if at < len(function.arguments) and not starred:
                self._check_bool(argument, function, function.arguments[at], scope)
        for keyword in node.keywords:
            if keyword.arg in names:
                self._check_bool(
                    keyword.value, function, function.arguments[names.index(keyword.arg)], scope
                )
        self._check_order(node, function, names, scope)

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
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refusal(node, "both * and ** in a call", "write one of them out")
        parts = []
        for keyword in node.keywords:
            begin = "..." if keyword.arg is None else f"{key(keyword.arg)}: "
            parts.append(begin + self.expression(keyword.value, scope))
        left = json.dumps(names[len(given) :])
        return ", ".join(
            [*given, f"...{self.helper('placed', left, '{' + ', '.join(parts) + '}')}"]
        )

    # ---- methods ----------------------------------------------------------------------------------------------------

    def _method_call(self, func: ast.Attribute, node: ast.Call, scope: Scope) -> str:
        if isinstance(func.value, ast.Call) and ast.unparse(func.value.func) == "super":
            return self._super_call(func, node, scope)
        if isinstance(func.value, ast.Name) and func.value.id == "json":
            return self._json_call(func, node, scope)
        kind = infer(func.value, scope)
        text = self.expression(func.value, scope)
        if not kind.cls and kind.name != "js" and func.attr in OF_BUILTINS:
            return self.builtin_method(text, kind, node, scope)
        cls = self.class_named(func.value, scope)
        method = (kind.cls or cls).method(func.attr) if kind.cls or cls else None  # type: ignore[union-attr]
        if cls and (method is None or method.bound):
            raise self.refusal(
                node,
                f"{ast.unparse(func)} is no static method",
                "call it on an instance, or with super()",
            )
        if method is None and kind.name != "js":
            self.check_attribute(func, kind, cls, scope)
            if node.keywords:
                method = self._only_one(func, node)
        name = self.spelled(func.attr, kind)
        return f"{text}.{name}({self.arguments(node, method, scope)})"

    def _super_call(self, func: ast.Attribute, node: ast.Call, scope: Scope) -> str:
        base = scope.cls.base() if scope.cls else None
        method = base.method(func.attr) if base else None
        arguments = self.arguments(node, method, scope)
        if func.attr != "__init__":
            return f"super.{self.spelled(func.attr, None)}({arguments})"
        if method is None and len(node.args) > (1 if scope.cls and scope.cls.is_error() else 0):
            raise self.refusal(node, "super().__init__ takes no such arguments", "leave them out")
        return f"super({arguments})"

    def _json_call(self, func: ast.Attribute, node: ast.Call, scope: Scope) -> str:
        """What JSON.parse and JSON.stringify refuse, json's functions refuse in the same places."""
        name = {"loads": "parse", "dumps": "stringify"}.get(func.attr)
        if name is None or len(node.args) != 1 or node.keywords:
            raise self.refusal(
                node,
                f"json.{func.attr} with {len(node.args)} arguments",
                "loads or dumps of one value",
            )
        if name == "stringify" and not infer(node.args[0], scope).is_text:
            raise self.refusal(
                node,
                "json.dumps of what is no text",
                "JavaScript leaves other spaces; write an encoder",
            )
        return f"JSON.{name}({self.expression(node.args[0], scope)})"

    def class_named(self, node: ast.expr, scope: Scope) -> Class | None:
        """The class of the program that *node* names."""
        if isinstance(node, ast.Name) and scope.owner(node.id) is None:
            definition = scope.module.lookup(node.id)
            return definition if isinstance(definition, Class) else None
        return None

    def check_attribute(
        self, node: ast.Attribute, kind: "object", cls: Class | None, scope: Scope
    ) -> None:
        """Refuse an attribute that no value of *kind* has."""
        name = getattr(kind, "name", "")
        owner = getattr(kind, "cls", None) or cls
        known = (
            owner.has(node.attr)
            if owner
            else name not in OF_KIND and node.attr in self.module.program.attributes
        )
        if not known:
            what = owner.name if owner else f"a value of kind {name}"
            raise self.refusal(
                node, f"{what} has no {node.attr} that is known", "annotate the value, or define it"
            )

    def _only_one(self, func: ast.Attribute, node: ast.Call) -> Function:
        methods = self.module.program.methods_named(func.attr)
        orders = {tuple([argument.arg for argument in one.arguments]) for one in methods}
        if len(orders) != 1:
            raise self.refusal(
                node,
                f".{func.attr}() is called with names on a value of unknown class",
                "annotate the value",
            )
        return methods[0]
