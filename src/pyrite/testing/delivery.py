"""How a page in memory sends, and what it keeps: requests, beacons, deferred fetches, records in the browser's storage."""

from collections.abc import Callable
from typing import Any, Protocol

from ..core.effects import Arm, Effect, Forget, Keep, Recall, Send
from ..core.moment import Moment
from ..core.tracker import Tracker
from .network import Request, Response
from .world import World

BEACON_BYTES = 65_536  # in flight for one page at a time, as the Fetch standard bounds keepalive
DEFERRED_BYTES = 65_536  # of fetchLater's bodies for one host, as the same standard bounds them


class Host(Protocol):
    """The page, to what delivers for it."""

    id: str
    url: str
    is_open: bool
    tracker: Tracker

    def moment(self) -> Moment:
        """Now, in this page."""

    def carry_out(self, effects: list[Effect]) -> None:
        """Do each effect, in order."""


class Delivery:
    """The deliveries of *page* in *browser*."""

    def __init__(self, page: Host, browser: World) -> None:
        self._page = page
        self._browser = browser
        self._beacon_bytes = 0
        self._deferred: list[dict[str, object]] = []

    def effects(self) -> dict[str, Callable[[Any], None]]:
        """What carries out which effect."""
        return {
            "Send": self._send,
            "Arm": self._arm,
            "Disarm": self._disarm,
            "Keep": self._keep,
            "Forget": self._forget,
            "Recall": self._recall,
            "Erase": self._erase,
        }

    def end(self) -> None:
        """The page is gone: the browser sends what it was given for that."""
        for body in self._deferred:
            self._browser.send(self._request(str(body["url"]), str(body["body"]), is_beacon=True))
        self._deferred = []

    def _send(self, effect: Send) -> None:
        beacon = effect.unloading and not effect.bare
        if beacon:
            size = len(effect.body.encode())
            taken = self._beacon_bytes + size <= BEACON_BYTES
            if taken:
                self._beacon_bytes += size
                self._browser.after(0, lambda: self._landed(size))
                self._browser.send(self._request(effect.url, effect.body, is_beacon=True))
            self._page.carry_out(
                self._page.tracker.beaconed(effect.request, taken=taken, moment=self._page.moment())
            )
            return
        request = self._request(effect.url, effect.body, is_beacon=False, bare=effect.bare)
        response = self._browser.send(request)
        # The answer is read in a later task.
        self._browser.after(0, lambda: self._answered(effect, response))

    def _landed(self, size: int) -> None:
        self._beacon_bytes -= size

    def _answered(self, effect: Send, response: Response | None) -> None:
        if not self._page.is_open:
            return
        if response is None:
            effects = self._page.tracker.failed(
                effect.request, message="the network failed", moment=self._page.moment()
            )
        else:
            effects = self._page.tracker.answered(
                effect.request,
                status=response.status,
                text=response.body,
                retry_after=response.headers.get("retry-after", ""),
                moment=self._page.moment(),
                edge=response.headers.get("x-adobe-edge", ""),
            )
        self._page.carry_out(effects)

    def _request(self, url: str, body: str, *, is_beacon: bool, bare: bool = False) -> Request:
        headers = {"origin": "/".join(self._page.url.split("/")[:3])}
        cookie = "" if bare else self._browser.cookie()
        if cookie:
            headers["cookie"] = cookie
        return Request(url, body, headers, is_beacon)

    def _arm(self, effect: Arm) -> None:
        self._deferred = []
        left = DEFERRED_BYTES
        for place, body in enumerate(effect.bodies):
            left -= len(str(body["body"]).encode())
            if left >= 0:
                self._deferred.append(body)
                self._page.carry_out(self._page.tracker.armed(effect.net, place))

    def _disarm(self, effect: Effect) -> None:
        self._deferred = []

    def _keep(self, effect: Keep) -> None:
        for record in effect.records:
            self._browser.records[str(record["id"])] = {**record, "page": self._page.id}

    def _forget(self, effect: Forget) -> None:
        for id in effect.ids:
            self._browser.records.pop(id, None)

    def _recall(self, effect: Recall) -> None:
        alive = self._browser.alive
        records = [
            record
            for record in self._browser.records.values()
            if record["page"] not in alive and record.get("stream") == effect.stream
        ]
        for record in records:
            record["page"] = self._page.id
        if records:
            moment = self._page.moment
            self._browser.after(
                0, lambda: self._page.carry_out(self._page.tracker.recalled(records, moment()))
            )

    def _erase(self, effect: Effect) -> None:
        self._browser.records.clear()
