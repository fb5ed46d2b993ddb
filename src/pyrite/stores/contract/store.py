"""The contract itself: what every store does with a batch, and how it is asked.

Not for what batches hold: records.py.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Protocol

from .paging import ALL, Count, EventPage, Filter, VisitorCursor, VisitorPage
from .records import (
    BadRow,
    Batch,
    Decided,
    Deliveries,
    Erased,
    Event,
    Experiment,
    Receipt,
    State,
    Visitor,
)
from .sessions import Link, Session


class StoreUnavailable(Exception):
    """The store can't write now (disk full, locked, closed); nothing of the batch was kept, it may be sent again."""


Written = Callable[[Receipt | StoreUnavailable], None]
"""What is told, once, in whichever thread, how it ended for a batch."""


class Writing:
    """How a batch is written where a future is waited for."""

    def write(self, batch: Batch, done: Written) -> None:
        """See Store."""
        raise NotImplementedError

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """See Store."""
        future: Future[Receipt] = Future()
        future.set_running_or_notify_cancel()  # nobody can take back what may be written already

        def done(outcome: Receipt | StoreUnavailable) -> None:
            if isinstance(outcome, Receipt):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

        self.write(batch, done)
        return future


class Store(Protocol):
    """Every store; `tests/stores/` runs the same tests on each."""

    def write(self, batch: Batch, done: Written) -> None:
        """Write *batch*, and tell *done* once it is on disk, or that it can't be written now.

        An event whose (datastream, id) is stored already is counted as a duplicate and changes nothing.
        """

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """The same with a future, which raises StoreUnavailable."""

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """Stored events with a `seq` above *after*, oldest first."""

    def last_seq(self) -> int:
        """The highest `seq` that an event was ever given, whether that is still there or not; 0 for none."""

    def last_row(self) -> int:
        """The highest `id` that a bad row was ever given; 0 for none."""

    def page(self, wanted: Filter = ALL, *, before: int = 0, limit: int = 50) -> EventPage:
        """The newest *wanted* events with a `seq` below *before* (0: of all), at most *limit*; LOOKED rows are looked at."""

    def visitors(
        self, text: str = "", *, after: VisitorCursor | None = None, limit: int = 50
    ) -> VisitorPage:
        """Visitors with *text* in their key or ECID, after *after*, at most *limit*; LOOKED_VISITORS are looked at."""

    def counts(self, *, since_ms: int = 0, until_ms: int = 2**62) -> Iterator[Count]:
        """What was stored in the buckets that begin from *since_ms* on and before *until_ms*, in order. Erasing changes no count."""

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """Bad rows with an `id` above *after*, oldest first."""

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """What is known of a visitor, with SHOWN_READ displays at most; None for a stranger. Raises StoreUnavailable."""

    def deliveries(self, datastream: str = "") -> Iterator[Deliveries]:
        """What pages have told of their deliveries, of one data stream or all."""

    def decided(self, visitor: str) -> Iterator[Decided]:
        """What was decided for a visitor's key, oldest first, the last DECIDED_KEPT; the same of one event once."""

    def experiments(self) -> Iterator[Experiment]:
        """What experiences were, oldest first; one that comes again unchanged is stored once."""

    def state(self) -> State:
        """How the store does now; asking costs nothing."""

    def forget(self, *, before_ms: int, limit: int) -> int:
        """Delete at most *limit* events, bad rows, decisions, sessions and links that are older than *before_ms*; returns how many went.

        Events and bad rows are as old as their receipt, a session as its end, a link as itself once its source has no event left.
        An event that comes again later is new then. Raises StoreUnavailable.
        """

    def names_of(self, visitor: str) -> list[str]:
        """*visitor* itself, the keys of all devices that have sent it as their ECID, and those that links make one with it.

        Anybody can send an ECID that they have seen: the devices need a person's confirmation.
        """

    def canonical(self, visitor: str) -> str:
        """The oldest of the visitors that are one person with *visitor*: whose name their profile has; itself where it is alone."""

    def links(self, key: str = "") -> Iterator[Link]:
        """Links from or to *key*, or all, oldest first."""

    def unlink(self, key: str) -> int:
        """Undo what said that *key* is one person with others; how many links went. Raises StoreUnavailable."""

    def session(self, datastream: str, source: str, visitor: str) -> Session | None:
        """The newest session of a visitor (of two that began at once the one that was not ended), open or over; None where there was none. Raises StoreUnavailable."""

    def sessions(self, visitor: str = "") -> Iterator[Session]:
        """Sessions of a visitor's key, or all, oldest first."""

    def drop(self, session: Session) -> int:
        """Delete a session with its events; how many events went. Raises StoreUnavailable."""

    def keys(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Visitors' keys and ECIDs that begin with *beginning*, in order, at most *limit*."""

    def events_of(self, visitor: str) -> Iterator[Event]:
        """The events of a visitor's key, in every data stream, oldest first."""

    def bad_rows_of(self, ids: list[str]) -> Iterator[BadRow]:
        """Bad rows of the visitors with these keys; see belonging.py."""

    def erase(self, ids: list[str]) -> Erased:
        """Delete everything of the visitors with these keys, bad rows that hold them included. Raises StoreUnavailable."""

    def close(self) -> None:
        """Write what was submitted, then let go of everything. Closing twice is fine."""


Listener = Callable[[Event], None]
