"""web/docs/how-an-event-travels.md is true: its functions exist, and in each journey they are called in its order."""

import ast
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from edge_visit import without_build
from fake_visit import FakeVisit
from fake_window import Window

import pyrite

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "web" / "docs" / "how-an-event-travels.md"
LINK = re.compile(r"\[`([\w.]+)`\]\(\.\./\.\./(src/[\w/]+\.py)\)")

Hop = tuple[str, str]  # a function's name with its class's, and its file


def hops(title: str) -> list[Hop]:
    """The links of the journey *title*, in order."""
    text = PAGE.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    found = LINK.findall(text)
    assert found, f"no journey {title!r}"
    return found


@cache
def names_in(file: Path) -> set[str]:
    """`function`, `Class` and `Class.method` of each in *file*."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return names


def test_every_link_leads_to_a_function_or_a_class() -> None:
    missing = [
        f"{page.name}: {path}: {name}"
        for page in PAGE.parent.glob("*.md")
        for name, path in LINK.findall(page.read_text())
        if not (ROOT / path).is_file() or name not in names_in(ROOT / path)
    ]

    assert missing == []


def calls_of(journey: Callable[[], None]) -> list[Hop]:
    """What of this project *journey* calls, in order."""
    calls: list[Hop] = []
    package = str(Path(pyrite.__file__).parent)

    def note(frame: Any, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(package):
            calls.append((code.co_qualname, "src/pyrite" + code.co_filename[len(package) :]))

    sys.setprofile(note)
    try:
        journey()
    finally:
        sys.setprofile(None)
    return calls


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_window: Window) -> FakeVisit:
    built = without_build(tmp_path)
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: built)
    (tmp_path / "experiences").mkdir()
    return FakeVisit(tmp_path / "experiences", page_window)


def view(visit: FakeVisit) -> None:
    visit.run("event", {"viewStart": True})
    visit.browser.pass_time(1000)


def left(visit: FakeVisit) -> None:
    visit.start("event", {"type": "t", "documentUnloading": True})
    visit.browser.pass_time(10)
    visit.leave()


def down(visit: FakeVisit) -> None:
    visit.fails(503)
    visit.start("event", {"type": "t"})
    visit.browser.pass_time(500)
    visit.leave()
    visit.fails(200, times=0)
    visit.open()
    visit.browser.pass_time(10_000)


@pytest.mark.parametrize(
    ("title", "journey"),
    [
        ("A view starts", view),
        ("A page is left", left),
        ("The edge is down, and the next page sends", down),
    ],
)
def test_its_functions_are_called_in_this_order(
    visit: FakeVisit, title: str, journey: Callable[[FakeVisit], None]
) -> None:
    visit.offer({"type": "setText", "selector": "#a", "content": "offered"})
    visit.open()
    left_over = iter(calls_of(lambda: journey(visit)))
    missing = next((hop for hop in hops(title) if hop not in left_over), None)

    assert missing is None, f"{missing} is not called, or not there"
