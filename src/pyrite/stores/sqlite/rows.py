"""Statements: batches into rows, and rows back into records.

Not for connections or transactions: the store has those.
"""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from ...core.decisions.subject import SHOWN_LIMIT, VISIT_PAUSE_MS
from ..contract import (
    DECIDED_KEPT,
    BadRow,
    Batch,
    Decided,
    Deliveries,
    Event,
    Experiment,
    Link,
    Nonce,
    Receipt,
    SessionStep,
    Visit,
)
from ..contract.paging import counted
from .counting import add
from .nonces import is_new
from .session_rows import count, step, without_empty

Row = TypeVar("Row")
Values = tuple[Any, ...]

# Rows in one statement. After each the thread has to get the interpreter's lock back, so there are to be few; and they are
# to be known already, so there are to be few of them.
SIZES = (256, 128, 64, *range(32, 0, -1))
_INTO_EVENTS = "INSERT OR IGNORE INTO events (datastream, id, type, url, visitor, made_ms, received_ms, body, source, way, session)"
_EVENTS = {
    size: f"{_INTO_EVENTS} VALUES {','.join(['(?,?,?,?,?,?,?,?,?,?,?)'] * size)}" for size in SIZES
}
_BAD_ROW = "INSERT INTO bad_rows (received_ms, code, path, message, url, body, client, cut, visitor, ecid, source, context) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
_DELIVERIES = "INSERT OR REPLACE INTO deliveries VALUES (?,?,?,?,?,?,?,?)"
_INTO_VISITORS = "INSERT INTO visitors (datastream, visitor, first_seen_ms, last_seen_ms, events, ecid, consent, views)"
_SEEN_AGAIN = f"""
ON CONFLICT DO UPDATE SET last_seen_ms = max(last_seen_ms, excluded.last_seen_ms), events = events + excluded.events,
    views = views + excluded.views, visits = visits + (excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}),
    previous_ms = iif(excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}, last_seen_ms, previous_ms),
    ecid = CASE excluded.ecid WHEN '' THEN ecid ELSE excluded.ecid END,
    consent = CASE excluded.consent WHEN '' THEN consent ELSE excluded.consent END
"""
_VISITS = {
    size: f"{_INTO_VISITORS} VALUES {','.join(['(?,?,?,?,?,?,?,?)'] * size)} {_SEEN_AGAIN}"
    for size in SIZES
}
_SHOWN = (
    "INSERT OR IGNORE INTO shown (datastream, visitor, experience, at_ms, seq) VALUES (?,?,?,?,?)"
)
_FORGET = f"""
DELETE FROM shown WHERE datastream = ?1 AND visitor = ?2 AND experience = ?3 AND (at_ms, seq) <= (
    SELECT at_ms, seq FROM shown WHERE datastream = ?1 AND visitor = ?2 AND experience = ?3
    ORDER BY at_ms DESC, seq DESC LIMIT 1 OFFSET {SHOWN_LIMIT})
"""
# The newest says how it is now: told again, it changes nothing.
_EXPERIMENT = """
INSERT OR REPLACE INTO experiments SELECT ?1, ?2, ?3
WHERE ?3 IS NOT (SELECT record FROM experiments WHERE id = ?1 ORDER BY since_ms DESC LIMIT 1)
"""
# A request that is sent again is decided again.
_DECIDED = """
INSERT INTO decided (datastream, visitor, event, experience, variant, scope, at_ms) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
WHERE NOT EXISTS (SELECT 1 FROM decided WHERE visitor = ?2 AND event = ?3 AND experience = ?4 AND scope = ?6 AND datastream = ?1)
"""
_DECIDED_BEFORE = f"""
DELETE FROM decided WHERE visitor = ?1 AND id <= (
    SELECT id FROM decided WHERE visitor = ?1 ORDER BY id DESC LIMIT 1 OFFSET {DECIDED_KEPT})
"""
EVENT_COLUMNS = (
    "datastream, id, type, url, visitor, made_ms, received_ms, body, seq, source, way, session"
)
ROW_COLUMNS = (
    "received_ms, code, path, message, url, body, client, cut, id, visitor, ecid, source, context"
)


