"""`from pyrite import alloy` in a page with Python of its own."""

import asyncio
import importlib
from collections.abc import Callable
from typing import Any

import pytest
from fake_window import Window
from js_values import Array, Obj, Promise
from opened import OPTIONS
from room import forget

from pyrite.testing.browser import MemoryBrowser

PYTHONS = {"datastream_id": "shop", "edge_domain": "edge.site.test"}


@pytest.fixture
def room(page_window: Window, world: MemoryBrowser) -> Any:
    """The module, in a page that its own instance, made at the import, has not claimed."""
    module = importlib.import_module("pyrite.browser.entry.pyscript")
    page_window.enter(world)
    forget()
    return module


def done(world: MemoryBrowser, *awaited: Any) -> list[Any]:
    """What each of *awaited* gives, or raises, one after the other."""

    async def turn(promise: Promise) -> None:
        world.wait_for(lambda: promise.state != "pending", 60_000)

    def wait(promise: Promise) -> Any:
        return turn(promise).__await__()

    async def main() -> list[Any]:
        return [await _ended(one) for one in awaited]

    Promise.__await__ = wait  # type: ignore[attr-defined]
    return asyncio.run(main())


async def _ended(one: Any) -> Any:
    try:
        return await one
    except Exception as error:
        return error


def named(room: Any, name: str = "tracker") -> Any:
    return room.Alloy(name)


def test_commands_are_methods_with_pythons_names(room: Any, world: MemoryBrowser) -> None:
    tracker = named(room)
    configured, sent, merged = done(
        world,
        tracker.configure(**PYTHONS),
        tracker.event(type="t", xdm={"_id": "e-1"}, data={"snake_case": 1}),
        tracker.create_event_merge_id(),
    )

    assert configured == {}
    assert sent["requestBody"]["events"][0]["data"] == {"snake_case": 1}
    assert len(merged["eventMergeId"]) == 36


def test_every_command_can_be_called_in_alloys_spelling(room: Any, world: MemoryBrowser) -> None:
    tracker = named(room)
    _, library = done(world, tracker("configure", dict(OPTIONS)), tracker("getLibraryInfo"))

    assert library["libraryInfo"]["configs"]["datastreamId"] == "shop"


def test_a_refusal_speaks_as_the_caller_does(room: Any, world: MemoryBrowser) -> None:
    tracker = named(room)
    _, error = done(world, tracker.configure(**PYTHONS), tracker.event(view_start=3))

    assert isinstance(error, room.CommandFailed)
    assert (error.code, error.path) == ("options.invalid", "view_start")
    assert "event: options.view_start: expected" in error.message


def test_a_callback_is_a_python_function(room: Any, world: MemoryBrowser) -> None:
    tracker = named(room)
    _, sent = done(
        world,
        tracker.configure(**PYTHONS, on_before_event_send=lambda event: False),
        tracker.event(type="t"),
    )

    assert sent == {}
    assert world.requests == []


def test_an_option_without_a_json_form_raises_where_it_stands(
    room: Any, world: MemoryBrowser
) -> None:
    (error,) = done(world, named(room).event(data={"set": {1}}))

    assert "$.data.set" in str(error)


def test_the_page_gets_a_function_of_that_name(
    room: Any, page_window: Window, world: MemoryBrowser
) -> None:
    named(room)
    given = Obj(**OPTIONS)
    ended: list[Any] = []
    page_window.tracker("configure", given).then(ended.append)
    page_window.tracker("createEventMergeId").then(ended.append)
    world.pass_time()

    assert ended[1].eventMergeId


def test_the_queue_of_a_base_code_is_taken_over(
    room: Any, page_window: Window, world: MemoryBrowser
) -> None:
    def tracker() -> None:
        """A base code's."""

    ended: list[Any] = []
    configure = Array([ended.append, ended.append, Array(["configure", Obj(**OPTIONS)])])
    tracker.q = Array([configure])  # type: ignore[attr-defined]
    page_window.tracker = tracker
    named(room)

    assert len(ended) == 1
    assert page_window.tracker is tracker


def test_where_another_lane_runs_the_page_its_function_is_asked(
    room: Any, page_window: Window, world: MemoryBrowser
) -> None:
    calls: list[Any] = []

    def theirs(command: str, options: Any) -> Promise:
        calls.append((command, options.type))
        return Promise.resolve(Obj(theirs=True))

    names = Array()
    adopt: Callable[[], None] = lambda: None  # noqa: E731
    adopt.lane = "micropython"  # type: ignore[attr-defined]
    names.pyrite = adopt  # type: ignore[attr-defined]
    page_window.__dict__["__alloyNS"] = names
    page_window.tracker = theirs
    tracker, nameless = named(room), named(room, "nameless")
    found, error = done(world, tracker.event(type="t"), nameless.event(type="t"))

    assert (calls, found) == ([("event", "t")], {"theirs": True})
    assert error.code == "command.instance"


def test_in_a_worker_the_page_is_asked_and_callbacks_stay(
    room: Any, page_window: Window, world: MemoryBrowser
) -> None:
    def post(text: str) -> None:
        port.onmessage(Obj(data='{"call":"1","ok":true,"value":{"page":1}}'))

    page_window.document = None  # type: ignore[assignment]
    port = Obj(postMessage=post)
    page_window.MessageChannel = lambda: Obj(port1=port, port2=0)
    page_window.postMessage = lambda *args: None
    tracker = named(room)
    found, error = done(
        world,
        tracker.event(type="t"),
        tracker.configure(**PYTHONS, on_before_event_send=lambda event: None),
    )

    assert found == {"page": 1}
    assert error.code == "worker.callback"
