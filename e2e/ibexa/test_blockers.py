"""Filter lists: what goes to another site is blocked, what goes to one's own arrives, by every technique; and with a signal nobody is in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ibexa.filters import RULES, THIRD, Rule, rule
from ibexa.origin import origin
from playwright.sync_api import Browser, BrowserContext, Page, Route
from support.server import Server
from support.site import Site

from pyrite.edge.settings import Datastream, Edge, Ibexa, IbexaCustomer, Settings
from pyrite.serverside import ASYNCHRONOUS, BOTTOM, QUEUED, pixel

pytestmark = pytest.mark.lanes("compiled")  # no tracker is on these pages
PREFIX = "x7"  # of one's own: no word that a list knows
EVENT: dict[str, Any] = {"customer": "00000", "kind": "click", "itemtype": 1, "item": 128}
YCQ = f'<script>var _ycq = [["_setMandator", "00000"], ["_trackEvent", "1", "click", "128"]]</script><script async src="/s.js" data-prefix="{PREFIX}"></script>'
JSONP = f'<script>const page = {{done() {{}}}}</script><script src="/{PREFIX}/00000/click/_me/1/128?jsonpCallback=page.done"></script>'
IMAGE, SCRIPT, FETCH = '<img src="%s">', '<script async src="%s"></script>', '<script>fetch("%s", {mode: "no-cors"}).catch(() => {})</script>'  # fmt: skip
# By technique: what is in the page, how the server's own code sends, and how the same would ask another site.
TECHNIQUES = {
    "pixel": (pixel("", prefix=PREFIX, **EVENT), "", IMAGE),
    "script": (YCQ, "", SCRIPT),
    "jsonp": (JSONP, "", SCRIPT),
    "bottom": ("", BOTTOM, IMAGE),
    "asynchronous": ("", ASYNCHRONOUS, IMAGE),
    "queued": ("", QUEUED, IMAGE),
    "relay": (pixel("", path="/t/e", kind="click", itemtype=1, item=128), "", FETCH),
}
SYNTAX = [
    ("||a.example^", "https://a.example/x", True), ("||a.example^", "https://b.a.example:8443/", True),
    ("||a.example^", "https://ba.example/", False), ("||a.example^", "https://c.example/?https://a.example/", False),
    ("/x/*/y", "https://a.example/x/1/2/y", True), ("/x^", "https://a.example/x?y", True), ("/x^", "https://a.example/x", True),
    ("/x^", "https://a.example/xy", False), ("|https://a", "https://a.example/", True), ("|https://a", "http://b/https://a", False),
    (".gif|", "https://a/b.gif", True), (".gif|", "https://a/b.gif?c", False), ("/X", "https://a/x", True),
    ("/x$third-party", "https://page.example/x", False), ("/x$third-party", "https://a.example/x", True),
    ("/x$script", "https://a.example/x", False), ("/x$image,third-party", "https://a.example/x", True),
]  # fmt: skip


@pytest.mark.parametrize(("line", "url", "blocks"), SYNTAX, ids=range(len(SYNTAX)))
def test_a_rule_means_what_blockers_take_it_for(line: str, url: str, blocks: bool) -> None:
    assert rule(line).blocks(url, page="https://page.example/", type="image") is blocks


@pytest.fixture
def store(tmp_path: Path, lane: str) -> Iterator[Site]:
    settings = Settings(
        edge=Edge(experiences=str(tmp_path / "experiences")),
        datastreams={"shop": Datastream()},
        ibexa=Ibexa(enabled=True, user_secret="s" * 16, prefixes=[PREFIX, "api", "ebl"], customers={"00000": IbexaCustomer(datastream="shop")}),
    )  # fmt: skip
    with Site(tmp_path, lane=lane, settings=settings) as made:
        yield made


class Blocker:
    """Applies *rules* to what pages of *context* ask for; whatever it lets through to the other site ends there with 204."""

    def __init__(self, context: BrowserContext, rules: dict[str, Rule]) -> None:
        self._rules = rules
        self.blocked: dict[str, set[str]] = {}
        self.passed: set[str] = set()
        context.route("**/*", self._decide)

    def _decide(self, route: Route) -> None:
        request = route.request
        url = request.url
        hit = [line for line, one in self._rules.items() if one.blocks(url, page=request.frame.url, type=request.resource_type)]  # fmt: skip
        if hit and not request.is_navigation_request():
            self.blocked.setdefault(url, set()).update(hit)
            route.abort("blockedbyclient")
        elif THIRD in url:
            self.passed.add(url)
            route.fulfill(status=204)
        else:
            route.continue_()


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_twenty_rules_block_what_goes_to_another_site_and_nothing_that_goes_to_ones_own(
    store: Site, browser: Browser, technique: str
) -> None:
    markup, sending, asking = TECHNIQUES[technique]
    kind = {IMAGE: "image", SCRIPT: "script", FETCH: "fetch"}[asking]
    theirs = [address.replace("HOST", THIRD) for address in RULES.values()]
    others = "".join([asking % one.replace("&", "&amp;" if kind != "fetch" else "&") for one in theirs])  # fmt: skip
    store.page(f"<!doctype html><link rel=icon href=data:,>{markup}{others}")
    signals = {"Sec-GPC": "1", "DNT": "1"}
    with origin(store, sending=sending, script="s.js") as app, Server(app) as server:
        for views, (rules, headers) in enumerate([(RULES, {}), ({}, {}), (RULES, signals)]):
            context = browser.new_context(extra_http_headers=headers)
            context.add_cookies([{"name": "pyrite_fpid", "value": f"device-{views}", "url": server.origin}])  # fmt: skip
            blocker = Blocker(context, {line: rule(line) for line in rules})
            page = context.new_page()
            page.goto(server.origin + "/page", wait_until="load")
            until(page, lambda: len(taken(store)) > views)  # noqa: B023
            until(page, lambda: len(blocker.blocked) + len(blocker.passed) >= len(set(theirs)))  # noqa: B023

            assert set(blocker.blocked) == (set(theirs) if rules else set())
            assert blocker.passed == (set() if rules else set(theirs))
            used = set().union(*blocker.blocked.values())
            assert used == {line for line in rules if rule(line).types <= {kind}}
            context.close()

    assert [one["item"] for one in taken(store)] == ["128"] * 3
    users = [one["user"] for one in taken(store)]
    assert (bool(users[0]), bool(users[1]), users[2]) == (True, True, "")


def until(page: Page, look: Callable[[], bool]) -> None:
    """Wait until *look* says so; Playwright decides what the page may ask for only while it is waited in."""
    for _ in range(1000):
        if look():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came")


def taken(site: Site) -> list[dict[str, Any]]:
    return [json.loads(event.body)["ibexa"] for event in site.store.events()]
