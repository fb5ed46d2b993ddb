"""What a click has met of offers: their marks, labels and tokens in its path, and which of the awaited selectors.

Not for links: listeners/links.py; nor for what it means: core.personalization.interactions.
"""

from ...core.personalization.interactions import Click
from ..bridge import invoke, own, text
from ..console import say
from ..elements import name_of
from ..sequence import each
from .marks import INTERACT_MARK, LABEL_MARK, read
from .rendering import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TOKEN_MARK = "data-aep-click-token"


def tell_offer(event: Any, selectors: "list[str]", done: "Callable[[Click], None]") -> None:
    """Hand *done* what core.interactions wants to know of a click *event*; *selectors* are those whose clicks count."""
    path = _elements(event)
    marks: list[int] = []
    label = token = ""
    for element in path:
        for mark in read(element, INTERACT_MARK).split(","):
            if mark.isdigit() and int(mark) not in marks:
                marks.append(int(mark))
        label = label or read(element, LABEL_MARK) or _attribute(element, LABEL_MARK)
        token = token or _attribute(element, TOKEN_MARK)
    met: list[tuple[int, int]] = []

    def look(index: int, next_one: Any) -> None:
        def found(elements: "list[Any]") -> None:
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

        find(selectors[index], found, refused, lambda root: None)

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
