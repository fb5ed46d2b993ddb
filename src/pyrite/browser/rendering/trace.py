"""What a step has done to one element, so that it can be seen whether it stands, done again, or ended.

Not for when: offer.py, lasting.py.
"""

from ..bridge import invoke
from .in_place import conceal, reveal
from .marks import mark_for_clicks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STANDS = "stands"


class Trace:
    """What a step has done to *element*: *nodes* are put in by it; *hidden* and *texts* are a framework's, kept in their place."""

    def __init__(self, element: Any, step: "dict[str, object]") -> None:
        self.element = element
        self.before = ""  # what a page that puts the element back writes; see offer.py
        self.after = ""
        self.nodes: list[Any] = []
        self.hidden: list[Any] = []
        self.texts: list[Any] = []
        self.state = STANDS  # see offer.py
        self.again = False  # on an element that has come later
        self.clicked_ms = 0  # when the visitor has last clicked on what was put in
        self._step = step

    def mark(self, node: Any) -> None:
        """Note that clicks on *node* may be meant for the offer."""
        mark_for_clicks(node, self._step)

    def hide(self, nodes: "list[Any]") -> None:
        """Hide *nodes*, which a framework owns, in their place."""
        for node in nodes:
            conceal(node, self.texts)
            self.hidden.append(node)


def show_owned(trace: Trace) -> None:
    """Show again what *trace* hides, without what stands beside it."""
    for node in trace.nodes:
        invoke(node, "remove")
    reveal(trace.hidden, trace.texts)


def join(trace: Trace, was: Trace) -> None:
    """Let *trace* go on where *was*, of the same element, has begun: what the element was, what is hidden in its place."""
    trace.before = was.before
    trace.again = was.again
    if was.hidden or was.texts:
        for node in was.nodes:
            invoke(node, "remove")
        trace.hidden = was.hidden + [node for node in trace.hidden if not is_in(node, was.hidden)]
        mine = [pair[0] for pair in trace.texts]
        trace.texts = [_said_first(pair, was.texts) for pair in trace.texts] + [
            pair for pair in was.texts if not is_in(pair[0], mine)
        ]


def _said_first(said: "list[Any]", texts: "list[Any]") -> "list[Any]":
    """What a framework's text said before ours: *said*, or what is noted of the same node in *texts*."""
    for was in texts:
        if invoke(said[0], "isSameNode", was[0]) is True and said[1] == was[2]:
            return [said[0], was[1], said[2]]
    return said


def is_in(node: Any, nodes: "list[Any]") -> bool:
    """Whether *node* is one of *nodes*."""
    return any([invoke(node, "isSameNode", one) is True for one in nodes])