def write(connection: sqlite3.Connection, batches: list[Batch]) -> list[Receipt]:
    """Write *batches*, rows of a kind together: each statement costs the interpreter's lock twice."""
    if not any(batch.nonce for batch in batches):
        return _write(connection, batches)
    fresh = [batch.nonce is None or is_new(connection, batch.nonce) for batch in batches]
    written = iter(
        _write(connection, [one for one, new in zip(batches, fresh, strict=True) if new])
    )
    return [next(written) if new else Receipt(replayed=True) for new in fresh]


def _write(connection: sqlite3.Connection, batches: list[Batch]) -> list[Receipt]:
    sessions: dict[int, str] = {}
    for number, batch in enumerate(batches):
        if batch.session:
            sessions[number] = step(connection, batch.session)
    places = _write_events(connection, batches, sessions)
    receipts = []
    visits: list[tuple[object, ...]] = []
    start = 0
    for number, batch in enumerate(batches):
        own = places[start : start + len(batch.events)]
        start += len(batch.events)
        receipt = _receipt(batch, own, sessions.get(number, ""))
        if receipt.session:
            count(connection, receipt)
        receipts.append(receipt)
        visit = batch.visit
        if visit:
            views = sum([event.is_view for event in receipt.new])
            seen = (visit.datastream, visit.visitor, visit.seen_ms, visit.seen_ms)
            visits.append((*seen, len(receipt.new), visit.ecid, visit.consent, views))
            for event, seq in zip(receipt.new, receipt.places, strict=True):
                for experience in event.shown:
                    key = (visit.datastream, visit.visitor, experience)
                    connection.execute(_SHOWN, (*key, event.received_ms, seq))
                    connection.execute(_FORGET, key)
        if batch.bad_rows or batch.deliveries or batch.mended or batch.experiments or batch.links:
            _write_rest(connection, batch)
        if batch.decided:
            _write_decided(connection, batch.decided)
    for size, part in _parts(visits):
        values = [value for row in part for value in row]
        connection.execute(_VISITS[size], values)
    add(connection, counted(batches, receipts))
    if any(batch.probe for batch in batches):
        _probe(connection)
    # Not before all are counted: the event that a session has may be another batch's.
    return without_empty(connection, receipts) if sessions else receipts


def _receipt(batch: Batch, places: list[int], session: str) -> Receipt:
    if 0 not in places:
        return Receipt(batch.events, places, 0, session)
    new = [(event, seq) for event, seq in zip(batch.events, places, strict=True) if seq]
    stored = tuple([event for event, _ in new])
    return Receipt(stored, [seq for _, seq in new], len(places) - len(new), session)


def _write_events(
    connection: sqlite3.Connection, batches: list[Batch], sessions: dict[int, str]
) -> list[int]:
    """The place of each event of *batches* in the store; 0 where its id was there already. *sessions* are theirs, by number."""
    events = [event for batch in batches for event in batch.events]
    if sessions:
        events = [
            replace(event, session=sessions[number]) if sessions.get(number) else event
            for number, batch in enumerate(batches)
            for event in batch.events
        ]
    places: list[int] = []
    for size, part in _parts(events):
        values = [
            value
            for event in part
            for value in (
                event.datastream, event.id, event.type, event.url, event.visitor,
                event.made_ms, event.received_ms, event.body, event.source, event.way, event.session,
            )
        ]  # fmt: skip
        cursor = connection.execute(_EVENTS[size], values)
        if cursor.rowcount == size:
            # All are new, and numbered without a gap: nobody else writes in this transaction.
            last = cursor.lastrowid or 0
            places.extend(range(last - size + 1, last + 1))
        else:
            places.extend(_places_of(connection, part, cursor.rowcount))
    return places


