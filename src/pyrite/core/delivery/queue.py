"""The entries that wait for an acknowledgement: in line, counted, within bounds; and how they are put into bodies.

Pure. Not for when they leave: outbox.py.
"""

from ..options.configure import Config
from .entry import Entry, whole

BODY_EVENTS = 100  # as many as the edge takes unless told otherwise


class Waiting:
    """All entries of one outbox, on their way or not."""

    def __init__(self, config: Config) -> None:
        limits = config.group("outbox")
        self.max_bytes = whole(limits.get("maxBytes"))
        self._max_events = whole(limits.get("maxEvents"))
        self._max_age_ms = whole(limits.get("maxAgeHours")) * 3600000
        self._entries: dict[str, Entry] = {}
        self._last = 0  # number of the newest entry
        self.bytes = 0

    def count(self) -> int:
        """How many there are."""
        return len(self._entries)

    def take(self, entry: Entry) -> None:
        """Put *entry* at the end of the line, in the place of one with its id."""
        self._last += 1
        entry.number = self._last
        replaced = self._entries.pop(entry.id, None)
        self.bytes += entry.size - (replaced.size if replaced else 0)
        self._entries[entry.id] = entry

    def has(self, entry: Entry) -> bool:
        """Whether it is *entry*, not just one with its id, that is here."""
        return self._entries.get(entry.id) is entry

    def knows(self, id: str) -> bool:
        """Whether one with that *id* is here."""
        return id in self._entries

    def remove(self, entry: Entry) -> None:
        """Let go of *entry*, should it be here."""
        if self.has(entry):
            self._entries.pop(entry.id)
            self.bytes -= entry.size

    def in_order(self) -> list[Entry]:
        """All entries, the oldest first: MicroPython's dicts keep no order."""
        return sorted(self._entries.values(), key=lambda entry: entry.number)

    def events(self) -> list[Entry]:
        """Those that are events, the oldest first."""
        return [entry for entry in self.in_order() if entry.is_event]

    def is_too_old(self, entry: Entry, now_ms: int) -> bool:
        """Whether *entry* has waited for longer than anybody wants it."""
        return entry.is_event and now_ms - entry.made_ms > self._max_age_ms

    def victim(self) -> Entry | None:
        """The oldest event of least value where there are more of them than there may be; None where they fit."""
        if len(self._entries) <= self._max_events and self.bytes <= self.max_bytes:
            return None
        found: Entry | None = None
        for entry in self.events():
            if found is None or entry.value < found.value:
                found = entry
        return found


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
    found: list[list[Entry]] = []
    for group in groups:
        body: list[Entry] = []
        size = 0
        for entry in group:
            if body and (len(body) == BODY_EVENTS or size + entry.size > limit):
                found.append(body)
                body, size = [], 0
            body.append(entry)
            size += entry.size
        found.append(body)
    return found
