"""Which changes of the code the tests without a browser notice: a fixed sample of mutations, one at a time.

    python e2e/bench/mutants.py [--count 300] [--seed 1] [--only core] [--json mutants.json]

A mutant is named by module, function and what was changed there, not by its line, so that names outlive edits.
`mutants-equivalent.txt` beside this file names those that change nothing anyone can see, each with the reason.
"""

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pyrite"
EQUIVALENT = Path(__file__).with_name("mutants-equivalent.txt")
# What is changed, and the tests that ought to notice, the nearest first.
ROOMS = {
    "core": ["tests/core", "tests/delivery", "tests/testing", "tests/edge"],
    "browser": ["tests/browser"],
    "edge": ["tests/edge", "tests/test_cli.py"],
    "stores": ["tests/stores", "tests/edge", "tests/test_cli.py"],
    "bundle/compiler": ["tests/bundle", "tests/language"],
}
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
}  # fmt: skip
LIMIT_S = 90


class Mutant:
    """One change in one module."""

    def __init__(self, file: Path, function: str, place: int, what: str) -> None:
        self.file = file
        self.place = place  # of the node, in the order of ast.walk
        self.what = what
        self.name = f"{file.relative_to(SOURCE).with_suffix('')}:{function}: {what}"

    def text(self) -> str:
        """The module with the change in it."""
        tree = ast.parse(self.file.read_text())
        node = list(ast.walk(tree))[self.place]
        _change(tree, node)
        return ast.unparse(ast.fix_missing_locations(tree))


def _changes(file: Path) -> Iterator[Mutant]:
    tree = ast.parse(file.read_text())
    functions = _functions_of(tree)
    for place, node in enumerate(ast.walk(tree)):
        function = functions.get(id(node))
        if function is None:
            continue  # not in a function: tables and constants have tests of another kind
        before = ast.unparse(node)
        changed = copy.deepcopy(node)
        if _change_of(changed) is None:
            continue
        after = "nothing" if isinstance(node, ast.Expr) else ast.unparse(_mutated(changed))
        yield Mutant(file, function, place, f"{before[:90]} -> {after[:90]}".replace("\n", " "))


def _functions_of(tree: ast.Module) -> dict[int, str]:
    """The function of each node, by identity; docstrings and annotations have none."""
    found: dict[int, str] = {}

    def visit(node: ast.AST, name: str) -> None:
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or field in (
                    "annotation",
                    "returns",
                    "decorator_list",
                ):
                    continue
                inner = name
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    inner = f"{name}.{child.name}" if name else child.name
                elif _is_docstring(child):
                    continue
                if name:
                    found[id(child)] = name
                visit(child, inner)

    visit(tree, "")
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _change_of(node: ast.AST) -> str | None:
    """The kind of change that *node* allows; None where it allows none."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        return "compare"
    if isinstance(node, ast.BoolOp):
        return "logic"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "not"
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED and not _holds_text(node):
        return "arithmetic"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
        # A sentence is for people: what it says is not what tests hold on to.
        return None if isinstance(node.value, str) and " " in node.value else "constant"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return "call"
    if (
        isinstance(node, ast.Return)
        and node.value is not None
        and not isinstance(node.value, ast.Constant)
    ):
        return "return"
    if isinstance(node, ast.If):
        return "if"
    return None


def _holds_text(node: ast.BinOp) -> bool:
    return any(isinstance(inner, ast.Constant | ast.JoinedStr) and isinstance(getattr(inner, "value", ""), str)
               for inner in ast.walk(node))  # fmt: skip


def _mutated(node: Any) -> Any:
    """*node*, changed in place, as its kind of change wants it."""
    change = _change_of(node)
    if change == "compare":
        node.ops[0] = SWAPPED[type(node.ops[0])]()
    elif change in ("logic", "arithmetic"):
        node.op = SWAPPED[type(node.op)]()
    elif change == "constant":
        value = node.value
        node.value = (
            (not value)
            if isinstance(value, bool)
            else value + 1
            if isinstance(value, int)
            else value + "x"
        )
    elif change == "return":
        node.value = ast.Constant(value=None)
    elif change == "if":
        node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    elif change == "not":
        return node.operand
    return node


def _change(tree: ast.Module, node: ast.AST) -> None:
    class Changed(ast.NodeTransformer):
        def visit(self, inner: ast.AST) -> Any:
            if inner is node:
                return ast.Pass() if isinstance(node, ast.Expr) else _mutated(inner)
            return self.generic_visit(inner)

    Changed().visit(tree)


def chosen(count: int, seed: int, only: str) -> list[Mutant]:
    """The sample: as many of each room as its share of all changes."""
    every = {
        room: [
            mutant for file in sorted((SOURCE / room).rglob("*.py")) for mutant in _changes(file)
        ]
        for room in ROOMS
        if only in ("", room)
    }
    whole = sum(len(mutants) for mutants in every.values())
    picked: list[Mutant] = []
    for room, mutants in every.items():
        share = min(len(mutants), max(1, round(count * len(mutants) / whole)))
        picked += random.Random(f"{seed} {room}").sample(mutants, share)
    return picked


def verdict(mutant: Mutant) -> str:
    """`killed`, or `survived`: whether a test fails with *mutant* in the code."""
    room = max((room for room in ROOMS if mutant.file.is_relative_to(SOURCE / room)), key=len)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("src", "tests", "web", "README.md", "pyproject.toml"):
            if name in ("src",):
                shutil.copytree(
                    ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                (root / name).symlink_to(ROOT / name)
        (root / "src" / "pyrite" / mutant.file.relative_to(SOURCE)).write_text(mutant.text())
        environment = os.environ | {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        for tests in ROOMS[room]:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "--rootdir",
                str(root),
                "-c",
                "pyproject.toml",
                tests,
            ]
            try:
                ended = subprocess.run(
                    command, cwd=root, env=environment, capture_output=True, timeout=LIMIT_S
                )
            except subprocess.TimeoutExpired:
                return "killed"
            if ended.returncode:
                return "killed"
    return "survived"


def main() -> None:
    """Run the sample, say what survived, by room, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one room")
    parser.add_argument("--json", default="", help="a file for all verdicts")
    given = parser.parse_args()
    equivalent = {
        line.partition(" # ")[0] for line in EQUIVALENT.read_text().splitlines() if line
    } if EQUIVALENT.exists() else set()  # fmt: skip
    mutants = [
        mutant
        for mutant in chosen(given.count, given.seed, given.only)
        if mutant.name not in equivalent
    ]
    verdicts: dict[str, str] = {}
    with Progress() as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
        task = progress.add_task("mutants", total=len(mutants))
        for mutant, said in zip(mutants, pool.map(verdict, mutants), strict=True):
            verdicts[mutant.name] = said
            progress.advance(task)
    for name, said in verdicts.items():
        if said == "survived":
            print(name)
    for room in ROOMS:
        own = [said for name, said in verdicts.items() if name.startswith(room)]
        if own:
            print(f"{room}: {own.count('killed')} of {len(own)} killed")
    killed = list(verdicts.values()).count("killed")
    print(f"{killed} of {len(verdicts)} killed: {100 * killed / max(1, len(verdicts)):.0f} %")
    if given.json:
        Path(given.json).write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
