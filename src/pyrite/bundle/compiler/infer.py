"""The kind of an expression, from annotations and from what is assigned; `unknown` where neither tells."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from .kinds import (
    BOOL,
    BYTES,
    DICT,
    FLOAT,
    FUNCTION,
    INT,
    JS,
    LIST,
    NATURAL,
    NEVER,
    NONE,
    NUMBER,
    NUMBERS,
    STR,
    UNKNOWN,
    Kind,
    held_by,
    join,
    list_of,
)
from .program import Class, Function, Module

TEXT = Kind("tuple", items=(STR, STR, STR))
OF_TEXTS: dict[str, Kind] = {
    **dict.fromkeys(("strip", "lstrip", "rstrip", "lower", "upper", "replace", "join"), STR),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha"), BOOL),
    **dict.fromkeys(("find", "rfind", "index", "count"), INT),
    **dict.fromkeys(("partition", "rpartition"), TEXT),
    "split": list_of(STR),
    "encode": BYTES,
}
BUILTINS: dict[str, Kind] = {
    **dict.fromkeys(("len", "ord"), NATURAL),
    **dict.fromkeys(("str", "chr", "repr"), STR),
    **dict.fromkeys(("bool", "isinstance", "all", "any", "callable", "hasattr"), BOOL),
    "int": INT,
    "float": FLOAT,
    "range": list_of(INT),
}
ROUNDS = 4  # a kind is stable after two or three
CHECKED = {"str": STR, "dict": DICT, "list": LIST, "int": INT, "float": FLOAT, "bool": BOOL}


class Scope:
    """The names that a function binds, or a comprehension; what it does not bind is its parent's, then the module's."""

    def __init__(
        self, module: Module, parent: "Scope | None" = None, *, cls: Class | None = None
    ) -> None:
        self.module = module
        self.parent = parent
        self.cls: Class | None = cls or (parent.cls if parent else None)
        self.sources: dict[str, list[Callable[[], Kind]]] = {}
        self.functions: dict[str, Function] = {}
        self.elsewhere: set[str] = set()  # what it declares nonlocal
        self.this = ""  # the name of the first parameter of a method
        self.fields = ""  # the name of a **parameter
        self._known: dict[str, Kind] = {}
        self._assumed: dict[str, Kind] = {}

    def bind(self, name: str, source: Callable[[], Kind]) -> None:
        """Note that *name* gets a value whose kind *source* tells."""
        if name in self.elsewhere:
            return
        self.sources.setdefault(name, []).append(source)

    def owner(self, name: str) -> "Scope | None":
        """The scope that binds *name*; None where it is the module's."""
        if name in self.sources or name in self.functions or name == self.this:
            return self
        return self.parent.owner(name) if self.parent else None

    def kind(self, name: str) -> Kind:
        """The kind of *name* here."""
        owner = self.owner(name)
        if owner is None:
            return self._of_module(name)
        if name == owner.this and owner.cls:
            return Kind("instance", cls=owner.cls)
        if name in owner.functions:
            return Kind("function", item=owner.functions[name].returns())
        return owner._own(name)

    def _own(self, name: str) -> Kind:
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
                kind = join(kind, source()) or kind
            if kind == before:
                break
        del self._assumed[name]
        program.assuming -= 1
        result = kind if kind == before and kind != NEVER else UNKNOWN
        if not program.assuming:
            self._known[name] = result
        return result

    def _of_module(self, name: str) -> Kind:
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
        scope.bind(node.args.vararg.arg, lambda: Kind("tuple", item=item))
    if node.args.kwarg:
        value = function.module.kind_of(node.args.kwarg.annotation)
        scope.bind(node.args.kwarg.arg, lambda: Kind("dict", item=value))
        scope.fields = node.args.kwarg.arg
    bind_locals(node.body, scope)
    return scope


def _annotated(function: Function, argument: ast.arg) -> Callable[[], Kind]:
    return lambda: function.module.kind_of(argument.annotation)


