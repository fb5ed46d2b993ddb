"""Permanent listeners: `document.open` removes all listeners, and the page goes on with new content.

Its root is exchanged then, which an observer is told of; a listener that is there already is not added twice.
"""

from .bridge import callback, construct, invoke, listen, parse, window
from .features import feature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_listeners: "list[tuple[Any, str, Any, bool]]" = []


def stay(target: "Any", name: str, function: "Any", capture: bool = False) -> None:
    """Listen on the window or the document for the lifetime of the page."""
    if not _listeners and feature("MutationObserver", "prototype") is not None:
        observer = construct(window.MutationObserver, callback(_again))
        invoke(observer, "observe", window.document, parse('{"childList":true}'))
    _listeners.append((target, name, function, capture))
    listen(target, name, function, capture)


def _again(*_: "Any") -> None:
    for target, name, function, capture in _listeners:
        listen(target, name, function, capture)
