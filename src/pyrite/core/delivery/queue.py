"""The entries that wait for an acknowledgement: in line, counted, within bounds; and how they are put into bodies.

Pure. Not for when they leave: outbox.py.
"""

from ..effects import Forget
from ..errors import EventDropped, TrackerError
from ..event import text_at
from ..options.configure import Config
from .counts import Counts
from .entry import Entry, Outcome, Request, nothing, restored, whole
from .in_flight import InFlight
from .request import no_answer, refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .report import Steps

SETTLE_TICKS = 6  # by then the promise is settled; the event stays
BODY_EVENTS = 100  # as many as the edge takes unless told otherwise


class Queue:
    """The entries of one outbox, in flight or not."""

    def __init__(self, config: Config, counts: Counts) -> None:
        self._counts = counts
        limits = config.group("outbox")
        self.max_bytes = whole(limits.get("maxBytes"))
        self._max_events = whole(limits.get("maxEvents"))
        self._max_age_ms = whole(limits.get("maxAgeHours")) * 3600000
        self._entries: dict[str, Entry] = {}
        self._last = 0  # number of the newest entry
        self.bytes = 0
        self.failure: TrackerError | None = (
            None  # of the last request, where none has been acknowledged since
        )

    def count(self) -> int:
        """How many there are."""
        return len(self._entries)

    def take(self, entry: Entry) -> None:
        """Append *entry*; it replaces one with the same id."""
        self._last += 1
        entry.number = self._last
        replaced = self._entries.pop(entry.id, None)
        self.bytes += entry.size - (replaced.size if replaced else 0)
        self._entries[entry.id] = entry

    def has(self, entry: Entry) -> bool:
        """Whether this very *entry* is in the queue, not just one with its id."""
        return self._entries.get(entry.id) is entry

    def knows(self, id: str) -> bool:
        """Whether an entry with that *id* is in the queue."""
        return id in self._entries

    def remove(self, entry: Entry) -> None:
        """Remove *entry* if it is in the queue."""
        if self.has(entry):
            self._entries.pop(entry.id)
            self.bytes -= entry.size

    def in_order(self) -> list[Entry]:
        """All entries, the oldest first: MicroPython's dicts keep no order."""
        return sorted(self._entries.values(), key=lambda entry: entry.number)

    def events(self) -> list[Entry]:
        """The events among them, the oldest first."""
        return [entry for entry in self.in_order() if entry.is_event]

    def is_too_old(self, entry: Entry, now_ms: int) -> bool:
        """Whether *entry* is older than `outbox.maxAgeHours`."""
        return entry.is_event and now_ms - entry.made_ms > self._max_age_ms

    def restore(self, records: list[dict[str, object]]) -> "Steps":
        """Steps that take over *records* which other pages have kept; one that can't be read is let go of by itself."""
        steps: Steps = []
        for record in records:
            entry = restored(record)
            if entry is None:
                self._counts.drop("unreadable")
                steps.append(Forget(ids=[text_at(record, "id")]))
            elif not self.knows(entry.id):
                self.take(entry)
                self._counts.events["restored"] += 1
        return steps

    def end(
        self, request: Request, answer: dict[str, object], text: str, error: TrackerError | None
    ) -> "tuple[list[str], Steps]":
        """Remove the entries that the answer to *request* settles; returns the ids of the events, and the outcomes."""
        refused = refusals(answer)
        ids = []
        outcomes: Steps = []
        for index, entry in enumerate(request.entries):
            if not self.has(entry):
                continue
            own = error or refused.get(index)
            if entry.is_event:
                ids.append(entry.id)
                if own is None:
                    self._counts.events["acknowledged"] += 1
                else:
                    self._counts.drop("refused")
            self.remove(entry)
            if not entry.settled:
                entry.settled = True
                outcomes.append(
                    Outcome(entry, request, answer=answer, error=own, text=text, index=index)
                )
        return ids, outcomes

    def settle(self, request: Request, error: TrackerError | None) -> "Steps":
        """Outcomes for the promises of *request*. The events stay in the queue."""
        outcomes: Steps = []
        for entry in request.entries:
            if self.has(entry) and not entry.settled:
                if entry.built and not request.taken:
                    self.remove(entry)
                entry.settled = True
                entry.asking = ""
                outcomes.append(Outcome(entry, request, answer={}, error=error))
        return outcomes

    def tick(self, in_flight: InFlight) -> "tuple[bool, Steps]":
        """Whether an entry has rested long enough, and outcomes of promises that have waited long enough."""
        rested = False
        steps: Steps = []
        for entry in self.in_order():
            entry.ticks += 1
            rested = rested or entry.rest == 1
            entry.rest -= 1 if entry.rest else 0
            if entry.ticks >= SETTLE_TICKS and not entry.settled:
                of = in_flight.get(entry.request) or nothing(entry)
                timeout = no_answer(of.url, "none yet; the event is kept")
                one = Request(id="", action="", url=of.url, body={}, text=of.text)
                one.entries = [entry]
                steps.extend(self.settle(one, entry.error or self.failure or timeout))
        return rested, steps

    def bound(self) -> "Steps":
        """Drop events until the queue is within its limits."""
        steps: Steps = []
        victim = self._victim()
        while victim is not None:
            steps.extend(self.drop(victim, "full"))
            victim = self._victim()
        return steps

    def drop(self, entry: Entry, reason: str) -> "Steps":
        """Drop *entry*, counted under *reason*."""
        self._counts.drop(reason)
        self.remove(entry)
        steps: Steps = [Forget(ids=[entry.id])]
        if not entry.settled:
            entry.settled = True
            error = EventDropped(f"the event was dropped: {REASONS[reason]}", reason=reason)
            steps.append(Outcome(entry, nothing(entry), answer={}, error=error))
        return steps

    def _victim(self) -> Entry | None:
        """The event to drop next: the oldest of the least value. None if the queue is within its limits."""
        if len(self._entries) <= self._max_events and self.bytes <= self.max_bytes:
            return None
        victim: Entry | None = None
        for entry in self.events():
            if victim is None or entry.value < victim.value:
                victim = entry
        return victim


def bodies(entries: list[Entry], limit: int) -> list[list[Entry]]:
    """*entries* in as few bodies as can be, each of one head and at most *limit* bytes, or of one entry."""
    groups: list[list[Entry]] = []
    places: dict[str, int] = {}
    for entry in entries:
        key = entry.apart + entry.group
        if key not in places:
            places[key] = len(groups)
            groups.append([])
        groups[places[key]].append(entry)
    parts: list[list[Entry]] = []
    for group in groups:
        body: list[Entry] = []
        size = 0
        for entry in group:
            if body and (len(body) == BODY_EVENTS or size + entry.size > limit):
                parts.append(body)
                body = []
                size = 0
            body.append(entry)
            size += entry.size
        parts.append(body)
    return parts


REASONS = {
    "too_large": "it is larger than the whole outbox may be",
    "too_old": "it has waited longer than maxAgeHours",
    "full": "the outbox is full, and it was the oldest of least value",
    "consent": "the visitor declined consent",
}