def bind_locals(body: list[ast.stmt], scope: Scope) -> None:
    """Bind in *scope* every name that *body* assigns, without what functions inside it do."""
    annotated: set[str] = set()
    for node in statements(body):
        if isinstance(node, ast.Nonlocal):
            scope.elsewhere.update(node.names)
    for node in statements(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotated.add(node.target.id)
            annotation = node.annotation
            scope.bind(node.target.id, lambda a=annotation: scope.module.kind_of(a))  # type: ignore[misc]
    for node in statements(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _bind_target(target, lambda n=node: infer(n.value, scope), scope, annotated)  # type: ignore[misc]
        elif isinstance(node, ast.AugAssign):
            _bind_target(node.target, lambda n=node: _changed(n, scope), scope, annotated)  # type: ignore[misc]
        elif isinstance(node, ast.For):
            _bind_target(
                node.target,
                lambda n=node: held_by(infer(n.iter, scope)),  # type: ignore[misc]
                scope,
                annotated,
            )
        elif isinstance(node, ast.FunctionDef):
            scope.functions[node.name] = Function(scope.module, node)
            # What a function inside sets may be anything, where nothing says what it is.
            for name in _set_inside(node) - annotated:
                scope.bind(name, lambda: UNKNOWN)
        elif isinstance(node, ast.Try):
            for handler in node.handlers:
                if handler.name:
                    scope.bind(handler.name, lambda h=handler: _caught(h, scope))  # type: ignore[misc]


def _changed(node: ast.AugAssign, scope: Scope) -> Kind:
    """What an operator with an assignment leaves."""
    return infer(ast.BinOp(left=node.target, op=node.op, right=node.value), scope)


def _set_inside(function: ast.FunctionDef) -> set[str]:
    """The names of others that *function*, or one inside it, sets."""
    return {
        name for node in ast.walk(function) if isinstance(node, ast.Nonlocal) for name in node.names
    }


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement in *body* and its blocks, but not in functions inside."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []):
            yield from statements(handler.body)


def _bind_target(
    target: ast.expr, source: Callable[[], Kind], scope: Scope, annotated: set[str]
) -> None:
    if isinstance(target, ast.Name):
        if target.id not in annotated:
            scope.bind(target.id, source)
    elif isinstance(target, ast.Starred):
        _bind_target(target.value, lambda: list_of(held_by(source())), scope, annotated)
    elif isinstance(target, ast.Tuple):
        starred = isinstance(target.elts[-1], ast.Starred) if target.elts else False
        for place, inner in enumerate(target.elts):
            if starred and place == len(target.elts) - 1:
                _bind_target(inner, source, scope, annotated)
                continue

            def part(place: int = place) -> Kind:
                kind = source()
                if kind.name == "tuple" and place < len(kind.items):
                    return kind.items[place]
                return held_by(kind)

            _bind_target(inner, part, scope, annotated)


def _caught(handler: ast.ExceptHandler, scope: Scope) -> Kind:
    if isinstance(handler.type, ast.Name):
        definition = scope.module.lookup(handler.type.id)
        if isinstance(definition, Class):
            return Kind("instance", cls=definition)
    return UNKNOWN


def comprehension_scope(generators: list[ast.comprehension], scope: Scope) -> Scope:
    """The scope inside a comprehension."""
    inner = Scope(scope.module, scope)
    for generator in generators:
        outer = inner if generator is not generators[0] else scope
        _bind_target(
            generator.target,
            lambda g=generator, o=outer: held_by(infer(g.iter, o)),  # type: ignore[misc]
            inner,
            set(),
        )
    return inner


def lambda_scope(node: ast.Lambda, scope: Scope, first: Kind = UNKNOWN) -> Scope:
    """The scope inside a lambda; nothing is known of its parameters, but for the *first* of a sorting key."""
    inner = Scope(scope.module, scope)
    for argument in node.args.args[:1]:
        inner.bind(argument.arg, lambda: first)
    for argument in [*node.args.args[1:], *node.args.kwonlyargs]:
        inner.bind(argument.arg, lambda: UNKNOWN)
    for extra in (node.args.vararg, node.args.kwarg):
        if extra:
            inner.bind(extra.arg, lambda: UNKNOWN)
    return inner


# ---- expressions ----------------------------------------------------------------------------------------------------


def infer(node: ast.expr, scope: Scope) -> Kind:
    """The kind of *node* in *scope*."""
    handler = _BY_NODE.get(type(node))
    return handler(node, scope) if handler else UNKNOWN


def _constant(node: ast.Constant, scope: Scope) -> Kind:
    kinds: dict[type, Kind] = {
        str: STR,
        int: INT,
        float: FLOAT,
        bool: BOOL,
        bytes: BYTES,
        type(None): NONE,
    }
    if type(node.value) is int and node.value >= 0:
        return NATURAL
    return kinds.get(type(node.value), UNKNOWN)


def _name(node: ast.Name, scope: Scope) -> Kind:
    kind = scope.kind(node.id)
    asked = scope.module.narrowed.get(id(node))
    if asked is None:
        return kind
    definition = scope.module.lookup(asked) if scope.owner(asked) is None else None
    if isinstance(definition, Class):
        return Kind("instance", cls=definition)
    checked = CHECKED.get(asked, UNKNOWN)
    if checked.name == kind.name:
        return replace(kind, maybe_none=False)
    return kind if checked is UNKNOWN else checked


def _list(node: ast.List | ast.Set, scope: Scope) -> Kind:
    joined: Kind | None = None
    for item in node.elts:
        joined = join(joined, infer(item, scope))
    return Kind("list", item=joined)


def _tuple(node: ast.Tuple, scope: Scope) -> Kind:
    return Kind("tuple", items=tuple(infer(item, scope) for item in node.elts))


def _dict(node: ast.Dict, scope: Scope) -> Kind:
    joined: Kind | None = None
    for item in node.values:
        joined = join(joined, infer(item, scope))
    return Kind("dict", item=joined)


def _comprehension(node: ast.ListComp, scope: Scope) -> Kind:
    return list_of(infer(node.elt, comprehension_scope(node.generators, scope)))


def _dict_comprehension(node: ast.DictComp, scope: Scope) -> Kind:
    return Kind("dict", item=infer(node.value, comprehension_scope(node.generators, scope)))


def _either(node: ast.IfExp, scope: Scope) -> Kind:
    body = _checked(node.test, node.body) or infer(node.body, scope)
    return join(body, infer(node.orelse, scope)) or UNKNOWN


def _checked(test: ast.expr, body: ast.expr) -> Kind | None:
    """The kind of *body* where *test* has just asked for it: `x if isinstance(x, str) else …`."""
    if (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
        and ast.dump(test.args[0]) == ast.dump(body)
        and isinstance(test.args[1], ast.Name)
    ):
        return CHECKED.get(test.args[1].id)
    return None


def _bool(node: ast.BoolOp, scope: Scope) -> Kind:
    kinds = [infer(value, scope) for value in node.values]
    if isinstance(node.op, ast.Or):
        kinds = [
            replace(kind, maybe_none=False) if kind.name != "none" else kind for kind in kinds[:-1]
        ] + kinds[-1:]
    joined: Kind | None = None
    for kind in kinds:
        joined = join(joined, kind)
    return joined or UNKNOWN


def _unary(node: ast.UnaryOp, scope: Scope) -> Kind:
    if isinstance(node.op, ast.Not):
        return BOOL
    kind = infer(node.operand, scope)
    return INT if kind.name in ("bool", "int") else kind if kind.name in ("js", "float") else NUMBER


def _binary(node: ast.BinOp, scope: Scope) -> Kind:
    left, right = infer(node.left, scope), infer(node.right, scope)
    if NEVER in (left, right) and not isinstance(node.op, ast.Div | ast.Pow):
        return left if right == NEVER else right
    if isinstance(node.op, ast.Add | ast.Mult):
        for kind in (left, right):
            if kind.name in ("str", "list", "tuple"):
                return join(left, right) or UNKNOWN if left.name == right.name else kind
    if left.name == "dict" or right.name == "dict":
        return DICT
    if isinstance(node.op, ast.Div | ast.Pow):
        return _power(node) or FLOAT
    if isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor | ast.LShift | ast.RShift):
        return INT
    numbers = (*NUMBERS, "bool")
    if (
        left.natural
        and right.natural
        and isinstance(node.op, ast.Add | ast.Mult | ast.FloorDiv | ast.Mod)
    ):
        return NATURAL
    if left.name in numbers and right.name in numbers:
        if "number" in (left.name, right.name):
            return NUMBER
        return FLOAT if "float" in (left.name, right.name) else INT
    if "js" in (left.name, right.name):
        return JS
    # There are no sets here, so that a difference is a number.
    return UNKNOWN if isinstance(node.op, ast.Add | ast.Mult | ast.Mod) else NUMBER


def _power(node: ast.BinOp) -> Kind | None:
    """A whole number to the power of one that is known and not negative."""
    whole = all(
        isinstance(part, ast.Constant) and isinstance(part.value, int)
        for part in (node.left, node.right)
    )
    return INT if whole and isinstance(node.op, ast.Pow) else None


def _attribute(node: ast.Attribute, scope: Scope) -> Kind:
    owner = infer(node.value, scope)
    if owner.name == "js":
        return JS
    return attribute_kind(owner.cls, node.attr) if owner.cls else UNKNOWN


def attribute_kind(cls: Class, name: str) -> Kind:
    """The kind of the attribute *name* of an instance of *cls*."""
    for holder in cls.lineage():
        if name in holder.annotated:
            return holder.module.kind_of(holder.annotated[name])
        if name in holder.methods:
            method = holder.methods[name]
            return (
                method.returns() if method.is_property else Kind("function", item=method.returns())
            )
    program = cls.module.program
    known = program.attribute_kinds
    key = (id(cls), name)
    if key in known:
        return known[key]
    known[key] = UNKNOWN  # while it is asked
    kind = known[key] = _assigned_kind(cls, name)
    if program.assuming:
        del known[key]
    return kind


def _assigned_kind(cls: Class, name: str) -> Kind:
    """The kind of an attribute that nothing declares: of all that it is set to."""
    joined: Kind | None = None
    for holder in cls.family():
        if name in holder.annotated or name in holder.methods:
            return UNKNOWN
        for function, value in holder.assigned.get(name, []):
            inside = _scope_of(function, holder)
            kind = infer(value, inside)
            annotated = [one for one in function.arguments if one.annotation]
            if isinstance(value, ast.Name) and value.id in {one.arg for one in annotated}:
                return kind  # a parameter with an annotation declares it
            joined = join(joined, kind)
    outside = _set_by_others(cls, name)
    if outside is not None:
        joined = join(joined, outside)
    if joined is None and cls.is_error() and name == "message":
        return STR
    return joined or UNKNOWN


def _set_by_others(cls: Class, name: str) -> Kind | None:
    """What others than its class set the attribute *name* of an instance of *cls* to; None where nobody does."""
    joined: Kind | None = None
    for function, owner, holder, value in cls.module.program.set_outside.get(name, []):
        scope = _scope_of(function, owner)
        kind = infer(holder, scope)
        if kind.cls is None or kind.cls in cls.family():
            joined = join(joined, infer(value, scope) if value else UNKNOWN)
    return joined


def _scope_of(function: Function, cls: Class | None) -> Scope:
    """The scope of a method, or of a constant's owner."""
    known = function.module.program.scopes
    key = id(function.node)
    if key not in known:
        known[key] = function_scope(function, None, cls)
    scope: Scope = known[key]
    return scope


def _subscript(node: ast.Subscript, scope: Scope) -> Kind:
    owner = infer(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        return owner
    if owner.name == "tuple" and owner.items:
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            place = node.slice.value
            return owner.items[place] if place < len(owner.items) else UNKNOWN
        return held_by(owner)
    if owner.name == "str":
        return STR
    if owner.name == "js":
        return JS
    return owner.item or UNKNOWN


def _call(node: ast.Call, scope: Scope) -> Kind:
    func = node.func
    if isinstance(func, ast.Name):
        return _named_call(func.id, node, scope)
    if isinstance(func, ast.Attribute):
        owner = infer(func.value, scope)
        if owner.name == "js":
            return JS
        if owner.cls:
            method = owner.cls.method(func.attr)
            if method:
                return method.returns()
            kind = attribute_kind(owner.cls, func.attr)
            return kind.item or UNKNOWN
        return _builtin_method(func.attr, owner, node, scope)
    return infer(func, scope).item or UNKNOWN


def _named_call(name: str, node: ast.Call, scope: Scope) -> Kind:
    if scope.owner(name) is None:
        definition = scope.module.lookup(name)
        if isinstance(definition, Class):
            return Kind("instance", cls=definition)
        if definition is None:
            return _builtin_call(name, node, scope)
    kind = scope.kind(name)
    return JS if kind.name == "js" else kind.item or UNKNOWN


def _builtin_call(name: str, node: ast.Call, scope: Scope) -> Kind:
    first = infer(node.args[0], scope) if node.args else UNKNOWN
    if name == "range" and len(node.args) < 3:
        return list_of(NATURAL if len(node.args) == 1 else first if first.is_number else INT)
    if name in BUILTINS:
        return BUILTINS[name]
    if name in ("sorted", "list", "tuple", "reversed"):
        return list_of(held_by(first))
    if name == "dict":
        return first if first.name == "dict" else DICT
    if name in ("min", "max"):
        joined: Kind | None = held_by(first)
        if len(node.args) > 1:
            joined = None
            for argument in node.args:
                joined = join(joined, infer(argument, scope))
        return joined or UNKNOWN
    if name == "sum":
        return held_by(first) if held_by(first).name in NUMBERS else UNKNOWN
    if name == "abs":
        return first if first.name in ("int", "float", "js") else NUMBER
    if name == "enumerate":
        return list_of(Kind("tuple", items=(NATURAL, held_by(first))))
    if name == "zip":
        return list_of(Kind("tuple", items=tuple(held_by(infer(a, scope)) for a in node.args)))
    return UNKNOWN


def _builtin_method(name: str, owner: Kind, node: ast.Call, scope: Scope) -> Kind:
    item = owner.item or UNKNOWN
    if name in OF_TEXTS and not (name in ("index", "count") and owner.name == "dict"):
        return OF_TEXTS[name]
    if name in ("get", "pop") and owner.name == "dict":
        fallback = infer(node.args[1], scope) if len(node.args) > 1 else NONE
        return join(item, fallback) or UNKNOWN if owner.item else UNKNOWN
    if name == "pop":
        return item
    if name == "setdefault":
        return join(owner.item, infer(node.args[1], scope)) or UNKNOWN
    if name == "items":
        return list_of(Kind("tuple", items=(STR, item)))
    if name == "keys":
        return list_of(STR)
    return list_of(item) if name == "values" else UNKNOWN


_BY_NODE: dict[type, Callable[..., Kind]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Set: lambda node, scope: UNKNOWN,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.IfExp: _either,
    ast.BoolOp: _bool,
    ast.Compare: lambda node, scope: BOOL,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.JoinedStr: lambda node, scope: STR,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Lambda: lambda node, scope: FUNCTION,
}
