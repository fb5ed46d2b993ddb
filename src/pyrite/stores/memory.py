"""A store in memory, for tests and for pages that are only tried out: the contract, and nothing on disk."""

import threading
from collections.abc import Iterator

from msgspec.structs import replace

from ..core.decisions.subject import SHOWN_LIMIT, VISIT_PAUSE_MS
from .belonging import belongs
from .contract import (
    DECIDED_KEPT,
    IDENTIFY,
    SHOWN_READ,
    BadRow,
    Batch,
    Decided,
    Deliveries,
    Erased,
    Event,
    Experiment,
    Link,
    Nonce,
    Receipt,
    Session,
    SessionStep,
    State,
    StoreUnavailable,
    Visit,
    Visitor,
    Writing,
    Written,
)
from .contract.paging import (
    ALL,
    BUCKETS_MS,
    NAMES,
    OTHERS,
    Count,
    EventPage,
    Filter,
    VisitorCursor,
    VisitorPage,
    counted,
)
from .contract.sessions import neighbours, reached, stepped


class MemoryStore(Writing):
    """Keeps everything until the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._ids: set[tuple[str, str]] = set()
        self._bad_rows: list[BadRow] = []
        self._deliveries: dict[tuple[str, str], Deliveries] = {}
        self._experiments: dict[str, list[Experiment]] = {}
        self._seq = 0
        self._row_id = 0
        self._visitors: dict[tuple[str, str], Visitor] = {}
        self._sessions: dict[str, Session] = {}  # in the order in which they were opened
        self._links: list[Link] = []
        self._nonces: dict[str, Nonce] = {}
        self._counts: dict[tuple[int, str], dict[str, int]] = {}
        self._decided: dict[str, list[Decided]] = {}
        self._closed = False

    def write(self, batch: Batch, done: Written) -> None:
        """See contract.Store."""
        if self._closed:
            done(StoreUnavailable("the store is closed"))
            return
        with self._lock:
            receipt = self._write(batch)
        done(receipt)

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """See contract.Store."""
        return iter([event for event in self._events if event.seq > after][:limit])

    def last_seq(self) -> int:
        """See contract.Store."""
        return self._seq

    def last_row(self) -> int:
        """See contract.Store."""
        return self._row_id

    def page(self, wanted: Filter = ALL, *, before: int = 0, limit: int = 50) -> EventPage:
        """See contract.Store."""
        events = [
            event
            for event in reversed(self._events)
            if (not before or event.seq < before) and wanted.takes(event)
        ]
        more = len(events) > limit
        return EventPage(tuple(events[:limit]), events[limit - 1].seq if more else 0)

    def visitors(
        self, text: str = "", *, after: VisitorCursor | None = None, limit: int = 50
    ) -> VisitorPage:
        """See contract.Store."""
        visitors = [
            replace(one, shown={})
            for one in sorted(self._visitors.values(), key=_place_of)
            if _place_of(one) > (after or ("", "")) and (text in one.visitor or text in one.ecid)
        ]
        more = len(visitors) > limit
        return VisitorPage(
            tuple(visitors[:limit]), _place_of(visitors[limit - 1]) if more else None
        )

    def counts(self, *, since_ms: int = 0, until_ms: int = 2**62) -> Iterator[Count]:
        """See contract.Store."""
        counts = [
            Count(at_ms=at_ms, kind=kind, name=name, count=count)
            for (at_ms, kind), names in self._counts.items()
            if since_ms <= at_ms < until_ms
            for name, count in names.items()
        ]
        return iter(sorted(counts))

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """See contract.Store."""
        return iter([row for row in self._bad_rows if row.id > after])

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """See contract.Store."""
        known = self._visitors.get((datastream, visitor))
        if known is None or len(known.shown) * SHOWN_LIMIT <= SHOWN_READ:
            return known
        room = SHOWN_READ
        shown = {}
        for name in sorted(known.shown):
            shown[name] = known.shown[name][:room]
            room -= len(shown[name])
            if room == 0:
                break
        return replace(known, shown=shown)

    def deliveries(self, datastream: str = "") -> Iterator[Deliveries]:
        """See contract.Store."""
        rows = list(self._deliveries.values())
        return iter([one for one in rows if datastream in ("", one.datastream)])

    def decided(self, visitor: str) -> Iterator[Decided]:
        """See contract.Store."""
        return iter(list(self._decided.get(visitor, [])))

    def experiments(self) -> Iterator[Experiment]:
        """See contract.Store."""
        rows = [one for versions in self._experiments.values() for one in versions]
        return iter(sorted(rows, key=lambda one: one.since_ms))

    def state(self) -> State:
        """See contract.Store."""
        return State(failure="the store is closed" if self._closed else "")

    def forget(self, *, before_ms: int, limit: int) -> int:
        """See contract.Store."""
        with self._lock:
            old = [event for event in self._events if event.received_ms < before_ms][:limit]
            rows = [row for row in self._bad_rows if row.received_ms < before_ms]
            rows = rows[: limit - len(old)]
            self._drop(old, rows)
            gone = len(old) + len(rows)
            gone += self._forget_decided(before_ms, limit - gone)
            over = sorted(
                one.id for one in self._sessions.values() if 0 < one.end(before_ms)[0] < before_ms
            )[: limit - gone]
            for id in over:
                del self._sessions[id]
            gone += len(over)
            known = {event.visitor for event in self._events}
            ends = [
                one for one in self._links if one.made_ms < before_ms and one.source not in known
            ]
            ends = sorted(ends, key=_key_of)[: limit - gone]
            self._links = [one for one in self._links if one not in ends]
        return gone + len(ends)

    def _forget_decided(self, before_ms: int, limit: int) -> int:
        gone = 0
        for visitor, decided in list(self._decided.items()):
            old = [one for one in decided if one.at_ms < before_ms][: limit - gone]
            gone += len(old)
            self._decided[visitor] = [one for one in decided if one not in old]
        return gone

    def names_of(self, visitor: str) -> list[str]:
        """See contract.Store."""
        devices = [device for device, ecid in self._pairs() if device and ecid == visitor]
        return sorted({*reached(visitor, self._next_to), *devices})

    def canonical(self, visitor: str) -> str:
        """See contract.Store."""
        keys = set(reached(visitor, self._same))
        known = [one for one in self._visitors.values() if one.visitor in keys]
        return (
            min(known, key=lambda one: (one.first_seen_ms, one.visitor)).visitor
            if known
            else visitor
        )

    def links(self, key: str = "") -> Iterator[Link]:
        """See contract.Store."""
        return iter([one for one in self._links if key in ("", one.source, one.target)])

    def unlink(self, key: str) -> int:
        """See contract.Store."""
        with self._lock:
            links = [
                one
                for one in self._links
                if one.how != IDENTIFY or key not in (one.source, one.target)
            ]
            gone = len(self._links) - len(links)
            self._links = links
        return gone

    def session(self, datastream: str, source: str, visitor: str) -> Session | None:
        """See contract.Store."""
        whose = (datastream, source, visitor)
        sessions = [
            one
            for one in self._sessions.values()
            if (one.datastream, one.source, one.visitor) == whose
        ]
        return max(sessions, key=lambda one: (one.started_ms, one.how == "", one.id), default=None)

    def sessions(self, visitor: str = "") -> Iterator[Session]:
        """See contract.Store."""
        rows = [one for one in self._sessions.values() if visitor in ("", one.visitor)]
        return iter(sorted(rows, key=lambda one: one.started_ms))

    def drop(self, session: Session) -> int:
        """See contract.Store."""
        with self._lock:
            events = [event for event in self._events if event.session == session.id]
            self._drop(events, [])
            self._sessions.pop(session.id, None)
        return len(events)

    def _next_to(self, key: str) -> list[str]:
        return neighbours(key, self.links(key))

    def _same(self, key: str) -> list[str]:
        return neighbours(key, [one for one in self.links(key) if one.how == IDENTIFY])

    def keys(self, beginning: str, *, limit: int = 20) -> list[str]:
        """See contract.Store."""
        names = {event.visitor for event in self._events}.union(*self._pairs())
        names |= {key for link in self._links for key in (link.source, link.target)}
        return sorted([key for key in names if key and key.startswith(beginning)])[:limit]

    def _pairs(self) -> list[tuple[str, str]]:
        """Every visitor's key with the ECID that came with it."""
        known = [(one.visitor, one.ecid) for one in self._visitors.values()]
        return known + [(row.visitor, row.ecid) for row in self._bad_rows]

    def events_of(self, visitor: str) -> Iterator[Event]:
        """See contract.Store."""
        return iter([event for event in self._events if event.visitor == visitor])

    def bad_rows_of(self, ids: list[str]) -> Iterator[BadRow]:
        """See contract.Store."""
        requested = set(ids)
        return iter([row for row in self._bad_rows if belongs(row, requested)])

    def erase(self, ids: list[str]) -> Erased:
        """See contract.Store."""
        with self._lock:
            events = [event for event in self._events if event.visitor in ids]
            rows = list(self.bad_rows_of(ids))
            gone = [key for key in self._visitors if key[1] in ids]
            self._drop(events, rows)
            for id in ids:
                self._decided.pop(id, None)
            for key in gone:
                del self._visitors[key]
            sessions = [one.id for one in self._sessions.values() if one.visitor in ids]
            for id in sessions:
                del self._sessions[id]
            links = [one for one in self._links if one.source in ids or one.target in ids]
            self._links = [one for one in self._links if one not in links]
        return Erased(
            events=len(events), bad_rows=len(rows), visitors=len(gone), sessions=len(sessions), links=len(links)
        )  # fmt: skip

    def _drop(self, events: list[Event], rows: list[BadRow]) -> None:
        seqs, ids = {event.seq for event in events}, {row.id for row in rows}
        self._events = [event for event in self._events if event.seq not in seqs]
        self._ids -= {(event.datastream, event.id) for event in events}
        self._bad_rows = [row for row in self._bad_rows if row.id not in ids]

    def close(self) -> None:
        """See contract.Store."""
        self._closed = True

    def _is_new(self, nonce: Nonce) -> bool:
        known = self._nonces
        self._nonces = {key: one for key, one in known.items() if one.until_ms >= nonce.seen_ms}
        is_new = nonce.value not in self._nonces
        self._nonces.setdefault(nonce.value, nonce)
        return is_new

    def _write(self, batch: Batch) -> Receipt:
        if batch.nonce and not self._is_new(batch.nonce):
            return Receipt(replayed=True)
        stored: list[Event] = []
        session = self._step(batch.session) if batch.session else ""
        for event in batch.events:
            if (event.datastream, event.id) not in self._ids:
                self._ids.add((event.datastream, event.id))
                self._seq += 1
                stored.append(replace(event, seq=self._seq, session=session or event.session))
                self._events.append(stored[-1])
        for row in batch.bad_rows:
            self._row_id += 1
            self._bad_rows.append(replace(row, id=self._row_id))
        if batch.mended:
            self._bad_rows = [row for row in self._bad_rows if row.id not in batch.mended]
        if batch.deliveries:
            deliveries = batch.deliveries
            self._deliveries[deliveries.datastream, deliveries.page] = deliveries
        for experiment in batch.experiments:
            versions = self._experiments.setdefault(experiment.id, [])
            if not versions or versions[-1].record != experiment.record:
                versions.append(experiment)
        if batch.visit:
            self._note(batch.visit, stored)
        if session and not self._count(session, stored):
            session = ""
        known = {_key_of(one) for one in self._links} if batch.links else set()
        for link in batch.links:
            if _key_of(link) not in known:
                known.add(_key_of(link))
                self._links.append(link)
        for made in batch.decided:
            self._decide(made)
        places = [event.seq for event in stored]
        receipt = Receipt(tuple(stored), places, len(batch.events) - len(stored), session)
        for (at_ms, kind, name), count in counted([batch], [receipt]).items():
            self._add(at_ms, kind, name, count)
        return receipt

    def _decide(self, made: Decided) -> None:
        decided = self._decided.setdefault(made.visitor, [])
        known = {(one.datastream, one.event, one.experience, one.scope) for one in decided}
        if (made.datastream, made.event, made.experience, made.scope) not in known:
            decided.append(made)
            del decided[:-DECIDED_KEPT]

    def _add(self, at_ms: int, kind: str, name: str, count: int) -> None:
        names = self._counts.get((at_ms, kind))
        if names is None:
            floor_ms = at_ms - BUCKETS_MS
            self._counts = {key: kept for key, kept in self._counts.items() if key[0] >= floor_ms}
            names = self._counts[at_ms, kind] = {}
        if name not in names and len(names) >= NAMES:
            name = OTHERS
        names[name] = names.get(name, 0) + count

    def _step(self, step: SessionStep) -> str:
        """The id of the session that *step* opens or continues; '' where there is none."""
        session = stepped(self.session(step.datastream, step.source, step.visitor), step)
        if session is None:
            return ""
        self._sessions[session.id] = session
        return session.id

    def _count(self, id: str, events: list[Event]) -> bool:
        """Whether the session has any event, with *events*; it is deleted where it has none."""
        session = self._sessions[id]
        session = self._sessions[id] = replace(
            session,
            pages=session.pages + sum(event.is_view for event in events),
            events=session.events + len(events),
            value=session.value + sum(event.value for event in events),
        )
        if not session.events:
            del self._sessions[id]  # only what was stored before has asked for it
        return session.events > 0

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


def _place_of(visitor: Visitor) -> VisitorCursor:
    return visitor.visitor, visitor.datastream


def _key_of(link: Link) -> tuple[str, str, str, str]:
    return link.source, link.target, link.datastream, link.how
