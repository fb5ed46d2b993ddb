"""A worker has its page carry commands out."""

from typing import Any

import pytest
from fake_window import Window
from js_values import Array, Obj, Promise

from pyrite.browser.entry.worker import HELPER_TIMEOUT_MS, NO_HELPER, Worker, is_worker
from pyrite.core.wire import decode_object
from pyrite.testing.browser import MemoryBrowser


@pytest.fixture
def port(page_window: Window) -> Obj:
    """The worker's end of its channel; *sent* is what it has posted."""
    sent: list[dict[str, object]] = []
    found = Obj(sent=sent, postMessage=lambda text: sent.append(decode_object(text)))
    page_window.MessageChannel = lambda: Obj(port1=found, port2="port2")
    page_window.posted = Array()
    page_window.postMessage = lambda *args: page_window.posted.append(args)
    return found


def ended(promise: Promise) -> list[Any]:
    """What *promise* becomes: `("ok", value)` or `("refused", value)`."""
    found: list[Any] = []
    promise.then(
        lambda value: found.append(("ok", value)), lambda error: found.append(("refused", error))
    )
    return found


def test_what_has_no_document_is_a_worker(page_window: Window) -> None:
    assert not is_worker()
    page_window.document = None  # type: ignore[assignment]

    assert is_worker()


def test_a_command_goes_to_the_page_and_its_answer_comes_back(
    page_window: Window, port: Obj, world: MemoryBrowser
) -> None:
    worker = Worker("alloy")
    assert page_window.posted[0] == ("pyrite", Array(["port2"]))

    first = ended(worker.ask("event", '{"type":"t"}'))
    second = ended(worker.ask("getIdentity", "{}"))
    assert port.sent[0] == {
        "call": "1", "instance": "alloy", "command": "event", "options": {"type": "t"},
    }  # fmt: skip
    port.onmessage(Obj(data='{"call":"2","ok":false,"value":{"code":"x"}}'))
    port.onmessage(Obj(data='{"call":"1","ok":true,"value":{"a":1}}'))
    port.onmessage(Obj(data='{"call":"1","ok":true,"value":{"a":2}}'))
    world.pass_time()

    assert [(how, value.a) for how, value in first] == [("ok", 1)]
    assert [(how, value.code) for how, value in second] == [("refused", "x")]


def test_a_page_without_the_helper_is_given_up_and_that_is_said(
    page_window: Window, port: Obj, world: MemoryBrowser
) -> None:
    asked = ended(Worker("alloy").ask("event", "{}"))
    world.pass_time(HELPER_TIMEOUT_MS - 1)
    assert asked == []
    world.pass_time(1)

    ((how, error),) = asked
    assert (how, error.code, error.message) == ("refused", "worker.helper", NO_HELPER)
    assert page_window.lines == [("error", f"[alloy] {NO_HELPER}")]


def test_once_the_page_has_answered_calls_may_take_their_time(
    port: Obj, world: MemoryBrowser
) -> None:
    worker = Worker("alloy")
    slow = ended(worker.ask("event", "{}"))
    port.onmessage(Obj(data='{"call":"9"}'))
    world.pass_time(HELPER_TIMEOUT_MS * 2)
    later = ended(worker.ask("event", "{}"))
    world.pass_time(HELPER_TIMEOUT_MS * 2)

    assert (slow, later) == ([], [])
