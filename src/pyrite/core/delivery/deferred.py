"""Deferred fetches: bodies that the browser holds, and sends if the page is left, closed or crashes.

Pure. A page that crashes runs no more code, and a page that is left has 64 KiB for all its beacons. Bodies deferred by
fetchLater (https://fetch.spec.whatwg.org/#fetch-later-method) have their own quota, and are compressed beforehand. They exist
while an entry waits for a retry. Events keep their ids, so none counts twice.
"""

from ..effects import Arm, Disarm, Effect, Later
from ..moment import Moment
from .entry import Entry
from .queue import bodies
from .request_builder import RequestBuilder

DELAY_MS = 1000  # after the first pending entry, so that a burst is deferred once
BODY_BYTES = (
    60000  # of one body: what fetchLater takes for an origin, with room for address and headers
)
BODIES = 8  # compressed they fit in the same quota; where they don't, the first ones do


class DeferredFetch:
    """The deferred fetches of one page. A new set replaces the previous one."""

    def __init__(self, builder: RequestBuilder) -> None:
        self._builder = builder
        self._due = False
        self._number = 0
        self._deferred: list[list[str]] = []  # ids of the events in each body
        self._taken: dict[str, bool] = {}  # those of which the browser has taken charge

    def schedule(self) -> list[Effect]:
        """Effects that defer the pending events shortly; once for a burst."""
        if self._due:
            return []
        self._due = True
        return [Later(timer=("outbox", "net", 0), delay_ms=DELAY_MS)]

    def defer(self, entries: list[Entry], moment: Moment) -> list[Effect]:
        """Effects that hand *entries* to the browser, the oldest first, as many as fit."""
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
        """Note that the browser has accepted one body of the set *net*. No effects."""
        if net == self._number and self._deferred:
            for id in self._deferred[place]:
                self._taken[id] = True
        return []

    def holds(self, id: str) -> bool:
        """Whether the browser holds the event *id* and will send it."""
        return id in self._taken

    def cancel(self) -> list[Effect]:
        """Effects that cancel the deferred fetches; none if there are none."""
        if not self._deferred:
            return []
        self._deferred = []
        self._taken = {}
        return [Disarm()]
