"""The command ibexa on pages with a tracker, in both public lanes."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from support.site import Site

Run = Callable[[str], Any]
CLICK = {"event": "click", "itemtype": 1, "item": 128}


def call(**said: Any) -> str:
    return f"alloy('ibexa', {json.dumps(said)})"


def taken(site: Site) -> list[dict[str, Any]]:
    """The `ibexa` of every stored event that has one."""
    return [event["ibexa"] for event in site.all_events() if "ibexa" in event]


def hashed(user: str) -> str:
    return hmac.new(b"s" * 16, f"00000/{user}".encode(), hashlib.sha256).hexdigest()


def test_events_are_stored_as_by_addresses_and_the_promise_ends_as_an_events(
    tracked: Site, page: Page, run: Run
) -> None:
    page.goto(tracked.tracked(""))
    end = run(call(**CLICK, lang="de"))
    fpid = next(one["value"] for one in page.context.cookies() if one["name"] == "pyrite_fpid")
    page.evaluate("new Image().src = '/api/00000/click/_me/1/129?lang=de'")
    tracked.wait(lambda: len(taken(tracked)) == 2, "two events")
    run(call(event="rendered", itemtype=1, items=[1, 2], scenario="top", user="johndoe"))
    run(call(path="share/1/3"))
    run(call(event="login", target="johndoe"))

    assert end["ok"], end
    assert [event["ibexa"]["event"] for event in end["value"]["requestBody"]["events"]] == ["click"]
    assert {"propositions", "decisions"} <= set(end["value"])
    mine, pixels, *others = taken(tracked)
    assert mine | {"item": "129"} == pixels
    assert mine["user"] == hashed(fpid)
    assert [(one["kind"], one["item"]) for one in others[:3]] == [("rendered", "1"), ("rendered", "2"), ("share", "3")]  # fmt: skip
    assert others[0]["user"] == others[3]["target"] == hashed("johndoe")
    assert (hashed(fpid), hashed("johndoe")) in [(one.source, one.target) for one in tracked.store.links()]  # fmt: skip


def test_what_is_no_event_is_refused_in_the_page_or_by_the_edge(
    tracked: Site, page: Page, run: Run
) -> None:
    page.goto(tracked.tracked(""))
    ends = [run(call(**said)) for said in (
        {"event": "rate", "itemtype": 1, "item": 1}, {"event": "clik", "itemtype": 1, "item": 1},
        {"event": "click", "itemtype": 1, "item": "a"}, {"event": "click", "itemtype": 1, "item": 1, "after": {"second": 1}},
    )]  # fmt: skip

    told = [(end["ok"], end["value"]["code"]) for end in ends]
    assert told == [
        (False, f"ibexa.{reason}") for reason in ("parameter", "event", "item", "after")
    ]
    assert "did you mean 'click'?" in ends[1]["value"]["message"]
    assert taken(tracked) == []
    tracked.fault("/lib/ibexa", status=404)
    page.goto(tracked.tracked(""))
    assert run(call(event="rate", itemtype=1, item=1))["value"]["code"] == "ibexa.parameter"
    assert run(call(**CLICK))["ok"]


def test_a_page_that_is_left_before_the_part_or_the_tracker_has_come_loses_nothing(
    tracked: Site, page: Page
) -> None:
    fault = tracked.fault("/lib/ibexa")
    page.goto(tracked.tracked(""))
    waits = call(**CLICK, after={"seconds": 1})
    page.evaluate(call(**CLICK) + " && 0;" + waits + "&& 0")
    tracked.requests("/lib/ibexa")
    page.goto(tracked.page("<title>next</title>", "/next"))
    tracked.wait(lambda: len(taken(tracked)) == 1, "the event")
    fault.release()

    tracked.fault("/alloy.js")
    html = f"""<!doctype html><script src="/base-early.js"></script><script async src="/alloy.js?late"></script><script>
    alloy("configure", {{datastreamId: "shop"}}); {call(path="basket/1/5", user="johndoe")}; {waits};</script>"""
    page.goto(tracked.page(html, "/early"), wait_until="commit")
    page.wait_for_function("window.alloy && alloy.q.length == 3")
    page.goto(tracked.page("<title>next</title>", "/next"))
    tracked.wait(lambda: len(taken(tracked)) == 2, "both events")

    assert [(one["kind"], one["item"]) for one in taken(tracked)] == [("click", "128"), ("basket", "5")]  # fmt: skip
    assert taken(tracked)[1]["user"] == hashed("johndoe")
    assert list(tracked.store.bad_rows()) == []
