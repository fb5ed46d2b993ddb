"""A relay on the page's own site in a browser: events, pixels and the tracker reach the edge by it, also while the edge is down."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.edge_process import EdgeProcess, free_port
from support.server import Server

from pyrite.serverside import pixel, relay
from pyrite.stores.sqlite import FILE

SECRET = "k" * 32
SETTINGS = f"""
[datastreams.shop]
[ibexa]
enabled = true
user_secret = "{"s" * 16}"
[ibexa.customers."22222"]
datastream = "shop"
level = "server"
keys = {{ a = "{SECRET}" }}
"""


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeProcess]:
    with EdgeProcess(tmp_path / "data", settings=SETTINGS) as running:
        yield running


class Site:
    """A page's server, with a relay of its own in front."""

    def __init__(self, edge: EdgeProcess, folder: Path) -> None:
        self.page = ""
        self.seen: list[bytes] = []
        table = {"upstream": f"http://127.0.0.1:{edge.port}", "customer": "22222", "key": f"a:{SECRET}", "queue": str(folder / "queue")}  # fmt: skip
        self.relay = relay(table, self._pages)
        self.server = Server(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            self.seen.append(repr(message).encode())
            await send(message)

        await self.relay(scope, receive, noted)

    async def _pages(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"session=secret")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.page.encode()})


@pytest.fixture
def site(edge: EdgeProcess, tmp_path: Path) -> Iterator[Site]:
    made = Site(edge, tmp_path)
    with made.server:
        yield made
    made.relay.close()


def stored(edge: EdgeProcess, count: int, page: Page) -> list[dict[str, Any]]:
    """The bodies of the events at the edge, once there are *count*."""
    for _ in range(400):
        with closing(sqlite3.connect(edge.folder / FILE)) as connection:
            rows = connection.execute("SELECT type, body, visitor FROM events ORDER BY seq")
            found = [{"type": type, "visitor": visitor} | json.loads(body) for type, body, visitor in rows]  # fmt: skip
        if len(found) >= count:
            return found
        page.wait_for_timeout(25)
    raise AssertionError(f"never {count} events: {found}")


SEND = "(body) => fetch('/t/e', {method: 'POST', body: JSON.stringify(body)}).then((answer) => answer.status)"


def test_events_and_pixels_arrive_signed_and_no_page_sees_the_key(
    site: Site, edge: EdgeProcess, page: Page
) -> None:
    site.page = f"<!doctype html>{pixel('', path='/t/e', kind='click', itemtype=1, item=77)}"
    page.goto(site.server.origin + "/")
    page.wait_for_function("document.images[0].naturalWidth === 1")
    assert page.evaluate(SEND, [{"kind": "buy", "itemtype": 1, "item": 8, "fullprice": "12.45EUR"}, {"kind": "basket", "itemtype": 1, "item": 8}]) == 204  # fmt: skip

    found = stored(edge, 3, page)
    assert sorted(one["type"] for one in found) == ["ibexa.basket", "ibexa.buy", "ibexa.click"]
    assert len({one["ibexa"]["user"] for one in found}) == 1  # the cookie that the pixel has set
    assert not any(SECRET.encode() in one for one in site.seen)


def test_an_outage_of_the_edge_loses_nothing_and_holds_up_no_page(
    site: Site, edge: EdgeProcess, page: Page
) -> None:
    page.goto(site.server.origin + "/")
    edge.end(signal.SIGKILL)
    took = page.evaluate(f"async () => {{ const begun = performance.now(); const send = {SEND}; for (let n = 1; n <= 20; n++) await send({{kind: 'click', itemtype: 1, item: n}}); return performance.now() - begun; }}")  # fmt: skip
    assert took < 5000  # twenty of them: the edge's timeout alone is two seconds each
    edge.start()

    assert sorted(int(one["ibexa"]["item"]) for one in stored(edge, 20, page)) == list(range(1, 21))


TRACKED = """<!doctype html><script>%s</script><script async src="http://127.0.0.1:%d/alloy.js"></script>
<script>alloy("configure", {datastreamId: "shop", edgeBasePath: "t/e"});
alloy("sendEvent", {type: "first"}).then(() => { document.title = "done"; });</script>"""


def test_the_tracker_speaks_by_the_relay(
    site: Site, edge: EdgeProcess, page: Page, built: Path
) -> None:
    site.page = TRACKED % ((built / "base.js").read_text(), edge.port)
    page.goto(site.server.origin + "/")
    page.wait_for_function("document.title === 'done'")
    page.evaluate("alloy('event', {type: 'leaving', documentUnloading: true})")

    found = stored(edge, 2, page)
    assert [one["type"] for one in found] == ["first", "leaving"]
    assert len({one["visitor"] for one in found}) == 1


def test_with_a_relay_alone_serve_is_a_daemon_of_its_own(
    edge: EdgeProcess, tmp_path: Path, page: Page
) -> None:
    port = free_port()
    told = f"""[relay]
upstream = "http://127.0.0.1:{edge.port}"
customer = "22222"
key = "a:{SECRET}"
queue = "queue"
script = "t/s.js"
"""
    with RelayProcess(tmp_path / "relay", settings=told, port=port) as daemon:
        status, _, _ = daemon.request("POST", "/t/e", '{"kind": "click", "itemtype": 1, "item": 77}', 20)  # fmt: skip
        assert status == 204
        assert [one["type"] for one in stored(edge, 1, page)] == ["ibexa.click"]
        assert (tmp_path / "relay" / "queue").is_file()
        status, headers, text = daemon.get("/t/s.js")
        assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        assert "_ycq" in text
        assert not (tmp_path / "relay" / FILE).exists()


class RelayProcess(EdgeProcess):
    """`pyrite serve` with settings that have a relay alone."""

    says = "The relay is at"
