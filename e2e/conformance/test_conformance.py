"""Core's own test modules and those of the language, unchanged, inside a page in every lane."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    path.stem: path
    for folder in ("core", "language")
    for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
}
LEFT_OUT = {"compiled": {"test_wire_values"}}
# Brython 3.14 orders texts as JavaScript does, and loses an item named __proto__; neither is in what the tracker sends unless the
# page's own data have such names. Its repr shows signs that nobody can see as they are: in messages alone.
DIFFERS = {
    "brython": {
        "test_names_that_javascript_has_on_every_object_are_keys_like_others",
        "test_texts_are_ordered_by_code_point",
        "test_a_value_is_shown_as_python_shows_it",
    }
}


@pytest.mark.parametrize("lane", ["compiled", "micropython", "pyodide", "brython"])
def test_core_behaves_in_every_lane_as_on_cpython(prepared: None, page: Page, lane: str) -> None:
    wanted: set[str] = set()
    passed: set[str] = set()
    said: list[str] = []
    for module in sorted(set(MODULES) - LEFT_OUT.get(lane, set())):
        tests = MODULES[module].read_text().split("\ndef test_")[1:]
        wanted |= {f"{module}: test_{text.partition('(')[0]}" for text in tests}
        lines: list[Any] = page.evaluate("(module) => window.run(module)", module)
        passed |= {f"{module}: {line[3:]}" for line in lines if line.startswith("ok ")}
        said += [f"{module}: {line}" for line in lines if not line.startswith("ok ")]
    differs = {name for name in wanted if name.partition(": ")[2] in DIFFERS.get(lane, set())}

    assert len(wanted) > 150
    assert passed == wanted - differs, "\n".join(said)
