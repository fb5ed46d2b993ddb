"""Listeners outlive `document.open`."""

from typing import Any

from fake_window import Window

from pyrite.browser.listening import stay


def test_a_listener_is_added_again_where_the_document_was_opened_anew(page_window: Window) -> None:
    told: list[Any] = []
    stay(page_window.document, "click", told.append)
    page_window.document.listeners.clear()
    page_window.mutated()
    page_window.document.dispatch("click", 1)

    assert told == [1]


def test_a_listener_that_is_there_is_told_once(page_window: Window) -> None:
    told: list[Any] = []
    stay(page_window, "online", told.append)
    page_window.mutated()
    page_window.dispatch("online", 1)

    assert told == [1]


def test_one_observer_watches_for_all_listeners(page_window: Window) -> None:
    for name in ("pagehide", "pageshow", "online"):
        stay(page_window, name, lambda *_: None)

    assert len(page_window.observers) == 1
