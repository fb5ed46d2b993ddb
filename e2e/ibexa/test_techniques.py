"""Each of the six techniques in a browser: with scripts and without, and beside an edge that says nothing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.server import Server
from support.site import Site

from pyrite.serverside import (
    ASYNCHRONOUS,
    BOTTOM,
    QUEUED,
    Seen,
    Sender,
    Views,
    pixel,
    relay,
    script,
)

pytestmark = pytest.mark.lanes("compiled")  # no tracker is on these pages
SERVERS = {"server-side": QUEUED, "page bottom": BOTTOM, "asynchronous": ASYNCHRONOUS}
TECHNIQUES = ["pixel", *SERVERS, "JSONP", "proxy"]
EVERY_TECHNIQUE = pytest.mark.parametrize("technique", TECHNIQUES)
HTML = '<!doctype html><link rel=icon href="data:,"><h1>product</h1>'


def event_of(path: str) -> dict[str, Any]:
    """The event of the page at *path*: its item is the path's number, and its id is the same wherever it is made."""
    item = int(path.rpartition("/")[2])
    eid = str(uuid.uuid5(uuid.NAMESPACE_URL, path))
    return {"kind": "click", "itemtype": 1, "item": item, "user": "johndoe", "eid": eid}


def described(seen: Seen) -> dict[str, Any] | None:
    return event_of(seen.path) if seen.is_page else None


class Pages:
    """Pages of one technique, beside the edge of *shop*. With scripts they send the same event once more, by the same id, as sites do that have both."""

    def __init__(self, technique: str, shop: Site) -> None:
        self._technique = technique
        self._edge = shop.url("")
        self._close: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self._page(scope, send)

        served: Any = app
        if technique in SERVERS:
            sender = Sender(self._edge, customer="00000", technique=SERVERS[technique])
            self._close.append(sender.close)
            served = Views(app, sender, event=described)
        elif technique == "proxy":
            served = relay({"upstream": self._edge, "customer": "00000"}, app)
            self._close.append(served.close)
        self.server = Server(served)

    def __enter__(self) -> "Pages":
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__(None, None, None)
        self.close()

    def url(self, item: int) -> str:
        return f"{self.server.origin}/product/{item}"

    def close(self) -> None:
        """Send what still waits."""
        while self._close:
            self._close.pop()()

    async def _page(self, scope: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        html = HTML + self._markup(event_of(scope["path"]))
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(html)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": html.encode()})

    def _markup(self, event: dict[str, Any]) -> str:
        if self._technique == "proxy":
            said = json.dumps(event)
            sends = f"<script>fetch('/t/e', {{method: 'POST', keepalive: true, body: JSON.stringify({said})}})</script>"
            return sends + pixel("", path="/t/e", noscript=True, **event)
        if self._technique == "JSONP":
            address = pixel(self._edge, customer="00000", **event).split('"')[1]
            sends = f'<script async src="{address}&jsonpCallback=String"></script>'
        else:
            sends = script(self._edge, customer="00000", **event)
        if self._technique in SERVERS:
            return sends
        return sends + pixel(self._edge, customer="00000", noscript=True, **event)


@pytest.fixture
def pages(technique: str, shop: Site) -> Iterator[Pages]:
    with Pages(technique, shop) as made:
        yield made


def items(shop: Site) -> list[str]:
    return sorted(json.loads(event.body)["ibexa"]["item"] for event in shop.store.events())


@EVERY_TECHNIQUE
def test_a_view_is_one_event_without_scripts_and_with_them(
    pages: Pages, technique: str, shop: Site, browser: Browser
) -> None:
    for item, scripts in ((1, False), (2, True)):
        context = browser.new_context(java_script_enabled=scripts)
        context.new_page().goto(pages.url(item), wait_until="load")
        shop.wait(lambda item=item: str(item) in items(shop), "the event")  # type: ignore[misc]
        # Of a page with scripts that a server has counted, the page sends the event as well.
        count = 2 if scripts and technique in SERVERS else 1
        shop.wait(lambda item=item, count=count: len(asked(shop, item)) == count, "its requests")  # type: ignore[misc]
        context.close()
    pages.close()

    assert items(shop) == ["1", "2"]


def asked(shop: Site, item: int) -> list[str]:
    """The paths of requests for events of this item."""
    return [one.path for one in shop.seen if one.path == f"/api/00000/click/johndoe/1/{item}"]


@EVERY_TECHNIQUE
def test_a_page_is_painted_before_the_edge_has_answered_and_the_event_is_stored_once(
    pages: Pages, technique: str, shop: Site, page: Page
) -> None:
    fault = shop.fault("/api/")
    page.goto(pages.url(7), wait_until="domcontentloaded")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    shop.wait(lambda: asked(shop, 7), "a request")

    assert page.get_by_text("product").is_visible()
    assert items(shop) == []
    fault.release()
    shop.wait(lambda: items(shop), "the event")
    page.wait_for_load_state("load")
    pages.close()
    assert items(shop) == ["7"]
