"""A page in memory passes the contract of a page: the same situations are played in a real one by e2e/contract."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from edge_visit import URL, EdgeVisit, without_build
from situations import SITUATIONS, Settled, Visit

from pyrite.testing.page import MemoryPage, Promise


def changes(event: Any) -> None:
    event["data"]["hooked"] = True


def cancels(event: Any) -> bool:
    return False


def throws(event: Any) -> None:
    raise ValueError("no")


class MemoryVisit(EdgeVisit):
    """A visit with a page in memory."""

    page: MemoryPage

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._promises: list[Promise] = []

    def open(self, hook: str = "", **options: Any) -> None:
        self.page = self.browser.open(URL)
        self.page.elements["#a"] = ""
        given = {"datastreamId": "shop", "clickCollectionEnabled": False, **options}
        if hook:
            given["onBeforeEventSend"] = {"changes": changes, "cancels": cancels}.get(hook, throws)
        self.page.run("configure", given)

    def run(self, command: str, options: dict[str, Any] | None = None) -> Settled:
        return self.settled(self.start(command, options))

    def start(self, command: str, options: dict[str, Any] | None = None) -> int:
        self._promises.append(self.page.start(command, options))
        return len(self._promises) - 1

    def settled(self, number: int) -> Settled:
        promise = self._promises[number]
        assert self.browser.wait_for(lambda: promise.ok is not None, 60_000)
        return Settled(promise.ok is True, promise.value)

    def text(self, selector: str) -> str:
        return self.page.elements[selector]

    def click(self) -> None:
        self.page.click(URL.replace("/page", "/next"), "Next")

    def push(self, path: str) -> None:
        self.page.navigate(URL.replace("/page", path))

    def leave(self) -> None:
        self.page.leave()

    def leave_with(self, *events: dict[str, Any]) -> None:
        for one in events:
            self.page.start("event", one)
        self.page.leave()


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryVisit:
    built = without_build(tmp_path)
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: built)
    (tmp_path / "experiences").mkdir()
    return MemoryVisit(tmp_path / "experiences")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_a_page_in_memory(situation: Callable[[Visit], None], visit: MemoryVisit) -> None:
    situation(visit)
