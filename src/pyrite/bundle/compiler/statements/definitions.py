"""Functions and classes."""

import ast
import json

from ..inference.scopes import Scope, function_scope
from ..names import safe
from ..reading.definitions import Class, Function
from ..reading.kinds import UNKNOWN
from .lines import Lines
from .locals import ends, gives, hoisted


def _opening(function: Function) -> str:
    if function.is_property:
        return "get"
    return "" if function.bound else "static"


def _all_arguments(args: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (args.vararg, args.kwarg) if argument]
    return args.args + args.kwonlyargs + extra


class Definitions(Lines):
    """Writes functions and classes."""

    def _class(self, cls: Class) -> None:
        base = ""
        if cls.node.bases:
            name = ast.unparse(cls.node.bases[0])
            base = f" extends {safe(name) if cls.base() else self.error_class(name)}"
        begin = len(self.lines)
        self.line(f"export class {safe(cls.name)}{base} {{", cls.node)
        self._depth += 1
        self._check_constants(cls)
        if self._for_tests or cls.is_named():
            self.line(f"get $name() {{ return {json.dumps(cls.name)}; }}", cls.node)
        for statement in cls.node.body:
            if isinstance(statement, ast.FunctionDef):
                if statement.name in ("__eq__", "__repr__") and not self._for_tests:
                    continue
                function = cls.methods[statement.name]
                self._function(_opening(function), statement, function, cls)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                value = self.default(statement.value, Scope(self.module))
                name = self.spelled(ast.unparse(targets[0]), None)
                self.line(f"get {name}() {{ return {value}; }}", statement)
            elif not isinstance(statement, ast.AnnAssign | ast.Expr | ast.Pass):
                raise self.refusal(
                    statement,
                    f"{type(statement).__name__} in a class",
                    "only methods and constants stand in classes",
                )
        self._depth -= 1
        self.line("}", cls.node)
        self._keep(begin, cls.node)

    def _check_constants(self, cls: Class) -> None:
        """A constant of a class is read-only here: an instance that sets one would throw at run time."""
        for name, sources in cls.assigned.items():
            for function, value in sources:
                if function.name and any(
                    not owner.name
                    for holder in cls.lineage()
                    for owner, _ in holder.assigned.get(name, [])
                ):
                    raise self.refusal(
                        value,
                        f"self.{name} is set, and is a constant of the class",
                        "give it another name",
                    )

    def _function(
        self, opening: str, node: ast.FunctionDef, function: Function, cls: Class | None
    ) -> None:
        scope = function_scope(function, None, cls)
        name = safe(node.name) if cls is None else self.spelled(node.name, None)
        name = "constructor" if node.name == "__init__" else name
        parameters = self.parameters(node.args, Scope(self.module), bound=function.bound)
        if cls is None:
            self._keep(len(self.lines), node)
        self.line(f"{opening} {name}({parameters}) {{".lstrip(), node)
        self._body(node.body, scope, node)
        self.line("}", node)

    def _body(self, body: list[ast.stmt], scope: Scope, node: ast.FunctionDef) -> None:
        self._depth += 1
        places = {argument.arg for argument in _all_arguments(node.args)}
        early = sorted(hoisted(body, places))
        if early:
            self.line(f"let {', '.join([safe(name) for name in early])};", node)
        declared = places | set(early) | {scope.this}
        before = self._gives, self._returns
        self._gives, self._returns = gives(body), self.module.kind_of(node.returns)
        self._block(body, scope, declared)
        if self._gives and not ends(body):
            self.line("return null;", node)
        self._gives, self._returns = before
        self._depth -= 1

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope, declared: set[str]) -> None:
        function = Function(self.module, node)
        inner = function_scope(function, scope, None)
        begin = "" if node.name in declared else "const "
        parameters = self.parameters(node.args, scope, bound=False)
        self._keep(len(self.lines), node)
        self.line(f"{begin}{safe(node.name)} = ({parameters}) => {{", node)
        declared.add(node.name)
        self._body(node.body, inner, node)
        self.line("};", node)

    def _do_return(self, node: ast.Return, scope: Scope, declared: set[str]) -> None:
        if node.value:
            first = self._returns.items[0] if self._returns.items else UNKNOWN
            lambda_ = isinstance(node.value, ast.Lambda)
            text = (
                self.function(node.value, scope, first)  # type: ignore[arg-type]
                if lambda_ and self._returns.name == "function"
                else self.expression(node.value, scope)
            )
            self.line(f"return {text};", node)
        else:
            # Only what gives a value elsewhere must give None here: undefined would be an argument that is missing.
            self.line("return null;" if self._gives else "return;", node)

    def _do_nonlocal(self, node: ast.Nonlocal, scope: Scope, declared: set[str]) -> None:
        declared.update(node.names)
