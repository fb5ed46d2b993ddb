"""What has parts: attributes, items and slices."""

import ast

from ..inference.infer import infer
from ..inference.purity import is_simple
from ..inference.scopes import Scope
from ..reading.definitions import Class
from ..reading.kinds import NUMBERS, Kind
from .methods import OF_KIND
from .parts import Parts, is_negative, is_none


class Items(Parts):
    """Writes attributes, items and slices."""

    def _on_attribute(self, node: ast.Attribute, scope: Scope) -> str:
        if node.attr == "__name__":
            return self._name_of(node, scope)
        owner = infer(node.value, scope)
        text = self.expression(node.value, scope)
        if node.attr == "__dict__":
            if not self._for_tests:
                raise self.refusal(
                    node, "__dict__", "names are shortened; write the attributes out"
                )
            return text
        cls = self.class_named(node.value, scope)
        if cls and cls.constant(node.attr):
            return f"{text}.prototype.{self.spelled(node.attr, None)}"
        method = (owner.cls or cls).method(node.attr) if owner.cls or cls else None  # type: ignore[union-attr]
        if cls and (method is None or method.bound):
            raise self.refusal(node, f"{ast.unparse(node)} as a value", "take it from an instance")
        if method is None and owner.name != "js":
            self.check_attribute(node, owner, cls, scope)
            self._check_no_method(node, owner)
        spelled = self.spelled(node.attr, owner)
        if method and not method.is_property and not cls:
            if is_simple(node.value):
                return f"{text}.{spelled}.bind({text})"
            return f"(($value) => $value.{spelled}.bind($value))({text})"
        return f"{text}.{spelled}"

    def _name_of(self, node: ast.Attribute, scope: Scope) -> str:
        """The `__name__` of an instance's class; names are shortened, so that others have none."""
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "type":
            cls = infer(node.value.args[0], scope).cls
            if cls and not cls.is_error() and len(cls.family()) == 1:
                raise self.refusal(node, "the name of a class that stands alone", "write the name")
            if cls:
                self.module.program.asked.add(id(cls))
            return self.helper("name", self.expression(node.value.args[0], scope))
        if self.module.is_test:
            return f"{self.expression(node.value, scope)}.name"
        raise self.refusal(
            node, "__name__ of a class or function", "names are shortened; write it out"
        )

    def _check_no_method(self, node: ast.Attribute, owner: Kind) -> None:
        """Refuse an attribute of a value of unknown class that may be a method: it would lose its self."""
        methods = self.module.program.methods_named(node.attr)
        if (
            not owner.cls
            and not self.module.is_test
            and any(not one.is_property for one in methods)
        ):
            raise self.refusal(
                node,
                f"{node.attr} of a value of unknown class may be a method",
                "annotate the value",
            )

    def _on_subscript(self, node: ast.Subscript, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        kind = infer(node.value, scope)
        if kind.cls or kind.name in (*NUMBERS, "bool", "none", "function"):
            raise self.refusal(node, f"an item of a value of kind {kind.name}", "call a method")
        if isinstance(node.slice, ast.Slice):
            return self._slice(node, node.slice, text, kind, scope)
        place = self.expression(node.slice, scope)
        if is_negative(node.slice):
            if kind.name == "dict":
                raise self.refusal(node, "a key that is no text", "keys of dicts are texts")
            return f"{text}.slice({place})[0]"
        key_kind = infer(node.slice, scope)
        if kind.name == "dict":
            self.check_key(node.slice, scope, kind.keys)
        elif key_kind.name not in ("int", "str", "unknown", "js"):
            raise self.refusal(
                node, f"an item by {key_kind.name}", "lists take numbers, dicts texts"
            )
        fixed = isinstance(node.slice, ast.Constant)
        if kind.name in ("dict", "js") or fixed or key_kind.is_text or key_kind.natural:
            return f"{text}[{place}]"
        return self.helper("at", text, place)

    def _slice(
        self, node: ast.Subscript, part: ast.Slice, text: str, kind: Kind, scope: Scope
    ) -> str:
        if part.step is not None:
            raise self.refusal(node, "a slice with a step", "write a loop")
        if kind.name in ("dict", "js"):
            raise self.refusal(node, f"a slice of a {kind.name}", "slice lists and texts")
        ends = [None if end is None or is_none(end) else end for end in (part.lower, part.upper)]
        for end in ends:
            if end is not None and infer(end, scope).maybe_none:
                raise self.refusal(node, "a slice whose end may be None", "write both cases out")
        start = self.expression(ends[0], scope) if ends[0] else "0"
        if ends[1] is None:
            return f"{text}.slice({start})"
        return f"{text}.slice({start}, {self.expression(ends[1], scope)})"

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
