"""The walls between rooms, and the table of them in the documentation."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "pyrite"

# What each room may import of the others; "room.module" opens one module only. web/docs/rooms.md shows the same table.
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "browser": {"core"},
    "stores": {"core"},
    "edge": {"core", "stores.contract"},
    "serverside": {"core"},
    "bundle": set(),
    "testing": {"core", "edge", "serverside", "stores.memory"},
    "doctor": set(),
    "demo": {"pyrite", "edge.settings", "serverside", "stores.contract"},
    "cli": {"pyrite", "bundle", "demo", "doctor", "edge", "serverside", "stores", "core"},
}
# The edge opens the default store where it is put together, and nowhere else.
EXCEPTIONS = {("edge/app.py", "stores.sqlite")}
CORE_LIBRARY = {"math"}

# The walls within a room or a folder of one, the ground first: what stands further down a list may import what stands above
# it. Neighbours in one line are apart, but for those of the ground. web/docs/rooms.md names the same order in the room's row.
INNER_WALLS = {
    "core": (
        "wire errors moment effects event urls digits dates words notes parts",
        "options",
        "visitor",
        "delivery collect personalization ibexa jss",
        "decisions tracking",
        "commands",
        "tracker",
    ),
    "browser": (
        "bridges bridge features host paths",
        "clock console elements listening sequence",
        "monitors",
        "facts cookies delivery parts promises rendering",
        "listeners offers",
        "page",
        "entry",
    ),
    # Each dialect is a folder beside adobe, in its line.
    "edge": (
        "settings origins guids",
        "operations experiences",
        "http",
        "ingest",
        "adobe jss ibexa",
        "following replay app",
    ),
    "bundle": (
        "tables names tools",
        "compiler merge output runtime drop_in",
        "tracker",
        "compiled",
        "build",
        "hatch_hook",
    ),
    "bundle/compiler": (
        "errors names sourcemap",
        "reading",
        "checks",
        "inference",
        "expressions",
        "statements",
        "compile",
    ),
}
# A program is a graph: a function knows its module, a module its program. Only type checkers see those arrows.
GRAPHS = ("bundle", "bundle/compiler")
FILES_PER_FOLDER = 12
LINES_PER_FILE = 300


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def imports(file: Path, *, types: bool = True) -> list[tuple[int, str]]:
    """`(line, "room.module")` of every import of our own in *file*; `pyrite` for the package's face.

    Without *types* those at the top that only type checkers see are left out.
    """
    found: list[tuple[int, str]] = []
    inside = file.relative_to(SOURCE).parts[:-1]
    tree = parsed(file)
    body = tree.body if types else outside_type_checking(tree)
    for node in ast.walk(ast.Module(body=body, type_ignores=[])):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = list(inside[: len(inside) - node.level + 1])
            target = ".".join(base + ([node.module] if node.module else []))
            found.extend(
                (node.lineno, target if node.module else f"{target}.{alias.name}".strip("."))
                for alias in node.names
            )
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.partition(".")[0] == "pyrite"
        ):
            found.append((node.lineno, node.module.partition(".")[2] or "pyrite"))
        elif isinstance(node, ast.Import):
            found.extend(
                (node.lineno, alias.name.partition(".")[2] or "pyrite")
                for alias in node.names
                if alias.name.partition(".")[0] == "pyrite"
            )
    return found


def room_of(file: Path) -> str:
    first = file.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


FILES = [
    file for file in sorted(SOURCE.rglob("*.py")) if room_of(file) not in ("__init__", "__main__")
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_a_room_imports_only_what_it_may(file: Path) -> None:
    room = room_of(file)
    for line, target in imports(file):
        allowed = {room, *MAY_IMPORT[room]}
        fits = any(target == name or target.startswith(name + ".") for name in allowed)
        excused = (
            file.relative_to(SOURCE).as_posix(),
            target,
        ) in EXCEPTIONS or file.name == "hatch_hook.py"
        assert fits or excused, (
            f"{file.name}:{line}: {room} may not import {target}; see the table in tests/test_rooms.py"
        )


def within(room: str, *, types: bool = True) -> dict[str, set[str]]:
    """Each module of *room*, and those of the room that it imports: `{"core.wire": {"core.errors"}}`."""
    files = {
        ".".join(file.relative_to(SOURCE).with_suffix("").parts): file
        for file in sorted((SOURCE / room).rglob("*.py"))
        if file.name != "__init__.py"
    }
    return {
        name: {target for _, target in imports(file, types=types) if target in files}
        for name, file in files.items()
    }


@pytest.mark.parametrize("room", INNER_WALLS)
def test_a_room_has_walls_within(room: str) -> None:
    place = {name: row for row, names in enumerate(INNER_WALLS[room]) for name in names.split()}
    depth = len(Path(room).parts)
    for module, targets in within(room).items():
        own = module.split(".")[depth]
        assert own in place, f"{module}: not in INNER_WALLS; see tests/test_rooms.py"
        for target in targets:
            other = target.split(".")[depth]
            stands = place[other] < place[own] or other == own or place[own] == place[other] == 0
            assert stands, f"{module} may not import {target}; see INNER_WALLS"


@pytest.mark.parametrize("room", INNER_WALLS)
def test_no_modules_of_a_room_import_each_other_in_a_circle(room: str) -> None:
    left = within(room, types=room not in GRAPHS)
    free = set(left)
    while free:
        free = {name for name, targets in left.items() if not targets & set(left)}
        left = {name: left[name] for name in left if name not in free}
    assert not left, f"in a circle, or above one: {sorted(left)}"


def test_folders_and_files_of_the_compiler_stay_small() -> None:
    for folder in [SOURCE / "bundle" / "compiler", *(SOURCE / "bundle" / "compiler").rglob("*/")]:
        files = sorted(folder.glob("*.py"))
        assert len(files) <= FILES_PER_FOLDER, f"{folder.name}: {len(files)} files"
        for file in files:
            lines = len(file.read_text().splitlines())
            assert lines <= LINES_PER_FILE, f"{file.name}: {lines} lines"


def test_every_module_of_core_is_in_the_conformance_run() -> None:
    modules = within("core")
    reached: set[str] = set()
    waiting = {
        target
        for folder in ("core", "language")
        for file in sorted((ROOT / "tests" / folder).glob("*.py"))
        if file.stem != "test_wire_values"  # CPython alone runs it
        for target in re.findall(r"^from pyrite\.(core\.[\w.]+) import", file.read_text(), re.M)
    }
    while waiting:
        reached |= waiting
        waiting = {target for name in waiting for target in modules[name]} - reached
    assert set(modules) == reached


def test_core_needs_nothing_but_math_and_json_in_one_place() -> None:
    for file in sorted((SOURCE / "core").rglob("*.py")):
        allowed = CORE_LIBRARY | ({"json"} if file.name == "wire.py" else set())
        for node in outside_type_checking(parsed(file)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert set(names) <= allowed, (
                f"{file.name}:{getattr(node, 'lineno', 0)}: core may not import {names}"
            )


# What happens next is returned as data. A moment hands out ids and chance, as many as core asks for.
FUNCTIONS_WELCOME = {"Moment"}


def test_no_constructor_in_core_takes_a_function() -> None:
    trees = [ast.parse(file.read_text()) for file in sorted((SOURCE / "core").rglob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = {"Callable"}  # and the names given to their types
    for _ in range(2):  # a name may stand for another
        functions |= {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign) and names_in(node.value) & functions
            for target in node.targets
            if isinstance(target, ast.Name) and target.id[0].isupper()
        }

    taking = {
        f"{node.name}({argument.arg})"
        for node in nodes
        if isinstance(node, ast.ClassDef) and node.name not in FUNCTIONS_WELCOME
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
        for argument in [*method.args.args, *method.args.kwonlyargs]
        if argument.annotation and names_in(argument.annotation) & functions
    }

    assert {"Callable", "Run", "Use"} <= functions
    assert taking == set()


def names_in(node: ast.expr) -> set[str]:
    """The names in an expression, those in a quoted annotation too."""
    texts = [
        ast.unparse(node),
        *(part.value for part in ast.walk(node) if isinstance(part, ast.Constant)),
    ]
    return {name for text in texts if isinstance(text, str) for name in re.findall(r"\w+", text)}


def outside_type_checking(tree: ast.Module) -> list[ast.stmt]:
    return [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING")
    ]


def test_only_the_bridges_and_nobody_else_touch_javascript() -> None:
    for file in FILES:
        if "bridges" not in file.parts:
            assert not re.search(
                r"^\s*(import js|from js|from pyscript)\b", file.read_text(), re.M
            ), file.name


def test_the_page_of_rooms_shows_this_table() -> None:
    text = (ROOT / "web" / "docs" / "rooms.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.M))
    for room, allowed in MAY_IMPORT.items():
        names = set(re.findall(r"`([\w.]+)`", rows.get(room, "")))
        assert names == allowed, (
            f"rooms.md: room {room} may import {sorted(allowed)}, the table says {sorted(names)}"
        )


def test_the_readme_names_the_walls_within() -> None:
    text = (ROOT / "web" / "docs" / "rooms.md").read_text()
    for room, rows in INNER_WALLS.items():
        first = room.partition("/")[0]
        line = next(line for line in text.splitlines() if line.startswith(f"| `{first}` |"))
        order = " → ".join(row.replace(" ", ", ") for row in rows)
        assert order in line, f"rooms.md: expected {order!r} in the row of {room}"


def test_no_javascript_stands_outside_the_web_folder() -> None:
    assert not list(SOURCE.rglob("*.js"))
    assert sorted(path.name for path in (ROOT / "web").glob("*.js")) == [
        "base-early.js",
        "base.js",
        "check.js",
        "early.js",
        "human.js",
        "ibexa.js",
        "loader.js",
        "python.js",
        "worker.js",
    ]
    assert [
        path.name
        for path in (ROOT / "web").rglob("*.[cm]js")
        if "node_modules" not in path.parts and "dist" not in path.parts
    ] == ["tracking.mjs"]
