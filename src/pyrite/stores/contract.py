"""What every store does: take a batch whole, say what was new, give it back in order.

Not for deciding what is valid or what an event means: edge/ingest/receive.py, its dialects and core do.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

import msgspec
from msgspec.structs import replace

WEB = "web"  # the source of what browsers send: the tracker, and Adobe's clients
SHOWN_READ = 5000  # displays of a visitor that are read for a decision: whoever sends them may claim any number


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it is stored. `body` is the JSON text of `{xdm, data}`; times are milliseconds since 1970.

    `source` is the name of the dialect that it came in; see edge/ingest/dialect.py.
    What it counts for its visitor is not given back: `is_view`, and `shown`, the experiences that it reports as displayed.
    """

    datastream: str
    id: str
    type: str
    url: str
    visitor: str
    made_ms: int
    received_ms: int
    body: str
    source: str = WEB
    seq: int = 0
    is_view: bool = False
    shown: tuple[str, ...] = ()


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be accepted: why, where in the body, and as much of the body as the limits let in.

    `client` is the class of the address it came from (`loopback`, `private`, `public`), never the address; `cut` says that the
    body was longer. `visitor` is the key under which its events would have been stored, and `ecid` the ECID that was sent;
    empty where the body could not be read. `source` is the name of the dialect that can read it again.
    """

    received_ms: int
    code: str
    path: str
    message: str
    url: str
    body: bytes
    client: str = ""
    cut: bool = False
    id: int = 0
    visitor: str = ""
    ecid: str = ""
    source: str = WEB


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What a request tells of a visitor; counts are added to those stored, texts replace them unless empty."""

    datastream: str
    visitor: str
    seen_ms: int
    ecid: str = ""
    consent: str = ""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one visitor; `events`, `views` and `visits` are counts.

    A visit ends with half an hour without an event; `previous_ms` is the end of the one before, 0 for none. `shown` says for
    experiences when they were displayed, oldest first, the last hundred times.
    """

    datastream: str
    visitor: str
    first_seen_ms: int
    last_seen_ms: int
    events: int
    ecid: str
    consent: str
    visits: int = 1
    views: int = 0
    previous_ms: int = 0
    shown: dict[str, tuple[int, ...]] = {}


class Deliveries(msgspec.Struct, frozen=True, kw_only=True):
    """What a page counts of its events, from its beginning: it replaces what the same *page* told before.

    `dropped` says for each reason how many it let go of.
    """

    datastream: str
    page: str
    seen_ms: int
    sent: int = 0
    retried: int = 0
    acknowledged: int = 0
    restored: int = 0
    dropped: dict[str, int] = {}


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """What results need to know of an experience, and since when it was so: `record` is the JSON text of it."""

    id: str
    since_ms: int
    record: str


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brings; it is stored whole or not at all. `mended` are bad rows that go in the same stroke; a `probe`
    finds out whether every kind of row can be written, and keeps none."""

    events: tuple[Event, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    visit: Visit | None = None
    deliveries: Deliveries | None = None
    mended: tuple[int, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    probe: bool = False

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        bodies = sum([len(event.body) for event in self.events])
        return bodies + sum([len(row.body) for row in self.bad_rows])


class Receipt(msgspec.Struct, frozen=True):
    """What became of a batch: the events that were new, with their places in the store, and the number that were there."""

    new: tuple[Event, ...] = ()
    places: Sequence[int] = ()
    duplicates: int = 0

    @property
    def stored(self) -> tuple[Event, ...]:
        """The events that were new, each with its `seq`."""
        pairs = zip(self.new, self.places, strict=True)
        return tuple([replace(event, seq=seq) for event, seq in pairs])


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How a store does: batches and bytes that wait to be written, and why the last commit failed ('' where it did not)."""

    waiting: int = 0
    bytes: int = 0
    failure: str = ""


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one visitor was erased."""

    events: int = 0
    bad_rows: int = 0
    visitors: int = 0


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
        """The `seq` of the newest event; 0 where there is none."""

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """Bad rows with an `id` above *after*, oldest first."""

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """What is known of a visitor, with SHOWN_READ displays at most; None for a stranger. Raises StoreUnavailable."""

    def deliveries(self, datastream: str = "") -> Iterator[Deliveries]:
        """What pages have told of their deliveries, of one data stream or all."""

    def experiments(self) -> Iterator[Experiment]:
        """What experiences were, oldest first; one that comes again unchanged is stored once."""

    def state(self) -> State:
        """How the store does now; asking costs nothing."""

    def forget(self, *, before_ms: int, limit: int) -> int:
        """Delete at most *limit* events and bad rows that were received before *before_ms*; returns how many went.

        An event that comes again later is new then. Raises StoreUnavailable.
        """

    def names_of(self, visitor: str) -> list[str]:
        """*visitor* itself, and the keys of all devices that have sent it as their ECID.

        Anybody can send an ECID that they have seen: the devices need a person's confirmation.
        """

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
