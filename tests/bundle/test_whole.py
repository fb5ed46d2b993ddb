"""The whole program is inside the subset, and so are core's tests: who writes a line that is not is told here, with its place."""

from pathlib import Path

from pyrite.bundle.compiled import files_of
from pyrite.bundle.compiler.compile import compiled
from pyrite.bundle.tracker import addressing, bridged, in_parts, modules

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pyrite"
# What these ask about has no counterpart in JavaScript: sets, bytes, whole numbers of any length (e2e/conformance).
ONLY_PYTHON = ("test_wire_values",)


def test_core_browser_and_the_tests_that_every_lane_runs_are_compiled() -> None:
    files = files_of(SOURCE) | in_parts(SOURCE) | addressing(SOURCE)
    tests = {
        path.name: path
        for folder in ("core", "language")
        for path in sorted((ROOT / "tests" / folder).glob("*.py"))
        if path.stem not in ONLY_PYTHON
    }
    made = compiled(files | tests, for_tests=True, tests=tests)

    assert set(made) == set(files | tests)
    assert "export class Tracker {" in made["core/tracker.py"]


def test_what_pages_load_by_themselves_has_no_line_of_ibexas() -> None:
    for made in (modules(SOURCE), files_of(SOURCE), bridged(SOURCE, "micropython")):
        assert not [name for name in made if "ibexa" in name]
