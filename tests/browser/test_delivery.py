"""A page's comings and goings, and who is told of its requests."""

from typing import Any

import pytest
from fake_window import Window
from js_values import Array, JsError, Obj
from opened import Opened, event

from pyrite.browser.monitors import MONITOR_LIMIT
from pyrite.testing.browser import MemoryBrowser


def waiting(opened: Opened) -> None:
    """Have e-1 wait for its next attempt, the edge being well again."""
    edge, opened.world.edge = opened.world.edge, lambda request: None
    opened.call("event", event("e-1"))
    opened.world.pass_time()
    opened.world.edge = edge
    opened.world.requests.clear()


def beacons(world: MemoryBrowser) -> list[bool]:
    return [request.is_beacon for request in world.requests]


@pytest.mark.parametrize("happens", ["pagehide", "freeze"])
def test_a_page_that_goes_away_sends_what_waits_by_beacon(
    page_window: Window, world: MemoryBrowser, happens: str
) -> None:
    opened = Opened(page_window)
    waiting(opened)
    target = page_window if happens == "pagehide" else page_window.document
    target.dispatch(happens)

    assert opened.sent() == ["e-1"]
    assert beacons(world) == [True]


@pytest.mark.parametrize("happens", ["online", "resume", "pageshow"])
def test_a_page_that_comes_back_tries_again_at_once(
    page_window: Window, world: MemoryBrowser, happens: str
) -> None:
    opened = Opened(page_window)
    waiting(opened)
    target = page_window.document if happens == "resume" else page_window
    target.dispatch(happens, Obj(persisted=True))

    assert opened.sent() == ["e-1"]
    assert beacons(world) == [False]


def test_a_page_that_is_shown_for_the_first_time_has_not_come_back(page_window: Window) -> None:
    opened = Opened(page_window)
    waiting(opened)
    page_window.dispatch("pageshow", Obj(persisted=False))

    assert opened.sent() == []


def test_a_page_that_is_hidden_sends_what_was_gathered(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    for id in ("e-1", "e-2"):
        opened.call("event", event(id))
    assert opened.sent() == ["e-1"]
    page_window.document.dispatch("visibilitychange")
    assert opened.sent() == ["e-1"]  # it is visible again

    page_window.document.visibilityState = "hidden"
    page_window.document.dispatch("visibilitychange")

    assert opened.sent() == ["e-1", "e-2"]


def test_a_frozen_page_lets_others_see_to_its_records_until_it_is_back(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    waiting(opened)
    world.pass_time()
    held: dict[str, int] = world.held  # type: ignore[attr-defined]
    assert len(held) == 1

    page_window.document.dispatch("freeze")
    world.pass_time()
    assert held == {}
    page_window.document.dispatch("resume")

    assert len(held) == 1


# ---- monitors -------------------------------------------------------------------------------------------------------


def monitor(told: list[Any]) -> Obj:
    return Obj(onBeforeNetworkRequest=told.append)


def test_monitors_are_told_of_a_request_before_it_leaves(
    page_window: Window, world: MemoryBrowser
) -> None:
    told: list[Any] = []
    page_window.__dict__["__alloyMonitors"] = Array([Obj(), monitor(told), 5, monitor(told)])
    Opened(page_window).call("event", event("e-1"))

    assert len(told) == 2
    assert told[0].instanceName == "alloy"
    assert told[0].url == world.requests[0].url
    assert told[0].requestId in told[0].url
    assert told[0].payload.events[0].xdm._id == "e-1"


def test_a_monitor_that_throws_is_on_the_console_and_the_request_leaves(
    page_window: Window,
) -> None:
    def throws(data: Any) -> None:
        raise JsError("no")

    page_window.__dict__["__alloyMonitors"] = Array([Obj(onBeforeNetworkRequest=throws)])
    opened = Opened(page_window)
    opened.call("event", event("e-1"))

    assert opened.sent() == ["e-1"]
    assert page_window.lines == [("error", "[alloy] a monitor threw: Error: no")]


def test_what_stands_under_alloys_name_may_be_anything(page_window: Window) -> None:
    told: list[Any] = []
    page_window.__dict__["__alloyMonitors"] = Array([monitor(told)] * (MONITOR_LIMIT + 5))
    opened = Opened(page_window)
    opened.call("event", event("e-1"))
    assert len(told) == MONITOR_LIMIT

    page_window.__dict__["__alloyMonitors"] = "a text"
    opened.call("event", event("e-2", documentUnloading=True))
    page_window.__dict__["__alloyMonitors"] = Obj(length="5")
    opened.call("event", event("e-3", documentUnloading=True))

    assert opened.sent() == ["e-1", "e-2", "e-3"]
