"""Pages of events and visitors, and counts, from a database; the rules stand in contract/paging.py."""

from collections.abc import Iterator

from ..contract import Event, Visitor
from ..contract.paging import (
    ALL,
    LOOKED,
    LOOKED_VISITORS,
    Count,
    EventPage,
    Filter,
    VisitorCursor,
    VisitorPage,
)
from . import rows
from .reading import Reading

# Each by itself: of both in one SELECT SQLite reads all rows.
_ENDS = "SELECT (SELECT min(seq) FROM events), (SELECT max(seq) FROM events)"
LOOKED_OF_ONE = 2000  # events of one visitor, which lie apart from each other


class Paging(Reading):
    """The part of a store that views ask."""

    def page(self, wanted: Filter = ALL, *, before: int = 0, limit: int = 50) -> EventPage:
        """See contract.Store."""
        first, last = next(self._select(_ENDS))
        before = min(before, last + 1) if before and last else (last or 0) + 1
        if not last or before <= first:
            return EventPage()
        keys = wanted.visitors or self._whose(wanted.session)
        if keys:
            events, lowest = self._of_visitors(keys, wanted, before)
        else:
            lowest = max(first, before - LOOKED)
            events = self._scanned(wanted, lowest, before, limit)
        if len(events) >= limit:
            events, lowest = events[:limit], events[limit - 1].seq
        return EventPage(tuple(events), lowest if lowest > first else 0)

    def visitors(
        self, text: str = "", *, after: VisitorCursor | None = None, limit: int = 50
    ) -> VisitorPage:
        """See contract.Store."""
        select = (
            "SELECT datastream, visitor, first_seen_ms, last_seen_ms, events, ecid, consent, visits, views, previous_ms"
            " FROM visitors INDEXED BY visitors_of WHERE (visitor, datastream) > (?, ?) ORDER BY visitor, datastream LIMIT ?"
        )
        visitors: list[Visitor] = []
        looked = 0
        for row in self._select(select, (*(after or ("", "")), LOOKED_VISITORS)):
            looked += 1
            after = (row[1], row[0])
            if text in row[1] or text in row[5]:
                visitors.append(
                    Visitor(
                        datastream=row[0], visitor=row[1], first_seen_ms=row[2], last_seen_ms=row[3], events=row[4],
                        ecid=row[5], consent=row[6], visits=row[7], views=row[8], previous_ms=row[9],
                    )
                )  # fmt: skip
                if len(visitors) == limit:
                    break
        more = len(visitors) == limit or looked == LOOKED_VISITORS
        return VisitorPage(tuple(visitors), after if more else None)

    def counts(self, *, since_ms: int = 0, until_ms: int = 2**62) -> Iterator[Count]:
        """See contract.Store."""
        select = "SELECT at_ms, kind, name, count FROM counts WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, kind, name"
        for at_ms, kind, name, count in self._select(select, (since_ms, until_ms)):
            yield Count(at_ms=at_ms, kind=kind, name=name, count=count)

    def _whose(self, session: str) -> tuple[str, ...]:
        """The visitor of *session*, whose events an index finds; nobody where it is not known."""
        if not session:
            return ()
        return tuple(
            row[0] for row in self._select("SELECT visitor FROM sessions WHERE id = ?", (session,))
        )

    def _of_visitors(
        self, keys: tuple[str, ...], wanted: Filter, before: int
    ) -> tuple[list[Event], int]:
        """Events of the visitors *keys*, the newest first, and the `seq` down to which all of them were looked at."""
        select = f"SELECT {rows.EVENT_COLUMNS} FROM events INDEXED BY events_of WHERE visitor = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
        share = max(1, LOOKED_OF_ONE // len(keys))
        events: list[Event] = []
        lowest = 0
        for key in keys:
            own = [rows.event_of(row) for row in self._select(select, (key, before, share))]
            if len(own) == share:
                lowest = max(lowest, own[-1].seq)
            events += own
        matching = [event for event in events if event.seq >= lowest and wanted.takes(event)]
        return sorted(matching, key=lambda event: -event.seq), lowest

    def _scanned(self, wanted: Filter, lowest: int, before: int, limit: int) -> list[Event]:
        conditions, values = _conditions(wanted)
        where = " AND ".join(["seq >= ?", "seq < ?", *conditions])
        select = f"SELECT {rows.EVENT_COLUMNS} FROM events WHERE {where} ORDER BY seq DESC LIMIT ?"
        given = (lowest, before, *values, limit)
        return [rows.event_of(row) for row in self._select(select, given)]


def _conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    """*wanted* as SQL, but for visitors; a `+` keeps indexes out of it, for the order is that of `seq`."""
    conditions: list[str] = []
    values: list[object] = []
    for column, names in (("type", wanted.types), ("source", wanted.sources)):
        if names:
            conditions.append(f"+{column} IN ({','.join('?' * len(names))})")
            values += names
    texts = (("+datastream = ?", wanted.datastream), ("+session = ?", wanted.session), ("instr(url, ?)", wanted.page))  # fmt: skip
    times = (("received_ms >= ?", wanted.since_ms), ("received_ms < ?", wanted.until_ms))
    for condition, value in (*texts, *times):
        if value:
            conditions.append(condition)
            values.append(value)
    return conditions, values
