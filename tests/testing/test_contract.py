"""A page in memory passes the contract of a page: the same situations are played in a real one by e2e/contract."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from situations import SITUATIONS, Settled, Visit

import pyrite
from pyrite.edge.settings import Edge, Settings
from pyrite.stores.memory import MemoryStore
from pyrite.testing.browser import MemoryBrowser
from pyrite.testing.network import Request, Response, served
from pyrite.testing.page import MemoryPage, Promise

URL = "http://127.0.0.1:8000/page"


def changes(event: Any) -> None:
    event["data"]["hooked"] = True


def cancels(event: Any) -> bool:
    return False


def throws(event: Any) -> None:
    raise ValueError("no")


class MemoryVisit:
    """A visit to a site that runs the real edge over a store in memory, at which *folder* holds the experiences."""

    page: MemoryPage

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = MemoryStore()
        self._app = pyrite.edge(
            settings=Settings(edge=Edge(experiences=str(folder))),
            store=self._store,
            experiences=folder,
        )
        self._status, self._times = 0, 0
        self._browser = MemoryBrowser(self._answer)
        self._edge = served(self._app)
        self._promises: list[Promise] = []

    def _answer(self, request: Request) -> Response | None:
        if self._times > 0:
            self._times -= 1
            return Response(self._status, "{}")
        return self._edge(request)

    def open(self, hook: str = "", **options: Any) -> None:
        self.page = self._browser.open(URL)
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
        assert self._browser.wait_for(lambda: promise.ok is not None, 60_000)
        return Settled(promise.ok is True, promise.value)

    def fails(self, status: int, times: int = 1000) -> None:
        self._status, self._times = status, times

    def offer(self, item: dict[str, Any]) -> None:
        fields = "\n".join(f"{name} = {json.dumps(item[name])}" for name in item)
        text = f'[[variants]]\nid = "a"\n[[variants.items]]\n{fields}\n'
        (self._folder / "offer.toml").write_text(text)

    def events(self, count: int) -> list[dict[str, Any]]:
        def enough() -> bool:
            return len(list(self._store.events())) >= count

        assert self._browser.wait_for(enough, 60_000)
        return [json.loads(one.body) for one in self._store.events()][:count]

    def requests(self) -> list[str]:
        paths = [
            (one.url.partition("?")[0].rpartition("/")[2], one.is_beacon)
            for one in self._browser.requests
        ]
        return [name + ("!" if is_beacon else "") for name, is_beacon in paths]

    def kept(self, count: int) -> list[str]:
        assert self._browser.wait_for(lambda: len(self._browser.records) == count, 5000)
        return list(self._browser.records)

    def cookies(self) -> list[str]:
        return sorted(self._browser.jar)

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
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "manifest.json").write_text('{"lane": "compiled", "files": {}}')
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: tmp_path / "built")
    (tmp_path / "experiences").mkdir()
    return MemoryVisit(tmp_path / "experiences")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_a_page_in_memory(situation: Callable[[Visit], None], visit: MemoryVisit) -> None:
    situation(visit)
