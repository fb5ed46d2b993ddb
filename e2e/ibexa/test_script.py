"""/ibexa.js in place of the vendor's script: what existing pages send by it, and what of the vendor's is mended."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from ibexa.test_command import hashed, taken
from ibexa.test_waiting import TURN
from playwright.sync_api import Page
from support.clock import passes
from support.site import Site

alone = pytest.mark.lanes("compiled")  # no tracker is on these pages
ITEM = "/api/00000/click/johndoe/1/128"
# By command: what is asked for, as the vendor's script does (the id of the event, which only ours has, left out).
ROWS: list[tuple[list[Any], str, str]] = [
    (["_trackEvent", "1", "click", "128", "johndoe", "?categorypath=%2FCamera"], ITEM, "categorypath=%2FCamera"),
    (["_trackEvent", 1, "rendered", "7,8", "johndoe", "?scenario=top"], "/api/00000/rendered/johndoe/1/7,8", "scenario=top"),
    (["_trackEvent", "1", "click", "a/b c", "Jöhn"], "/api/00000/click/J%C3%B6hn/1/a%2Fb%20c", ""),
    (["_login", "a/b", "c d", "?lang=de"], "/api/00000/login/a%2Fb/c%20d", "lang=de"),  # the vendor's leaves the source as it is
    (["_trackEvent", "1", "click", "128", "johndoe", "lang=de"], ITEM, "lang=de"),  # the vendor's glues it to the item
    (["_trackEvent", "1", "somethingnew", "128", "johndoe"], "/api/00000/somethingnew/johndoe/1/128", ""),
    (["_trackTimedEvent", "1", "consume", "128", 0, "johndoe"], "/api/00000/consume/johndoe/1/128", ""),
    (["_trackPageview", "55", "johndoe"], "/api/00000/click/johndoe/1/55", ""),
    (["_trackPageview", "", "johndoe"], "/api/00000/click/johndoe/1/a%20page", ""),  # the title, as the vendor's
]  # fmt: skip
IGNORED = (["_trackTimedEvent", "1", "consume", "128", "soon"], ["_trackTimedEvent", "1", "consume", "128", -5], ["_nothing"], 7)  # fmt: skip


def asked(site: Site) -> list[tuple[str, str]]:
    """Path and query, but for the event's id, of all requests of the script's."""
    seen = [one for one in site.seen if one.path.startswith("/api/")]
    return [(one.path, "&".join(pair for pair in one.query.split("&") if not pair.startswith("eid="))) for one in seen]  # fmt: skip


def opened(
    site: Site, page: Page, *before: list[Any], head: str = "", tag: str = "", query: str = ""
) -> None:
    """A page as the vendor's documentation has it: the queue first, then the script, loaded by a script."""
    html = f"""<!doctype html><meta charset="utf-8"><link rel=icon href="data:,"><title>a page</title>{head}
    <script>var _ycq = _ycq || []; {"".join(f"_ycq.push({json.dumps(one)});" for one in before)}</script>
    <script async src="/ibexa.js" {tag}></script><a href="/next" data-ibexa="basket/1/9?lang=de">next</a>"""
    page.goto(site.page(html) + query, wait_until="load")
    page.wait_for_function("!Array.isArray(_ycq)")


def pushed(page: Page, *commands: Any) -> None:
    page.evaluate("commands => { _ycq.push(...commands) }", list(commands))


@alone
def test_existing_pages_send_what_they_sent_and_what_was_wrong_is_mended(
    tracked: Site, page: Page, console: list[str]
) -> None:
    # The customer comes last: what was told before waits for it, and what comes without one does not vanish.
    opened(tracked, page, ROWS[0][0], ROWS[1][0])
    pushed(page, ROWS[2][0])
    page.evaluate("0")
    assert asked(tracked) == []
    pushed(page, ["_setMandator", "00000"], *[row[0] for row in ROWS[3:]], *IGNORED)

    tracked.wait(lambda: len(asked(tracked)) == len(ROWS), "all rows")
    assert sorted(asked(tracked)) == sorted([(unquote(path), query) for _, path, query in ROWS])
    told = [line for line in console if "[ibexa]" in line]
    assert ["expected milliseconds" in line for line in told] == [True, True, False, False]
    assert "unknown command _nothing" in told[2]
    [login] = [one for one in taken(tracked) if one["kind"] == "login"]
    assert (login["user"], login["target"]) == (hashed("a/b"), hashed("c d"))


@alone
def test_the_visitor_is_the_trackers_and_is_kept_for_395_days(tracked: Site, page: Page) -> None:
    opened(tracked, page, ["_setAccount", "00000"], ["_trackEvent", "1", "click", "1"], ["_trackEvent", "1", "click", "2", "undefined"])  # fmt: skip
    tracked.wait(lambda: len(taken(tracked)) == 2, "two events")
    [cookie] = page.context.cookies()
    page.goto(tracked.tracked("window.done = alloy('ibexa', {path: 'click/1/3'})"))
    page.evaluate("done")

    assert cookie["name"] == "pyrite_fpid"
    assert abs(cookie["expires"] - page.evaluate("Date.now()") / 1000 - 395 * 86400) < 60
    assert {one["user"] for one in taken(tracked)} == {hashed(cookie["value"])}


