"""Expressions, as JavaScript text. What is written here is put in brackets freely: the minifier takes them away."""

import ast

from .calls import Calls
from .infer import (
    Scope,
    comprehension_scope,
    infer,
    lambda_scope,
)
from .kinds import NUMBERS, UNKNOWN, Kind
from .names import constant, key, safe
from .names import text as literal
from .program import Class, Function, Module
from .purity import is_pure, is_simple

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
OBJECTS = (
    "list",
    "tuple",
    "dict",
    "bytes",
    "function",
    "instance",
)  # kinds whose values are objects
ORDERED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Expressions(Calls):
    """Writes expressions of one module; *helpers* collects the names from web/python.js that it uses."""

    def __init__(self, module: Module, *, for_tests: bool = False) -> None:
        super().__init__(module, for_tests=for_tests)
        self.captured: list[
            tuple[str, str]
        ] = []  # names and values that a function's parameters need
        self.count = 0  # names of the compiler's own so far

    # ---- conditions -----------------------------------------------------------------------------------------------

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
        if not isinstance(node.ops[0], ast.Is | ast.IsNot) or not _is_none(node.comparators[0]):
            return None
        if infer(node.left, scope).name not in OBJECTS:
            return None
        text = self.expression(node.left, scope)
        return f"!({text})" if isinstance(node.ops[0], ast.Is) else text

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
        definition = scope.module.lookup(node.id)
        if (
            isinstance(definition, Function)
            and definition.node.args.vararg
            and definition.node.args.kwarg
        ):
            raise self.refusal(
                node, "a function with both *args and **kwargs", "leave one of them out"
            )
        if (
            isinstance(definition, Class)
            and not self.module.is_test
            and id(node) not in self.module.classes_named
        ):
            raise self.refusal(
                node, f"the class {node.id} as a value", "make a function that makes one"
            )
        if definition is None:
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

    def _on_starred(self, node: ast.Starred, scope: Scope) -> str:
        return "..." + self.expression(node.value, scope)

    def _on_dict(self, node: ast.Dict, scope: Scope) -> str:
        parts = []
        for name, value in zip(node.keys, node.values, strict=True):
            text = self.expression(value, scope)
            if name is None:
                parts.append(f"...{text}")
            elif isinstance(name, ast.Constant) and isinstance(name.value, str):
                parts.append(f"{key(name.value)}: {text}")
            else:
                self.check_key(name, scope)
                parts.append(f"[{self.expression(name, scope)}]: {text}")
        return "({" + ", ".join(parts) + "})"

    def check_key(self, node: ast.expr, scope: Scope, keys: str = "str") -> None:
        """Refuse a key of a dict that is no text, or no number where all are."""
        allowed = {"int": ("int",), "js": ("str", "int")}.get(keys, ("str",))
        if infer(node, scope).name not in (*allowed, "js", "unknown"):
            raise self.refusal(
                node, f"the key {ast.unparse(node)} is no text", "keys of dicts are texts"
            )

    def _on_joinedstr(self, node: ast.JoinedStr, scope: Scope) -> str:
        out = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = literal(str(part.value))[1:-1].replace('\\"', '"')
                out.append(text.replace("`", "\\`").replace("${", "\\${"))
            elif isinstance(part, ast.FormattedValue):
                out.append("${" + self._formatted(part, scope) + "}")
        return "`" + "".join(out) + "`"

    def _formatted(self, node: ast.FormattedValue, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        if node.format_spec is not None:
            return self._with_format(node, text, scope)
        if node.conversion == ord("a"):
            raise self.refusal(node, "the conversion !a", "use !r")
        kind = infer(node.value, scope)
        self.check_shown(node.value, kind, digits=node.conversion == ord("r"))
        if node.conversion == ord("r"):
            return self.helper("repr", text)
        if kind.is_text or (kind.name == "int" and not kind.maybe_none):
            return text
        return self.helper("str", text)

    def _with_format(self, node: ast.FormattedValue, text: str, scope: Scope) -> str:
        parts = node.format_spec.values  # type: ignore[union-attr]
        spec = "".join([str(part.value) for part in parts if isinstance(part, ast.Constant)])
        letter = spec[-1:]
        width = spec[:-1]
        if (
            len(parts) != 1
            or node.conversion != -1
            or letter not in ("d", "x", "X")
            or (width and not (width.startswith("0") and width.isdigit()))
        ):
            raise self.refusal(
                node,
                f"the format {ast.unparse(node.format_spec)[2:-1]!r} is not compiled",  # type: ignore[arg-type]
                "use 0Nd, 0Nx or 0NX, or write it out",
            )
        kind = infer(node.value, scope)
        if kind.name not in ("int", "js"):
            raise self.refusal(
                node, f"the format {spec!r} of what may be no whole number", "annotate it as int"
            )
        base = ["16"] if letter in "xX" else []
        if width:
            digits = self.helper("padded", text, str(int(width)), *base)
        else:
            digits = f"({text}).toString({''.join(base)})"
        return digits + (".toUpperCase()" if letter == "X" else "")

    # ---- operators --------------------------------------------------------------------------------------------------

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
        if _is_none(one) or _is_none(other):
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

    # ---- what has parts ---------------------------------------------------------------------------------------------

    def _on_attribute(self, node: ast.Attribute, scope: Scope) -> str:
        if node.attr == "__name__":
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "type":
                cls = infer(node.value.args[0], scope).cls
                if cls and not cls.is_error() and len(cls.family()) == 1:
                    raise self.refusal(
                        node, "the name of a class that stands alone", "write the name"
                    )
                if cls:
                    self.module.program.asked.add(id(cls))
                return self.helper("name", self.expression(node.value.args[0], scope))
            if self.module.is_test:
                return f"{self.expression(node.value, scope)}.name"
            raise self.refusal(
                node, "__name__ of a class or function", "names are shortened; write it out"
            )
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
        spelled = self.spelled(node.attr, owner)
        if method and not method.is_property and not cls:
            if is_simple(node.value):
                return f"{text}.{spelled}.bind({text})"
            return f"(($value) => $value.{spelled}.bind($value))({text})"
        return f"{text}.{spelled}"

    def _on_subscript(self, node: ast.Subscript, scope: Scope) -> str:
        text = self.expression(node.value, scope)
        kind = infer(node.value, scope)
        if kind.cls or kind.name in (*NUMBERS, "bool", "none", "function"):
            raise self.refusal(node, f"an item of a value of kind {kind.name}", "call a method")
        if isinstance(node.slice, ast.Slice):
            return self._slice(node, node.slice, text, kind, scope)
        place = self.expression(node.slice, scope)
        if _is_negative(node.slice):
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
        ends = [None if end is None or _is_none(end) else end for end in (part.lower, part.upper)]
        for end in ends:
            if end is not None and infer(end, scope).maybe_none:
                raise self.refusal(node, "a slice whose end may be None", "write both cases out")
        start = self.expression(ends[0], scope) if ends[0] else "0"
        if ends[1] is None:
            return f"{text}.slice({start})"
        return f"{text}.slice({start}, {self.expression(ends[1], scope)})"

    # ---- functions and comprehensions -------------------------------------------------------------------------------

    def _on_lambda(self, node: ast.Lambda, scope: Scope) -> str:
        return self.function(node, scope)

    def function(self, node: ast.Lambda, scope: Scope, first: Kind = UNKNOWN) -> str:
        """A lambda, whose first argument is of kind *first*."""
        inner = lambda_scope(node, scope, first)
        before = self.captured
        self.captured = []
        parameters = self.parameters(node.args, scope, bound=False)
        captured, self.captured = self.captured, before
        text = f"(({parameters}) => {_value(self.expression(node.body, inner))})"
        if not captured:
            return text
        names = ", ".join([name for name, _ in captured])
        return f"(({names}) => {text})({', '.join([value for _, value in captured])})"

    def _on_listcomp(self, node: ast.ListComp, scope: Scope) -> str:
        inner = comprehension_scope(node.generators, scope)
        text = self.expression(node.elt, inner)
        return self._generated(node.generators, text, [node.elt], scope, inner)

    def _on_dictcomp(self, node: ast.DictComp, scope: Scope) -> str:
        inner = comprehension_scope(node.generators, scope)
        self.check_key(node.key, inner)
        pair = f"[{self.expression(node.key, inner)}, {self.expression(node.value, inner)}]"
        ends = [node.key, node.value]
        return f"Object.fromEntries({self._generated(node.generators, pair, ends, scope, inner)})"

    def _generated(
        self,
        generators: list[ast.comprehension],
        element: str,
        ends: list[ast.expr],
        scope: Scope,
        inner: Scope,
    ) -> str:
        first, rest = generators[0], generators[1:]
        text = self.iterated(first.iter, scope, as_list=True)
        target = self.target(first.target, inner)
        if rest:
            code = self._generated(rest, element, ends, inner, inner)
            if first.ifs:
                code = f"{self._tests(first, inner)} ? {code} : []"
            return f"{text}.flatMap(({target}) => {code})"
        # Whether an item is in and what becomes of it is found out item by item, where that can be noticed.
        pure = all(is_pure(part, inner) for part in [*first.ifs, *ends])
        own = {part.id for part in ast.walk(first.target) if isinstance(part, ast.Name)}
        if (
            first.ifs
            and not pure
            and all(isinstance(part, ast.Name) and part.id in own for part in ends)
        ):
            text += f".filter(({target}) => {self._tests(first, inner)})"
        elif first.ifs and not pure:
            return f"{text}.flatMap(({target}) => {self._tests(first, inner)} ? [{element}] : [])"
        else:
            for test in first.ifs:
                text += f".filter(({target}) => {self.condition(test, inner)})"
        if element == target:
            # The list itself where nothing filters would not be a new one.
            return text if first.ifs else f"{text}.slice()"
        return f"{text}.map(({target}) => {_value(element)})"

    def _tests(self, generator: ast.comprehension, inner: Scope) -> str:
        return " && ".join([f"({self.condition(test, inner)})" for test in generator.ifs])

    def every(self, node: ast.expr, scope: Scope, method: str) -> str:
        """`all` and `any`; over a comprehension without the list in between, where nobody can notice."""
        if not isinstance(node, ast.ListComp) or len(node.generators) > 1:
            held = self.iterated(node, scope, as_list=True)
            return f"{held}.{method}((x) => {self.helper('truth', 'x')})"
        inner = comprehension_scope(node.generators, scope)
        first = node.generators[0]
        if not all(is_pure(part, inner) for part in [*first.ifs, node.elt]):
            native = infer(node.elt, inner).has_native_truth
            truth = "x" if native else self.helper("truth", "x")
            return f"{self._on_listcomp(node, scope)}.{method}((x) => {truth})"
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
        self.check_keys(node, kind)
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
            raise self.refusal(node, "an item among several targets", "assign it by itself")
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
            out.append(f"{name} = {self.default(default, scope)}" if default else name)
        if args.kwarg:
            out.append(f"{safe(args.kwarg.arg)} = {{}}")
        if args.vararg and args.vararg.arg != "_":
            out.append(f"...{safe(args.vararg.arg)}")
        return ", ".join(out)

    def default(self, node: ast.expr, scope: Scope) -> str:
        """What a parameter is without an argument: worked out once, when the function is made."""
        text = self.expression(node, scope)
        if isinstance(node, ast.Constant) or _is_number(node) or self._stands(node, scope):
            return text
        self.count += 1
        self.captured.append((f"$kept{self.count}", text))
        return f"$kept{self.count}"

    def _stands(self, node: ast.expr, scope: Scope) -> bool:
        """Whether *node* is a name at the top of a module: it is always the same."""
        return isinstance(node, ast.Name) and scope.owner(node.id) is None and node.id != "js"

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


def _is_number(node: ast.expr) -> bool:
    return _is_negative(node) and isinstance(node.operand, ast.Constant)  # type: ignore[attr-defined]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
