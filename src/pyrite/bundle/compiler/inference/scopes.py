"""Which names a function or a comprehension binds, and to what.

Not for what kind a value is: that is infer.py, which a scope is given where it needs to know.
"""

import ast
from collections.abc import Callable

from ..reading.definitions import Class, Function
from ..reading.kinds import (
    JS,
    NEVER,
    UNKNOWN,
    Kind,
    held_by,
    join,
    list_of,
)
from ..reading.module import Module
from ..reading.walks import statements

ROUNDS = 4  # a kind is stable after two or three
Infer = Callable[[ast.expr, "Scope"], Kind]
Source = Callable[[Infer], Kind]  # what kind a name gets in one place that binds it


class Scope:
    """The names that a function binds, or a comprehension; what it does not bind is its parent's, then the module's."""

    def __init__(
        self, module: Module, parent: "Scope | None" = None, *, cls: Class | None = None
    ) -> None:
        self.module = module
        self.parent = parent
        self.cls: Class | None = cls or (parent.cls if parent else None)
        self.sources: dict[str, list[Source]] = {}
        self.functions: dict[str, Function] = {}
        self.elsewhere: set[str] = set()  # what it declares nonlocal
        self.this = ""  # the name of the first parameter of a method
        self.fields = ""  # the name of a **parameter
        self._known: dict[str, Kind] = {}
        self._assumed: dict[str, Kind] = {}

    def bind(self, name: str, source: Source) -> None:
        """Note that *name* gets a value whose kind *source* tells."""
        if name in self.elsewhere:
            return
        self.sources.setdefault(name, []).append(source)

    def owner(self, name: str) -> "Scope | None":
        """The scope that binds *name*; None where it is the module's."""
        if name in self.sources or name in self.functions or name == self.this:
            return self
        return self.parent.owner(name) if self.parent else None

    def kind(self, name: str, infer: Infer) -> Kind:
        """The kind of *name* here; *infer* tells that of an expression."""
        owner = self.owner(name)
        if owner is None:
            return self._of_module(name, infer)
        if name == owner.this and owner.cls:
            return Kind("instance", cls=owner.cls)
        if name in owner.functions:
            return Kind("function", item=owner.functions[name].returns())
        return owner._own(name, infer)

    def _own(self, name: str, infer: Infer) -> Kind:
        if name in self._known:
            return self._known[name]
        if name in self._assumed:
            return self._assumed[name]
        program = self.module.program
        program.assuming += 1
        # What it is made of may be itself: it is what it stays when that is taken for granted.
        kind, before = NEVER, UNKNOWN
        for _ in range(ROUNDS):
            self._assumed[name] = before = kind
            for source in self.sources[name]:
                kind = join(kind, source(infer)) or kind
            if kind == before:
                break
        del self._assumed[name]
        program.assuming -= 1
        result = kind if kind == before and kind != NEVER else UNKNOWN
        if not program.assuming:
            self._known[name] = result
        return result

    def _of_module(self, name: str, infer: Infer) -> Kind:
        definition = self.module.lookup(name)
        if isinstance(definition, Function):
            return Kind("function", item=definition.returns())
        if isinstance(definition, tuple):
            module, original = definition
            value, annotation = module.constants[original]
            if annotation is not None:
                return module.kind_of(annotation)
            return infer(value, Scope(module))
        # The module js is JavaScript's global object.
        return JS if definition is None and name == "js" else UNKNOWN


def function_scope(function: Function, parent: "Scope | None", cls: Class | None) -> Scope:
    """The scope of *function*'s body, its parameters and locals bound."""
    scope = Scope(function.module, parent, cls=cls)
    node = function.node
    if function.bound and node.args.args:
        scope.this = node.args.args[0].arg
    for argument in function.arguments:
        scope.bind(argument.arg, _annotated(function, argument))
    if node.args.vararg:
        item = function.module.kind_of(node.args.vararg.annotation)
        scope.bind(node.args.vararg.arg, _always(Kind("tuple", item=item)))
    if node.args.kwarg:
        value = function.module.kind_of(node.args.kwarg.annotation)
        scope.bind(node.args.kwarg.arg, _always(Kind("dict", item=value)))
        scope.fields = node.args.kwarg.arg
    bind_locals(node.body, scope)
    return scope


def _annotated(function: Function, argument: ast.arg) -> Source:
    return lambda infer: function.module.kind_of(argument.annotation)


def _always(kind: Kind) -> Source:
    return lambda infer: kind


