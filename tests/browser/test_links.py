"""What was clicked: a link's address, words, place, and the marks of offers in a click's path."""

from typing import Any

import pytest
from fake_window import Window, clicked, element
from js_values import Obj

from pyrite.browser.listeners.links import clicked_link, facts_of, tell_offer
from pyrite.browser.rendering.dom import INTERACT_MARK, LABEL_MARK
from pyrite.core.personalization.interactions import Click


def path(window: Window, *elements: Any) -> Any:
    document = window.document
    return clicked(*elements, document.body, document.documentElement, document, window)


def test_an_anchor_without_an_address_is_no_link(page_window: Window) -> None:
    real = element("area", href="/map")

    assert clicked_link(path(page_window, element("a"), real)) is real
    assert clicked_link(path(page_window, element("a"))) is None


def test_the_address_of_an_svg_link_is_what_its_markup_says(page_window: Window) -> None:
    link = Obj(nodeName="a", nodeType=1, href=Obj(baseVal="/svg"))

    assert clicked_link(path(page_window, link)) is link


def facts(window: Window, link: Any, *around: Any, qualifier: Any = None) -> dict[str, object]:
    return facts_of(link, path(window, link, *around), qualifier)


def test_the_facts_of_a_link(page_window: Window) -> None:
    link = element("a", href="https://other.test/a.pdf?x=1#y", download="")
    link.textContent = "Words"

    assert facts(page_window, link) == {
        "url": "https://other.test/a.pdf?x=1#y",
        "host": "other.test",
        "pageHost": "www.site.test",
        "protocol": "https:",
        "text": "Words",
        "names": [],
        "region": "BODY",
        "download": True,
        "qualified": None,
        "scripted": False,
    }
    assert facts(page_window, element("a", href="javascript:go()"))["scripted"] is True


def test_the_qualifier_sees_the_address_without_query_and_fragment(page_window: Window) -> None:
    seen: list[str] = []
    qualifier = Obj(test=lambda url: seen.append(url))
    facts(page_window, element("a", href="https://other.test/a?b#c"), qualifier=qualifier)

    assert seen == ["https://other.test/a"]


def test_names_of_a_link_without_words_come_from_it_and_from_what_is_inside(
    page_window: Window,
) -> None:
    link = element("a", href="/x", title="Title")
    link.appendChild(element("img", alt="Alt", src="/i.png"))
    link.appendChild(element("b", aria_label="Label"))

    assert facts(page_window, link)["names"] == ["Title", "Alt", "/i.png", "Label"]


def test_only_fifty_elements_inside_a_link_are_looked_at(page_window: Window) -> None:
    link = element("a", href="/x")
    for number in range(60):
        link.appendChild(element("b", title=str(number)))

    names: Any = facts(page_window, link)["names"]
    assert names == [str(number) for number in range(50)]


@pytest.mark.parametrize(
    ("around", "region"),
    [
        ([element("div", id="box")], "box"),
        ([element("div"), element("nav")], "NAV"),
        ([element("section", role="region", aria_label="News")], "News"),
        ([element("section", aria_label="News")], "BODY"),
        ([Obj(nodeName="#document-fragment", nodeType=11), element("footer")], "FOOTER"),
        ([element("div", id="inner"), element("div", id="outer")], "inner"),
    ],
)
def test_the_region_is_the_nearest_that_has_a_name(
    page_window: Window, around: list[Any], region: str
) -> None:
    assert facts(page_window, element("a", href="/x", id="own"), *around)["region"] == region


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
