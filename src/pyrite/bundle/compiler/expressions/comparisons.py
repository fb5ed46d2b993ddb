"""Comparisons: what is equal, identical, ordered, contained, or of a class."""

import ast

from ..checks import ERRORS
from ..inference.infer import infer
from ..inference.purity import is_pure, is_simple
from ..inference.scopes import Scope
from ..names import safe
from ..reading.definitions import Class
from ..reading.kinds import NUMBERS
from .parts import Parts, is_none

ORDERED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
TYPES = ("str", "bool", "float", "int", "list", "tuple", "dict", *ERRORS)
TYPEOF = {"str": "string", "bool": "boolean", "float": "number"}


class Comparisons(Parts):
    """Writes comparisons."""

    def _on_compare(self, node: ast.Compare, scope: Scope) -> str:
        text = self.expression(node.left, scope)
        return f"({self._chain(node, 0, text, scope)})"

    def _chain(self, node: ast.Compare, place: int, left: str, scope: Scope) -> str:
        """The comparisons of *node* from *place* on; *left* is what stands before, and is evaluated once."""
        operands = [node.left, *node.comparators]
        one, other = operands[place], operands[place + 1]
        right = self.expression(other, scope)
        last = place == len(node.ops) - 1
        if last or is_pure(other, scope):
            comparison = self._compared(node, node.ops[place], one, other, left, right, scope)
            return (
                comparison
                if last
                else f"{comparison} && {self._chain(node, place + 1, right, scope)}"
            )
        self.count += 1
        names = f"$left{self.count}", f"$right{self.count}"
        comparison = self._compared(node, node.ops[place], one, other, *names, scope)
        rest = self._chain(node, place + 1, names[1], scope)
        return f"(({', '.join(names)}) => {comparison} && {rest})({left}, {right})"

    def _compared(
        self,
        node: ast.Compare,
        operator: ast.cmpop,
        one: ast.expr,
        other: ast.expr,
        left: str,
        right: str,
        scope: Scope,
    ) -> str:
        if type(operator) in ORDERED:
            return self._ordered(ORDERED[type(operator)], one, other, left, right, scope)
        if isinstance(operator, ast.In | ast.NotIn):
            comparison = self._contained(left, right, one, other, scope)
            return f"!{comparison}" if isinstance(operator, ast.NotIn) else comparison
        if isinstance(operator, ast.Is | ast.IsNot):
            return self._identical(
                node, isinstance(operator, ast.IsNot), one, other, left, right, scope
            )
        differs = isinstance(operator, ast.NotEq)
        if self._equal_as_identical(node, one, other, scope):
            return f"{left} {'!==' if differs else '==='} {right}"
        return ("!" if differs else "") + self.helper("equal", left, right)

    def _equal_as_identical(
        self, node: ast.Compare, one: ast.expr, other: ast.expr, scope: Scope
    ) -> bool:
        """Whether `===` finds the two equal exactly when Python does."""
        kinds = [infer(one, scope), infer(other, scope)]
        names = {kind.name for kind in kinds}
        if "bytes" in names:
            raise self.refusal(node, "== of bytes", "compare the texts")
        if names == {"list", "tuple"}:
            raise self.refusal(node, "a list compared with a tuple", "make a list of both")
        for kind in kinds:
            if kind.cls and not self._for_tests and kind.cls.method("__eq__"):
                raise self.refusal(
                    node,
                    f"== of {kind.cls.name}",
                    "its __eq__ is for tests alone; compare an attribute",
                )
        if "js" in names or any(kind.is_text for kind in kinds):
            return True
        if names <= {*NUMBERS}:
            return any(not kind.maybe_none for kind in kinds)
        if names == {"bool"}:
            return any(not kind.maybe_none for kind in kinds)
        # True equals 1 and False 0: a number that is neither can't be equal to what may be a truth value.
        return any(
            isinstance(operand, ast.Constant)
            and isinstance(operand.value, int | float)
            and operand.value not in (0, 1)
            for operand in (one, other)
        )

    def _identical(
        self,
        node: ast.Compare,
        differs: bool,
        one: ast.expr,
        other: ast.expr,
        left: str,
        right: str,
        scope: Scope,
    ) -> str:
        if is_none(one) or is_none(other):
            return f"{left} {'!=' if differs else '=='} {right}"
        truth = any(
            isinstance(part, ast.Constant) and isinstance(part.value, bool) for part in (one, other)
        )
        names = {infer(one, scope).name, infer(other, scope).name}
        if not truth and names & {*NUMBERS, "str", "tuple", "bytes", "function"}:
            raise self.refusal(node, "is of texts, numbers or tuples", "compare with ==")
        return f"{left} {'!==' if differs else '==='} {right}"

    def _ordered(
        self, sign: str, one: ast.expr, other: ast.expr, left: str, right: str, scope: Scope
    ) -> str:
        names = {infer(one, scope).name, infer(other, scope).name}
        # JavaScript orders texts by UTF-16 unit: that differs where one begins a pair and the other is above them.
        plain = any(
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and max(part.value, default="") < "\ud800"
            for part in (one, other)
        )
        if plain or "js" in names or names <= {*NUMBERS, "bool"}:
            return f"{left} {sign} {right}"
        return f"{self.helper('order', left, right)} {sign} 0"

    def _contained(
        self, left: str, right: str, one: ast.expr, other: ast.expr, scope: Scope
    ) -> str:
        kind, item_kind = infer(other, scope), infer(one, scope)
        if kind.name == "js":
            raise self.refusal(other, "in of a JavaScript value", "ask it by one of its methods")
        if kind.is_text:
            return f"{right}.includes({left})"
        if kind.is_sequence:
            items = kind.items or ((kind.item,) if kind.item else ())
            held = {item.name for item in items}
            numbers = {*NUMBERS}
            if (
                item_kind.is_text
                or (held and held <= {"str", "none"} and not item_kind.cls)
                or (held and held <= numbers and item_kind.name in numbers)
            ):
                return f"{right}.includes({left})"
        if kind.name == "dict":
            self.check_key(one, scope, kind.keys)
            if not kind.maybe_none:
                return self.helper("own", right, left)
        return self.helper("holds", right, left)

    # ---- classes ----------------------------------------------------------------------------------------------------

    def _call_isinstance(self, call: ast.Call, scope: Scope) -> str:
        value, node = call.args
        wanted = node.elts if isinstance(node, ast.Tuple) else [node]
        names = [ast.unparse(one) for one in wanted]
        if "float" in names:
            names = [name for name in names if name != "int"]
        text = self.expression(value, scope)
        once = len(names) > 1 and not is_simple(value) and "(" in text
        tests: list[str] = []
        for name in names:
            test = self.one_instance("$value" if once else text, name, node, scope)
            if test not in tests:
                tests.append(test)
        made = " || ".join(tests)
        return f"(($value) => {made})({text})" if once else f"({made})"

    def one_instance(self, text: str, name: str, node: ast.AST, scope: Scope) -> str:
        """The test whether *text* is of the class *name*."""
        known = scope.module.lookup(name) if scope.owner(name) is None else None
        if isinstance(known, Class) or (self.module.is_test and scope.owner(name)):
            return f"{text} instanceof {safe(name)}"
        if known is not None or name not in TYPES or scope.owner(name) is not None:
            raise self.refusal(
                node,
                f"the class {name} is not known",
                f"ask for {', '.join(TYPES[:7])} or a class of the program",
            )
        if name in ERRORS:
            return f"{text} instanceof {self.error_class(name)}"
        if name == "int":
            return f"Number.isSafeInteger({text})"
        if name in ("list", "tuple"):
            return f"Array.isArray({text})"
        if name == "dict":
            return self.helper("isdict", text)
        return f"typeof {text} === '{TYPEOF[name]}'"
