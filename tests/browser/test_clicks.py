"""What a click has met of offers: marks, labels, tokens, awaited selectors."""

from typing import Any

from fake_window import Window, clicked, element

from pyrite.browser.rendering.clicks import tell_offer
from pyrite.browser.rendering.marks import INTERACT_MARK, LABEL_MARK
from pyrite.core.personalization.interactions import Click


def path(window: Window, *elements: Any) -> Any:
    document = window.document
    return clicked(*elements, document.body, document.documentElement, document, window)


def told(event: Any, selectors: list[str] | None = None) -> Click:
    found: list[Click] = []
    tell_offer(event, selectors or [], found.append)
    (click,) = found
    return click


def test_marks_come_nearest_first_each_once_and_numbers_alone(page_window: Window) -> None:
    inner = element("b", **{INTERACT_MARK: "3,x,1"})
    outer = element("div", **{INTERACT_MARK: "1,2", LABEL_MARK: "outer"})
    click = told(path(page_window, inner, outer))

    assert (click.marks, click.label, click.token, click.met) == ([3, 1, 2], "outer", "", [])


def test_the_nearest_label_and_token_win(page_window: Window) -> None:
    inner = element("b", **{LABEL_MARK: "inner", "data-aep-click-token": "t-1"})
    outer = element("div", **{LABEL_MARK: "outer", "data-aep-click-token": "t-2"})
    click = told(path(page_window, inner, outer))

    assert (click.label, click.token) == ("inner", "t-1")


def test_a_selector_whose_element_is_in_the_path_is_met(page_window: Window) -> None:
    box = element("div", id="box")
    inner = element("b")
    box.appendChild(inner)
    page_window.document.body.appendChild(box)
    page_window.document.body.appendChild(element("div", id="other"))
    click = told(path(page_window, inner, box), ["#other", "#box", "b", ":eq("])

    assert click.met == [(1, 1), (2, 0)]
    assert [level for level, _ in page_window.lines] == ["warn"]
