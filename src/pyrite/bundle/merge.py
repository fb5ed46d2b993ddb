"""Many modules into one text: what only people need is dropped, private names become short, nothing else changes.

One module has one table of names where forty have forty; with docstrings, annotations and options' explanations gone the
tracker is a third smaller. Works on the portable subset: no star imports, no module is used as a value.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What an option is for is for readers and the README: the last of a row's four.
TABLES = ("core/config.py", "core/commands.py")
KEPT = ("run", "start")  # what the loader asks for by name
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class MergeError(Exception):
    """A module uses something that merging can't keep."""


def merge(files: dict[str, Path]) -> str:
    """The source of one module that does what the modules in *files* (`{path in the package: file}`) do together."""
    trees = {name: ast.parse(file.read_text(), name) for name, file in files.items()}
    order: list[str] = []
    for name in sorted(trees):
        _visit(name, trees, order)
    taken: set[str] = set()
    imports: set[str] = set()
    body: list[ast.stmt] = []
    given_names: dict[str, dict[str, str]] = {}
    for name in order:
        tree = trees[name]
        names = given_names[name] = {}
        for own in sorted(_globals_of(tree)):
            # Functions and constants become private, and so short; classes keep their names, which errors and effects show.
            unique = (
                own if _is_class(tree, own) or own in KEPT or own.startswith("_") else "_" + own
            )
            while unique in taken:
                unique += "_"
            taken.add(unique)
            names[own] = unique
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.level:
                source = _target(name, statement)
                for alias in statement.names:
                    names[alias.asname or alias.name] = given_names[source][alias.name]
        for kept in _Stripped(name).visit(tree).body:
            if isinstance(kept, ast.Import):
                imports.update(alias.name for alias in kept.names)
            elif not isinstance(kept, ast.ImportFrom):
                body.append(_Renamed(names).visit(kept))
    body = _needed(_inlined(body))
    named = {
        call.arg
        for tree in trees.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.keyword)
    }
    body = [_Parameters(named).visit(statement) for statement in body]
    whole = ast.Module(
        body=[ast.Import(names=[ast.alias(name=name)]) for name in sorted(imports)] + body,
        type_ignores=[],
    )
    return ast.unparse(ast.fix_missing_locations(_shortened(whole)))


def _is_class(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(statement, ast.ClassDef) and statement.name == name for statement in tree.body
    )


def _visit(name: str, trees: dict[str, ast.Module], order: list[str]) -> None:
    """Append *name* to *order* after all that it imports."""
    if name in order:
        return
    for statement in trees[name].body:
        if isinstance(statement, ast.ImportFrom) and statement.level:
            source = _target(name, statement)
            if source not in trees:
                raise MergeError(
                    f"{name}:{statement.lineno}: imports {source}, which is not part of the page"
                )
            _visit(source, trees, order)
    order.append(name)


def _target(name: str, statement: ast.ImportFrom) -> str:
    folder = name.split("/")[: -statement.level]
    return "/".join(folder + (statement.module or "__init__").split(".")) + ".py"


def _globals_of(tree: ast.Module) -> set[str]:
    found = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in (
                statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            ):
                found.update(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    return found - {"TYPE_CHECKING"}


class _Stripped(ast.NodeTransformer):
    """Drops docstrings, annotations, blocks for type checkers, options' explanations."""

    def __init__(self, name: str = "") -> None:
        self._is_table = name in TABLES

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "TYPE_CHECKING":
            return None
        if self._is_table:
            for table in ast.walk(node.value):
                if isinstance(table, ast.Tuple) and all(_is_row(row) for row in table.elts):
                    for row in table.elts:
                        row.elts.pop()  # type: ignore[attr-defined]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=self.visit(node.value))

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(arg=node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        if node.name in ("__eq__", "__repr__"):
            return None  # for tests
        node.returns = None
        return self._body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._body(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._body(node)

    def _body(self, node: ast.FunctionDef | ast.ClassDef | ast.Module) -> ast.AST:
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
        return node


def _needed(body: list[ast.stmt]) -> list[ast.stmt]:
    """*body* without functions, classes and tables that nothing kept refers to (the edge alone uses them)."""
    while True:
        used = set(KEPT)
        for statement in body:
            own = _defined_by(statement)
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != own:
                    used.add(node.id)
        kept = [statement for statement in body if _defined_by(statement) in used | {""}]
        if len(kept) == len(body):
            return body
        body = kept


def _defined_by(statement: ast.stmt) -> str:
    """The one name that a statement at the top defines; '' where it may do more than that."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.name
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _inlined(body: list[ast.stmt]) -> list[ast.stmt]:
    """Texts and numbers that have a name at the top stand where they are used; a name costs more than it saves."""
    values: dict[str, ast.Constant] = {}
    kept: list[ast.stmt] = []
    for statement in body:
        value = statement.value if isinstance(statement, ast.Assign) else None
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if (
            isinstance(value, ast.Constant)
            and isinstance(target, ast.Name)
            and isinstance(value.value, str | int)
        ):
            values[target.id] = value
        else:
            kept.append(statement)
    return [_Inlined(values).visit(statement) for statement in kept]


class _Inlined(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.Constant]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._values.get(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add) and _is_text(left) and _is_text(right):
            return ast.Constant(value=left.value + right.value)  # type: ignore[attr-defined]
        return node


class _Parameters(ast.NodeTransformer):
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


def _is_row(node: ast.expr) -> bool:
    """A row of a table of options: `(name, kind, default, what it is for)`."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 4 and _is_text(node.elts[3])


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class _Renamed(ast.NodeTransformer):
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


def _shortened(tree: ast.Module) -> ast.Module:
    """Private names, and all with an underscore inside, get two or three letters, the most used first.

    JavaScript writes no names with underscores, so nothing that belongs to the page is touched.
    """
    counts: dict[str, int] = {}
    for _, _, name in _names(tree):
        counts[name] = counts.get(name, 0) + 1
    short = {}
    for place, name in enumerate(sorted(counts, key=lambda name: (-counts[name], name))):
        short[name] = (
            "_" + (_LETTERS[place // 52 - 1] if place >= 52 else "") + _LETTERS[place % 52]
        )
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
