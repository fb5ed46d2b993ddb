"""An offer that lives: one step that was carried out, and whether what it has done still stands.

Not for doing it again, nor for watching the page: lasting.py.
"""

from ...core.wire import encode
from ..bridge import invoke, own, put, text
from .in_place import is_concealed, nodes_in
from .marks import DONE_MARK, read
from .trace import STANDS, Trace, is_in, show_owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RATE = 5  # times a second that an offer is rendered again
TIMES = 50  # in all
SECOND_MS = 1000
CLOSED_MS = 1000  # what is gone so soon after a click on it was closed
AGAIN = "again"  # the content is what it was before
LOST = "lost"  # the element is not in the document
LEFT = "left"  # the page has written something else
_PUTS_IN = (
    "setHtml", "appendHtml", "prependHtml", "customCode", "insertBefore", "insertAfter", "replaceHtml",
)  # fmt: skip
VALUES = ("setAttribute", "setStyle", "setImageSource")


class Offer:
    """A step that was carried out, at *path*, and its traces."""

    def __init__(self, step: "dict[str, object]", traces: "list[Trace]", path: str) -> None:
        self.step = step
        self.type = str(step["type"])
        self.traces = traces
        self.path = path
        self.name = encode([self.type, step["selector"], step["content"], step["item"], path])
        self.times = 0
        self._recent = 0
        self._second_ms = 0

    def may_again(self, now_ms: int) -> bool:
        """Whether it may be rendered again within this second; then it counts."""
        if now_ms - self._second_ms >= SECOND_MS:
            self._second_ms = now_ms
            self._recent = 0
        if self._recent >= RATE:
            return False
        self._recent += 1
        self.times += 1
        return True

    def end(self) -> None:
        """Its view is over: what a framework owns is shown again, and what came later is put back."""
        for trace in self.traces:
            if trace.hidden or trace.texts:
                show_owned(trace)
            elif trace.again and state_of(self, trace, 0) == STANDS:
                for node in trace.nodes:
                    invoke(node, "remove")
                _put_back(self, trace)


def state_of(offer: Offer, trace: Trace, now_ms: int) -> str:
    """STANDS, AGAIN, LOST or LEFT: what has become of *trace* in the document."""
    gone = own(trace.element, "isConnected") is not True
    removed = offer.type in ("remove", "replaceHtml") and not trace.hidden
    if removed:
        return _state_of_nodes(trace, now_ms, LOST) if trace.nodes else LOST
    if gone:
        return LOST
    blank = [pair[0] for pair in trace.texts if pair[2] == ""]
    if not all([is_concealed(node) for node in trace.hidden + blank]):
        return AGAIN
    if offer.type in _PUTS_IN and trace.nodes:
        if offer.type == "setHtml" and trace.hidden:
            trace.hide([node for node in nodes_in(trace.element) if _is_new(node, trace)])
        back = AGAIN
        if offer.type == "setHtml" and _text(trace.element) != trace.before:
            back = LEFT
        return _state_of_nodes(trace, now_ms, back)
    if offer.type == "setText" or offer.type in VALUES:
        now = value_in(offer, trace.element)
        if now == trace.after:
            return STANDS
        return AGAIN if now == trace.before else LEFT
    return STANDS


def _state_of_nodes(trace: Trace, now_ms: int, back: str) -> str:
    """Whether what was put in is still in the document; *back* where it is not, and the visitor has not closed it."""
    if any([own(node, "isConnected") is True for node in trace.nodes]):
        return STANDS
    return LEFT if now_ms - trace.clicked_ms < CLOSED_MS else back


def _is_new(node: Any, trace: Trace) -> bool:
    """Whether *node* is a framework's, and has come since."""
    return not is_in(node, trace.nodes) and not is_concealed(node)


def is_copy(offer: Offer, element: Any, was: Trace) -> bool:
    """Whether *element* has come with the offer in it: a page may keep what it has shown."""
    if offer.step["once"]:
        return str(offer.step["item"]) in read(element, DONE_MARK).split(",")
    return offer.type in ("setText", "setHtml") and value_in(offer, element) == was.after


def value_in(offer: Offer, element: Any) -> str:
    """What *element* is, as far as *offer* changes it."""
    return value_of(offer.type, offer.step, element)


def value_of(type: str, step: "dict[str, object]", element: Any) -> str:
    """What *element* is, as far as a step of this *type* changes it."""
    if type in VALUES:
        names = _names_of(type, step)
        return "\n".join([text(invoke(element, "getAttribute", name)) for name in names])
    if type in ("setText", "setHtml", "remove", "replaceHtml"):
        return _text(element)
    return ""


def attributes_of(offer: Offer) -> "list[str]":
    """The names of the attributes that *offer* sets."""
    return _names_of(offer.type, offer.step)


def _names_of(type: str, step: "dict[str, object]") -> "list[str]":
    if type == "setStyle":
        return ["style"]
    if type == "setImageSource":
        return ["src"]
    content = step["content"]
    return [str(pair[0]) for pair in content] if isinstance(content, list) else []


def _text(element: Any) -> str:
    return text(own(element, "textContent"))


def _put_back(offer: Offer, trace: Trace) -> None:
    """What an element was that has come later, and may be another view's."""
    if offer.type == "setText":
        put(trace.element, "textContent", trace.before)
    elif offer.type in VALUES and trace.before:
        names = attributes_of(offer)
        values = trace.before.split("\n")
        for index in range(len(names)):
            invoke(trace.element, "setAttribute", names[index], values[index])
