"""An edge in this process, over a store in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.settings import Datastream, Edge, Ibexa, Jss, Limits, Settings
from pyrite.stores.memory import MemoryStore

BUILD = {
    "alloy.js": "loader", "base.js": "base", "base-early.js": "early", "manifest.json": '{"lane": "compiled", "files": {"tracker": {"path": "lib/tracker.0123.mpy", "integrity": "sha384-x"}}}', "lib/tracker.0123.mpy": "bytes", "lib/decide.0123.js": "decide",
    "ibexa.js": "ibexa", "alloy.micropython.js": "runtime's loader", "alloy.js.br": "br", "alloy.js.gz": "gz", "pyscript/pyrite.tar.gz": "archive",
}  # fmt: skip


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a build: these tests need no Node."""
    folder = tmp_path / "built"
    for name, content in BUILD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: folder)
    return folder


Maker = Callable[..., TestClient]


@pytest.fixture
def edge(built: Path, tmp_path: Path) -> Iterator[Maker]:
    """Makes a client of an edge; its store is `client.app.state.store`."""
    clients: list[TestClient] = []

    def make(**options: Any) -> TestClient:
        settings = Settings(
            edge=options.pop(
                "settings",
                Edge(origins=["https://shop.test"], experiences=str(tmp_path / "experiences")),
            ),
            limits=options.pop("limits", Limits(body_bytes=5000, events=3, depth=20)),
            datastreams=options.pop("datastreams", {"shop": Datastream(org="ORG@AdobeOrg")}),
            jss=options.pop("jss", Jss()),
            ibexa=options.pop("ibexa", Ibexa()),
        )
        app = pyrite.edge(settings=settings, store=options.pop("store", MemoryStore()), **options)
        client = TestClient(app, base_url="http://edge.test")
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
