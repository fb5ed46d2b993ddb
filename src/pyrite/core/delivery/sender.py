"""Batches entries into as few bodies as possible and sends them; splits a body that is too large.

Pure. Not for when: outbox.py and pace.py. Not for what a body says: request_builder.py.
"""

from ..effects import Send
from ..moment import Moment
from ..notes import Notes
from .counts import Counts
from .deferred import DeferredFetch
from .entry import Entry, Request
from .in_flight import InFlight
from .queue import Queue, bodies
from .request_builder import CHOICE, RequestBuilder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .report import Steps

BODY_BYTES = 200000
UNLOADING_BYTES = (
    60000  # of one body while the page goes away: below the 64 KiB, for others may need some
)


class Sender:
    """Sends the entries of one outbox, and tracks the requests in flight."""

    def __init__(
        self,
        builder: RequestBuilder,
        notes: Notes,
        queue: Queue,
        deferred: DeferredFetch,
        counts: Counts,
    ) -> None:
        self.in_flight = InFlight()
        self._builder = builder
        self._notes = notes
        self._queue = queue
        self._deferred = deferred
        self._counts = counts

    def flush(self, moment: Moment, *, unloading: bool = False) -> "Steps":
        """Send all pending entries in as few bodies as possible."""
        steps: Steps = []
        leaving: list[Entry] = []
        choices: Steps = []  # last: with a beacon for one the other bodies may not leave any more
        for entry in self._queue.in_order():
            if entry.request or (self._deferred.holds(entry.id) if unloading else entry.rest > 0):
                continue
            if self._queue.is_too_old(entry, moment.now_ms):
                steps.extend(self._queue.drop(entry, "too_old"))
            elif entry.built and entry.built.action == CHOICE:
                choices.extend(self.send([entry], moment, unloading=unloading))
            elif entry.built or (entry.asking and not unloading):
                steps.extend(self.send([entry], moment, unloading=unloading))
            else:
                leaving.append(entry)
        for body in bodies(leaving, UNLOADING_BYTES if unloading else BODY_BYTES):
            steps.extend(self.send(body, moment, unloading=unloading))
        return steps + choices

    def send(self, entries: list[Entry], moment: Moment, *, unloading: bool = False) -> "Steps":
        """Send *entries*, which share one head, in one body."""
        built = entries[0].built
        if not self._builder.may_leave(built, moment):
            for entry in entries:
                entry.request = ""
            return []
        request = built or self._builder.pack(
            entries, moment, unloading=unloading, delivery=self._counts.told()
        )
        request.entries = entries
        request.bare = self._builder.bare
        for entry in entries:
            entry.request = request.id
            if entry.is_event:
                self._counts.events["retried" if entry.attempts else "sent"] += 1
            entry.attempts += 1
        self.in_flight.start(request, unloading=unloading, first=entries[0].attempts == 1)
        line = f"{request.action} {request.id}: {request.text}" if self._notes.debug else ""
        steps: Steps = [_build_send(request, unloading=unloading)]
        return self._notes.note(line) + steps

    def parted(
        self, request: Request, at: int, moment: Moment, *, unloading: bool = True
    ) -> "Steps":
        """Split *request* after *at* events and send the two parts."""
        steps: Steps = []
        for entries in (request.entries[:at], request.entries[at:]):
            there = [entry for entry in entries if self._queue.has(entry)]
            if there:
                steps.extend(self.send(there, moment, unloading=unloading))
        return steps

    def by_fetch(self, request: Request) -> "Steps":
        """Send *request*, a refused beacon, by fetch."""
        self.in_flight.by_fetch(request)
        return [_build_send(request, unloading=False)]


def _build_send(request: Request, *, unloading: bool) -> Send:
    return Send(
        request=request.id,
        url=request.url,
        body=request.text,
        unloading=unloading,
        keepalive=request.keepalive,
        bare=request.bare,
    )
