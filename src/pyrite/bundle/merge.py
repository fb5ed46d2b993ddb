"""Many modules into one text: what only people need is dropped, private names become short, nothing else changes.

One module has one table of names where forty have forty; with docstrings, annotations and options' explanations gone the
tracker is a third smaller. Beside python-minifier, which is a library: of one tracker mpy-cross made 37.4 KB (brotli) out of this
module's text, 39.2 KB out of python-minifier's, 38.8 KB without either. Works on the portable subset: no star imports, no module is used as a value.
"""

import ast
from pathlib import Path

from .names import MergeError, Parameters, Renamed, bound_in_functions, keys, names_in, shortened
from .tables import without_meanings

WORDS = "core/words.py"
# Whose classes the tracker asks for their names; in a program without these any class may be asked.
NAMED = ("core/effects.py", "core/errors.py")
KEPT = ("run", "start")  # what the loader asks for by name


def merge(files: dict[str, Path], turn: int = 0) -> str:
    """The source of one module that does what the modules in *files* (`{path in the package: file}`) do together; *turn* as in names.py."""
    trees = {
        name: at_run_time(without_meanings(name, ast.parse(file.read_text(), name)))
        for name, file in files.items()
    }
    if WORDS in files:
        trees = {name: quoting(name, tree) for name, tree in trees.items()}
    order: list[str] = []
    for name in sorted(trees):
        _visit(name, trees, order)
    taken: set[str] = set()
    bound = {name for tree in trees.values() for name in bound_in_functions(tree)}
    imports: set[str] = set()
    body: list[ast.stmt] = []
    given_names: dict[str, dict[str, str]] = {}
    for name in order:
        tree = trees[name]
        names = given_names[name] = {}
        for own in sorted(_globals_of(tree)):
            # What becomes private becomes short; errors and effects show the names of their classes.
            asked = _is_class(tree, own) and (name in NAMED or NAMED[0] not in files)
            unique = own if asked or own in KEPT or own.startswith("_") else "_" + own
            # No global that gets another name gets that of something that a function binds.
            while unique in taken or (unique in bound and unique != own):
                unique += "_"
            taken.add(unique)
            names[own] = unique
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.level:
                source = _target(name, statement)
                for alias in statement.names:
                    names[alias.asname or alias.name] = given_names[source][alias.name]
        for piece in _Stripped().visit(tree).body:
            if isinstance(piece, ast.Import):
                imports.update(alias.name for alias in piece.names)
            elif not isinstance(piece, ast.ImportFrom):
                body.append(Renamed(names).visit(piece))
    body = _needed(_inlined(body))
    named = {
        call.arg
        for tree in trees.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.keyword)
    }
    merged = ast.Module(body=body, type_ignores=[])
    taken_names = names_in(merged)
    named |= keys(merged)
    body = [Parameters(named, taken_names).visit(statement) for statement in body]
    whole = ast.Module(
        body=[ast.Import(names=[ast.alias(name=name)]) for name in sorted(imports)] + body,
        type_ignores=[],
    )
    return ast.unparse(ast.fix_missing_locations(shortened(whole, turn)))


def stripped(text: str, *, quoted: str = "") -> str:
    """The module *text* without docstrings, annotations, comments and what is for type checkers.

    *quoted* is the file's name where its `!r` are to be made fit for MicroPython.
    """
    tree = _Stripped().visit(at_run_time(ast.parse(text)))
    return ast.unparse(ast.fix_missing_locations(quoting(quoted, tree) if quoted else tree))


def quoting(name: str, tree: ast.Module) -> ast.Module:
    """*tree*, the file *name*, with a call of core/words.py's `quoted` for each `!r`: MicroPython's escapes letters."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and node.conversion == ord("r")
    ]
    for node in found if name != WORDS else []:
        node.value = ast.Call(ast.Name("quoted", ast.Load()), [node.value], [])
        node.conversion = -1
        if node is found[0]:
            folders = name.count("/")
            place = ast.ImportFrom("core.words", [ast.alias("quoted")], folders + 1)
            if name.startswith("core/"):
                place = ast.ImportFrom("words", [ast.alias("quoted")], folders)
            tree.body.insert(0, place)
    return tree


def at_run_time(tree: ast.Module) -> ast.Module:
    """*tree* as an interpreter runs it: of a block `if TYPE_CHECKING:` at the top only its `else` is left."""
    body: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and getattr(statement.test, "id", "") == "TYPE_CHECKING":
            body.extend(statement.orelse)
        else:
            body.append(statement)
    tree.body = body
    return tree


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
    names = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in (
                statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            ):
                names.update(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    return names - {"TYPE_CHECKING"}


class _Stripped(ast.NodeTransformer):
    """Drops docstrings, annotations, blocks for type checkers."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "TYPE_CHECKING":
            return None
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

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self._body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._body(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._body(node)

    def _body(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
    ) -> ast.AST:
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
        needed = [statement for statement in body if _defined_by(statement) in used | {""}]
        if len(needed) == len(body):
            return body
        body = needed


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
    statements: list[ast.stmt] = []
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
            statements.append(statement)
    return [_Inlined(values).visit(statement) for statement in statements]


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


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
