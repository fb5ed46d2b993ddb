"""What was clicked: a link's address, words, place."""

from typing import Any

import pytest
from fake_window import Window, clicked, element
from js_values import Obj

from pyrite.browser.listeners.links import clicked_link, facts_of


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
