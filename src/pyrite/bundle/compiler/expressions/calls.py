"""Calls: of the program's own functions and methods; the rest is in builtins.py and methods.py."""

import ast

from ..inference.infer import infer
from ..inference.scopes import Scope
from ..names import safe
from ..reading.definitions import Class, Function
from .arguments import Arguments
from .builtins import Builtins
from .items import Items
from .methods import OF_BUILTINS, Methods


class Calls(Items, Arguments, Methods, Builtins):
    """Writes calls."""

    def _on_call(self, node: ast.Call, scope: Scope) -> str:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self._attribute_call(func, node, scope)
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

    def _attribute_call(self, func: ast.Attribute, node: ast.Call, scope: Scope) -> str:
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
