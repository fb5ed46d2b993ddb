"""What was clicked, as facts for core.clicks and core.interactions: the link in a click's path, its words, its place in the
page, and the marks of offers there.
"""

from ..core.interactions import Click
from .bridge import method, optional, text, window
from .console import say
from .dom import INTERACT_MARK, LABEL_MARK
from .rendering import find
from .turns import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TOKEN_MARK = "data-aep-click-token"
LANDMARKS = ("HEADER", "MAIN", "FOOTER", "NAV")


def clicked_link(event: Any) -> Any:
    """The link that a click *event* fell on, also inside open shadow roots; None if there is none."""
    path = event.composedPath()
    for index in range(path.length):
        element = path[index]
        name = optional(element, "nodeName")
        if name in ("BODY", "#document", None):
            return None
        if name in ("A", "AREA") and text(element.href):
            return element
    return None


def facts_of(link: Any, event: Any, qualifier: Any) -> "dict[str, object]":
    """The facts of a click on *link* (see core.clicks); *qualifier* is the page's RegExp for downloads, or None."""
    url = text(link.href)
    bare = url.split("?")[0].split("#")[0]
    return {
        "url": url,
        "host": text(link.hostname),
        "pageHost": text(window.location.hostname),
        "protocol": text(link.protocol),
        "text": text(link.innerText) or text(link.textContent),
        "names": _names(link),
        "region": _region(link, event),
        "download": link.hasAttribute("download") is True,
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
        def found(elements: "list[Any]") -> None:
            places = [
                place
                for place in range(len(path))
                if any([path[place].isSameNode(element) is True for element in elements])
            ]
            if places:
                met.append((index, places[0]))
            next_one()

        def refused(why: str) -> None:
            say("warn", f"clicks at {selectors[index]!r}: {why}")
            next_one()

        find(selectors[index], found, refused, lambda root: None)

    each(
        list(range(len(selectors))),
        look,
        lambda: done(Click(marks=marks, label=label, token=token, met=met)),
    )


def _elements(event: Any) -> "list[Any]":
    """The elements in the path of a click *event*, the innermost first, without the document's own."""
    path = event.composedPath()
    found = []
    for index in range(path.length):
        element = path[index]
        if optional(element, "nodeType") == 1 and optional(element, "nodeName") != "HTML":
            found.append(element)
    return found


def _names(link: Any) -> "list[str]":
    """Names for a link without words: alt, title, value, image source, label, of it and of what is inside."""
    found = []
    inside = link.querySelectorAll("*")
    for element in [link] + [inside[index] for index in range(min(inside.length, 50))]:
        for attribute in ("alt", "title", "value", "src", "aria-label", "name"):
            value = text(element.getAttribute(attribute))
            if value:
                found.append(value)
    return found


def _attribute(element: Any, name: str) -> str:
    # By the prototype: a form has its controls as members, by their names. Applied, for Brython binds what is read off an object.
    read = method(window.Element.prototype, "getAttribute")
    return text(window.Reflect.apply(read, element, window.Array.of(name)))


def _region(link: Any, event: Any) -> str:
    path = event.composedPath()
    passed = False
    for index in range(path.length):
        element = path[index]
        if not passed:
            passed = element.nodeName == link.nodeName and element.isSameNode(link) is True
            continue
        name = optional(element, "nodeName")
        if name in ("BODY", "#document", None):
            break
        if name == "#document-fragment":  # a shadow root
            continue
        id, label = _attribute(element, "id"), _attribute(element, "aria-label")
        if id:
            return id
        if label and _attribute(element, "role") == "region":
            return label
        if name in LANDMARKS:
            return text(name)
    return "BODY"
