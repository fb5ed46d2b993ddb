"""What things are called in the merged tracker: names kept apart between modules, and as short as they may be."""

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
            else:
                methods.append(self.visit(statement))
        node.body = methods
        return node

    def _inside(self, node: ast.AST, bound: set[str]) -> ast.AST:
        self._bound.append(bound)
        self.generic_visit(node)
        self._bound.pop()
        return node


class Parameters(ast.NodeTransformer):
    """Parameters that nobody gives by name, and functions inside functions, are called by their place: a few shared names."""

    def __init__(self, named: set[str | None]) -> None:
        self._named = named
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
        for scope in reversed(self._scopes):
            if node.id in scope:
                node.id = scope[node.id] or node.id
                break
        return node

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
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
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
        self._given += 1
        return f"p{self._given}"

    def _inner(self, node: ast.AST, scope: dict[str, str]) -> ast.AST:
        self._scopes.append(scope)
        self.generic_visit(node)
        self._scopes.pop()
        return node


def _bound_by(function: ast.FunctionDef) -> set[str]:
    bound = {argument.arg for argument in _arguments(function.args)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif (isinstance(node, ast.FunctionDef) and node is not function) or (
            isinstance(node, ast.ExceptHandler) and node.name
        ):
            bound.add(str(node.name))
        elif isinstance(node, ast.Global):
            raise MergeError(
                f"line {node.lineno}: 'global' can't be merged; keep state in an object"
            )
    return bound


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
    counts: dict[str, int] = {}
    for _, _, name in _names(tree):
        counts[name] = counts.get(name, 0) + 1
    short = {}
    letters = LETTERS[turn:] + LETTERS[:turn]
    for place, name in enumerate(sorted(counts, key=lambda name: (-counts[name], name))):
        short[name] = "_" + (letters[place // 52 - 1] if place >= 52 else "") + letters[place % 52]
    for node, field, name in list(_names(tree)):
        setattr(node, field, short[name])
    return tree


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
