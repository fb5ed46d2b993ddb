"""One lane a page."""

from fake_window import Window
from js_values import Array

from pyrite.browser.entry.claim import claim


def test_the_first_lane_adopts_the_names_now_and_when_more_come(page_window: Window) -> None:
    names = Array(["alloy"])
    page_window.__dict__["__alloyNS"] = names
    adopted: list[list[str]] = []
    assert claim("compiled", adopted.append)

    names.push("second")
    assert not claim("compiled", lambda names: adopted.append(["never"]))

    assert adopted == [["alloy"], ["alloy", "second"]]
    assert page_window.lines == []


def test_another_lane_steps_back_and_says_so(page_window: Window) -> None:
    assert claim("compiled", lambda names: None)
    assert not claim("brython", lambda names: None)

    ((level, line),) = page_window.lines
    assert level == "error"
    assert "run by the compiled lane already; the brython lane steps back" in line


def test_a_page_without_base_code_gets_a_list_of_names(page_window: Window) -> None:
    adopted: list[list[str]] = []
    claim("pyscript", adopted.append)

    assert adopted == [[]]
    assert page_window.__dict__["__alloyNS"] == []
