"""A shop as its makers test it, with public fixtures alone: on the mended site each check holds, on the one with a mistake it fails.

The five mistakes: a view twice, an event lost on navigation, a price as text, tracking before consent, an offer never shown.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from pyrite.testing import Tracking

PAGE = """<!doctype html><title>Shop</title>
<script src="EDGE/base.js"></script><script async src="EDGE/alloy.js"></script>
<h1 id="HERO">Welcome</h1>
<button id="add">Add to cart</button> <a id="buy" href="/thanks">Buy</a>
<script>
alloy("configure", {datastreamId: "shop", edgeDomain: "edge.shop.example", defaultConsent: "CONSENT"});
alloy("event", {viewStart: true, type: "view"});
TWICE
add.onclick = () => alloy("event", {type: "add", data: {sku: "A-1", price: PRICE}});
buy.onclick = () => BUY;
</script>"""
MENDED = {
    "HERO": "hero",
    "CONSENT": "pending",
    "TWICE": "",
    "PRICE": "19.9",
    "BUY": "alloy('event', {type: 'buy', documentUnloading: true})",
}


@dataclass
class Shop:
    """The site: `mistake` takes the place of what is mended."""

    url: str
    edge: str = ""
    mistake: tuple[str, str] = ("", "")

    def html(self) -> str:
        text = PAGE.replace("EDGE", self.edge)
        for name, value in (MENDED | dict([self.mistake] if self.mistake[0] else [])).items():
            text = text.replace(name, value)
        return text


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    made = Shop("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.html().encode() if self.path == "/" else b"<h1>Thanks</h1>"
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}/"
        yield made
        server.shutdown()
        thread.join()


def a_view_is_tracked_once(page: Page, tracking: Tracking, url: str) -> None:
    tracking.consent("in", org="shop")
    with tracking.expect_event("view"):
        page.goto(url)


def a_purchase_is_tracked_though_the_page_is_left(page: Page, tracking: Tracking, url: str) -> None:
    tracking.consent("in", org="shop")
    page.goto(url)
    with tracking.expect_event("buy", within=2):
        page.click("#buy")
        page.get_by_text("Thanks").wait_for()


def a_price_is_a_number(page: Page, tracking: Tracking, url: str) -> None:
    tracking.consent("in", org="shop")
    page.goto(url)
    with tracking.expect_event("add", data={"sku": "A-1", "price": float}, within=1):
        page.click("#add")


def nothing_is_tracked_before_consent(page: Page, tracking: Tracking, url: str) -> None:
    with tracking.expect_no_event(within=0.5):
        page.goto(url)


def an_offer_is_shown(page: Page, tracking: Tracking, url: str) -> None:
    tracking.consent("in", org="shop")
    tracking.answers("page", [{"type": "setText", "selector": "#hero", "content": "Sale"}])
    page.goto(url)
    tracking.expect_event(
        where=lambda event: event.type == "decisioning.propositionDisplay", within=2
    ).check()
    assert [one.scope for one in tracking.shown] == ["__view__"]


Check = Callable[[Page, Tracking, str], None]
MISTAKES = [
    (
        a_view_is_tracked_once,
        ("TWICE", "alloy('event', {viewStart: true, type: 'view'});"),
        "got 2",
    ),
    (
        a_purchase_is_tracked_though_the_page_is_left,
        ("BUY", "setTimeout(() => alloy('event', {type: 'buy'}), 1000)"),
        "with type='buy' within 2 s, got 0",
    ),
    (a_price_is_a_number, ("PRICE", "'19.90'"), r"data.price: expected a float, got '19.90'"),
    (nothing_is_tracked_before_consent, ("CONSENT", "in"), "expected no event with any event, got"),
    (an_offer_is_shown, ("HERO", "hello"), "within 2 s, got 0"),
]


@pytest.mark.parametrize(("check", "mistake", "message"), MISTAKES)
def test_the_mended_site_passes(
    page: Page,
    tracking: Tracking,
    shop: Shop,
    check: Check,
    mistake: tuple[str, str],
    message: str,
) -> None:
    shop.edge, shop.mistake = tracking.url, ("", "")

    check(page, tracking, shop.url)


@pytest.mark.parametrize(("check", "mistake", "message"), MISTAKES)
def test_a_mistake_is_found(
    page: Page,
    tracking: Tracking,
    shop: Shop,
    check: Check,
    mistake: tuple[str, str],
    message: str,
) -> None:
    shop.edge, shop.mistake = tracking.url, mistake

    with pytest.raises(AssertionError, match=message):
        check(page, tracking, shop.url)
