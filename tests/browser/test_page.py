"""One tracker at home in a page: calls, promises, callbacks, and what goes wrong."""

from typing import Any

import pytest
from fake_window import Window
from js_values import JsError, Obj, Promise
from opened import Opened, event

from pyrite.browser.elements import PREHIDING_ID
from pyrite.browser.page import PROMPT, SLICE_MS
from pyrite.core.effects import Call, Hide, Redirect, SetCookie, Show, Stay
from pyrite.testing.browser import MemoryBrowser

# ---- calls ----------------------------------------------------------------------------------------------------------


def test_a_promise_settles_once_and_with_the_pages_own_kind_of_object(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    opened.call("event", event("e-1"))
    world.pass_time(60_000)

    ((ok, value),) = opened.ended("event")
    assert ok
    assert value["requestBody"]["events"][0]["xdm"]["_id"] == "e-1"


def test_a_rejection_is_an_error_with_code_and_path_and_a_line_on_the_console(
    page_window: Window,
) -> None:
    opened = Opened(page_window)
    opened.call("event", {"type": 5})

    ((ok, fields),) = opened.ended("event")
    assert not ok
    assert (fields["code"], fields["path"]) == ("options.invalid", "type")
    assert fields["message"].startswith("[alloy] event: options.type: expected")
    assert page_window.lines == [("warn", fields["message"])]


def test_an_edge_that_is_gone_is_told_once_with_its_address_and_once_more_after_it_was_back(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    for days in range(2):
        world.edge = lambda request: None
        for number in range(4):
            opened.call("event", event(f"e-{days}{number}"))
            world.pass_time(60_000)
        world.edge = MemoryBrowser().edge
        world.pass_time(120_000)
        opened.call("event", event(f"back-{days}"))
        world.pass_time(60_000)

    told = [line for _, line in page_window.lines if "no answer from the edge" in line]
    # The first failure of a page is told before its promise may end.
    assert len(set(told)) == 1
    assert len(told) <= 3
    assert "https://edge.site.test/ee/v1/" in told[0]


def test_options_that_are_no_json_are_refused(page_window: Window) -> None:
    opened = Opened(page_window)
    opened.page.call(
        "event", "{", None, lambda value: None, lambda error: opened.settled.append(error)
    )

    assert opened.settled[-1].code == "wire.invalid"  # type: ignore[attr-defined]


class Slow:
    """A clock that goes on by *step* at each look."""

    def __init__(self, window: Window, step: int) -> None:
        self.ms = window.world.now_ms
        self.step = step
        window.Date = Obj(now=self._now)

    def _now(self) -> int:
        self.ms += self.step
        return self.ms


def test_calls_beyond_a_slice_of_one_task_wait_for_the_next(
    page_window: Window, world: MemoryBrowser
) -> None:
    slow = Slow(page_window, SLICE_MS + 1)
    opened = Opened(page_window)
    for _ in range(PROMPT + 2):
        opened.call("createEventMergeId")
    before = len(opened.ended("createEventMergeId"))
    slow.step = 0
    world.pass_time(100)

    assert before == PROMPT - 1  # configure is the first of the prompt ones
    assert len(opened.ended("createEventMergeId")) == PROMPT + 2


def test_calls_of_a_quick_task_wait_for_nothing(page_window: Window) -> None:
    opened = Opened(page_window)
    for _ in range(50):
        opened.call("createEventMergeId")

    assert len(opened.ended("createEventMergeId")) == 50


def test_a_call_does_not_overtake_those_that_wait(
    page_window: Window, world: MemoryBrowser
) -> None:
    slow = Slow(page_window, SLICE_MS + 1)
    opened = Opened(page_window)
    for number in range(PROMPT + 1):
        opened.call("event", event(f"e-{number}"))
    slow.step = 0
    opened.call("event", event("last"))
    world.pass_time(1000)

    assert opened.sent()[-1] == "last"


def test_a_page_that_is_left_runs_what_waits_first(page_window: Window) -> None:
    Slow(page_window, SLICE_MS + 1)
    opened = Opened(page_window)
    for number in range(PROMPT + 2):
        opened.call("event", event(f"e-{number}"))
    page_window.dispatch("pagehide")

    assert sorted(opened.sent()) == [f"e-{number}" for number in range(PROMPT + 2)]


def test_a_prerendered_page_does_nothing_until_it_is_seen(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.document.prerendering = True
    opened = Opened(page_window)
    opened.call("event", event("e-1"), age_ms=5000)
    world.pass_time(1000)
    for name in ("pagehide", "online"):
        page_window.dispatch(name)
    page_window.document.visibilityState = "hidden"
    page_window.document.dispatch("visibilitychange")
    assert (opened.settled, world.requests) == ([], [])

    page_window.document.dispatch("prerenderingchange")
    world.pass_time(1000)

    assert opened.sent() == ["e-1"]
    stamp = world.requests[0].json["events"][0]["xdm"]["timestamp"]
    assert stamp == "2026-11-20T06:53:48.711Z"  # when it was seen, not when it was called


def test_an_event_keeps_the_id_and_the_age_that_it_came_with(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    opened.call("event", {"type": "t"}, event_id="early-1", age_ms=700)
    world.pass_time(1000)

    sent = world.requests[0].json["events"][0]["xdm"]
    assert (sent["_id"], sent["timestamp"]) == ("early-1", "2026-11-20T06:53:47.011Z")


def test_an_early_response_belongs_to_its_own_call_alone(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    answer = Obj(status=204, text=lambda: Promise.resolve(""), headers=None)
    opened.call("createEventMergeId", early=Promise.resolve(answer))
    opened.call("event", event("e-1"))
    world.pass_time(1000)

    assert opened.sent() == ["e-1"]


# ---- callbacks ------------------------------------------------------------------------------------------------------


def hook(function: Any) -> Obj:
    return Obj(onBeforeEventSend=function)


def test_a_callback_may_answer_by_a_promise(page_window: Window, world: MemoryBrowser) -> None:
    opened = Opened(page_window, hooks=hook(lambda event: Promise.resolve(False)))
    opened.call("event", event("e-1"))
    world.pass_time(1000)

    assert opened.ended("event") == [(True, {})]
    assert world.requests == []


def test_a_callback_that_never_answers_ends_in_time(
    page_window: Window, world: MemoryBrowser
) -> None:
    never = Promise(lambda resolve, reject: None)
    opened = Opened(page_window, hooks=hook(lambda event: never))
    opened.call("event", event("e-1"))
    world.pass_time(10_000)

    ((ok, fields),) = opened.ended("event")
    assert (ok, fields["code"]) == (False, "hook.failed")


def test_a_callback_that_leaves_what_has_no_json_form_has_failed(
    page_window: Window, world: MemoryBrowser
) -> None:
    def spoils(event: Any) -> None:
        event.data = Obj(odd=object())

    opened = Opened(page_window, hooks=hook(spoils))
    opened.call("event", event("e-1"))
    world.pass_time(1000)

    assert opened.ended("event")[0][1]["code"] == "hook.failed"


def test_what_is_no_function_is_no_callback(page_window: Window, world: MemoryBrowser) -> None:
    opened = Opened(page_window, hooks=hook("alert()"))
    opened.call("event", event("e-1"))
    world.pass_time(1000)

    assert opened.sent() == ["e-1"]


def test_a_callback_for_clicks_is_found_in_its_group(page_window: Window) -> None:
    seen: list[Any] = []

    def filters(details: Any) -> None:
        seen.append((details, details.clickedElement))

    opened = Opened(
        page_window,
        hooks=Obj(clickCollection=Obj(filterClickDetails=filters)),
        clickCollectionEnabled=True,
        clickCollection={"internalLinkEnabled": True},
    )
    opened.page._watching.clicked = "the element"
    facts: dict[str, object] = {
        "url": "https://www.site.test/next", "host": "www.site.test", "pageHost": "www.site.test",
        "protocol": "https:", "text": "Next", "names": [], "region": "BODY",
        "download": False, "qualified": None, "scripted": False,
    }  # fmt: skip
    page = opened.page
    page.carry_out(page.tracker.clicked(facts, page.moment(), None))

    ((details, clicked),) = seen
    assert (details.linkName, clicked) == ("Next", "the element")
    assert details.clickedElement is None  # it was there for the callback alone


# ---- effects --------------------------------------------------------------------------------------------------------


def test_an_effect_that_fails_is_reported_and_keeps_no_other_from_being_done(
    page_window: Window,
) -> None:
    opened = Opened(page_window)
    page_window.document.querySelector = None  # type: ignore[assignment, method-assign]
    opened.page.carry_out([Hide(css="x"), Call(url="https://x.test/", hides_referrer=False)])

    assert [level for level, _ in page_window.lines] == ["error"]


def test_prehiding_is_added_once_and_the_pages_own_is_taken_away_too(page_window: Window) -> None:
    opened = Opened(page_window)
    opened.page.carry_out([Hide(css="#a { opacity: 0 }"), Hide(css="again")])
    style = page_window.document.getElementById(PREHIDING_ID)
    assert style is not None
    assert style.textContent == "#a { opacity: 0 }"
    assert len(page_window.document.head.children) == 1

    opened.page.carry_out([Show(), Show()])

    assert page_window.document.getElementById(PREHIDING_ID) is None


def test_a_redirect_hides_the_body_until_it_is_known_to_have_failed(page_window: Window) -> None:
    opened = Opened(page_window)
    page_window.part("/lib/render.js")
    opened.page.carry_out([Redirect(url="https://www.site.test/b")] * 2)
    assert page_window.redirected == "https://www.site.test/b"
    assert len(page_window.document.head.children) == 1

    opened.page.carry_out([Stay(), Stay()])

    assert list(page_window.document.head.children) == []


def test_a_redirect_that_the_browser_refuses_is_on_the_console(page_window: Window) -> None:
    def refuses(url: str) -> None:
        raise JsError("SyntaxError")

    page_window.location.replace = refuses
    page_window.part("/lib/render.js")
    Opened(page_window).page.carry_out([Redirect(url="https://")])

    assert page_window.lines == [("warn", "[alloy] redirect to 'https://': Error: SyntaxError")]


@pytest.mark.parametrize(
    ("same_site", "scheme", "secure"),
    [("Lax", "https", True), ("Lax", "http", False), ("None", "http", True)],
)
def test_a_cookie_is_secure_where_it_can_or_must_be(
    page_window: Window, world: MemoryBrowser, same_site: str, scheme: str, secure: bool
) -> None:
    page_window.enter(world, f"{scheme}://www.site.test/")
    written: list[str] = []
    opened = Opened(page_window)

    class Document:
        cookie = property(lambda self: "", lambda self, text: written.append(text))

    page_window.document = Document()  # type: ignore[assignment]
    effect = SetCookie(name="a", value="b", max_age_s=60, domain="site.test", same_site=same_site)
    opened.page._set_cookie(effect)

    pieces = written[-1].split("; ")
    assert pieces[:5] == [
        "a=b", "path=/", f"SameSite={same_site}", "domain=site.test", "max-age=60",
    ]  # fmt: skip
    assert (pieces[5:] == ["Secure"]) is secure


def test_where_cookies_are_blocked_none_is_written(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.navigator.cookieEnabled = False
    opened = Opened(page_window)
    opened.page.carry_out([SetCookie(name="a", value="b", max_age_s=0, domain="", same_site="Lax")])

    assert world.jar == {}


def test_an_image_may_hide_where_it_was_loaded_from(page_window: Window) -> None:
    images: list[Obj] = []

    def image() -> Obj:
        images.append(Obj())
        return images[-1]

    page_window.Image = image
    opened = Opened(page_window)
    for hides in (True, False):
        opened.page.carry_out([Call(url="https://x.test/i", hides_referrer=hides)])

    assert [one.src for one in images] == ["https://x.test/i"] * 2
    assert [one.referrerPolicy for one in images] == ["no-referrer", None]
