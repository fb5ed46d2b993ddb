"""Events that wait until their item was seen, read or played; clicks on elements that say their event; recommendations."""

import json
from collections.abc import Callable
from typing import Any

from ibexa.test_command import call, taken
from playwright.sync_api import Page
from support.clock import passes
from support.site import Site

Run = Callable[[str], Any]
CLICKS = """addEventListener("click",e=>(e=e.target.closest("[data-ibexa]"))&&alloy("ibexa",{path:e.dataset.ibexa}),!0)"""
TURN = """(state) => {
    Object.defineProperty(Document.prototype, "visibilityState", {get: () => state, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def consume(item: int, **after: Any) -> str:
    said = call(event="consume", itemtype=1, item=item, after=after)
    return f"{said}.then(() => ended.push({item}))"


def opened(site: Site, page: Page, run: Run, body: str = "") -> None:
    """A page whose tracker and part are there, and whose clock a test moves; the machine's own time passes besides."""
    page.goto(site.tracked("window.ended = [];", body=body))
    assert run(call(path="click/1/1"))["ok"]
    page.clock.install()


def consumed(site: Site) -> list[tuple[str, Any]]:
    return [(one["item"], one.get("percentage")) for one in taken(site) if one["kind"] == "consume"]


def test_only_the_time_that_the_page_is_seen_counts_once_for_each_item(
    tracked: Site, page: Page, run: Run
) -> None:
    opened(tracked, page, run)
    for said in (consume(1, seconds=20), consume(2, seconds=20, steps=2), consume(1, seconds=20), consume(3, seconds=90)):  # fmt: skip
        page.evaluate(said + " && 0")
    passes(page, 7_000)
    page.evaluate(TURN, "hidden")
    passes(page, 60_000)
    assert consumed(tracked) == []
    page.evaluate(TURN, "visible")
    passes(page, 6_000)
    tracked.wait(lambda: consumed(tracked) == [("2", 50)], "a half")
    assert page.evaluate("ended") == [1]  # the second call for the item, which changes nothing
    passes(page, 9_000)
    tracked.wait(lambda: len(consumed(tracked)) == 3, "all")
    tracked.poll(lambda: passes(page, 50) or page.evaluate("ended.length") == 3, "their ends", 10)
    passes(page, 30_000)
    page.goto(tracked.page("<title>next</title>", "/next"))
    page.goto(tracked.tracked("window.ended = [];"))
    run(call(path="click/1/1"))

    assert sorted(consumed(tracked), key=str) == [("1", None), ("2", 100), ("2", 50)]


def test_who_comes_back_to_a_view_begins_anew(tracked: Site, page: Page, run: Run) -> None:
    opened(tracked, page, run)
    for path, ms in (("/page", 3_000), ("/other", 1_000), ("/page", 6_000), ("/other", 1_000), ("/page", 6_000)):  # fmt: skip
        page.evaluate("(path) => history.pushState(null, '', path)", path)
        if path == "/page":
            page.evaluate(consume(7, seconds=5) + " && 0")
        passes(page, ms)
    tracked.wait(lambda: len(consumed(tracked)) >= 2, "both")

    assert consumed(tracked) == [("7", None), ("7", None)]


def test_leaving_early_sends_nothing_and_leaving_late_does(
    tracked: Site, page: Page, run: Run
) -> None:
    opened(tracked, page, run)
    page.evaluate("window.setTimeout = () => 0")  # a browser that is busy
    for said in (consume(1, seconds=2), consume(2, seconds=60)):
        page.evaluate(said + " && 0")
    passes(page, 2_200)
    page.goto(tracked.page("<title>next</title>", "/next"))
    tracked.wait(lambda: consumed(tracked), "the first")

    opened(tracked, page, run)
    page.evaluate(consume(3, seconds=5) + " && 0")
    passes(page, 1_500)
    page.evaluate("history.pushState(null, '', '/other')")
    passes(page, 10_000)
    assert page.evaluate("ended") == [3]
    assert consumed(tracked) == [("1", None)]


def test_what_is_read_played_or_seen_counts_by_its_share(
    tracked: Site, page: Page, run: Run
) -> None:
    links = "".join(f'<a href="/next" data-ibexa="clickrecommended/1/{item}?scenario=top">x</a>' for item in (7, 8))  # fmt: skip
    body = f'<script>{CLICKS}</script><p style="height:5000px">long</p><div id=box style="height:300px">{links}</div>'
    opened(tracked, page, run, body)
    page.evaluate("""() => {
        window.film = document.createElement("video");
        film.self = film; // has no JSON form, as elements of some frameworks
        window.times = [0, 0];
        Object.defineProperty(film, "duration", {value: 100});
        Object.defineProperty(film, "played", {get: () => ({length: 1, start: () => times[0], end: () => times[1]})});
        delete film.self;
        alloy("ibexa", {event: "consume", itemtype: 1, item: 2, after: {played: film, steps: 2}});
        alloy("ibexa", {event: "rendered", itemtype: 1, items: [7, 8], scenario: "top", after: {visible: "#box"}});
    }""")
    page.evaluate(consume(1, scrolled=50) + " && 0")
    for end in (10, 55, 60, 100):
        page.evaluate(
            f"times[1] = {end}; film.dispatchEvent(new Event('timeupdate')); scrollTo(0, 100)"
        )
        passes(page, 1_200)
    tracked.wait(lambda: consumed(tracked) == [("2", 50), ("2", 100)], "both halves of the film")
    page.evaluate("scrollTo(0, 3000)")
    tracked.poll(lambda: passes(page, 100) or len(consumed(tracked)) == 3, "half of the page", 10)
    page.evaluate("scrollTo(0, 9000)")
    tracked.poll(lambda: passes(page, 100) or [one for one in taken(tracked) if one["kind"] == "rendered"], "the box", 10)  # fmt: skip
    tracked.page("<title>next</title>", "/next")
    page.get_by_role("link").first.click()
    page.wait_for_url("**/next")
    tracked.wait(lambda: taken(tracked)[-1]["kind"] == "clickrecommended", "the click")

    assert consumed(tracked)[-1] == ("1", 50)
    found = [(one["kind"], one["item"], one["scenario"]) for one in taken(tracked) if "scenario" in one]  # fmt: skip
    assert found == [("rendered", "7", "top"), ("rendered", "8", "top"), ("clickrecommended", "7", "top")]  # fmt: skip


def test_clicks_before_the_tracker_has_come_and_behind_which_the_page_is_left_arrive(
    tracked: Site, page: Page
) -> None:
    fault = tracked.fault("/alloy.js", times=1)
    base = '<script src="/base-early.js"></script><script async src="/alloy.js?late"></script>'
    configure = json.dumps({"datastreamId": "shop"})
    html = f'<!doctype html>{base}<script>alloy("configure", {configure});{CLICKS}</script><button data-ibexa="basket/1/128"><b>buy</b></button>'
    page.goto(tracked.page(html), wait_until="commit")
    page.get_by_text("buy").click()
    fault.release()
    tracked.wait(lambda: [one["item"] for one in taken(tracked)] == ["128"], "the click")

    link = '<a href="/next" data-ibexa="wishlist/1/9?price=5.00EUR">next</a>'
    tracked.page("<title>next</title>", "/next")
    address = tracked.tracked(CLICKS, body=link)
    for _ in range(10):
        page.goto(address)
        page.get_by_role("link").click()
        page.wait_for_url("**/next")
    page.goto(address)
    tracked.wait(lambda: len(taken(tracked)) == 11, "ten clicks more")
