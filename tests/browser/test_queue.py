"""Commands that a base code has queued, and those that come after."""

from typing import Any

import pytest
from fake_window import Window
from js_values import Array, JsError, Obj
from opened import OPTIONS, Opened

from pyrite.browser.entry import standalone
from pyrite.browser.entry.queue import AGE_LIMIT_MS, outside, queue_of, run, take_over


def function(queue: Any) -> Any:
    def alloy() -> None:
        """A base code's."""

    alloy.q = queue  # type: ignore[attr-defined]
    return alloy


def item(command: str, options: Any = None, **more: Any) -> Array:
    """What a base code pushes: the promise's ends, the arguments, and perhaps the options' text and when."""
    made = Array([more.pop("resolve", lambda value: None), more.pop("reject", lambda error: None)])
    made.append(Array([command, options]))
    made.extend(more.pop("rest", []))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def events(window: Window) -> list[dict[str, Any]]:
    return [event["xdm"] for request in window.world.requests for event in request.json["events"]]


def test_a_function_without_a_queue_has_none(page_window: Window) -> None:
    page_window.alloy = function(Array())
    page_window.other = function("queue")

    assert queue_of("alloy") == []
    assert queue_of("other") is None
    assert queue_of("missing") is None


def test_what_is_queued_runs_in_order_and_later_pushes_at_once(page_window: Window) -> None:
    opened = Opened(page_window)
    ended: list[str] = []
    queue = Array(
        item("createEventMergeId", resolve=lambda value, id=id: ended.append(id)) for id in "ab"
    )
    take_over(opened.page, queue)
    assert (ended, list(queue)) == (["a", "b"], [])

    queue.push(item("createEventMergeId", resolve=lambda value: ended.append("c")))

    assert ended == ["a", "b", "c"]


def test_the_text_that_a_base_code_made_at_the_call_counts(page_window: Window) -> None:
    opened = Opened(page_window)
    changed = Obj(type="changed")
    at_ms = page_window.world.now_ms - 700
    take_over(
        opened.page,
        Array([item("event", changed, rest=['{"type":"then"}', at_ms], id="id-1")]),
    )

    (sent,) = events(page_window)
    assert (sent["eventType"], sent["_id"]) == ("then", "id-1")
    assert sent["timestamp"] == "2026-11-20T06:53:47.011Z"


@pytest.mark.parametrize(
    ("at", "stamp"),
    [
        (lambda now_ms: now_ms - AGE_LIMIT_MS - 60_000, "2026-11-20T06:48:47.711Z"),
        (lambda now_ms: now_ms + 60_000, "2026-11-20T06:53:47.711Z"),
        (lambda now_ms: "soon", "2026-11-20T06:53:47.711Z"),
    ],
    ids=["long ago", "in the future", "no number"],
)
def test_when_a_command_was_called_is_believed_within_bounds(
    page_window: Window, at: Any, stamp: str
) -> None:
    opened = Opened(page_window)
    rest = ["{}", at(page_window.world.now_ms)]
    take_over(opened.page, Array([item("event", Obj(), rest=rest)]))

    assert events(page_window)[0]["timestamp"] == stamp


def test_options_without_a_json_form_reject_their_call(page_window: Window) -> None:
    opened = Opened(page_window)
    rejected: list[Any] = []
    run(opened.page, "event", Obj(odd=object()), lambda value: None, rejected.append)

    (error,) = rejected
    assert isinstance(error, JsError)
    assert error.code == "wire.invalid"  # type: ignore[attr-defined]
    assert "the options have no JSON form" in error.message


def test_a_command_that_is_no_text_is_refused(page_window: Window) -> None:
    opened = Opened(page_window)
    rejected: list[Any] = []
    run(opened.page, 5, None, lambda value: None, rejected.append)

    assert rejected[0].code == "command.unknown"


def test_every_instance_of_the_page_gets_a_tracker_now_and_later(page_window: Window) -> None:
    names = Array(["alloy"])
    page_window.__dict__["__alloyNS"] = names
    page_window.alloy = function(Array([item("configure", _options())]))
    standalone.begin()
    names.push("second")
    page_window.second = function(Array([item("configure", _options(5))]))
    standalone.begin()

    assert sorted(standalone._pages) == ["alloy", "second"]
    assert standalone._pages["alloy"].tracker.config is not None
    assert standalone._pages["second"].tracker.config is None
    assert page_window.lines[0][1].startswith("[second] configure: options.datastreamId: expected")


def _options(stream: Any = "shop") -> Any:
    return Obj(**{**OPTIONS, "datastreamId": stream})


def test_options_are_encoded_as_they_are_at_the_call(page_window: Window) -> None:
    opened = Opened(page_window)
    options = Obj(type="then")
    run(opened.page, "event", options, lambda value: None, lambda error: None)
    options.type = "changed"

    assert events(page_window)[0]["eventType"] == "then"


def test_what_is_pushed_in_the_zone_of_a_framework_is_run_in_its_root(page_window: Window) -> None:
    ran: list[str] = []

    def run(work: Any, *_: Any) -> None:
        ran.append("begins")
        work()
        ran.append("ends")

    page_window.Zone = Obj(__symbol__=str, root=Obj(run=run))
    outside(lambda *_: ran.append("work"))
    page_window.Zone = Obj(root=Obj(run=run))  # somebody else's
    outside(lambda *_: ran.append("at once"))

    assert ran == ["begins", "work", "ends", "at once"]
