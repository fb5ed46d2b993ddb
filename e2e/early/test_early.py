"""The first view start leaves before the tracker is there; the tracker takes over its answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

# Who sends the first view: the loader, or the base code that does.
WAYS = [
    ("compiled", "base-early.js"),
    ("micropython", "base-early.js"),
    ("micropython", "base.js"),
    ("pyscript", "base-early.js"),
    ("brython", "base-early.js"),
]
pytestmark = pytest.mark.parametrize(("lane", "base"), WAYS)

START = "alloy('event', {viewStart: true, data: {n: 1}}).then((result) => window.result = result, (error) => window.result = error.code);"
VIEW = "web.webpagedetails.pageViews"


@pytest.fixture
def awaited(site: Site, base: str, built: Path) -> str:
    """What the tracker waits for, of a page with *base* as its base code."""
    site.file("/base.js", (built / base).read_text())
    return ".wasm" if base == "base.js" else "/alloy.js"


Opened = Callable[..., Any]


@pytest.fixture
def opened(site: Site, page: Page, awaited: str) -> Opened:
    """Opens the page with the tracker held back."""

    def open_page(script: str = START, **options: Any) -> Any:
        held = site.fault(awaited)
        page.goto(site.tracked(script, "<h1>old</h1>", **options), wait_until="commit")
        site.requests(awaited)
        return held

    return open_page


def test_the_first_view_is_stored_while_the_runtime_downloads_and_counted_once(
    site: Site, page: Page, opened: Opened
) -> None:
    site.render({"type": "setText", "selector": "h1", "content": "new"})
    held = opened()
    early = site.events(1, VIEW)[0]
    held.release()
    page.wait_for_function("window.result")
    result = page.evaluate("window.result")
    site.events(1, "decisioning.propositionDisplay")

    assert result["requestBody"]["events"][0]["xdm"]["_id"] == early["id"]
    assert result["propositions"][0]["renderAttempted"] is True
    assert "handle" in result["responseBody"]
    assert page.inner_text("h1") == "new"
    assert [event["id"] for event in site.all_events(VIEW)] == [early["id"]]
    assert len(site.requests("/v1/", 2)) == len([s for s in site.seen if "/v1/" in s.path]) == 2


def test_what_is_stored_early_is_what_the_tracker_would_have_sent(
    site: Site, page: Page, opened: Opened
) -> None:
    opened().release()
    page.wait_for_function("window.result")
    stored = site.all_events(VIEW)[0]
    computed = page.evaluate("window.result")["requestBody"]
    event = computed["events"][0]

    assert stored["data"] == event["data"]
    assert stored["xdm"].pop("identityMap") == computed["xdm"]["identityMap"]
    for content in (stored["xdm"], event["xdm"]):
        content.pop("timestamp")  # the edge took the page's clock by its age
        content["placeContext"].pop("localTime")
    assert stored["xdm"] == event["xdm"]


def test_the_visitor_keeps_the_device_id_that_left_early(
    site: Site, page: Page, opened: Opened
) -> None:
    opened().release()
    page.wait_for_function("window.result")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}

    assert cookies["pyrite_fpid"] == site.all_events(VIEW)[0]["visitor"]


@pytest.mark.parametrize("status", [400, 500, 503])
def test_an_early_view_that_is_refused_goes_again_under_the_same_id(
    site: Site, page: Page, opened: Opened, status: int
) -> None:
    site.fault("/v1/", status=status, times=1)
    opened().release()
    page.wait_for_function("window.result")

    first, second = site.requests("/v1/", 2)
    raw = first.json["raw"]
    command = raw[1][0] if isinstance(raw, list) else raw["commands"][1]
    assert command[2] == second.json["events"][0]["xdm"]["_id"]
    assert len(site.all_events(VIEW)) == 1


@pytest.mark.parametrize(
    "options",
    [{"early": False}, {"context": ["highEntropyUserAgentHints"]}],
    ids=str,
)
def test_nothing_leaves_early_where_the_page_holds_it(
    site: Site, page: Page, opened: Opened, options: dict[str, Any]
) -> None:
    opened(**options)
    page.wait_for_function("window.__alloyNS && alloy.q.length === 2")

    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []


def test_nothing_leaves_early_where_a_callback_wants_to_see_it(
    site: Site, page: Page, awaited: str
) -> None:
    held = site.fault(awaited)
    script = """alloy("configure", {datastreamId: "shop", onBeforeEventSend: (event) => { event.data.seen = true; }});
        alloy("event", {viewStart: true, data: {}}).then(() => window.done = true);"""
    page.goto(site.page(f"{HEAD}<script>{script}</script>"), wait_until="commit")
    site.requests(awaited)
    held.release()
    page.wait_for_function("window.done")

    assert site.all_events(VIEW)[0]["data"] == {"seen": True}
    assert len([seen for seen in site.seen if "/v1/" in seen.path]) == 1


def test_only_the_first_event_leaves_early(site: Site, page: Page, opened: Opened) -> None:
    held = opened("alloy('event', {type: 'before'});" + START)
    page.wait_for_function("window.alloy && alloy.q.length === 3")
    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
    held.release()

    assert [event["type"] for event in site.events(2)] == ["before", VIEW]
