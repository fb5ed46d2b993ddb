"""What is noted on elements: which items were shown on them, and which offers clicks on them are meant for."""

from ..bridge import invoke, own, text

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
    """Note that *item* was shown on *element*."""
    if item:
        marks = _marks(element, DONE_MARK) + [item]
        invoke(element, "setAttribute", DONE_MARK, ",".join(marks))


def unmark(element: Any, item: str) -> None:
    """Take back that *item* was shown on *element*."""
    others = [mark for mark in _marks(element, DONE_MARK) if mark != item]
    invoke(element, "setAttribute", DONE_MARK, ",".join(others))


def mark_for_clicks(element: Any, step: "dict[str, object]") -> None:
    """Let clicks on *element*, if it is one, be told with the step's number and label."""
    if not step["mark"] or own(element, "nodeType") != 1:
        return
    marks = _marks(element, INTERACT_MARK)
    if str(step["mark"]) not in marks:
        invoke(element, "setAttribute", INTERACT_MARK, ",".join(marks + [str(step["mark"])]))
    if step["label"] and not text(invoke(element, "getAttribute", LABEL_MARK)):
        invoke(element, "setAttribute", LABEL_MARK, step["label"])


def _marks(element: Any, name: str) -> "list[str]":
    return [mark for mark in text(invoke(element, "getAttribute", name)).split(",") if mark]
