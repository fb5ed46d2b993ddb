"""The browser room over a window in Python passes the contract of a page, so that window is as good as a real one here."""

from collections.abc import Callable
from pathlib import Path

import pytest
from edge_visit import without_build
from fake_visit import FakeVisit
from fake_window import Window
from situations import SITUATIONS, Visit


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_window: Window) -> FakeVisit:
    built = without_build(tmp_path)
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: built)
    (tmp_path / "experiences").mkdir()
    return FakeVisit(tmp_path / "experiences", page_window)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_the_browser_room(situation: Callable[[Visit], None], visit: FakeVisit) -> None:
    situation(visit)
