"""A store in memory, for tests and for pages that are only tried out: the contract, and nothing on disk."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

from ..core.situation import SHOWN_LIMIT, VISIT_PAUSE_MS
from .contract import (
    BadRow,
    Batch,
    Event,
    Receipt,
    StoreUnavailable,
    Visit,
    Visitor,
)


class MemoryStore:
    """Keeps everything until the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._ids: set[tuple[str, str]] = set()
        self._bad_rows: list[BadRow] = []
        self._visitors: dict[tuple[str, str], Visitor] = {}
        self._closed = False

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """See contract.Store."""
        done: Future[Receipt] = Future()
        if self._closed:
            done.set_exception(StoreUnavailable("the store is closed"))
            return done
        with self._lock:
            done.set_result(self._write(batch))
        return done

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """See contract.Store."""
        end = None if limit is None else after + limit
        return iter(self._events[after:end])

    def last_seq(self) -> int:
        """See contract.Store."""
        return len(self._events)

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """See contract.Store."""
        return iter(self._bad_rows[after:])

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """See contract.Store."""
        return self._visitors.get((datastream, visitor))

    def close(self) -> None:
        """See contract.Store."""
        self._closed = True

    def _write(self, batch: Batch) -> Receipt:
        stored = []
        for event in batch.events:
            if (event.datastream, event.id) not in self._ids:
                self._ids.add((event.datastream, event.id))
                stored.append(replace(event, seq=len(self._events) + 1))
                self._events.append(stored[-1])
        for row in batch.bad_rows:
            self._bad_rows.append(replace(row, id=len(self._bad_rows) + 1))
        if batch.visit:
            self._note(batch.visit, stored)
        return Receipt(tuple(stored), len(batch.events) - len(stored))

    def _note(self, visit: Visit, events: list[Event]) -> None:
        key = (visit.datastream, visit.visitor)
        known = self._visitors.get(key) or Visitor(
            datastream=visit.datastream,
            visitor=visit.visitor,
            first_seen_ms=visit.seen_ms,
            last_seen_ms=visit.seen_ms,
            events=0,
            ecid="",
            consent="",
        )
        shown = dict(known.shown)
        for event in events:
            for experience in event.shown:
                times = (*shown.get(experience, ()), event.received_ms)
                shown[experience] = tuple(sorted(times))[-SHOWN_LIMIT:]
        again = visit.seen_ms - known.last_seen_ms > VISIT_PAUSE_MS
        self._visitors[key] = replace(
            known,
            last_seen_ms=max(known.last_seen_ms, visit.seen_ms),
            events=known.events + len(events),
            ecid=visit.ecid or known.ecid,
            consent=visit.consent or known.consent,
            visits=known.visits + again,
            views=known.views + sum(event.is_view for event in events),
            previous_ms=known.last_seen_ms if again else known.previous_ms,
            shown=shown,
        )
