"""Half of a visit for the contract: the browser's storage in memory, and the real edge over a store in memory."""

import json
from pathlib import Path
from typing import Any

import pyrite
from pyrite.edge.settings import Edge, Settings
from pyrite.stores.memory import MemoryStore
from pyrite.testing.browser import MemoryBrowser
from pyrite.testing.network import Request, Response, served

URL = "http://127.0.0.1:8000/page"
BUILD = '{"lane": "compiled", "files": {}}'  # the edge serves no files here


class EdgeVisit:
    """A visit to a site that runs the edge; *folder* holds its experiences."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = MemoryStore()
        self._app = pyrite.edge(
            settings=Settings(edge=Edge(experiences=str(folder))),
            store=self._store,
            experiences=folder,
        )
        self._status, self._times = 0, 0
        self.browser = MemoryBrowser(self._answer)
        self._edge = served(self._app)

    def _answer(self, request: Request) -> Response | None:
        if self._times > 0:
            self._times -= 1
            return Response(self._status, "{}")
        return self._edge(request)

    def fails(self, status: int, times: int = 1000) -> None:
        self._status, self._times = status, times

    def offer(self, item: dict[str, Any]) -> None:
        fields = "\n".join(f"{name} = {json.dumps(item[name])}" for name in item)
        text = f'[[variants]]\nid = "a"\n[[variants.items]]\n{fields}\n'
        (self._folder / "offer.toml").write_text(text)

    def events(self, count: int) -> list[dict[str, Any]]:
        def enough() -> bool:
            return len(list(self._store.events())) >= count

        assert self.browser.wait_for(enough, 60_000)
        return [json.loads(one.body) for one in self._store.events()][:count]

    def requests(self) -> list[str]:
        paths = [
            (one.url.partition("?")[0].rpartition("/")[2], one.is_beacon)
            for one in self.browser.requests
        ]
        return [name + ("!" if is_beacon else "") for name, is_beacon in paths]

    def kept(self, count: int) -> list[str]:
        assert self.browser.wait_for(lambda: len(self.browser.records) == count, 5000)
        return list(self.browser.records)

    def cookies(self) -> list[str]:
        return sorted(self.browser.jar)


def without_build(folder: Path) -> Path:
    """A folder that looks like a build, in *folder*: Node is not needed."""
    built = folder / "built"
    built.mkdir()
    (built / "manifest.json").write_text(BUILD)
    return built
