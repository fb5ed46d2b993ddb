"""What was clicked, as facts for core.clicks and core.interactions: the link in a click's path, its words, its place in the
page, and the marks of offers there.

An element's own names are reached by `own` and `invoke`: a form's controls may be called `id`.
"""

from ...core.personalization.interactions import Click
from ..bridge import invoke, is_nullish, optional, own, text, window
from ..console import say
from ..rendering.dom import INTERACT_MARK, LABEL_MARK, name_of
from ..rendering.markup import make
from ..rendering.rendering import find
from ..sequence import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TOKEN_MARK = "data-aep-click-token"
LANDMARKS = ("HEADER", "MAIN", "FOOTER", "NAV")
ENDS = ("BODY", "#DOCUMENT", "")  # where a search for an element around ends


def clicked_link(event: Any) -> Any:
    """The link that a click *event* fell on, also inside open shadow roots; None if there is none."""
    path = event.composedPath()
    for index in range(path.length):
        element = path[index]
        name = name_of(element)
        if name in ENDS:
            return None
        if name in ("A", "AREA") and _address(element):
            return element
    return None


def facts_of(link: Any, event: Any, qualifier: Any) -> "dict[str, object]":
    """The facts of a click on *link* (see core.clicks); *qualifier* is the page's RegExp for downloads, or None."""
    # An anchor of HTML takes addresses apart, also for a link of SVG, whose address is an object with what the markup says.
    anchor = make("a")
    anchor.href = _address(link)
    url = text(anchor.href)
    bare = url.split("?")[0].split("#")[0]
    return {
        "url": url,
        "host": text(anchor.hostname),
        "pageHost": text(window.location.hostname),
        "protocol": text(anchor.protocol),
        "text": text(own(link, "innerText")) or text(own(link, "textContent")),
        "names": _names(link),
        "region": _region(link, event),
        "download": invoke(link, "hasAttribute", "download") is True,
        "qualified": None if qualifier is None else qualifier.test(bare) is True,
        "scripted": url.startswith("javascript:"),
    }


def tell_offer(event: Any, selectors: "list[str]", done: "Callable[[Click], None]") -> None:
    """Hand *done* what core.interactions wants to know of a click *event*; *selectors* are those whose clicks count."""
    path = _elements(event)
    marks: list[int] = []
    label = token = ""
    for element in path:
        for mark in _attribute(element, INTERACT_MARK).split(","):
            if mark.isdigit() and int(mark) not in marks:
                marks.append(int(mark))
        label = label or _attribute(element, LABEL_MARK)
        token = token or _attribute(element, TOKEN_MARK)
    met: list[tuple[int, int]] = []

    def look(index: int, next_one: Any) -> None:
        def with_elements(elements: "list[Any]") -> None:
            places = [
                place
                for place in range(len(path))
                if any([invoke(path[place], "isSameNode", element) is True for element in elements])
            ]
            if places:
                met.append((index, places[0]))
            next_one()

        def refused(why: str) -> None:
            say("warn", f"clicks at {selectors[index]!r}: {why}")
            next_one()

        find(selectors[index], with_elements, refused, lambda root: None)

    each(
        list(range(len(selectors))),
        look,
        lambda: done(Click(marks=marks, label=label, token=token, met=met)),
    )


def _elements(event: Any) -> "list[Any]":
    """The elements in the path of a click *event*, the innermost first, without the document's own."""
    path = event.composedPath()
    elements = []
    for index in range(path.length):
        element = path[index]
        if own(element, "nodeType") == 1 and name_of(element) != "HTML":
            elements.append(element)
    return elements


def _attribute(element: Any, name: str) -> str:
    return text(invoke(element, "getAttribute", name))


def _address(link: Any) -> str:
    """Where *link* leads; '' for one without an address."""
    href = own(link, "href")
    if is_nullish(href):
        return ""
    # SVG's is an SVGAnimatedString, which is relative.
    return text(href) or text(optional(window.Object(href), "baseVal"))


def _names(link: Any) -> "list[str]":
    """Names for a link without words: alt, title, value, image source, label, of it and of what is inside."""
    names = []
    inside = invoke(link, "querySelectorAll", "*")
    for element in [link] + [inside[index] for index in range(min(inside.length, 50))]:
        for attribute in ("alt", "title", "value", "src", "aria-label", "name"):
            value = _attribute(element, attribute)
            if value:
                names.append(value)
    # A picture's link often has no words at all: then its address has to do.
    return names if text(own(link, "href")) else names + [_address(link)]


def _region(link: Any, event: Any) -> str:
    path = event.composedPath()
    passed = False
    for index in range(path.length):
        element = path[index]
        name = name_of(element)
        if not passed:
            passed = name == name_of(link) and invoke(element, "isSameNode", link) is True
            continue
        if name in ENDS:
            break
        if own(element, "nodeType") != 1:
            continue  # a shadow root
        id, label = _attribute(element, "id"), _attribute(element, "aria-label")
        if id:
            return id
        if label and _attribute(element, "role") == "region":
            return label
        if name in LANDMARKS:
            return name
    return "BODY"