@alone
@pytest.mark.parametrize("how", ["gpc", "declined", "out"])
def test_nobody_is_known_who_does_not_want_to_be(tracked: Site, page: Page, how: str) -> None:
    if how == "gpc":
        page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"
        )
    cookie = {"name": "kndctr_shop_consent", "value": "general=out", "url": tracked.url("/")}
    if how == "declined":
        page.context.add_cookies([cookie])  # type: ignore[list-item]
    tag = 'data-consent="out"' if how == "out" else ""
    opened(tracked, page, ["_setAccount", "00000"], ["_login", "a", "b"], ["_trackEvent", "1", "click", "1", "johndoe"], tag=tag)  # fmt: skip
    tracked.wait(lambda: taken(tracked), "an event")

    assert [(one["kind"], one["user"]) for one in taken(tracked)] == [("click", "")]
    assert asked(tracked) == [("/api/00000/click/not_defined/1/1", "")]
    assert [one["name"] for one in page.context.cookies() if one["name"] != cookie["name"]] == []


@alone
def test_with_consent_pending_nothing_leaves_until_it_is_given(tracked: Site, page: Page) -> None:
    opened(tracked, page, ["_setAccount", "00000"], ["_trackEvent", "1", "click", "1"], tag='data-consent="pending"')  # fmt: skip
    page.evaluate("0")
    assert (asked(tracked), page.context.cookies()) == ([], [])
    pushed(page, ["_consent", "in"])

    tracked.wait(lambda: taken(tracked), "the event")
    assert taken(tracked)[0]["user"] != ""


@alone
def test_a_click_on_a_recommendation_has_its_item_and_scenario(
    tracked: Site, page: Page, console: list[str]
) -> None:
    account = ["_setAccount", "00000"]
    metas = '<meta name="ibexa:item" content="1/77"><meta name="ibexa:scenario" content="top">'
    opened(tracked, page, account, head=metas, query="?ycreco=true")
    opened(tracked, page, account, ["_trackEvent", "2", "click", "5"], query="?ycreco=true&scenario=by+day")  # fmt: skip
    opened(tracked, page, account, head=metas.replace("scenario", "other"), query="?ycreco=true")
    opened(tracked, page, account, head=metas)
    pushed(page, ["_trackPageview"])

    tracked.wait(lambda: len(taken(tracked)) == 4, "four events")
    found = [(one["kind"], one["itemtype"], one["item"], one.get("scenario")) for one in taken(tracked)]  # fmt: skip
    assert sorted(found[:3], key=str) == [("click", 2, "5", None), ("clickrecommended", 1, "77", "top"), ("clickrecommended", 2, "5", "by day")]  # fmt: skip
    assert found[3] == ("click", 1, "77", None)
    assert [line for line in console if "ycreco" in line]


@alone
def test_time_counts_while_the_page_is_seen_and_a_click_is_sent_as_the_page_is_left(
    tracked: Site, page: Page
) -> None:
    opened(tracked, page, ["_setAccount", "00000"])
    page.clock.install()
    for _ in range(2):
        pushed(page, ["_trackTimedEvent", "1", "consume", "1", 20_000])
    pushed(page, ["_trackTimedEvent", "1", "consume", "2", "90000"])
    passes(page, 10_000)
    page.evaluate(TURN, "hidden")
    passes(page, 60_000)
    assert taken(tracked) == []
    page.evaluate(TURN, "visible")
    passes(page, 10_500)
    tracked.wait(lambda: taken(tracked), "the time")
    tracked.page("<title>next</title>", "/next")
    page.get_by_role("link").click()
    page.wait_for_url("**/next")
    tracked.wait(lambda: len(taken(tracked)) == 2, "the click")

    assert [(one["kind"], one["item"]) for one in taken(tracked)] == [("consume", "1"), ("basket", "9")]  # fmt: skip


@alone
def test_what_an_edge_that_is_down_did_not_take_is_sent_again_once_and_at_last_by_a_beacon(
    tracked: Site, page: Page
) -> None:
    fault = tracked.fault("/click/", status=503)
    opened(tracked, page, ["_setAccount", "00000"])
    # The script looks at an answer right after it is counted here.
    page.evaluate("() => { const ask = fetch; answered = 0; fetch = (...given) => ask(...given).then((answer) => { answered++; return answer; }); }")  # fmt: skip
    now = datetime.now()
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(minutes=1))  # no timer of the page's goes off by itself
    pushed(page, ["_trackEvent", "1", "click", "1"])
    tracked.wait(lambda: len(asked(tracked)) == 1, "a try")
    tracked.poll(lambda: passes(page, 1_100) or len(asked(tracked)) == 2, "another", 10)
    tracked.poll(lambda: page.evaluate("answered") == 2, "both answers", 10)
    fault.times = 0
    page.goto(tracked.page("<title>next</title>", "/next"))
    tracked.wait(lambda: taken(tracked), "the event")

    assert len({one.query for one in tracked.seen if "/click/" in one.path}) == 1
    assert [one.method for one in tracked.seen if "/click/" in one.path] == ["GET", "GET", "POST"]


def test_on_a_page_with_a_tracker_all_goes_through_its_outbox(tracked: Site, page: Page) -> None:
    script = """var _ycq = _ycq || []; _ycq.push(["_setAccount", "00000"], ["_trackEvent", "1", "click", "1", "johndoe", "?lang=de"],
        ["_login", "a", "b"], ["_trackTimedEvent", "1", "consume", "1", 100]);"""
    page.goto(tracked.tracked(script, body='<script async src="/ibexa.js"></script>'))

    tracked.wait(lambda: len(taken(tracked)) == 3, "three events")
    assert asked(tracked) == []
    click, login, _ = sorted(taken(tracked), key=lambda one: ("click", "login", "consume").index(one["kind"]))  # fmt: skip
    assert (click["user"], click["extra"]) == (hashed("johndoe"), {"lang": "de"})
    assert (login["user"], login["target"]) == (hashed("a"), hashed("b"))
