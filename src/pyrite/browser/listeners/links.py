"""What was clicked, as facts for core.clicks: the link in a click's path, its words, its place in the page.

Not for offers in its path: rendering/clicks.py.

An element's own names are reached by `own` and `invoke`: a form's controls may be called `id`.
"""

from ..bridge import invoke, is_nullish, optional, own, text, window
from ..elements import make, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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


def _attribute(element: Any, name: str) -> str:
    return text(invoke(element, "getAttribute", name))


def _address(link: Any) -> str:
    """The address of *link*; '' if it has none."""
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
        id = _attribute(element, "id")
        label = _attribute(element, "aria-label")
        if id:
            return id
        if label and _attribute(element, "role") == "region":
            return label
        if name in LANDMARKS:
            return name
    return "BODY"
