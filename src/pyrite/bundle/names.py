"""What things are called in the merged tracker: names kept apart between modules, and as short as they may be.

What that is worth stands in merge.py: names are most of its gain over python-minifier, which knows neither that attributes of
our own classes may be renamed, nor which spelling of the names brotli makes smallest.
"""

import ast
from collections.abc import Iterator
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class MergeError(Exception):
    """A module uses something that merging can't keep."""


class Renamed(ast.NodeTransformer):
    """Gives a module's global names their names in the whole; names that a function binds itself are left alone."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._bound: list[set[str]] = []

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not any(node.id in bound for bound in self._bound):
            node.id = self._names.get(node.id, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not self._bound:
            node.name = self._names.get(node.name, node.name)
        return self._inside(node, _bound_by(node))

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._inside(node, {argument.arg for argument in _arguments(node.args)})

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._inside(node, _targets(node))

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._inside(node, _targets(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        node.bases = [self.visit(base) for base in node.bases]
        methods: list[Any] = []
        for statement in node.body:
            # A method's name is an attribute, not a global, whatever it is called.
            if isinstance(statement, ast.FunctionDef):
                statement.decorator_list = [
                    self.visit(decorator) for decorator in statement.decorator_list
                ]
                methods.append(self._inside(statement, _bound_by(statement)))
            elif isinstance(statement, ast.Assign):
                # So is a constant's.
                statement.value = self.visit(statement.value)
                methods.append(statement)
            else:
                methods.append(self.visit(statement))
        node.body = methods
        return node

    def _inside(self, node: ast.AST, bound: set[str]) -> ast.AST:
        outside = _outside(node)
        for place in outside:
            self.visit(place)
        self._bound.append(bound)
        for part in _inside(node, outside):
            self.visit(part)
        self._bound.pop()
        return node


class Parameters(ast.NodeTransformer):
    """Parameters that nobody gives by name, and functions inside functions, are called by their place: a few shared names."""

    def __init__(self, named: set[str | None], taken: set[str]) -> None:
        """*named* are those that somebody gives by name, *taken* every name that there is."""
        self._named = named
        self._taken = taken
        self._scopes: list[dict[str, str]] = []
        self._given = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for scope in reversed(self._scopes):
            if node.name in scope:
                node.name = scope[node.name] or node.name
                break
        stored = _bound_by(node) - {argument.arg for argument in _arguments(node.args)}
        return self._scope(node, stored)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._scope(node, set())

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._inner(node, dict.fromkeys(_targets(node), ""))

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._inner(node, dict.fromkeys(_targets(node), ""))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._called(node.id)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._called(node.name) if node.name else None
        return self.generic_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._called(name) for name in node.names]
        return node

    def _called(self, name: str) -> str:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name] or name
        return name

    def _scope(self, node: ast.FunctionDef | ast.Lambda, stored: set[str]) -> ast.AST:
        scope = dict.fromkeys(stored, "")
        before = self._given
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef) and inner is not node and inner.name in scope:
                scope[inner.name] = scope[inner.name] or self._next()
        for argument in node.args.args:
            if argument.arg not in self._named and argument.arg != "self":
                scope[argument.arg] = self._next()
            else:
                scope[argument.arg] = ""
        for other in [*node.args.kwonlyargs, node.args.vararg, node.args.kwarg]:
            if other:
                scope[other.arg] = ""
        for default in _outside(node):
            self.visit(default)
        self._scopes.append(scope)
        for argument in node.args.args:
            argument.arg = scope[argument.arg] or argument.arg
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        else:
            node.body = [self.visit(statement) for statement in node.body]
        self._scopes.pop()
        self._given = before
        return node

    def _next(self) -> str:
        while True:
            self._given += 1
            name = f"p{self._given}"
            if name not in self._taken:
                return name

    def _inner(self, node: ast.AST, scope: dict[str, str]) -> ast.AST:
        outside = _outside(node)
        for place in outside:
            self.visit(place)
        self._scopes.append(scope)
        for part in _inside(node, outside):
            self.visit(part)
        self._scopes.pop()
        return node


def _outside(node: ast.AST) -> list[ast.AST]:
    """What of a function or comprehension is worked out where it stands: defaults, what it first loops over."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return [*node.args.defaults, *[one for one in node.args.kw_defaults if one]]
    if isinstance(node, ast.ListComp | ast.DictComp):
        return [node.generators[0].iter]
    return []


def _inside(node: ast.AST, outside: list[ast.AST]) -> list[ast.AST]:
    """The parts of a function or comprehension that see its own names."""
    parts: list[ast.AST] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            parts += [child.target, *child.ifs, *([] if child.iter in outside else [child.iter])]
        elif not isinstance(child, ast.arguments):
            parts.append(child)
    return parts


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in *function* itself, and in no function or comprehension inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ListComp | ast.DictComp):
            waiting += _outside(node)
        else:
            waiting += ast.iter_child_nodes(node)


