"""Lines for the page's console."""

from fake_window import Window
from js_values import JsError, Obj

from pyrite.browser.console import say


def test_a_line_has_its_level(page_window: Window) -> None:
    say("warn", "careful")

    assert page_window.lines == [("warn", "careful")]


def test_a_page_without_a_console_or_with_one_that_throws_goes_on(page_window: Window) -> None:
    def throws(line: str) -> None:
        raise JsError("no console")

    page_window.console = Obj(warn=throws)
    say("warn", "careful")
    say("info", "nothing takes it")
    page_window.console = None
    say("warn", "careful")

    assert page_window.lines == []
