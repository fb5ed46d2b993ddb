"""Expressions, as JavaScript text. What is written here is put in brackets freely: the minifier takes them away."""

import ast
import json

from .calls import Calls
from .infer import (
    Scope,
    comprehension_scope,
    infer,
    lambda_scope,
)
from .kinds import Kind
from .names import constant, safe

NUMERIC = {
    ast.Sub: "-",
    ast.Div: "/",
    ast.Pow: "**",
}
BITS = {
    ast.LShift: "shl",
    ast.RShift: "shr",
    ast.BitAnd: "bitand",
    ast.BitXor: "bitxor",
    ast.BitOr: "bitor",
}
ORDERED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Expressions(Calls):
    """Writes expressions of one module; *helpers* collects the names from web/python.js that it uses."""

    # ---- conditions -----------------------------------------------------------------------------------------------

    def condition(self, node: ast.expr, scope: Scope) -> str:
        """*node* as JavaScript that is true exactly when Python finds it true."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"!({self.condition(node.operand, scope)})"
        if isinstance(node, ast.BoolOp):
            joint = " && " if isinstance(node.op, ast.And) else " || "
            return "(" + joint.join([self.condition(value, scope) for value in node.values]) + ")"
        kind = infer(node, scope)
        text = self.expression(node, scope)
        if kind.has_native_truth:
            return text
        if kind.name in ("list", "tuple"):
            return f"{text}?.length" if kind.maybe_none else f"{text}.length"
        return self.helper("truth", text)

    # ---- dispatch ---------------------------------------------------------------------------------------------------

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

    def _on_constant(self, node: ast.Constant, scope: Scope) -> str:
        return self.checked(constant(node.value), node)

    def _on_name(self, node: ast.Name, scope: Scope) -> str:
        owner = scope.owner(node.id)
        if owner is not None:
            return "this" if node.id == owner.this else safe(node.id)
        if scope.module.lookup(node.id) is None and node.id not in scope.module.imports:
            if node.id != "js":
                raise self.refusal(
                    node,
                    f"the name {node.id} is not known",
                    "define it, import it, or write it out",
                )
            return "globalThis"
        return safe(node.id)

    def _on_list(self, node: ast.List | ast.Tuple, scope: Scope) -> str:
        return "[" + ", ".join([self.expression(item, scope) for item in node.elts]) + "]"

    _on_tuple = _on_list

    def _on_set(self, node: ast.Set, scope: Scope) -> str:
        return f"new Set({self._on_list(ast.List(elts=node.elts), scope)})"

    def _on_starred(self, node: ast.Starred, scope: Scope) -> str:
        return "..." + self.expression(node.value, scope)

    def _on_dict(self, node: ast.Dict, scope: Scope) -> str:
        parts = []
        for key, value in zip(node.keys, node.values, strict=True):
            text = self.expression(value, scope)
            if key is None:
                parts.append(f"...{text}")
            elif isinstance(key, ast.Constant):
                if not isinstance(key.value, str):
                    raise self.refusal(
                        node, f"the key {key.value!r} is no text", "keys of dicts are texts"
                    )
                quoted = json.dumps(key.value)
                parts.append((f"[{quoted}]" if key.value == "__proto__" else quoted) + ": " + text)
            else:
                parts.append(f"[{self.expression(key, scope)}]: {text}")
        return "({" + ", ".join(parts) + "})"

    def _on_joinedstr(self, node: ast.JoinedStr, scope: Scope) -> str:
        out = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = json.dumps(str(part.value), ensure_ascii=False)[1:-1].replace('\\"', '"')
                out.append(text.replace("`", "\\`").replace("${", "\\${"))
            elif isinstance(part, ast.FormattedValue):
                out.append("${" + self._formatted(part, scope) + "}")
        return "`" + "".join(out) + "`"

    def _formatted(self, node: ast.FormattedValue, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        if node.format_spec is not None:
            return self._with_format(node, text, scope)
        if node.conversion == ord("r"):
            return self.helper("repr", text)
        kind = infer(node.value, scope)
        if kind.is_text or (kind.name == "int" and not kind.maybe_none):
            return text
        return self.helper("str", text)

    def _with_format(self, node: ast.FormattedValue, text: str, scope: Scope) -> str:
        spec = "".join(
            [str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant)]  # type: ignore[union-attr]
        )
        letter = spec[-1:]
        width = spec[:-1]
        if letter not in ("d", "x", "X") or (
            width and not (width.startswith("0") and width.isdigit())
        ):
            raise self.refusal(
                node, f"the format {spec!r} is not compiled", "use 0Nd, 0Nx or 0NX, or write it out"
            )
        digits = f"({text}).toString({16 if letter in 'xX' else 10})"
        if letter == "X":
            digits += ".toUpperCase()"
        return f"{digits}.padStart({int(width)}, '0')" if width else digits

    # ---- operators --------------------------------------------------------------------------------------------------

    def _on_unaryop(self, node: ast.UnaryOp, scope: Scope) -> str:
        if isinstance(node.op, ast.Not):
            return self.condition(node, scope)
        sign = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}[type(node.op)]
        return f"({sign}{self.expression(node.operand, scope)})"

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
        if operator is ast.FloorDiv:
            return f"Math.floor({left} / {right})"
        if operator is ast.Mod:
            if one.name == "str":
                raise self.refusal(node, "a text with %", "use an f-string")
            return self.helper("modulo", left, right)
        if operator is ast.BitOr and "dict" in (one.name, other.name):
            return f"({{...{left}, ...{right}}})"
        if operator in BITS:
            # JavaScript's own work on 32 bits with a sign.
            return self.helper(BITS[operator], left, right)
        if operator not in NUMERIC:
            raise self.refusal(node, f"{operator.__name__} is not compiled", "write it out")
        return f"({left} {NUMERIC[operator]} {right})"

    def _sum(self, left: str, right: str, one: Kind, other: Kind) -> str:
        if one.is_sequence or other.is_sequence:
            return f"{left}.concat({right})"
        if "str" in (one.name, other.name) or (one.is_number and other.is_number):
            return f"({left} + {right})"
        return self.helper("plus", left, right)

    def _on_compare(self, node: ast.Compare, scope: Scope) -> str:
        operands = [node.left, *node.comparators]
        parts = [
            self._compared(node, operator, operands[place], operands[place + 1], scope)
            for place, operator in enumerate(node.ops)
        ]
        return "(" + " && ".join(parts) + ")"

    def _compared(
        self, node: ast.Compare, operator: ast.cmpop, one: ast.expr, other: ast.expr, scope: Scope
    ) -> str:
        left, right = self.expression(one, scope), self.expression(other, scope)
        if type(operator) in ORDERED:
            return f"{left} {ORDERED[type(operator)]} {right}"
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._contained(left, right, infer(other, scope))
            return f"!{found}" if isinstance(operator, ast.NotIn) else found
        if isinstance(operator, ast.Is | ast.IsNot):
            equals = "==" if _is_none(one) or _is_none(other) else "==="
            return (
                f"{left} {'!' + equals[1:] if isinstance(operator, ast.IsNot) else equals} {right}"
            )
        differs = isinstance(operator, ast.NotEq)
        if infer(one, scope).is_plain or infer(other, scope).is_plain:
            return f"{left} {'!==' if differs else '==='} {right}"
        return ("!" if differs else "") + self.helper("equal", left, right)

    def _contained(self, left: str, right: str, kind: Kind) -> str:
        if kind.is_text or (kind.is_sequence and (kind.item or Kind("str")).name != "unknown"):
            plain = kind.is_text or all(
                item.is_plain or item.name == "none"
                for item in (kind.items or (kind.item,))
                if item
            )
            if plain:
                return f"{right}.includes({left})"
        if kind.name == "dict" and not kind.maybe_none:
            return self.helper("own", right, left)
        return self.helper("holds", right, left)

    # ---- what has parts ---------------------------------------------------------------------------------------------

    def _on_attribute(self, node: ast.Attribute, scope: Scope) -> str:
        if node.attr == "__name__":
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "type":
                return self.helper("name", self.expression(node.value.args[0], scope))
            return f"{self.expression(node.value, scope)}.name"
        owner = infer(node.value, scope)
        text = self.expression(node.value, scope)
        if node.attr == "__dict__":
            return text
        place = f"{text}.{self.spelled(node.attr, owner)}"
        method = owner.cls.method(node.attr) if owner.cls else None
        if method and not method.is_property:
            return f"{place}.bind({text})"
        return place

    def _on_subscript(self, node: ast.Subscript, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            if node.slice.step is not None:
                raise self.refusal(node, "a slice with a step", "write a loop")
            start = self.expression(node.slice.lower, scope) if node.slice.lower else "0"
            if node.slice.upper is None:
                return f"{text}.slice({start})"
            return f"{text}.slice({start}, {self.expression(node.slice.upper, scope)})"
        if _is_negative(node.slice):
            return f"{text}.slice({self.expression(node.slice, scope)})[0]"
        return f"{text}[{self.expression(node.slice, scope)}]"

    # ---- functions and comprehensions -------------------------------------------------------------------------------

    def _on_lambda(self, node: ast.Lambda, scope: Scope) -> str:
        inner = lambda_scope(node, scope)
        return f"(({self.parameters(node.args, inner, bound=False)}) => {_value(self.expression(node.body, inner))})"

    def _on_listcomp(self, node: ast.ListComp, scope: Scope) -> str:
        inner = comprehension_scope(node.generators, scope)
        return self._generated(node.generators, self.expression(node.elt, inner), scope, inner)

    def _on_dictcomp(self, node: ast.DictComp, scope: Scope) -> str:
        inner = comprehension_scope(node.generators, scope)
        pair = f"[{self.expression(node.key, inner)}, {self.expression(node.value, inner)}]"
        return f"Object.fromEntries({self._generated(node.generators, pair, scope, inner)})"

    def _generated(
        self, generators: list[ast.comprehension], element: str, scope: Scope, inner: Scope
    ) -> str:
        first, rest = generators[0], generators[1:]
        text = self.iterated(first.iter, scope, as_list=True)
        target = self.target(first.target, inner)
        for test in first.ifs:
            text += f".filter(({target}) => {self.condition(test, inner)})"
        if rest:
            return f"{text}.flatMap(({target}) => {self._generated(rest, element, inner, inner)})"
        if element == target:
            # The list itself where nothing filters would not be a new one.
            return text if first.ifs else f"{text}.slice()"
        return f"{text}.map(({target}) => {_value(element)})"

    def every(self, node: ast.expr, scope: Scope, method: str) -> str:
        """`all` and `any` over a comprehension, without the list in between."""
        if not isinstance(node, ast.ListComp) or len(node.generators) > 1:
            return f"{self.expression(node, scope)}.{method}((x) => {self.helper('truth', 'x')})"
        inner = comprehension_scope(node.generators, scope)
        first = node.generators[0]
        text = self.iterated(first.iter, scope, as_list=True)
        target = self.target(first.target, inner)
        for test in first.ifs:
            text += f".filter(({target}) => {self.condition(test, inner)})"
        return f"{text}.{method}(({target}) => {_value(self.condition(node.elt, inner))})"

    def iterated(self, node: ast.expr, scope: Scope, *, as_list: bool = False) -> str:
        """What a loop runs over; *as_list* where it needs the methods of a list."""
        text = self.expression(node, scope)
        kind = infer(node, scope)
        if kind.is_sequence or (kind.name == "js" and not as_list):
            return text
        if kind.is_text:
            return f"[...{text}]" if as_list else text
        if kind.name == "dict" and not kind.maybe_none:
            return f"Object.keys({text})"
        return self.helper("items", text)

    def target(self, node: ast.expr, scope: Scope) -> str:
        """What a value is assigned to, as a pattern."""
        if isinstance(node, ast.Tuple):
            used = [self.target(item, scope) for item in node.elts]
            return "[" + ", ".join(["" if name == "_" else name for name in used]) + "]"
        if isinstance(node, ast.Name):
            return safe(node.id)
        if isinstance(node, ast.Subscript):
            kind = infer(node.value, scope)
            if kind.name not in ("list", "js") and not isinstance(node.slice, ast.Constant):
                raise self.refusal(
                    node, "a dict's item among several targets", "assign it by itself"
                )
        return self.expression(node, scope)

    def parameters(self, args: ast.arguments, scope: Scope, *, bound: bool) -> str:
        """The parameters of a function: those given by name come after those with a place, in their order."""
        places = args.args[1:] if bound else args.args
        if args.vararg and args.kwonlyargs:
            raise self.refusal(
                args.vararg, "both *args and parameters given by name", "leave one of them out"
            )
        defaults: list[ast.expr | None] = [None] * (len(places) - len(args.defaults))
        out = []
        for argument, default in [
            *zip(places, defaults + list(args.defaults), strict=False),
            *zip(args.kwonlyargs, args.kw_defaults, strict=True),
        ]:
            name = safe(argument.arg)
            out.append(f"{name} = {self.expression(default, scope)}" if default else name)
        if args.kwarg:
            out.append(f"{safe(args.kwarg.arg)} = {{}}")
        if args.vararg and args.vararg.arg != "_":
            out.append(f"...{safe(args.vararg.arg)}")
        return ", ".join(out)

    # ---- errors -----------------------------------------------------------------------------------------------------

    def checked(self, text: str | None, node: ast.expr) -> str:
        """*text*, or a refusal where there is none."""
        if text is None:
            raise self.refusal(node, f"the constant {ast.unparse(node)}", "use text or numbers")
        return text


def _value(text: str) -> str:
    """*text* as the body of an arrow function: an object in brackets."""
    return f"({text})" if text.startswith("{") else text


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_negative(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
