"""Operators of numbers, texts and lists, and what has a truth: `not`, `and`, `or`, `if` in an expression."""

import ast

from ..inference.infer import infer
from ..inference.scopes import Scope
from ..reading.kinds import Kind
from .parts import Parts, is_none

NUMERIC = {
    ast.Sub: "-",
    ast.Pow: "**",
}
BITS = {
    ast.LShift: "shl",
    ast.RShift: "shr",
    ast.BitAnd: "bitand",
    ast.BitXor: "bitxor",
    ast.BitOr: "bitor",
}
# Kinds whose values are objects.
OBJECTS = ("list", "tuple", "dict", "bytes", "function", "instance")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class Operators(Parts):
    """Writes operators."""

    def condition(self, node: ast.expr, scope: Scope) -> str:
        """*node* as JavaScript that is true exactly when Python finds it true."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!({self.condition(node.operand, scope)})"
        if isinstance(node, ast.BoolOp):
            joint = " && " if isinstance(node.op, ast.And) else " || "
            return "(" + joint.join([self.condition(value, scope) for value in node.values]) + ")"
        there = self._asked_for_none(node, scope)
        if there is not None:
            return there
        kind = infer(node, scope)
        text = self.expression(node, scope)
        if kind.has_native_truth:
            return text
        if kind.name in ("list", "tuple"):
            return f"{text}?.length" if kind.maybe_none else f"{text}.length"
        return self.helper("truth", text)

    def _asked_for_none(self, node: ast.expr, scope: Scope) -> str | None:
        """The test whether something is None, where its own truth tells: an object is always true in JavaScript."""
        if not isinstance(node, ast.Compare) or len(node.ops) > 1:
            return None
        if not isinstance(node.ops[0], ast.Is | ast.IsNot) or not is_none(node.comparators[0]):
            return None
        if infer(node.left, scope).name not in OBJECTS:
            return None
        text = self.expression(node.left, scope)
        return f"!({text})" if isinstance(node.ops[0], ast.Is) else text

    def _on_unaryop(self, node: ast.UnaryOp, scope: Scope) -> str:
        if isinstance(node.op, ast.Not):
            return self.condition(node, scope)
        text = self.expression(node.operand, scope)
        if isinstance(node.op, ast.Invert):
            return f"(-{text} - 1)"  # JavaScript's own stops at 32 bits
        return f"({'-' if isinstance(node.op, ast.USub) else '+'}{text})"

    def _on_boolop(self, node: ast.BoolOp, scope: Scope) -> str:
        joint = "&&" if isinstance(node.op, ast.And) else "||"
        helper = "both" if isinstance(node.op, ast.And) else "either"
        texts = [self.expression(value, scope) for value in node.values]
        kinds = [infer(value, scope) for value in node.values]
        out = texts[-1]
        for text, kind in zip(reversed(texts[:-1]), reversed(kinds[:-1]), strict=True):
            if kind.has_native_truth:
                out = f"({text} {joint} {out})"
            else:
                out = self.helper(helper, text, f"() => {out}")
        return out

    def _on_ifexp(self, node: ast.IfExp, scope: Scope) -> str:
        test = self.condition(node.test, scope)
        return f"({test} ? {self.expression(node.body, scope)} : {self.expression(node.orelse, scope)})"

    def _on_binop(self, node: ast.BinOp, scope: Scope) -> str:
        left, right = self.expression(node.left, scope), self.expression(node.right, scope)
        one, other = infer(node.left, scope), infer(node.right, scope)
        operator = type(node.op)
        if operator is ast.Add:
            return self._sum(left, right, one, other)
        if operator is ast.Mult:
            if one.is_number and other.is_number:
                return f"({left} * {right})"
            return self.helper("times", left, right)
        if operator in (ast.Div, ast.FloorDiv, ast.Mod):
            return self._divided(node, left, right, one, other)
        if operator is ast.BitOr:
            if "dict" in (one.name, other.name):
                return f"({{...{left}, ...{right}}})"
            if not (one.is_number or other.is_number or "js" in (one.name, other.name)):
                raise self.refusal(node, "| of what may be dicts", "annotate the values")
        if operator in BITS:
            # JavaScript's own work on 32 bits with a sign.
            return self.helper(BITS[operator], left, right)
        if operator not in NUMERIC:
            raise self.refusal(node, f"{operator.__name__} is not compiled", "write it out")
        return f"({left} {NUMERIC[operator]} {right})"

    def _divided(self, node: ast.BinOp, left: str, right: str, one: Kind, other: Kind) -> str:
        """A quotient or what is left of it; by nothing is an error where JavaScript has Infinity."""
        if isinstance(node.op, ast.Mod) and (one.name == "str" or _is_text(node.left)):
            raise self.refusal(node, "a text with %", "use an f-string")
        safe_divisor = isinstance(node.right, ast.Constant) and bool(node.right.value)
        if not safe_divisor:
            safe_divisor = self._is_constant_number(node.right)
        whole = one.name == "int" and other.name == "int"
        if isinstance(node.op, ast.Div):
            return f"({left} / {right})" if safe_divisor else self.helper("divided", left, right)
        if isinstance(node.op, ast.FloorDiv):
            if whole and safe_divisor:
                return f"Math.floor({left} / {right})"
            return self.helper("quotient", left, right)
        return self.helper("modulo" if whole and safe_divisor else "rest", left, right)

    def _is_constant_number(self, node: ast.expr) -> bool:
        """Whether *node* is the name of a number at the top of a module that is not 0."""
        if not isinstance(node, ast.Name):
            return False
        definition = self.module.lookup(node.id)
        if not isinstance(definition, tuple):
            return False
        value = definition[0].constants[definition[1]][0]
        return not any(
            (isinstance(part, ast.Constant) and not part.value)
            or isinstance(part, ast.Name | ast.Call)
            for part in ast.walk(value)
        )

    def _sum(self, left: str, right: str, one: Kind, other: Kind) -> str:
        if one.is_sequence or other.is_sequence:
            return f"{left}.concat({right})"
        if "str" in (one.name, other.name) or (one.is_number and other.is_number):
            return f"({left} + {right})"
        return self.helper("plus", left, right)
