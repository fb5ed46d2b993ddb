"""The net under a page: bodies that the browser has beforehand, and sends should the page end in whatever way.

Pure. A page that crashes runs no more of our code, and one that is left has 64 KiB for all its beacons; what is armed with
fetchLater (https://fetch.spec.whatwg.org/#fetch-later-method) has a quota of its own, and time to be compressed. It is there
while something waits for another attempt. Whatever it brings goes under the ids it has anyway, so nothing counts twice.
"""

from ..effects import Arm, Disarm, Effect, Later
from ..moment import Moment
from .entry import Entry
from .queue import bodies
from .request_builder import RequestBuilder

DELAY_MS = 1000  # after the first entry that waits, so that a burst is one net
BODY_BYTES = (
    60000  # of one body: what fetchLater takes for an origin, with room for address and headers
)
BODIES = 8  # compressed they fit in the same quota; where they don't, the first ones do


class DeferredFetch:
    """What is armed; at most one net at a time."""

    def __init__(self, builder: RequestBuilder) -> None:
        self._builder = builder
        self._due = False
        self._number = 0
        self._deferred: list[list[str]] = []  # ids of the events in each body
        self._taken: dict[str, bool] = {}  # those of which the browser has taken charge

    def schedule(self) -> list[Effect]:
        """Effects of something waiting: the net is cast, or cast anew, in a moment."""
        if self._due:
            return []
        self._due = True
        return [Later(timer=("outbox", "net", 0), delay_ms=DELAY_MS)]

    def defer(self, entries: list[Entry], moment: Moment) -> list[Effect]:
        """Effects that arm a net with *entries*, the oldest first, as far as they fit."""
        self._due = False
        batches = bodies(entries, BODY_BYTES)[:BODIES]
        ids = [[entry.id for entry in body] for body in batches]
        if ids == self._deferred:
            return []
        if not batches:
            return self.cancel()
        self._number += 1
        self._taken = {}
        self._deferred = ids
        armed: list[dict[str, object]] = []
        for body in batches:
            request = self._builder.pack(body, moment, unloading=True, delivery={}, timed=False)
            armed.append({"url": request.url, "body": request.text})
        return [Arm(net=self._number, bodies=armed)]

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects, none, of the browser having taken charge of one body of *net*."""
        if net == self._number and self._deferred:
            for id in self._deferred[place]:
                self._taken[id] = True
        return []

    def holds(self, id: str) -> bool:
        """Whether the event *id* leaves even if nothing else is done."""
        return id in self._taken

    def cancel(self) -> list[Effect]:
        """Effects that take the net away; none where there is none."""
        if not self._deferred:
            return []
        self._deferred = []
        self._taken = {}
        return [Disarm()]
