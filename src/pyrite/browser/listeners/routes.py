"""Tells when the address changes without a new document, and when the page comes back from the back/forward cache.

The Navigation API where the browser has it. Without it popstate, hashchange and changes of the document are watched (a
router that pushes an address changes the document right after): the page's own `history` is never patched.
"""

from ..bridge import callback, construct, invoke, listen, parse, text, window
from ..features import feature, look
from ..listening import stay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def watch_routes(changed: "Callable[[str], None]") -> None:
    """Call *changed* with push, replace, traverse or restore, once the page's router has had its turn."""
    pending: list[str] = []

    def tell(*_: Any) -> None:
        # A push with a replace right behind it is one change, and it is a push.
        hows = list(pending)
        pending.clear()
        if hows:
            strong = [how for how in hows if how != "replace"]
            changed(strong[0] if strong else "replace")

    def note(how: str) -> None:
        pending.append(how)
        if len(pending) == 1:
            window.setTimeout(callback(tell), 0)

    def restored(event: Any = None, *_: Any) -> None:
        if look(event, "persisted") is True:
            note("restore")

    stay(window, "pageshow", callback(restored))
    navigation = feature("navigation", "addEventListener")
    if navigation is None:
        _watch_history(note)
        return

    def entry_changed(event: Any = None, *_: Any) -> None:
        how = text(event.navigationType)
        if how:
            note(how)

    listen(navigation, "currententrychange", callback(entry_changed))


def _watch_history(note: "Callable[[str], None]") -> None:
    last = [text(window.location.href)]

    def compare(*_: Any) -> None:
        now = text(window.location.href)
        if now != last[0]:
            last[0] = now
            note("push")

    stay(window, "popstate", callback(compare))
    stay(window, "hashchange", callback(compare))
    observer = construct(window.MutationObserver, callback(compare))
    invoke(observer, "observe", window.document, parse('{"childList":true,"subtree":true}'))
