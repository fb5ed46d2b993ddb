"""Marks on elements: the items shown on them, and the offers that clicks on them belong to."""

from ..bridge import invoke, own, text
from ..features import marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DONE_MARK = "data-adobe-proposition-ids"  # Alloy's names, so that both agree on one page
INTERACT_MARK = "data-aep-interact-id"
LABEL_MARK = "data-aep-click-label"


def is_marked(element: Any, item: str) -> bool:
    """Whether *item* was shown on *element*."""
    return item != "" and item in _marks(element, DONE_MARK)


def mark(element: Any, item: str) -> None:
    """Mark *element* as showing *item*."""
    if item:
        marks = _marks(element, DONE_MARK) + [item]
        _write(element, DONE_MARK, marks)


def unmark(element: Any, item: str) -> None:
    """Remove the mark of *item* from *element*."""
    others = [mark for mark in _marks(element, DONE_MARK) if mark != item]
    _write(element, DONE_MARK, others)


def mark_for_clicks(element: Any, step: "dict[str, object]") -> None:
    """Let clicks on *element*, if it is one, be told with the step's number and label."""
    if not step["mark"] or own(element, "nodeType") != 1:
        return
    marks = _marks(element, INTERACT_MARK)
    if str(step["mark"]) not in marks:
        _write(element, INTERACT_MARK, marks + [str(step["mark"])])
    if step["label"] and not read(element, LABEL_MARK):
        _write(element, LABEL_MARK, [str(step["label"])])


def _marks(element: Any, name: str) -> "list[str]":
    return [mark for mark in read(element, name).split(",") if mark]


def read(element: Any, name: str) -> str:
    """The mark *name* of *element*, as this page calls it; '' for none."""
    return text(invoke(element, "getAttribute", marked(name)))


def _write(element: Any, name: str, marks: "list[str]") -> None:
    invoke(element, "setAttribute", marked(name), ",".join(marks))
