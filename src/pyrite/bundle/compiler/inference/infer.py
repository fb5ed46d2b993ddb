"""The kind of an expression, from annotations and from what is assigned; `unknown` where neither tells."""

import ast
from collections.abc import Callable
from dataclasses import replace

from ..reading.definitions import Class
from ..reading.kinds import (
    BOOL,
    BYTES,
    DICT,
    FLOAT,
    FUNCTION,
    INT,
    JS,
    LIST,
    NATURAL,
    NONE,
    STR,
    UNKNOWN,
    Kind,
    held_by,
    join,
    list_of,
)
from .attributes import attribute_kind
from .calls import Arguments, builtin_call, builtin_method
from .operators import binary, unary
from .scopes import Scope, comprehension_scope

CHECKED = {"str": STR, "dict": DICT, "list": LIST, "int": INT, "float": FLOAT, "bool": BOOL}


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
    kind = scope.kind(node.id, infer)
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
    return unary(node.op, infer(node.operand, scope))


def _binary(node: ast.BinOp, scope: Scope) -> Kind:
    return binary(node, infer(node.left, scope), infer(node.right, scope))


def _attribute(node: ast.Attribute, scope: Scope) -> Kind:
    owner = infer(node.value, scope)
    if owner.name == "js":
        return JS
    return attribute_kind(owner.cls, node.attr, infer) if owner.cls else UNKNOWN


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
            kind = attribute_kind(owner.cls, func.attr, infer)
            return kind.item or UNKNOWN
        return builtin_method(func.attr, owner, _kinds(node, scope))
    return infer(func, scope).item or UNKNOWN


def _kinds(node: ast.Call, scope: Scope) -> Arguments:
    """What asks for the kinds of the arguments of *node*: most calls tell theirs without."""
    return Arguments(len(node.args), lambda place: infer(node.args[place], scope))


def _named_call(name: str, node: ast.Call, scope: Scope) -> Kind:
    if scope.owner(name) is None:
        definition = scope.module.lookup(name)
        if isinstance(definition, Class):
            return Kind("instance", cls=definition)
        if definition is None:
            return builtin_call(name, _kinds(node, scope))
    kind = scope.kind(name, infer)
    return JS if kind.name == "js" else kind.item or UNKNOWN


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
