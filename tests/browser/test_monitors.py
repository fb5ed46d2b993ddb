"""The page's monitors: each moment that Alloy tells, in its order and with its fields."""

from typing import Any

from fake_window import Window
from js_values import Array, Obj
from opened import Opened, event

from pyrite.browser.monitors import Monitors
from pyrite.testing.browser import MemoryBrowser

MOMENTS = (
    "onInstanceCreated", "onInstanceConfigured", "onBeforeCommand", "onCommandResolved", "onCommandRejected", "onBeforeNetworkRequest",
    "onNetworkResponse", "onNetworkError", "onContentHiding", "onContentRendering", "onBeforeLog",
)  # fmt: skip


def listening(window: Window) -> list[tuple[str, Any]]:
    """What a monitor of *window* is told: `(moment, notice)`, as it comes."""
    told: list[tuple[str, Any]] = []

    def told_as(name: str) -> Any:
        return lambda notice: told.append((name, notice))

    window.__dict__["__alloyMonitors"] = Array([Obj(**{name: told_as(name) for name in MOMENTS})])
    return told


def names(told: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in told]


def test_an_event_is_told_from_the_command_to_its_promise(
    page_window: Window, world: MemoryBrowser
) -> None:
    told = listening(page_window)
    opened = Opened(page_window)
    assert names(told) == ["onInstanceCreated", "onBeforeCommand", "onInstanceConfigured", "onCommandResolved"]  # fmt: skip
    told.clear()

    opened.call("event", event("e-1"))
    world.pass_time(60_000)

    assert names(told) == ["onBeforeCommand", "onBeforeNetworkRequest", "onNetworkResponse", "onCommandResolved"]  # fmt: skip
    command, request, response, resolved = [notice for _, notice in told]
    assert (command.commandName, command.options.type) == ("event", "t")
    assert response.requestId == request.requestId
    assert response.statusCode in (200, 204)
    assert resolved.result.requestBody.events[0].xdm._id == "e-1"
    assert {notice.instanceName for _, notice in told} == {"alloy"}


def test_a_command_that_is_refused_is_told_with_its_error(page_window: Window) -> None:
    told = listening(page_window)
    opened = Opened(page_window)
    told.clear()
    opened.call("event", {"type": 5})

    assert names(told) == ["onBeforeCommand", "onCommandRejected"]
    assert told[1][1].error.code == "options.invalid"


def test_a_request_without_an_answer_is_told_with_its_reason(
    page_window: Window, world: MemoryBrowser
) -> None:
    told = listening(page_window)
    opened = Opened(page_window)
    told.clear()
    world.edge = lambda request: None
    opened.call("event", event("e-1"))
    world.pass_time(1)

    assert names(told)[:3] == ["onBeforeCommand", "onBeforeNetworkRequest", "onNetworkError"]
    assert told[2][1].requestId == told[1][1].requestId
    assert told[2][1].error.message


def test_each_monitor_has_a_copy_of_its_own(page_window: Window) -> None:
    notices: list[Any] = []
    one = Obj(onBeforeCommand=notices.append)
    page_window.__dict__["__alloyMonitors"] = Array([one, one])
    Monitors("alloy").tell("onBeforeCommand", {"commandName": "event"})

    assert len(notices) == 2
    assert notices[0] is not notices[1]
