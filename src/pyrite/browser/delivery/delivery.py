"""How a page's events travel and stay: requests, what the browser holds for the page's end, storage; and the page's comings and
goings, which decide on both.

Not for what is sent when: core decides. transport.py and storage.py do it.
"""

from ...core.effects import Forget, Keep, Recall, Send
from ...core.tracker import Tracker
from ..bridge import callback, own, window
from ..console import say
from ..features import look
from ..listening import stay
from ..monitors import Monitors
from .storage import Storage
from .transport import Transport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..host import Host


class Delivery:
    """Sends and stores for one tracker. *name* is the key of its records."""

    def __init__(self, page: "Host", tracker: Tracker, name: str, monitors: Monitors) -> None:
        self._page = page
        self._tracker = tracker
        self._monitors = monitors
        self.transport = Transport(
            page.safely(self._answered),
            page.safely(self._failed),
            page.safely(self._beaconed),
            page.safely(self._armed),
        )
        self._storage = Storage(name, lambda line: say("warn", f"[{tracker.name}] {line}"))
        document = window.document
        stay(window, "pagehide", callback(page.safely(self._leave)))
        stay(document, "freeze", callback(page.safely(self._leave)))
        stay(document, "visibilitychange", callback(page.safely(self._changed)))
        stay(window, "online", callback(page.safely(self._return)))
        stay(document, "resume", callback(page.safely(self._return)))
        stay(window, "pageshow", callback(page.safely(self._shown)))

    def effects(self) -> "dict[str, Any]":
        """The handlers of its effects."""
        return {
            "Send": self._send,
            "Arm": self.transport.arm,
            "Disarm": self._disarm,
            "Keep": self._keep,
            "Forget": self._forget,
            "Recall": self._recall,
            "Erase": self._erase,
        }

    def _answered(self, request: str, status: int, body: str, retry_after: str, edge: str) -> None:
        self._monitors.answered(request, status, body)
        effects = self._tracker.answered(
            request,
            status=status,
            text=body,
            retry_after=retry_after,
            moment=self._page.moment(),
            edge=edge,
        )
        self._page.carry_out(effects)

    def _failed(self, request: str, message: str) -> None:
        self._monitors.failed(request, message)
        self._page.carry_out(
            self._tracker.failed(request, message=message, moment=self._page.moment())
        )

    def _beaconed(self, request: str, taken: bool) -> None:
        if taken:
            self._monitors.answered(request, 204, "")
        self._page.carry_out(
            self._tracker.beaconed(request, taken=taken, moment=self._page.moment())
        )

    def _armed(self, net: int, place: int) -> None:
        self._page.carry_out(self._tracker.armed(net, place))

    def _disarm(self, effect: Any) -> None:
        self.transport.disarm()

    def _send(self, effect: Send) -> None:
        self._monitors.sending(effect)
        self.transport.send(effect)

    def _keep(self, effect: Keep) -> None:
        self._storage.keep(effect.records)

    def _forget(self, effect: Forget) -> None:
        self._storage.forget(effect.ids)

    def _recall(self, effect: Recall) -> None:
        def restore(records: "list[dict[str, object]]") -> None:
            self._page.carry_out(self._tracker.recalled(records, self._page.moment()))

        self._storage.recall(effect.stream, restore)

    def _erase(self, effect: Any) -> None:
        self._storage.erase()

    def _leave(self, *_: Any) -> None:
        """The page is left or frozen, perhaps for ever."""
        if self._page.prerendering:
            return
        self.transport.leaving = True
        self._page.drain()
        self._page.carry_out(self._tracker.leaving(self._page.moment()))
        self._storage.let_go()

    def _changed(self, *_: Any) -> None:
        if own(window.document, "visibilityState") == "hidden" and not self._page.prerendering:
            self._page.carry_out(self._tracker.hidden(self._page.moment()))

    def _return(self, *_: Any) -> None:
        """The network is back, or the page was unfrozen."""
        if not self._page.prerendering:
            self.transport.leaving = False
            self._storage.hold()
            self._page.carry_out(self._tracker.connected(self._page.moment()))

    def _shown(self, event: Any = None, *_: Any) -> None:
        if look(event, "persisted") is True:
            self._return()
