"""The kind of an attribute: declared, or of all that the program sets it to."""

import ast

from ..reading.definitions import Class, Function
from ..reading.kinds import (
    STR,
    UNKNOWN,
    Kind,
    join,
)
from .scopes import Infer, Scope, function_scope


def attribute_kind(cls: Class, name: str, infer: Infer) -> Kind:
    """The kind of the attribute *name* of an instance of *cls*; *infer* tells that of an expression."""
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
    kind = known[key] = _assigned_kind(cls, name, infer)
    if program.assuming:
        del known[key]
    return kind


def _assigned_kind(cls: Class, name: str, infer: Infer) -> Kind:
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
    outside = _set_by_others(cls, name, infer)
    if outside is not None:
        joined = join(joined, outside)
    if joined is None and cls.is_error() and name == "message":
        return STR
    return joined or UNKNOWN


def _set_by_others(cls: Class, name: str, infer: Infer) -> Kind | None:
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