def bind_locals(body: list[ast.stmt], scope: Scope) -> None:
    """Bind in *scope* every name that *body* assigns, without what functions inside it do."""
    annotated: set[str] = set()
    for node in statements(body):
        if isinstance(node, ast.Nonlocal):
            scope.elsewhere.update(node.names)
    for node in statements(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotated.add(node.target.id)
            scope.bind(node.target.id, _declared(node.annotation, scope))
    for node in statements(body):
        bind = BINDING.get(type(node))
        if bind is not None:
            bind(node, scope, annotated)


def _declared(annotation: ast.expr, scope: Scope) -> Source:
    return lambda infer: scope.module.kind_of(annotation)


def _by_assign(node: ast.Assign, scope: Scope, annotated: set[str]) -> None:
    for target in node.targets:
        _bind_target(target, lambda infer: infer(node.value, scope), scope, annotated)


def _by_augassign(node: ast.AugAssign, scope: Scope, annotated: set[str]) -> None:
    """What an operator with an assignment leaves."""
    _bind_target(
        node.target,
        lambda infer: infer(ast.BinOp(left=node.target, op=node.op, right=node.value), scope),
        scope,
        annotated,
    )


def _by_for(node: ast.For, scope: Scope, annotated: set[str]) -> None:
    _bind_target(node.target, _item_of(node.iter, scope), scope, annotated)


def _by_function(node: ast.FunctionDef, scope: Scope, annotated: set[str]) -> None:
    scope.functions[node.name] = Function(scope.module, node)
    # What a function inside sets may be anything, where nothing says what it is.
    for name in _set_inside(node) - annotated:
        scope.bind(name, _always(UNKNOWN))


def _by_try(node: ast.Try, scope: Scope, annotated: set[str]) -> None:
    for handler in node.handlers:
        if handler.name:
            scope.bind(handler.name, _caught(handler, scope))


BINDING: dict[type, Callable[..., None]] = {
    ast.Assign: _by_assign,
    ast.AugAssign: _by_augassign,
    ast.For: _by_for,
    ast.FunctionDef: _by_function,
    ast.Try: _by_try,
}


def _item_of(node: ast.expr, scope: Scope) -> Source:
    """The kind of what a loop over *node* gives."""
    return lambda infer: held_by(infer(node, scope))


def _set_inside(function: ast.FunctionDef) -> set[str]:
    """The names of others that *function*, or one inside it, sets."""
    return {
        name for node in ast.walk(function) if isinstance(node, ast.Nonlocal) for name in node.names
    }


def _bind_target(target: ast.expr, source: Source, scope: Scope, annotated: set[str]) -> None:
    if isinstance(target, ast.Name):
        if target.id not in annotated:
            scope.bind(target.id, source)
    elif isinstance(target, ast.Starred):
        _bind_target(target.value, lambda infer: list_of(held_by(source(infer))), scope, annotated)
    elif isinstance(target, ast.Tuple):
        starred = isinstance(target.elts[-1], ast.Starred) if target.elts else False
        for place, inner in enumerate(target.elts):
            rest = starred and place == len(target.elts) - 1
            _bind_target(inner, source if rest else _part(source, place), scope, annotated)


def _part(source: Source, place: int) -> Source:
    """The kind of the item at *place* of what *source* tells."""

    def part(infer: Infer) -> Kind:
        kind = source(infer)
        if kind.name == "tuple" and place < len(kind.items):
            return kind.items[place]
        return held_by(kind)

    return part


def _caught(handler: ast.ExceptHandler, scope: Scope) -> Source:
    def caught(infer: Infer) -> Kind:
        if isinstance(handler.type, ast.Name):
            definition = scope.module.lookup(handler.type.id)
            if isinstance(definition, Class):
                return Kind("instance", cls=definition)
        return UNKNOWN

    return caught


def comprehension_scope(generators: list[ast.comprehension], scope: Scope) -> Scope:
    """The scope inside a comprehension."""
    inner = Scope(scope.module, scope)
    for generator in generators:
        outer = inner if generator is not generators[0] else scope
        _bind_target(generator.target, _item_of(generator.iter, outer), inner, set())
    return inner


def lambda_scope(node: ast.Lambda, scope: Scope, first: Kind = UNKNOWN) -> Scope:
    """The scope inside a lambda; nothing is known of its parameters, but for the *first* of a sorting key."""
    inner = Scope(scope.module, scope)
    for argument in node.args.args[:1]:
        inner.bind(argument.arg, _always(first))
    for argument in [*node.args.args[1:], *node.args.kwonlyargs]:
        inner.bind(argument.arg, _always(UNKNOWN))
    for extra in (node.args.vararg, node.args.kwarg):
        if extra:
            inner.bind(extra.arg, _always(UNKNOWN))
    return inner
