"""What stores are given and give back: events, bad rows, visitors, and what else a request brings.

Not for sessions and links between visitors: sessions.py.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from .sessions import Link, SessionStep

WEB = "web"  # the source of what browsers send: the tracker, and Adobe's clients
DECIDED_KEPT = 200  # decisions of a visitor that are kept, the newest
SHOWN_READ = 5000  # displays of a visitor that are read for a decision: whoever sends them may claim any number


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it is stored. `body` is the JSON text of `{xdm, data}`; times are milliseconds since 1970.

    `source` is the name of the dialect that it came in (edge/ingest/dialect.py), `way` how it came: `fetch`, `beacon`, `raw`, `pixel`,
    `jsonp`, `relay`, `server`, or '' where that is not known. `session` is the id of its session, which the store gives it.
    What it counts for its visitor and session is not given back: `is_view`, `value`, and `shown`, the experiences that it reports as
    displayed.
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
    way: str = ""
    session: str = ""
    seq: int = 0
    is_view: bool = False
    value: float = 0.0
    shown: tuple[str, ...] = ()


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be accepted: why, where in the body, and as much of the body as the limits let in.

    `client` is the class of the address it came from (`loopback`, `private`, `public`), never the address; `cut` says that the
    body was longer. `visitor` is the key under which its events would have been stored, and `ecid` the ECID that was sent;
    empty where the body could not be read. `source` is the name of the dialect that can read it again,
    `context` the JSON object that it needs for that beside the body, with no key, cookie or raw id in it; '' for none.
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
    context: str = ""


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


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """That an *event* of a visitor was answered with a *variant* of an *experience* for a *scope*, at *at_ms*; whether a page then
    showed it, its display events say. One that was held out has the variant `holdout`."""

    datastream: str
    visitor: str
    event: str
    experience: str
    variant: str
    scope: str
    at_ms: int


class Nonce(msgspec.Struct, frozen=True, kw_only=True):
    """What is good once only: seen at *seen_ms*, and remembered until *until_ms*, when nobody would take it any longer."""

    value: str
    seen_ms: int
    until_ms: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brings; it is stored whole or not at all. `mended` are bad rows that go in the same stroke; a `probe`
    finds out whether every kind of row can be written, and keeps none.

    Its events belong to the session that `session` opens or continues; `links` are made in the same stroke. Where its `nonce` was
    there before, nothing of it is stored.
    """

    events: tuple[Event, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    visit: Visit | None = None
    deliveries: Deliveries | None = None
    mended: tuple[int, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    probe: bool = False
    session: SessionStep | None = None
    links: tuple[Link, ...] = ()
    nonce: Nonce | None = None
    decided: tuple[Decided, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        bodies = sum([len(event.body) for event in self.events])
        return bodies + sum([len(row.body) for row in self.bad_rows])


class Receipt(msgspec.Struct, frozen=True):
    """What became of a batch: the events that were new, with their places in the store, and the number that were there.

    `session` is the id of the session that they belong to; '' where the batch has none, or found none to continue or end.
    `replayed` says that the batch's nonce was there before, and nothing was stored.
    """

    new: tuple[Event, ...] = ()
    places: Sequence[int] = ()
    duplicates: int = 0
    session: str = ""
    replayed: bool = False

    @property
    def stored(self) -> tuple[Event, ...]:
        """The events that were new, each with its `seq` and session."""
        pairs = zip(self.new, self.places, strict=True)
        session = self.session
        return tuple(
            [replace(event, seq=seq, session=session or event.session) for event, seq in pairs]
        )


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
    sessions: int = 0
    links: int = 0
