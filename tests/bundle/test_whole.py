"""The whole program is inside the subset, and so are core's tests: who writes a line that is not is told here, with its place.

Compiled, core's tests and those of the language then run in Node: what the compiler writes does what Python does. In a page,
renamed and made small as it is shipped, they run in e2e/conformance.
"""

import json
import shutil
from pathlib import Path

import pytest
from node import WEB, needs_node, printed

from pyrite.bundle.compiled import files_of
from pyrite.bundle.compiler.compile import compiled
from pyrite.bundle.tools import esbuild
from pyrite.bundle.tracker import addressing, bridged, in_parts, modules

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pyrite"
# What these ask about has no counterpart in JavaScript: sets, bytes, whole numbers of any length (e2e/conformance).
ONLY_PYTHON = ("test_wire_values",)
TESTS = {
    path.name: path
    for folder in ("core", "language")
    for path in sorted((ROOT / "tests" / folder).glob("*.py"))
    if path.stem not in ONLY_PYTHON
}
RUN = """
for (const module of Object.keys(tested)) {
  for (const name of Object.keys(tested[module]).filter((name) => name.startsWith("test_"))) {
    try {
      tested[module][name]();
      print(`${module}: ${name}`);
    } catch (error) {
      print(`failed: ${module}: ${name}: ${error.stack}`);
    }
  }
}
"""


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Everything, compiled for tests."""
    files = files_of(SOURCE) | in_parts(SOURCE) | addressing(SOURCE)
    return compiled(files | TESTS, for_tests=True, tests=TESTS)


def test_core_browser_and_the_tests_that_every_lane_runs_are_compiled(made: dict[str, str]) -> None:
    files = files_of(SOURCE) | in_parts(SOURCE) | addressing(SOURCE)

    assert set(made) == set(files | TESTS)
    assert "export class Tracker {" in made["core/tracker.py"]


@needs_node
def test_compiled_core_passes_its_own_tests_in_node(made: dict[str, str], tmp_path: Path) -> None:
    for name, text in made.items():
        file = tmp_path / f"{name}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copyfile(WEB / "python.js", tmp_path / "python.js")
    modules = [name for name in TESTS if name.startswith("test_")]
    imports = [f'import * as m{at} from "./{name}.js";' for at, name in enumerate(modules)]
    pairs = [f"{json.dumps(name)}: m{at}" for at, name in enumerate(modules)]
    entry = "\n".join([*imports, f"const tested = {{ {', '.join(pairs)} }};", RUN])
    (tmp_path / "entry.js").write_text(entry)
    lines = printed(esbuild(WEB, "", "entry.js", "--bundle", "--format=iife", cwd=tmp_path))
    wanted = [
        f"{name}: test_{text.partition('(')[0]}"
        for name in modules
        for text in TESTS[name].read_text().split("\ndef test_")[1:]
    ]

    assert [line for line in lines if str(line).startswith("failed")] == []
    assert sorted(map(str, lines)) == sorted(wanted)


def test_what_pages_load_by_themselves_has_no_line_of_ibexas() -> None:
    for made in (modules(SOURCE), files_of(SOURCE), bridged(SOURCE, "micropython")):
        assert not [name for name in made if "ibexa" in name]