def _places_of(connection: sqlite3.Connection, events: list[Event], count: int) -> list[int]:
    """The places of *events*, just written, of which *count* were new: those have the highest numbers, one each."""
    select = "SELECT seq, datastream, id FROM events ORDER BY seq DESC LIMIT ?"
    new = {(row[1], row[2]): row[0] for row in connection.execute(select, (count,))}
    return [new.pop((event.datastream, event.id), 0) for event in events]


def _parts(rows: "list[Row]") -> "Iterator[tuple[int, list[Row]]]":
    """*rows* in parts of the SIZES, the largest first, so that few statements have to be known."""
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            yield size, rows[start : start + size]
            start += size


def _write_rest(connection: sqlite3.Connection, batch: Batch) -> None:
    for bad in batch.bad_rows:
        why = (bad.received_ms, bad.code, bad.path, bad.message, bad.url)
        keys = (bad.visitor, bad.ecid, bad.source, bad.context)
        connection.execute(_BAD_ROW, (*why, bad.body, bad.client, bad.cut, *keys))
    for link in batch.links:
        ends = (link.source, link.target, link.datastream, link.how)
        connection.execute("INSERT OR IGNORE INTO links VALUES (?,?,?,?,?)", (*ends, link.made_ms))
    for id in batch.mended:
        connection.execute("DELETE FROM bad_rows WHERE id = ?", (id,))
    for one in batch.experiments:
        connection.execute(_EXPERIMENT, (one.id, one.since_ms, one.record))
    deliveries = batch.deliveries
    if deliveries:
        counts = (deliveries.sent, deliveries.retried, deliveries.acknowledged, deliveries.restored)
        page = (deliveries.datastream, deliveries.page, deliveries.seen_ms)
        connection.execute(_DELIVERIES, (*page, *counts, json.dumps(deliveries.dropped)))


def _write_decided(connection: sqlite3.Connection, decided: tuple[Decided, ...]) -> None:
    for one in decided:
        what = (one.datastream, one.visitor, one.event, one.experience, one.variant, one.scope)
        connection.execute(_DECIDED, (*what, one.at_ms))
    for visitor in {one.visitor for one in decided}:
        connection.execute(_DECIDED_BEFORE, (visitor,))


# One row for each table; none of it is kept.
_SAMPLE = Batch(
    events=(
        Event(
            datastream="", id="probe", type="", url="", visitor="", made_ms=0, received_ms=0, body="{}", shown=("probe",)
        ),
    ),
    bad_rows=(BadRow(received_ms=0, code="", path="", message="", url="", body=b""),),
    visit=Visit(datastream="", visitor="", seen_ms=0),
    deliveries=Deliveries(datastream="", page="", seen_ms=0),
    experiments=(Experiment(id="", since_ms=0, record=""),),
    session=SessionStep(datastream="", source="", visitor="", id="probe", at_ms=0, idle_ms=0),
    links=(Link(datastream="", source="", target="", made_ms=0, how=""),),
    nonce=Nonce(value="", seen_ms=0, until_ms=0),
    decided=(
        Decided(datastream="", visitor="", event="", experience="", variant="", scope="", at_ms=0),
    ),
)  # fmt: skip


def _probe(connection: sqlite3.Connection) -> None:
    """Write to every table as a request would, take that back, and leave a page that has to reach the disk."""
    connection.execute("SAVEPOINT probe")
    write(connection, [_SAMPLE])
    connection.execute("ROLLBACK TO probe")
    connection.execute("RELEASE probe")
    connection.execute("REPLACE INTO probe VALUES (1, randomblob(4096))")


def event_of(row: Values) -> Event:
    return Event(
        datastream=row[0], id=row[1], type=row[2], url=row[3], visitor=row[4],
        made_ms=row[5], received_ms=row[6], body=row[7], seq=row[8], source=row[9], way=row[10], session=row[11],
    )  # fmt: skip


def bad_row_of(row: Values) -> BadRow:
    return BadRow(
        received_ms=row[0], code=row[1], path=row[2], message=row[3], url=row[4],
        body=row[5], client=row[6], cut=bool(row[7]), id=row[8], visitor=row[9], ecid=row[10], source=row[11], context=row[12],
    )  # fmt: skip