def _bound_by(function: ast.FunctionDef) -> set[str]:
    bound = {argument.arg for argument in _arguments(function.args)}
    elsewhere: set[str] = set()
    for node in _own(function):
        if isinstance(node, ast.Nonlocal):
            elsewhere.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif (isinstance(node, ast.FunctionDef) and node is not function) or (
            isinstance(node, ast.ExceptHandler) and node.name
        ):
            bound.add(str(node.name))
        elif isinstance(node, ast.Global):
            raise MergeError(
                f"line {node.lineno}: 'global' can't be merged; keep state in an object"
            )
    return bound - elsewhere


def bound_in_functions(tree: ast.Module) -> set[str]:
    """Every name that a function or comprehension in *tree* binds."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names |= _bound_by(node)
        elif isinstance(node, ast.Lambda):
            names |= {argument.arg for argument in _arguments(node.args)}
        elif isinstance(node, ast.ListComp | ast.DictComp):
            names |= _targets(node)
    return names


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return arguments.posonlyargs + arguments.args + arguments.kwonlyargs + extra


def _targets(node: ast.ListComp | ast.DictComp) -> set[str]:
    return {
        inner.id
        for generator in node.generators
        for inner in ast.walk(generator.target)
        if isinstance(inner, ast.Name)
    }


def shortened(tree: ast.Module, turn: int = 0) -> ast.Module:
    """Private names, and all with an underscore inside, get two or three letters, the most used first.

    *turn* gives other letters, for who looks for the spelling that compresses best. JavaScript writes no names with underscores, so nothing that belongs to the page is touched.
    """
    reserved = keys(tree)
    counts: dict[str, int] = {}
    for _, _, name in _names(tree):
        counts[name] = counts.get(name, 0) + 1
    short = {}
    letters = LETTERS[turn:] + LETTERS[:turn]
    taken = names_in(tree) - (set(counts) - reserved)
    place = 0
    for name in sorted(set(counts) - reserved, key=lambda name: (-counts[name], name)):
        while name not in short:
            candidate = (
                "_" + (letters[place // 52 - 1] if place >= 52 else "") + letters[place % 52]
            )
            if candidate not in taken:
                short[name] = candidate
            place += 1
    for node, field, name in list(_names(tree)):
        setattr(node, field, short.get(name, name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Nonlocal):
            node.names = [short.get(name, name) for name in node.names]
    return tree


def names_in(tree: ast.AST) -> set[str]:
    """Every name, attribute and argument in *tree*."""
    names: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                names.add(value)
    return names


def keys(tree: ast.Module) -> set[str]:
    """The names in *tree* that are keys of data too: given by name to `dict` or to **fields, or asked for as texts."""
    functions: dict[str, list[ast.arguments]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            functions.setdefault(node.name, []).append(node.args)
        elif isinstance(node, ast.ClassDef):
            functions.setdefault(node.name, []).extend(_makers(node, tree))
    names: set[str] = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in ("getattr", "hasattr", "setattr") and isinstance(call.args[1], ast.Constant):
            names.add(str(call.args[1].value))
        for keyword in call.keywords:
            takes = functions.get(name)
            if keyword.arg is None:
                # A dict of arguments has the parameters' names as its keys.
                for args in takes or []:
                    names.update(argument.arg for argument in _arguments(args))
            elif takes is None or any(_gathers(args, keyword.arg) for args in takes):
                names.add(keyword.arg)
    return names


def _gathers(args: ast.arguments, name: str) -> bool:
    """Whether an argument *name* is left for **fields."""
    named = {argument.arg for argument in [*args.args, *args.kwonlyargs]}
    return args.kwarg is not None and name not in named


def _makers(cls: ast.ClassDef, tree: ast.Module) -> list[ast.arguments]:
    """What makes an instance of *cls* takes; nothing for fields that become attributes, whose names change with them."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    holder: ast.ClassDef | None = cls
    while holder is not None:
        for statement in holder.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
                return [] if _sets_fields(statement) else [statement.args]
        base = holder.bases[0] if holder.bases else None
        holder = classes.get(base.id) if isinstance(base, ast.Name) else None
    return []


def _sets_fields(function: ast.FunctionDef) -> bool:
    """Whether all that *function* does is to set each of its **fields as an attribute."""
    fields = function.args.kwarg
    return fields is not None and [ast.unparse(statement) for statement in function.body] == [
        f"for name in {fields.arg}:\n    setattr(self, name, {fields.arg}[name])"
    ]


def _names(tree: ast.Module) -> Iterator[tuple[ast.AST, str, str]]:
    """`(node, field, name)` of every name in *tree* that may be shortened."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg"):
            value = getattr(node, field, None)
            if (
                isinstance(value, str)
                and "_" in value
                and len(value) > 2
                and not value.startswith("__")
            ):
                yield node, field, value
