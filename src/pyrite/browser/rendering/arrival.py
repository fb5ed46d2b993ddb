"""Waits until the content of a new route has settled, so that offers do not land on the old view.

A navigation that the page intercepts says when it has finished. Other routers say nothing: there the document has to change, and
then be quiet, within a bound. Nothing is observed but between a change of address and that moment.
"""

from ..bridge import callback, construct, invoke, listen, own, parse, text, window
from ..clock import clock_ms
from ..features import feature, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

QUIET_MS = (
    50  # without a change of the document; routers put a view's parts in within a frame or two
)
CHANGE_MS = 1000  # how long a change is awaited; a router may have made it before it has changed the address
BLIND_MS = 300  # the same where the browser doesn't tell when the address changed
LIMIT_MS = 10000  # for a navigation that never finishes, a document that is never quiet


class Arrival:
    """The address of this page, and whether its content is on its way."""

    def __init__(self) -> None:
        self._path = _path()
        self._moving = False
        self._began_ms = 0
        self._await_ms = CHANGE_MS
        self._changed_ms = 0  # when the document has last changed; 0 is not since the address has
        self._navigating = False
        self._observer: Any = None
        self._waiting: list[Callable[[], None]] = []

    def watch(self) -> None:
        """Start to observe address changes."""
        navigation = feature("navigation", "addEventListener")
        compare = callback(self._compare)
        if navigation is None:
            self._await_ms = BLIND_MS
        else:
            listen(navigation, "currententrychange", compare)
        listen(window, "popstate", compare)

    def when_settled(self, go: "Callable[[], None]") -> None:
        """Call *go* once the content of the address stands: now, where it has not changed lately."""
        self._compare()
        if self._moving:
            self._waiting.append(go)
        else:
            go()

    def changed(self, now_ms: int) -> None:
        """Note that the document has changed: a router may do that just before it changes the address."""
        self._changed_ms = now_ms

    def _compare(self, *_: Any) -> None:
        path = _path()
        if path == self._path:
            return
        self._path = path
        now_ms = clock_ms()
        self._began_ms = now_ms
        if now_ms - self._changed_ms > QUIET_MS:
            self._changed_ms = 0
        if self._moving:
            return
        self._moving = True
        self._observer = construct(window.MutationObserver, callback(self._mutated))
        place = own(window.document, "body") or window.document
        invoke(self._observer, "observe", place, parse('{"childList":true,"subtree":true}'))
        self._look_later()

    def _mutated(self, *_: Any) -> None:
        self.changed(clock_ms())

    def _look_later(self) -> None:
        window.setTimeout(callback(self._look), QUIET_MS)

    def _look(self, *_: Any) -> None:
        if self._is_under_way(clock_ms()):
            self._look_later()
            return
        self._moving = False
        invoke(self._observer, "disconnect")
        self._observer = None
        waiting = self._waiting
        self._waiting = []
        for go in waiting:
            go()

    def _is_under_way(self, now_ms: int) -> bool:
        passed_ms = now_ms - self._began_ms
        if passed_ms >= LIMIT_MS:
            return False
        if look(look(window.globalThis, "navigation"), "transition") is not None:
            self._navigating = True
            return True
        navigated = self._navigating
        self._navigating = False
        if navigated:
            return False
        if self._changed_ms:
            return now_ms - self._changed_ms < QUIET_MS
        # Its animation may run on; what it shows is put in at its beginning.
        animated = look(window.document, "activeViewTransition") is not None
        return passed_ms < self._await_ms or animated


def _path() -> str:
    """The address of this page without what views don't differ by."""
    location = window.location
    return text(location.pathname) + text(location.hash)
