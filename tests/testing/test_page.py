"""A page in memory beyond the contract: its browser's clock, storage and network."""

import pytest

from pyrite.core.effects import Load
from pyrite.testing.browser import MemoryBrowser
from pyrite.testing.network import Request, Response, accepting
from pyrite.testing.page import MemoryPage

EVENT = {"type": "t", "xdm": {"_id": "e-1"}}
LARGE = {"type": "t", "data": {"text": "x" * 40_000}, "documentUnloading": True}


def opened(browser: MemoryBrowser) -> MemoryPage:
    page = browser.open()
    page.run("configure", {"datastreamId": "shop", "edgeDomain": "edge.site.test"})
    return page


class Failing:
    """An edge that is out of reach until it `is_well`."""

    is_well = False

    def __call__(self, request: Request) -> Response | None:
        return accepting(request) if self.is_well else None


def test_time_passes_only_when_it_is_told_to() -> None:
    browser = MemoryBrowser(Failing())
    page = opened(browser)
    promise = page.start("event", EVENT)
    assert not promise.ok

    browser.pass_time(31_000)

    assert promise.value["code"] == "network.failed"


def test_timers_run_in_the_order_in_which_they_are_due() -> None:
    browser = MemoryBrowser()
    seen: list[tuple[str, int]] = []
    begun = browser.now_ms
    for name, delay_ms in (("b", 20), ("a", 10), ("c", 20)):
        browser.after(delay_ms, lambda name=name: seen.append((name, browser.now_ms - begun)))  # type: ignore[misc]
    browser.pass_time(15)
    assert seen == [("a", 10)]
    assert browser.now_ms - begun == 15

    browser.pass_time(5)

    assert seen == [("a", 10), ("b", 20), ("c", 20)]


def test_what_a_page_was_given_for_its_end_is_sent_when_it_crashes() -> None:
    edge = Failing()
    browser = MemoryBrowser(edge)
    page = opened(browser)
    page.start("event", EVENT)
    browser.pass_time(1500)
    before = len(browser.requests)
    page.crash()

    assert [request.is_beacon for request in browser.requests[before:]] == [True]
    assert browser.requests[-1].json["events"][0]["xdm"]["_id"] == "e-1"


def test_a_page_that_is_gone_hears_of_no_answer() -> None:
    browser = MemoryBrowser()
    page = opened(browser)
    promise = page.start("event", EVENT)
    page.crash()
    browser.pass_time(60_000)

    assert not promise.ok
    assert list(browser.records) == ["e-1"]


def test_a_beacon_that_is_too_large_for_what_is_in_flight_goes_by_fetch() -> None:
    browser = MemoryBrowser()
    page = opened(browser)
    for _ in range(2):
        page.start("event", LARGE)

    assert [request.is_beacon for request in browser.requests] == [True, False]


def test_cookies_end_with_their_time() -> None:
    browser = MemoryBrowser()
    browser.set_cookie("for_a_minute", "1", 60)
    browser.set_cookie("for_ever", "2", 0)
    browser.pass_time(60_000)

    assert browser.cookie() == "for_ever=2"


def test_a_request_has_the_browsers_cookies_and_the_pages_origin() -> None:
    browser = MemoryBrowser()
    browser.set_cookie("name", "value", 0)
    opened(browser).run("event", EVENT)

    headers = browser.requests[0].headers
    assert headers["origin"] == "https://www.site.test"
    assert "name=value" in headers["cookie"]


def test_an_element_that_comes_later_is_rendered_then() -> None:
    offer = {
        "id": "i",
        "schema": "https://ns.adobe.com/personalization/dom-action",
        "data": {"type": "appendHtml", "selector": "#late", "content": "<b>2</b>"},
    }
    browser = MemoryBrowser()
    page = opened(browser)
    promise = page.start(
        "applyPropositions", {"propositions": [{"id": "p", "scope": "__view__", "items": [offer]}]}
    )
    page.add("#late", "1")

    assert page.elements["#late"] == "1<b>2</b>"
    browser.pass_time()
    assert promise.ok


def test_what_a_page_cannot_do_is_on_its_console_and_the_tracker_goes_on() -> None:
    page = opened(MemoryBrowser())
    page.carry_out([Load(part="decide", url="https://edge.site.test/d.js")])

    assert page.console[-1][0] == "error"
    assert "leave it to the edge" in page.console[-1][1]


@pytest.mark.parametrize("watched", [True, False])
def test_a_change_of_route_is_told_where_the_tracker_watches_routes(watched: bool) -> None:
    browser = MemoryBrowser()
    page = browser.open()
    page.run(
        "configure",
        {"datastreamId": "shop", "edgeDomain": "edge.site.test", "autoViewStart": watched},
    )
    page.navigate("https://www.site.test/second")
    browser.pass_time(1000)

    assert len(browser.requests) == (1 if watched else 0)
