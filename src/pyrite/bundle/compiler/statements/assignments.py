"""Assignments: to names, attributes and items."""

import ast

from ..inference.infer import infer
from ..inference.purity import is_pure, is_simple
from ..inference.scopes import Scope
from ..names import ON_OBJECTS
from .lines import Lines


class Assignments(Lines):
    """Writes assignments."""

    def _do_assign(self, node: ast.Assign, scope: Scope, declared: set[str]) -> None:
        value = self.expression(node.value, scope)
        several = len(node.targets) > 1 and not isinstance(node.value, ast.Name | ast.Constant)
        if several or not self._order_kept(node.targets, node.value, scope):
            # Evaluated once, whatever it does, and before what is worked out in the targets.
            self.count += 1
            name = f"$once{self.count}"
            self.line(f"const {name} = {value};", node)
            value = name
        for target in node.targets:
            self._assign(target, value, node, scope, declared)

    def _order_kept(self, targets: list[ast.expr], value: ast.expr, scope: Scope) -> bool:
        """Whether nobody can notice that JavaScript works *targets* out before *value*."""
        parts = [
            part
            for target in targets
            for inner in ast.walk(target)
            if isinstance(inner, ast.Attribute | ast.Subscript)
            for part in (
                [inner.value, inner.slice] if isinstance(inner, ast.Subscript) else [inner.value]
            )
        ]
        return is_pure(value, scope) or all(
            is_simple(part) or is_pure(part, scope) for part in parts
        )

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope, declared: set[str]) -> None:
        if node.value is not None:
            self._assign(node.target, self.expression(node.value, scope), node, scope, declared)

    def _assign(
        self, target: ast.expr, value: str, node: ast.stmt, scope: Scope, declared: set[str]
    ) -> None:
        if isinstance(target, ast.Subscript):
            self.line(self._stored(target, value, scope) + ";", node)
            return
        if isinstance(target, ast.Name) and target.id == "_":
            self.line(f"{value};", node)
            return
        for inner in ast.walk(target):
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                self._check_set(inner, scope)
        names = {inner.id for inner in ast.walk(target) if isinstance(inner, ast.Name)} - {"_"}
        pattern = self.target(target, scope)
        simple = isinstance(target, ast.Name) or (
            isinstance(target, ast.Tuple)
            and all(isinstance(item, ast.Name) for item in target.elts)
        )
        if simple and names and not names & declared:
            declared.update(names)
            self.line(f"let {pattern} = {value};", node)
        else:
            self.line(f"{pattern} = {value};", node)

    def _stored(self, target: ast.Subscript, value: str, scope: Scope) -> str:
        """An item put into a list or dict."""
        self._check_item(target, scope)
        text = self.expression(target.value, scope)
        key = self.expression(target.slice, scope)
        kind = infer(target.value, scope)
        constant = isinstance(target.slice, ast.Constant) and target.slice.value not in ON_OBJECTS
        natural = kind.name == "list" and infer(target.slice, scope).natural
        if kind.name == "js" or (constant and kind.name != "list") or natural:
            return f"{text}[{key}] = {value}"
        return self.helper("put", text, key, value)

    def _check_item(self, target: ast.Subscript, scope: Scope) -> None:
        """Refuse what can't be set or deleted in a list or dict."""
        kind, key_kind = infer(target.value, scope), infer(target.slice, scope)
        if isinstance(target.slice, ast.Slice):
            raise self.refusal(target, "a slice that is set or deleted", "make a new list")
        if kind.cls or kind.name in ("str", "tuple", "bytes", "int", "float", "bool"):
            raise self.refusal(target, f"an item of a value of kind {kind.name}", "call a method")
        if kind.name == "dict":
            self.check_key(target.slice, scope, kind.keys)
        if isinstance(target.slice, ast.UnaryOp):
            raise self.refusal(
                target, "an item from the end", "count from the beginning: len(items) - 1"
            )
        if key_kind.name not in ("int", "str", "js", "unknown"):
            raise self.refusal(
                target, f"an item by {key_kind.name}", "lists take numbers, dicts texts"
            )

    def _do_augassign(self, node: ast.AugAssign, scope: Scope, declared: set[str]) -> None:
        kind, added = infer(node.target, scope), infer(node.value, scope)
        if (
            kind.name in ("list", "dict")
            or added.name in ("list", "dict")
            or (
                kind.name == "unknown"
                and added.name == "unknown"
                and isinstance(node.op, ast.Add | ast.BitOr)
            )
        ):
            raise self.refusal(
                node,
                "a list or dict changed by an operator",
                "use extend or update, or annotate it",
            )
        if any(isinstance(inner, ast.Call) for inner in ast.walk(node.target)):
            raise self.refusal(node, "a call in the target", "keep it in a name first")
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        value = self.expression(
            ast.copy_location(ast.BinOp(left=load, op=node.op, right=node.value), node), scope
        )
        if isinstance(node.target, ast.Subscript):
            self.line(f"{self._stored(node.target, value, scope)};", node)
        else:
            self._check_set(node.target, scope)
            target = self.expression(load, scope)
            for sign in "+-":
                begin = f"({target} {sign} "
                if value.startswith(begin):
                    # The minifier shortens that for names only.
                    target, value = f"{target} {sign}", value[len(begin) : -1]
                    break
            self.line(f"{target}{'' if target[-1] in '+-' else ' '}= {value};", node)

    def _check_set(self, target: ast.expr, scope: Scope) -> None:
        """Refuse to set what is a constant of a class, a property or a method: there it would be lost."""
        if not isinstance(target, ast.Attribute):
            return
        kind = infer(target.value, scope)
        if kind.name == "js":
            return
        owners = kind.cls.family() if kind.cls else self.module.program.classes()
        if self.class_named(target.value, scope) or any(
            target.attr in owner.constants or target.attr in owner.methods for owner in owners
        ):
            raise self.refusal(
                target,
                f"{ast.unparse(target)} is set, and is a constant of the class or a method",
                "give it another name",
            )

    def _do_delete(self, node: ast.Delete, scope: Scope, declared: set[str]) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                raise self.refusal(node, "del of a name", "leave it out")
            self._check_item(target, scope)
            kind, key_kind = infer(target.value, scope), infer(target.slice, scope)
            if kind.name not in ("dict", "js") and not key_kind.is_text:
                raise self.refusal(node, "del of what may be an item of a list", "use pop")
            self.line(
                f"delete {self.expression(target.value, scope)}[{self.expression(target.slice, scope)}];",
                node,
            )
