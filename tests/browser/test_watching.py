"""What a page is told of by itself: clicks, routes, hints."""

from typing import Any

import pytest
from fake_window import Window, clicked, element
from js_values import JSON, JsError, Obj, Promise
from opened import Opened, event

from pyrite.core.effects import Watch
from pyrite.testing.browser import MemoryBrowser


def link(window: Window, href: str = "/next", text: str = "Next") -> Any:
    found = element("a", href=href)
    found.textContent = text
    window.document.body.appendChild(found)
    return found


def click(window: Window, *path: Any, **more: Any) -> None:
    """The visitor clicks on *path*, which the window's own elements follow."""
    document = window.document
    kind = more.get("type", "click")
    document.dispatch(
        kind, clicked(*path, document.body, document.documentElement, document, window, **more)
    )


def interactions(world: MemoryBrowser) -> list[dict[str, Any]]:
    return [
        one["xdm"]["web"]["webInteraction"]
        for request in world.requests
        for one in request.json["events"]
    ]


def test_a_click_inside_a_link_is_one_on_the_link(
    page_window: Window, world: MemoryBrowser
) -> None:
    Opened(page_window, clickCollectionEnabled=True)
    click(page_window, element("b"), link(page_window))

    (found,) = interactions(world)
    assert found == {
        "name": "Next",
        "region": "BODY",
        "type": "other",
        "URL": "https://www.site.test/next",
        "linkClicks": {"value": 1},
    }


def test_a_click_beside_a_link_is_none(page_window: Window, world: MemoryBrowser) -> None:
    Opened(page_window, clickCollectionEnabled=True)
    click(page_window, element("b"))

    assert world.requests == []


@pytest.mark.parametrize(("button", "counts"), [(1, True), (2, False)])
def test_of_other_buttons_the_middle_one_alone_counts(
    page_window: Window, world: MemoryBrowser, button: int, counts: bool
) -> None:
    Opened(page_window, clickCollectionEnabled=True)
    click(page_window, link(page_window), type="auxclick", button=button)

    assert bool(world.requests) is counts


def test_without_click_collection_nobody_listens(page_window: Window) -> None:
    Opened(page_window)

    assert "click" not in page_window.document.listeners


def test_what_is_watched_already_is_not_watched_twice(page_window: Window) -> None:
    opened = Opened(page_window, clickCollectionEnabled=True)
    opened.page.carry_out([Watch(what="clicks")])

    assert len(page_window.document.listeners["click"]) == 1


class Pattern:
    """JavaScript's RegExp, of plain texts."""

    js_class = "RegExp"

    def __init__(self, text: str) -> None:
        if text == "(":
            raise JsError("SyntaxError")
        self._text = text

    def test(self, url: str) -> bool:
        return self._text in url


def test_the_pages_own_qualifier_says_what_a_download_is(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.RegExp = Pattern
    Opened(page_window, clickCollectionEnabled=True, downloadLinkQualifier=".dat")
    click(page_window, link(page_window, "/a.dat?x=1"))
    click(page_window, link(page_window, "/a?x=.dat"))

    assert [found["type"] for found in interactions(world)] == ["download", "other"]


def test_a_qualifier_that_is_no_pattern_is_on_the_console(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.RegExp = Pattern
    Opened(page_window, clickCollectionEnabled=True, downloadLinkQualifier="(")
    click(page_window, link(page_window, "/a.pdf"))

    ((level, line),) = page_window.lines
    assert level == "warn"
    assert "configure: options.downloadLinkQualifier: Error: SyntaxError" in line
    assert interactions(world)[0]["type"] == "download"


def test_an_event_that_is_no_click_at_all_is_reported(page_window: Window) -> None:
    Opened(page_window, clickCollectionEnabled=True)
    page_window.document.dispatch("click", Obj(type="click"))

    assert [level for level, _ in page_window.lines] == ["error"]


def test_a_change_of_route_is_a_view(page_window: Window, world: MemoryBrowser) -> None:
    Opened(page_window, autoViewStart=True)
    page_window.location.href = "https://www.site.test/second"
    page_window.dispatch("popstate")
    world.pass_time()

    (request,) = world.requests
    assert request.json["events"][0]["xdm"]["web"]["webPageDetails"]["URL"].endswith("/second")


@pytest.mark.parametrize("answers", ["values", "refuses", "has none"])
def test_an_event_waits_for_the_browsers_hints(
    page_window: Window, world: MemoryBrowser, answers: str
) -> None:
    asked: list[Any] = []

    def hints(names: Any) -> Promise:
        asked.extend(names)
        if answers == "refuses":
            return Promise(lambda resolve, reject: reject(JsError("NotAllowedError")))
        return Promise.resolve(JSON.parse('{"model": "x"}'))

    if answers != "has none":
        page_window.navigator.userAgentData = Obj(getHighEntropyValues=hints)
    opened = Opened(page_window, context=["environment", "highEntropyUserAgentHints"])
    opened.call("event", event("e-1"))
    if answers != "has none":
        assert world.requests == []
    world.pass_time()

    (sent,) = world.requests[0].json["events"]
    details = sent["xdm"]["environment"]["browserDetails"]
    assert details.get("userAgentClientHints") == ({"model": "x"} if answers == "values" else None)
    assert asked == ([] if answers == "has none" else [
        "architecture", "bitness", "model", "platformVersion", "wow64",
    ])  # fmt: skip
