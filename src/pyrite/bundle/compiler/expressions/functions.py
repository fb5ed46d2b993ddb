"""Lambdas and the parameters of functions, comprehensions, and what a loop runs over."""

import ast

from ..inference.infer import infer
from ..inference.purity import is_pure
from ..inference.scopes import Scope, comprehension_scope, lambda_scope
from ..names import safe
from ..reading.kinds import UNKNOWN, Kind
from .parts import Parts


class Functions(Parts):
    """Writes functions, their parameters, and comprehensions."""

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
        if isinstance(node, ast.Constant) or _is_negated(node) or self._stands(node, scope):
            return text
        self.count += 1
        self.captured.append((f"$kept{self.count}", text))
        return f"$kept{self.count}"

    def _stands(self, node: ast.expr, scope: Scope) -> bool:
        """Whether *node* is a name at the top of a module: it is always the same."""
        return isinstance(node, ast.Name) and scope.owner(node.id) is None and node.id != "js"


def _is_negated(node: ast.expr) -> bool:
    """Whether *node* is a number with a minus in front."""
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    )


def _value(text: str) -> str:
    """*text* as the body of an arrow function: an object in brackets."""
    return f"({text})" if text.startswith("{") else text
