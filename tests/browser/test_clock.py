"""The time, where the page's own clock can be believed and where not."""

from fake_window import Date, Window
from js_values import Obj

from pyrite.browser.clock import EARLIEST_MS, clock_ms


def test_the_pages_clock_is_the_time(page_window: Window) -> None:
    assert clock_ms() == page_window.world.now_ms


def test_where_the_date_was_tampered_with_the_pages_age_counts(page_window: Window) -> None:
    page_window.Date = Obj(now=lambda: 12)
    page_window.performance = Obj(timeOrigin=EARLIEST_MS + 100.9, now=lambda: 50.7)

    assert clock_ms() == EARLIEST_MS + 150


def test_where_the_page_broke_its_date_and_has_no_other_clock_it_is_0(page_window: Window) -> None:
    page_window.Date = Obj(now=lambda: "soon")

    assert clock_ms() == 0


def test_a_clock_that_was_never_set_is_not_believed(page_window: Window) -> None:
    page_window.Date = Obj(now=lambda: EARLIEST_MS)
    page_window.performance = Obj(timeOrigin=EARLIEST_MS * 1.5, now=lambda: 0)
    assert clock_ms() == EARLIEST_MS * 1.5

    page_window.Date = Date
    assert clock_ms() == page_window.world.now_ms
