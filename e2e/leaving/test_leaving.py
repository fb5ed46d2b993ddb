"""A page that is left before its tracker was there: the raw queue leaves, the edge runs the same core on it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Fault, Site

# Who sends the queue: the loader, or the base code that does.
WAYS = [("micropython", "base.js"), ("micropython", "base-early.js"), ("compiled", "base-early.js")]
every_way = pytest.mark.parametrize(("lane", "base"), WAYS)
by_loader = pytest.mark.parametrize(("lane", "base"), WAYS[:2])

QUEUE = 'alloy("event", {viewStart: true, data: {n: 1}}); alloy("event", {type: "second", data: {n: 2}});'


@pytest.fixture
def awaited(site: Site, lane: str, base: str, built: Path) -> str:
    """What the tracker waits for, of a page with *base* as its base code."""
    site.file("/base.js", (built / base).read_text())
    return ".wasm" if lane == "micropython" else "/alloy.js"


@pytest.fixture(autouse=True)
def held(site: Site, awaited: str) -> Fault:
    """The tracker does not come until it is released."""
    return site.fault(awaited)


def queued(site: Site, page: Page, count: int) -> None:
    """So many calls wait, and who will send them is there."""
    loader = site.faults[0].part == ".wasm"
    page.wait_for_function(
        "([count, loader]) => window.__alloyNS && alloy.q.length === count && (!loader || alloy.q.push !== [].push)",
        arg=[count, loader],
    )


def left_while_downloading(
    site: Site, page: Page, script: str = QUEUE, count: int = 3, **options: Any
) -> None:
    """Open a page that makes *count* calls, its configuration among them, and leave it."""
    page.goto(site.tracked(script, **options), wait_until="commit")
    queued(site, page, count)
    page.goto(site.page("<!doctype html><title>next</title>", "/next"))


@every_way
def test_a_page_left_while_the_runtime_downloads_loses_nothing(site: Site, page: Page) -> None:
    left_while_downloading(site, page)
    events = site.events(2)

    assert [(event["type"], event["data"]) for event in events] == [
        ("web.webpagedetails.pageViews", {"n": 1}),
        ("second", {"n": 2}),
    ]
    assert all(event["url"] == site.url("/page") for event in events)
    assert events[0]["xdm"]["environment"]["browserDetails"] == {
        "viewportWidth": 1280,
        "viewportHeight": 720,
    }
    assert events[0]["visitor"] == events[1]["visitor"]
    assert events[0]["visitor"] in [cookie["value"] for cookie in page.context.cookies()]
    assert site.requests("/v1/collect")[0].is_beacon


@every_way
def test_more_events_than_a_body_may_hold_leave_in_several(site: Site, page: Page) -> None:
    script = "for (let n = 0; n < 230; n++) alloy('event', {type: 'many', data: {n}});"
    left_while_downloading(site, page, script, 231)

    # The bodies leave together, and may arrive in any order.
    assert sorted(event["data"]["n"] for event in site.events(230, "many")) == list(range(230))
    assert len(site.requests("/v1/collect", 3)) == 3


@every_way
def test_the_visitor_is_the_same_when_they_come_back(site: Site, page: Page) -> None:
    left_while_downloading(site, page)
    site.events(2)
    site.faults[0].release()
    page.goto(
        site.tracked(
            'alloy("event", {type: "later"}).then(() => window.done = true)', path="/again"
        )
    )
    page.wait_for_function("window.done")

    assert len({event["visitor"] for event in site.events(3)}) == 1


@every_way
def test_what_left_as_a_raw_queue_counts_once_when_the_tracker_comes_up_after_all(
    site: Site, page: Page, held: Fault
) -> None:
    page.goto(
        site.tracked(QUEUE + 'alloy("event", {type: "third"}).then(() => window.done = true);'),
        wait_until="commit",
    )
    queued(site, page, 4)
    page.evaluate(
        "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
    )  # as for the back/forward cache
    raw = site.events(3)
    held.release()
    page.wait_for_function("window.done")

    assert len(site.requests("/v1/", 4)) == 4
    assert [event["id"] for event in site.all_events()] == [event["id"] for event in raw]


@every_way
def test_without_consent_the_raw_queue_stays(site: Site, page: Page) -> None:
    left_while_downloading(site, page, defaultConsent="pending")
    page.goto(site.page("<!doctype html><title>after</title>", "/after"))

    assert site.all_events() == []
    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
    assert page.context.cookies() == []


@by_loader
def test_events_for_another_data_stream_leave_for_that_one(site: Site, page: Page) -> None:
    script = "alloy('event', {viewStart: true, edgeConfigOverrides: {datastreamId: 'other'}}); alloy('event', {type: 'second'});"
    left_while_downloading(site, page, script)
    site.events(2)

    assert {event.type: event.datastream for event in site.store.events()} == {
        "web.webpagedetails.pageViews": "other",
        "second": "shop",
    }


@every_way
def test_a_page_that_never_configured_is_left_without_a_word(
    site: Site, page: Page, console: list[str]
) -> None:
    script = "<script>alloy('configure'); alloy('event', {viewStart: true});</script>"
    page.goto(site.page(HEAD + script), wait_until="commit")
    queued(site, page, 2)
    page.goto(site.page("<!doctype html><title>next</title>", "/next"))

    assert [line for line in console if "[alloy]" in line] == []


@every_way
def test_a_page_left_after_its_view_left_early_counts_it_once(site: Site, page: Page) -> None:
    script = "alloy('event', {viewStart: true}); alloy('event', {type: 'second'});"
    page.goto(site.tracked(script), wait_until="commit")
    first = site.events(1, "web.webpagedetails.pageViews")[0]
    page.goto(site.page("<title>next</title>", "/next"))
    second = site.events(1, "second")[0]

    assert [event["id"] for event in site.all_events(first["type"])] == [first["id"]]
    assert second["visitor"] == first["visitor"]


@every_way
def test_what_a_callback_is_to_see_first_does_not_leave_without_it(site: Site, page: Page) -> None:
    script = """alloy("configure", {datastreamId: "shop", onBeforeEventSend: () => false});
        alloy("event", {viewStart: true}); alloy("event", {type: "second"});"""
    page.goto(site.page(f"{HEAD}<script>{script}</script>"), wait_until="commit")
    queued(site, page, 3)
    page.goto(site.page("<!doctype html><title>next</title>", "/next"))
    page.goto(site.page("<!doctype html><title>after</title>", "/after"))

    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
