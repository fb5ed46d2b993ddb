"""What the walls within the house are for, in figures: folders, imports, circles, calls per journey, complexity.

    python e2e/bench/house.py [CHECKOUT ...]

One column a checkout, this one when none is named; `git worktree add /tmp/before COMMIT` makes one to compare with.
"""

import argparse
import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
PORTABLE = ("core", "browser")
BRANCHES = (ast.If, ast.For, ast.While, ast.IfExp, ast.ExceptHandler, ast.comprehension, ast.Assert, ast.Match)  # fmt: skip
COMPLEX = 10  # of a function; McCabe's own limit

# Runs in the checkout's own Python path: the journeys as core's tests begin them.
JOURNEYS = """
import json, os, sys
from given import answer, configured, moment, only
def counted(work):
    calls, files = [0], set()
    def note(frame, event, argument):
        name = frame.f_code.co_filename
        if event == "call" and "/pyrite/core/" in name and "<" not in frame.f_code.co_name:
            calls[0] += 1
            files.add(name)
    sys.setprofile(note)
    try:
        effects = work()
    finally:
        sys.setprofile(None)
    return [calls[0], len(files)], effects
tracker = configured()
answer(tracker, only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send"))
out = {}
out["view start"], effects = counted(lambda: tracker.command(2, "event", {"viewStart": True}, moment()))
send = only(effects, "Send")
out["its answer"], _ = counted(lambda: answer(tracker, send))
out["unload"], effects = counted(lambda: tracker.command(3, "event", {"documentUnloading": True}, moment()))
send = only(effects, "Send")
out["its beacon"], _ = counted(lambda: tracker.beaconed(send.request, taken=True, moment=moment()))
out["view start again"], effects = counted(lambda: tracker.command(4, "event", {"viewStart": True}, moment()))
send = only(effects, "Send")
out["503"], _ = counted(lambda: answer(tracker, send, status=503, text=""))
print(json.dumps(out))
"""


def modules(room: Path) -> dict[str, Path]:
    """`{dotted name in the package: file}` of a room."""
    package = room.parent
    return {
        ".".join(file.relative_to(package).with_suffix("").parts): file
        for file in sorted(room.rglob("*.py"))
        if file.name != "__init__.py"
    }


def imports(name: str, file: Path, known: set[str]) -> set[str]:
    """The modules of *known* that the one called *name* imports, types included."""
    found: set[str] = set()
    folder = name.split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folder[: len(folder) - node.level + 1] + (node.module or "").split(".")
            start = ".".join(piece for piece in base if piece)
            found |= {start, *(f"{start}.{alias.name}" for alias in node.names)}
    return found & known - {name}


def in_circles(arrows: dict[str, set[str]]) -> int:
    """How many modules import each other in a circle."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(arrows[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += arrows[name]
        return seen

    return sum(name in reached(name) for name in arrows)


def functions(files: list[Path]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def complexity(function: ast.AST) -> int:
    """McCabe's: one and the places where its way parts."""
    parts = 1
    for node in ast.walk(function):
        parts += isinstance(node, BRANCHES)
        if isinstance(node, ast.BoolOp):
            parts += len(node.values) - 1
    return parts


def callbacks(files: list[Path]) -> int:
    """Parameters of constructors in core that are functions, so that the imports do not show the calls."""
    return sum(
        "Callable" in ast.unparse(argument.annotation)
        for function in functions(files)
        if function.name == "__init__"
        for argument in function.args.args + function.args.kwonlyargs
        if argument.annotation
    )


def figures(root: Path) -> dict[str, str]:
    """Every figure of the checkout at *root*."""
    source = root / "src" / "pyrite"
    out: dict[str, str] = {}
    rooms = [
        name for name in ("core", "browser", "edge", "stores", "bundle") if (source / name).is_dir()
    ]
    for name in rooms:
        folders = Counter(file.parent for file in modules(source / name).values())
        out[f"{name}: files in the fullest folder (folders)"] = (
            f"{max(folders.values())} ({len(folders)})"
        )
    for name in ("core", "browser", "edge"):
        known = modules(source / name)
        arrows = {module: imports(module, file, set(known)) for module, file in known.items()}
        groups = {module: ".".join(module.split(".")[:2]) for module in known}
        between = {
            (groups[module], groups[target])
            for module, targets in arrows.items()
            for target in targets
            if groups[module] != groups[target]
        }
        out[f"{name}: rooms within, arrows between them"] = (
            f"{len(set(groups.values()))}, {len(between)}"
        )
        out[f"{name}: modules in a circle"] = str(in_circles(arrows))
    for name in rooms:
        files = list(modules(source / name).values())
        texts = [file.read_text() for file in files]
        lines = sum(text.count("\n") for text in texts)
        tests = sum(text.count("isinstance(") for text in texts)
        parts = [complexity(function) for function in functions(files)]
        out[f"{name}: lines, longest file"] = (
            f"{lines}, {max(text.count(chr(10)) for text in texts)}"
        )
        out[f"{name}: isinstance per 1,000 lines"] = f"{1000 * tests / lines:.1f}"
        out[f"{name}: complexity, worst, over {COMPLEX}"] = (
            f"{max(parts)}, {sum(part > COMPLEX for part in parts)} of {len(parts)}"
        )
    portable = [file for name in PORTABLE for file in modules(source / name).values()]
    out["callbacks in constructors of core and browser"] = str(callbacks(portable))
    for journey, (calls, files_called) in journeys(root).items():
        out[f"core, {journey}: calls in files"] = f"{calls} in {files_called}"
    return out


def journeys(root: Path) -> dict[str, Any]:
    path = f"{root / 'src'}:{root / 'tests' / 'core'}"
    ended = subprocess.run(
        [sys.executable, "-c", JOURNEYS],
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="*", type=Path, default=[ROOT])
    chosen = parser.parse_args().checkouts
    columns = [figures(root.resolve()) for root in chosen]
    table = Table("", *[str(root) for root in chosen])
    for name in dict.fromkeys(name for column in columns for name in column):
        table.add_row(name, *[column.get(name, "–") for column in columns])
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
