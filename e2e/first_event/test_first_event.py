"""One script tag, an event stored for good, the answer in the promise."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

pytestmark = pytest.mark.every_lane

DATA = {"key": "value", "nested": {"list": [1, 1.5, "ü😀"], "big": 1757000000123}}


def opened(site: Site, page: Page) -> Any:
    page.goto(site.page(Path(__file__).with_name("page.html").read_text(), "/shop"))
    page.wait_for_function("window.result")
    return page.evaluate("window.result")


def test_a_view_start_is_in_the_database_when_its_promise_resolves(
    site: Site, page: Page, console: list[str]
) -> None:
    result = opened(site, page)
    stored = site.all_events()

    assert [event["type"] for event in stored] == ["web.webpagedetails.pageViews"]
    assert stored[0]["data"] == DATA
    assert stored[0]["id"] == result["requestBody"]["events"][0]["xdm"]["_id"]
    assert stored[0]["xdm"]["web"]["webPageDetails"]["URL"] == site.url("/shop")
    assert stored[0]["xdm"]["environment"]["browserDetails"] == {
        "viewportWidth": 1280,
        "viewportHeight": 720,
    }
    assert stored[0]["xdm"]["device"]["screenOrientation"] == "landscape"
    assert stored[0]["xdm"]["placeContext"]["localTimezoneOffset"] == 0
    assert "handle" in result["responseBody"]
    assert result["propositions"] == result["decisions"] == []
    noted = ("404", "PyScript Ready")  # the icon; what PyScript says of itself
    assert [line for line in console if not any(word in line for word in noted)] == []


def test_the_request_is_simple_and_has_the_protocols_form(site: Site, page: Page) -> None:
    page.goto(
        site.tracked("alloy('event', {viewStart: true}).then(() => window.done = 1)", early=False)
    )
    page.wait_for_function("window.done")
    request = site.requests("/ee/v1/interact")[0]

    assert request.headers["content-type"] == "text/plain;charset=UTF-8"
    assert "configId=shop&requestId=" in request.query
    assert [seen for seen in site.seen if seen.method == "OPTIONS"] == []
    assert request.json["meta"]["state"] == {"domain": "", "cookiesEnabled": True}


def test_the_visitor_is_the_same_on_the_next_page_and_known_to_the_edge(
    site: Site, page: Page
) -> None:
    opened(site, page)
    opened(site, page)
    first, second = site.events(2)
    fpid = {event["xdm"]["identityMap"]["FPID"][0]["id"] for event in (first, second)}
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}

    assert len(fpid) == 1
    assert set(cookies) == {"pyrite_fpid", "kndctr_shop_identity"}
    assert site.store.visitor("shop", fpid.pop()).events == 2  # type: ignore[union-attr]


def test_the_callers_data_are_copied_at_the_call(site: Site, page: Page) -> None:
    page.goto(
        site.tracked(
            'const data = {n: {v: 1}}; alloy("event", {data}).then(() => window.done = true); data.n.v = 2; delete data.n;'
        )
    )
    page.wait_for_function("window.done")
    page.evaluate(
        '() => { const data = {n: {v: 3}}; const sent = alloy("event", {data}); data.n.v = 4; return sent.then(() => 1); }'
    )

    assert [event["data"] for event in site.events(2)] == [{"n": {"v": 1}}, {"n": {"v": 3}}]


def test_what_came_before_the_tracker_was_there_keeps_its_time(
    site: Site, page: Page, lane: str
) -> None:
    awaited = ".wasm" if lane == "micropython" else "/alloy.js"
    held = site.fault(awaited)
    page.goto(
        site.tracked('window.at = Date.now(); alloy("event", {type: "early"});'),
        wait_until="commit",
    )
    site.requests(awaited)
    page.wait_for_function("Date.now() - window.at > 300")
    held.release()
    event = site.events(1)[0]
    made = page.evaluate("time => Date.parse(time)", event["xdm"]["timestamp"])

    assert abs(made - page.evaluate("window.at")) < 50
    assert site.requests("/v1/")[0].json["meta"]["queueTimeMillis"] >= 300


def test_a_slow_configuration_does_not_put_the_first_view_off_to_another_task(
    site: Site, page: Page
) -> None:
    script = """<script>
        const later = window.setTimeout;
        window.setTimeout = (run, ms) => ms ? later(run, ms) : 0; // the next task never comes
        const slow = {datastreamId: "shop", get onBeforeEventSend() {
            for (const end = performance.now() + 30; performance.now() < end;);
        }};
        alloy("configure", slow);
        alloy("event", {viewStart: true});
    </script>"""
    page.goto(site.page(HEAD + script))

    assert site.events(1)[0]["type"] == "web.webpagedetails.pageViews"
