"""Events that leave while the page goes away: beacon, keepalive, plain fetch, whatever the browser still takes."""

import pytest
from playwright.sync_api import Page
from support.site import Site

NEXT = "<!doctype html><title>next</title>"
READY = "alloy('event', {type: 'ready'}).then(() => document.title = 'ready');"


def ready(site: Site, page: Page, script: str = "") -> None:
    site.page(NEXT, "/next")
    page.goto(site.tracked(READY + script))
    page.wait_for_function("document.title === 'ready'")


def test_an_unloading_event_is_a_beacon_and_survives_the_navigation(site: Site, page: Page) -> None:
    ready(site, page)
    page.evaluate(
        "alloy('event', {documentUnloading: true, type: 'bye', data: {n: 1}}); location.href = '/next'"
    )
    request = site.requests("/v1/collect")[0]

    page.wait_for_url("**/next")

    assert site.events(1, "bye")[0]["data"] == {"n": 1}
    assert request.is_beacon
    assert request.headers["content-type"] == "text/plain;charset=UTF-8"


def test_a_beacons_promise_resolves_when_the_browser_has_taken_it(site: Site, page: Page) -> None:
    ready(site, page)
    value = page.evaluate("alloy('event', {documentUnloading: true, type: 'bye'})")

    assert sorted(value) == ["decisions", "propositions", "requestBody"]


def test_a_body_too_large_for_a_beacon_goes_by_plain_fetch(site: Site, page: Page) -> None:
    ready(site, page)
    page.evaluate(
        "alloy('event', {documentUnloading: true, type: 'big', data: {text: 'x'.repeat(70000)}}); 1"
    )
    assert len(site.events(1, "big")[0]["data"]["text"]) == 70000
    request = site.requests("/v1/collect")[0]

    assert not request.is_beacon
    assert request.is_packed  # the page is still there


def test_several_bodies_of_30_kb_at_once_all_arrive(site: Site, page: Page) -> None:
    ready(site, page)
    held = site.fault("/v1/collect")
    page.evaluate(
        "for (const n of [1, 2, 3, 4]) alloy('event', {documentUnloading: true, type: 'part', data: {n, text: 'x'.repeat(30000)}}); 1"
    )
    requests = site.requests("/v1/collect", 4)
    held.release()

    assert [request.is_beacon for request in requests].count(
        True
    ) == 2  # the shared 64 KiB hold two
    assert sorted(event["data"]["n"] for event in site.events(4, "part")) == [1, 2, 3, 4]


def test_two_bodies_of_30_kb_survive_a_navigation_right_behind(site: Site, page: Page) -> None:
    ready(site, page)
    page.evaluate(
        "for (const n of [1, 2]) alloy('event', {documentUnloading: true, type: 'part', data: {n, text: 'x'.repeat(30000)}}); location.href = '/next'"
    )
    page.wait_for_url("**/next")

    assert sorted(event["data"]["n"] for event in site.events(2, "part")) == [1, 2]


def test_events_made_in_pagehide_arrive(site: Site, page: Page) -> None:
    ready(
        site,
        page,
        "addEventListener('pagehide', () => alloy('event', {documentUnloading: true, type: 'hide'}));",
    )
    page.goto(site.url("/next"))

    assert site.events(1, "hide")


def test_ordinary_events_outlive_the_page_too_where_their_size_allows(
    site: Site, page: Page
) -> None:
    ready(site, page)
    held = site.fault("/v1/", status=0)
    page.evaluate(
        "for (let n = 0; n < 10; n++) alloy('event', {type: 'burst', data: {n}}); location.href = '/next'"
    )
    site.requests("/v1/", 3)  # one before, the first of the ten, and the others together
    held.release()
    page.wait_for_url("**/next")

    assert sorted(event["data"]["n"] for event in site.events(10, "burst")) == list(range(10))


def test_a_callback_does_not_keep_an_unloading_event_from_leaving(site: Site, page: Page) -> None:
    site.page(NEXT, "/next")
    script = (
        "alloy('configure', {datastreamId: 'shop', onBeforeEventSend: (event) => { event.data.seen = true; }}); "
        + READY
    )
    page.goto(
        site.page(
            f'<script src="/base.js"></script><script async src="/alloy.js"></script><script>{script}</script>'
        )
    )
    page.wait_for_function("document.title === 'ready'")
    page.evaluate("alloy('event', {documentUnloading: true, type: 'bye'}); location.href = '/next'")
    page.wait_for_url("**/next")

    assert site.events(1, "bye")[0]["data"] == {"seen": True}


def test_what_waits_for_a_retry_leaves_as_a_beacon(site: Site, page: Page) -> None:
    ready(site, page)
    busy = site.fault("/v1/", status=503, headers={"retry-after": "60"}, times=1)
    # The page says so once the tracker has read the answer: until then the event is under way.
    with page.expect_console_message(lambda line: line.type == "warning" and "503" in line.text):
        page.evaluate("alloy('event', {type: 'waiting'}); 1")
    page.goto(site.url("/next"))

    assert site.events(1, "waiting")
    assert busy.times == 0
    assert site.requests("/v1/", 3)[2].is_beacon


@pytest.mark.lanes("micropython")
def test_calls_that_python_has_not_come_to_leave_with_the_page(site: Site, page: Page) -> None:
    ready(site, page)
    # Nothing of what Python sends comes through: as where a closed tab has no time left for it.
    page.evaluate("""() => {
        for (let n = 0; n < 200; n++) alloy("event", {type: "t", data: {n}});
        const send = navigator.sendBeacon.bind(navigator);
        navigator.sendBeacon = (url, body) => body.startsWith('{"raw"') && send(url, body);
        window.fetch = () => new Promise(() => {});
        dispatchEvent(new PageTransitionEvent("pagehide"));
    }""")

    last = site.wait(
        lambda: [event for event in site.all_events("t") if event["data"]["n"] == 199], "the last"
    )
    assert len(last) == 1
