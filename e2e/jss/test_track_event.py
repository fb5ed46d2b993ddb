"""The command `trackEvent`: to the page's own edge with the tracker's other events, or to another service byte for byte."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jss.clients import PARAMS
from jss.recorder import Answer, Recorder
from jss.service import HOME, KINDS, site_with_jss, stored
from playwright.sync_api import Page
from support.site import Site

Run = Callable[[str], Any]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture
def site(tmp_path: Path, lane: str) -> Iterator[Site]:
    with site_with_jss(tmp_path, lane) as made:
        yield made


def call(events: Any, **options: Any) -> str:
    return f"alloy('trackEvent', {json.dumps({'events': events} | options)})"


def opened(site: Site, page: Page, script: str = "", **options: Any) -> None:
    page.goto(site.tracked(script, **options))


@pytest.mark.every_lane
def test_each_kind_is_stored_once_with_the_others_of_its_call(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page)
    end = run(call([given for given, _ in KINDS.values()]))

    assert end["ok"], end
    assert end["value"]["errors"] == []
    found = stored(site)
    assert [one["type"] for one in found] == list(KINDS)
    for one, (_, expected) in zip(found, KINDS.values(), strict=True):
        assert one | expected == one
    assert len({one["_id"] for one in found}) == len(KINDS)
    sent = [seen for seen in site.seen if "/v1/" in seen.path]
    assert len(sent) == 1
    assert [event["xdm"]["_id"] for event in end["value"]["requestBody"]["events"]] == [
        one["_id"] for one in found
    ]


def test_goals_behind_a_page_view_are_on_that_page(site: Site, page: Page, run: Run) -> None:
    opened(site, page)
    goal = {"goalId": "Instant Demo"}
    run(call([goal, {"pageId": HOME, "url": "/"}, goal]))

    assert [one["page"] for one in stored(site)] == ["current", HOME, HOME]


def test_what_is_wrong_is_told_beside_what_is_stored(site: Site, page: Page, run: Run) -> None:
    opened(site, page)
    goal = {"goalId": "Instant Demo"}
    end = run(call([goal, {"goalId": "Instnt Demo"}, {"outcomeId": "Opportunity", "monetaryValue": "much"}]))  # fmt: skip

    assert end["ok"], end
    errors = sorted(end["value"]["errors"], key=lambda one: one["index"])
    assert [(one["index"], one["code"]) for one in errors] == [(1, "jss.unknown"), (2, "jss.money")]
    assert errors[1]["path"] == "events[2].monetaryValue"
    assert "did you mean 'Instant Demo'?" in errors[0]["message"]
    assert len(stored(site)) == 1


@pytest.mark.parametrize(
    ("events", "code", "status"),
    [
        ({"goalId": "None"}, "jss.unknown", 422),
        ({"pageId": "home", "url": "/"}, "jss.page", None),
        ({"pageId": HOME}, "jss.page", None),
        ([{"goalId": "a"}] * 1001, "options.invalid", None),
        ({"commerceEventId": 1}, "jss.unclaimed", 422),
    ],
    ids=["unknown", "guid", "url", "many", "unclaimed"],
)
def test_where_nothing_can_be_taken_the_promise_is_rejected(
    site: Site, page: Page, run: Run, events: Any, code: str, status: int | None
) -> None:
    opened(site, page)
    end = run(call(events))

    assert end["ok"] is False
    assert (end["value"]["code"], end["value"].get("status")) == (code, status)
    if status:
        assert end["value"]["response"] == {"status": status}
    assert stored(site) == []


def test_with_the_service_off_the_promise_says_so(
    tmp_path: Path, page: Page, run: Run, lane: str
) -> None:
    with site_with_jss(tmp_path, lane, enabled=False) as site:
        opened(site, page)
        assert run(call({"goalId": "Instant Demo"}))["value"]["code"] == "jss.off"


def test_the_pages_hook_sees_each_event_and_may_cancel_it(site: Site, page: Page, run: Run) -> None:
    site.tracked("window.seen = [];", onBeforeEventSend="HOOK")
    html = site.pages["/page"][0].decode().replace(
        '"HOOK"',
        "({xdm, data, jss}) => { window.seen.push(jss); data.mark = 1; if (jss.eventId) return false; jss.goalId = 'Instant Demo'; }",
    )  # fmt: skip
    page.goto(site.page(html))
    end = run(call([{"eventId": "Download"}, {"goalId": "a"}]))

    assert end["ok"], end
    assert page.evaluate("window.seen.length") == 2
    (event,) = [event for event in site.all_events() if "jss" in event]
    assert (event["jss"]["definition"], event["data"]["mark"]) == ("Instant Demo", 1)


def test_without_consent_nothing_is_sent_and_with_it_what_waited_is(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page, "window.end = " + call({"goalId": "Instant Demo"}), defaultConsent="pending")
    page.evaluate("alloy('getLibraryInfo')")
    assert stored(site) == []
    run(
        "alloy('setConsent', {consent: [{standard: 'Adobe', version: '1.0', value: {general: 'in'}}]})"
    )
    page.evaluate("window.end")

    assert len(stored(site)) == 1


def test_global_privacy_control_holds(site: Site, page: Page, run: Run) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"
    )
    opened(site, page)
    assert run(call({"goalId": "Instant Demo"}))["ok"]
    with Recorder() as service:
        assert run(call([], host=service.origin(), action="flush"))["ok"]
        assert service.requests == []

    assert stored(site) == []


def test_a_click_on_a_link_behind_the_call_loses_nothing(site: Site, page: Page) -> None:
    site.page("<!doctype html><link rel=icon href='data:,'><title>next</title>", "/next")
    goal = call({"goalId": "Instant Demo", "turn": "TURN"})
    opened(
        site, page, body=f"<a href='/next' onclick=\"{goal.replace(chr(34), '&quot;')}\">next</a>"
    )
    address = page.url
    for _ in range(100):
        page.goto(address)
        page.get_by_role("link").click()
        page.wait_for_url("**/next")
    opened(site, page)
    found = site.wait(lambda: len(stored(site)) >= 100 and stored(site), "100 goals")

    assert len(found) == len({one["_id"] for one in found}) == 100


def test_a_page_that_is_left_before_the_part_has_come_loses_nothing(site: Site, page: Page) -> None:
    fault = site.fault("/lib/jss")
    opened(site, page)
    page.evaluate(call([{"goalId": "Instant Demo"}, {"eventId": "Download"}]) + " && 0")
    site.requests("/lib/jss")
    page.goto(site.page("<title>next</title>", "/next"))
    found = site.wait(lambda: len(stored(site)) >= 2 and stored(site), "both events")
    fault.release()

    assert [one["type"] for one in found] == ["jss.goal", "jss.event"]


def test_without_the_part_the_edge_looks_at_the_events(site: Site, page: Page, run: Run) -> None:
    site.fault("/lib/jss", status=404)
    opened(site, page)
    end = run(call([{"goalId": "Instant Demo"}, {"goalId": ""}]))

    assert [(one["index"], one["code"]) for one in end["value"]["errors"]] == [(1, "jss.id")]
    assert len(stored(site)) == 1


def test_a_page_that_is_left_before_the_tracker_has_come_loses_nothing(
    site: Site, page: Page
) -> None:
    site.fault("/alloy.js")
    events = [{"pageId": HOME, "url": "/"}, {"goalId": "Instant Demo"}, {"goalId": ""}]
    html = f"""<!doctype html><script src="/base-early.js"></script><script async src="/alloy.js"></script><script>
    alloy("configure", {{datastreamId: "shop"}}); {call(events)};</script>"""
    page.goto(site.page(html, "/early"), wait_until="commit")
    page.wait_for_function("window.alloy && alloy.q.length == 2")
    page.goto(site.page("<title>next</title>", "/next"))
    found = site.wait(lambda: len(stored(site)) >= 2 and stored(site), "both events")

    assert [(one["type"], one["page"]) for one in found] == [
        ("web.webpagedetails.pageViews", HOME),
        ("jss.goal", HOME),
    ]
    assert [row.message for row in site.store.bad_rows()]


def test_leaving_is_told_to_the_command(site: Site, page: Page) -> None:
    opened(site, page)
    page.evaluate(
        call([{"goalId": "Instant Demo"}, {"eventId": "Download"}], documentUnloading=True)
    )

    found = site.wait(lambda: len(stored(site)) >= 2 and stored(site), "both events")
    assert [one["type"] for one in found] == ["jss.goal", "jss.event"]
    beacons = [seen for seen in site.seen if seen.path.endswith("/collect") and seen.is_beacon]
    assert len(beacons) == 1


# ---- another service ----


@pytest.mark.parametrize(
    "events", [{"z": 1, "goalId": "é🙂\u2028", "a": [1e21, None]}, [], [{"b": {}, "a": '}]"{'}]]
)
def test_another_service_gets_what_the_original_sends(
    site: Site, page: Page, run: Run, events: Any
) -> None:
    with Recorder() as service:
        service.answer = Answer(200, '{"a":1}')
        opened(site, page)
        end = run(call(events, host=service.origin(), querystringParams=PARAMS))
        (request,) = service.requests

    listed = events if isinstance(events, list) else [events]
    written = page.evaluate("(value) => JSON.stringify(value)", listed)
    assert (request.method, request.body) == ("POST", written)
    assert request.target == "/sitecore/api/jss/track/event?sc_apikey=%7BAAAAAAAA-0000-0000-0000-000000000001%7D"  # fmt: skip
    assert request.headers["content-type"] == "application/json"
    assert end["value"] == {"requestBody": listed, "responseBody": {"a": 1}, "errors": []}
    assert stored(site) == []


def test_another_service_is_asked_once_and_its_status_is_told(
    site: Site, page: Page, run: Run
) -> None:
    with Recorder() as service:
        service.answer = Answer(503, '{"code":"busy","detail":"later"}')
        opened(site, page)
        end = run(call([], host=service.origin(), action="flush"))

        assert [request.target for request in service.requests] == ["/sitecore/api/jss/track/flush"]
    assert (end["value"]["code"], end["value"]["status"]) == ("busy", 503)
    assert end["value"]["response"]["status"] == 503


def test_the_drop_in_goes_through_the_trackers_outbox(site: Site, page: Page) -> None:
    html = """<!doctype html><script src="/base.js"></script><script async src="/alloy.js"></script>
    <script>alloy("configure", {datastreamId: "shop"});</script>
    <script type="module">
    import { trackingApi } from "/jss/tracking.mjs";
    window.end = trackingApi.trackEvent({ goalId: "Instant Demo" }, { host: "https://other.example", alloy: "alloy" }).then(() => 1);
    window.refused = trackingApi.trackEvent({ goalId: "None" }, { alloy: "alloy" }).catch((error) => [error.code, error.response.status]);
    </script>"""
    page.goto(site.page(html))

    page.wait_for_function("window.refused")
    assert page.evaluate("window.refused") == ["jss.unknown", 422]
    assert page.evaluate("window.end") == 1
    assert len(stored(site)) == 1
