"""The default store: SQLite, write-ahead log, one writing thread that commits whatever has gathered in one go.

A batch's future is done only after the commit is on disk (`synchronous = FULL`), so what the edge acknowledges survives
a crash. Source for the settings: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous.
"""

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from ..core.situation import SHOWN_LIMIT, VISIT_PAUSE_MS
from .contract import (
    BadRow,
    Batch,
    Deliveries,
    Erased,
    Event,
    Receipt,
    State,
    StoreUnavailable,
    Visitor,
    Writing,
    Written,
)

FILE = "pyrite.sqlite3"
GROUP_LIMIT = (
    500  # batches in one commit: beyond that the wait of the first grows faster than the gain
)
QUEUE_LIMIT = 10_000  # batches waiting; more are refused at once, so that memory stays bounded
QUEUE_BYTES = 64 * 1024 * 1024  # and bytes
PAGE_BYTES = 8192  # a fifth less writing than with 4096, where most rows are some hundred bytes
LOG_PAGES = (
    5000  # before the log is worked into the file: at SQLite's 1,000 that is half of the writing
)
BUSY_S = 5.0  # how long another process may hold the database
BUSY_AGAIN_S = 0.2  # while that lasts: whoever waits hears of it soon
BUSY_STEP_S = 0.01
VERSION = 1  # of _SCHEMA and _LATER_COLUMNS together: to be raised with either
SYNCHRONOUS = ("FULL", "NORMAL", "OFF")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, datastream TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL,
    visitor TEXT NOT NULL, made_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (datastream, id)
);
CREATE TABLE IF NOT EXISTS visitors (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
    events INTEGER NOT NULL, ecid TEXT NOT NULL, consent TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 1,
    views INTEGER NOT NULL DEFAULT 0, previous_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (datastream, visitor)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shown (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, experience TEXT NOT NULL, at_ms INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (datastream, visitor, experience, at_ms, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bad_rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, code TEXT NOT NULL, path TEXT NOT NULL,
    message TEXT NOT NULL, url TEXT NOT NULL, body BLOB NOT NULL, client TEXT NOT NULL DEFAULT '', cut INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS deliveries (
    datastream TEXT NOT NULL, page TEXT NOT NULL, seen_ms INTEGER NOT NULL, sent INTEGER NOT NULL, retried INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL, restored INTEGER NOT NULL, dropped TEXT NOT NULL, PRIMARY KEY (datastream, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, padding BLOB NOT NULL);
"""
# Rows in one statement. After each the thread has to get the interpreter's lock back, so there are to be few; and they are
# to be known already, so there are to be few of them.
SIZES = (256, 128, 64, *range(32, 0, -1))
_ROWS = {size: ",".join(["(?,?,?,?,?,?,?,?)"] * size) for size in SIZES}
_INTO_EVENTS = (
    "INSERT OR IGNORE INTO events (datastream, id, type, url, visitor, made_ms, received_ms, body)"
)
_EVENTS = {size: f"{_INTO_EVENTS} VALUES {rows}" for size, rows in _ROWS.items()}
_BAD_ROW = "INSERT INTO bad_rows (received_ms, code, path, message, url, body, client, cut) VALUES (?,?,?,?,?,?,?,?)"
_DELIVERIES = "INSERT OR REPLACE INTO deliveries VALUES (?,?,?,?,?,?,?,?)"
_INTO_VISITORS = "INSERT INTO visitors (datastream, visitor, first_seen_ms, last_seen_ms, events, ecid, consent, views)"
_SEEN_AGAIN = f"""
ON CONFLICT DO UPDATE SET last_seen_ms = max(last_seen_ms, excluded.last_seen_ms), events = events + excluded.events,
    views = views + excluded.views, visits = visits + (excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}),
    previous_ms = iif(excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}, last_seen_ms, previous_ms),
    ecid = CASE excluded.ecid WHEN '' THEN ecid ELSE excluded.ecid END,
    consent = CASE excluded.consent WHEN '' THEN consent ELSE excluded.consent END
"""
_VISITS = {size: f"{_INTO_VISITORS} VALUES {rows} {_SEEN_AGAIN}" for size, rows in _ROWS.items()}
_SHOWN = (
    "INSERT OR IGNORE INTO shown (datastream, visitor, experience, at_ms, seq) VALUES (?,?,?,?,?)"
)
_FORGET = f"""
DELETE FROM shown WHERE datastream = ?1 AND visitor = ?2 AND experience = ?3 AND (at_ms, seq) <= (
    SELECT at_ms, seq FROM shown WHERE datastream = ?1 AND visitor = ?2 AND experience = ?3
    ORDER BY at_ms DESC, seq DESC LIMIT 1 OFFSET {SHOWN_LIMIT})
"""
# What databases of earlier versions lack.
_LATER_COLUMNS = (
    ("visitors", "visits", "INTEGER NOT NULL DEFAULT 1"),
    ("visitors", "views", "INTEGER NOT NULL DEFAULT 0"),
    ("visitors", "previous_ms", "INTEGER NOT NULL DEFAULT 0"),
    ("bad_rows", "client", "TEXT NOT NULL DEFAULT ''"),
    ("bad_rows", "cut", "INTEGER NOT NULL DEFAULT 0"),
)
_EVENT_COLUMNS = "datastream, id, type, url, visitor, made_ms, received_ms, body, seq"
_ROW_COLUMNS = "received_ms, code, path, message, url, body, client, cut, id"


Unwritten = tuple[Batch, Written, int]  # with its bytes
Row = TypeVar("Row")


class SqliteStore(Writing):
    """Everything in one file in a folder of its own; several processes may open the same one."""

    def __init__(
        self,
        folder: Path,
        *,
        synchronous: str = "FULL",
        committed: "Callable[[int, float], None]" = lambda batches, seconds: None,
    ) -> None:
        """Open or create the store in *folder*.

        *synchronous* is SQLite's own word: with NORMAL a power failure, with OFF also a crash of the system may take the last
        commits along, though they were acknowledged. *committed* is told of each commit: how many batches, how many seconds.
        Raises StoreUnavailable when it can't be written.
        """
        self._path = folder / FILE
        self._synchronous = synchronous
        self._committed = committed
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection:
                connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a new database
                _log_ahead(connection)
                _complete(connection)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(
                f"the store at {str(self._path)!r} can't be opened: {error}"
            ) from error
        self._waiting: deque[Unwritten] = deque()
        self._bytes = 0
        self._changing = threading.Lock()  # of what waits
        self._wanted = threading.Event()  # something waits, or the store is closing
        self._failure = ""
        self._closed = False
        # Kept open, for a visitor is looked up with most decisions; one thread at a time.
        self._reading = threading.Lock()
        self._reader = self._connect(shared=True)
        self._writer = threading.Thread(target=self._write_all, name="pyrite-store", daemon=True)
        self._writer.start()

    def write(self, batch: Batch, done: Written) -> None:
        """See contract.Store."""
        size = batch.size
        with self._changing:
            waiting, bytes = len(self._waiting), self._bytes
            refused = ""
            if self._closed:
                refused = "the store is closed"
            elif waiting >= QUEUE_LIMIT:
                refused = f"{waiting} batches are waiting to be written"
            elif bytes and bytes + size > QUEUE_BYTES:
                refused = f"{bytes} bytes are waiting to be written"
            else:
                self._waiting.append((batch, done, size))
                self._bytes += size
        if refused:
            done(StoreUnavailable(refused))
        elif not waiting:
            self._wanted.set()

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """See contract.Store."""
        select = f"SELECT {_EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (after, -1 if limit is None else limit)):
                yield _event_of(row)

    def last_seq(self) -> int:
        """See contract.Store."""
        with self._reading:
            row = self._reader.execute("SELECT max(seq) FROM events").fetchone()
        return row[0] or 0

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """See contract.Store."""
        select = f"SELECT {_ROW_COLUMNS} FROM bad_rows WHERE id > ? ORDER BY id"
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (after,)):
                yield _bad_row_of(row)

    def deliveries(self, datastream: str = "") -> Iterator[Deliveries]:
        """See contract.Store."""
        select = (
            "SELECT datastream, page, seen_ms, sent, retried, acknowledged, restored, dropped"
            " FROM deliveries WHERE ? IN ('', datastream) ORDER BY seen_ms"
        )
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (datastream,)):
                yield Deliveries(
                    datastream=row[0], page=row[1], seen_ms=row[2], sent=row[3], retried=row[4],
                    acknowledged=row[5], restored=row[6], dropped=json.loads(row[7]),
                )  # fmt: skip

    def state(self) -> State:
        """See contract.Store."""
        failure = "the store is closed" if self._closed else self._failure
        return State(waiting=len(self._waiting), bytes=self._bytes, failure=failure)

    def forget(self, *, before_ms: int, limit: int) -> int:
        """See contract.Store."""
        gone = 0
        with self._writing() as connection:
            for table, key in (("events", "seq"), ("bad_rows", "id")):
                old = f"SELECT {key} FROM {table} WHERE received_ms < ? ORDER BY {key} LIMIT ?"
                delete = f"DELETE FROM {table} WHERE {key} IN ({old})"
                gone += connection.execute(delete, (before_ms, limit - gone)).rowcount
            connection.execute("DELETE FROM deliveries WHERE seen_ms < ?", (before_ms,))
        return gone

    def names_of(self, visitor: str) -> list[str]:
        """See contract.Store."""
        select = "SELECT visitor FROM visitors WHERE visitor = ?1 OR ecid = ?1"
        with closing(self._connect()) as connection:
            return sorted({visitor, *(row[0] for row in connection.execute(select, (visitor,)))})

    def events_of(self, visitor: str) -> Iterator[Event]:
        """See contract.Store."""
        select = f"SELECT {_EVENT_COLUMNS} FROM events WHERE visitor = ? ORDER BY seq"
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (visitor,)):
                yield _event_of(row)

    def bad_rows_of(self, ids: list[str]) -> Iterator[BadRow]:
        """See contract.Store."""
        for row in self.bad_rows():
            if any(id.encode() in row.body for id in ids):
                yield row

    def erase(self, ids: list[str]) -> Erased:
        """See contract.Store."""
        rows = [(row.id,) for row in self.bad_rows_of(ids)]
        keys = [(id,) for id in ids]
        with self._writing() as connection:
            counts = {
                table: sum(
                    connection.execute(f"DELETE FROM {table} WHERE visitor = ?", key).rowcount
                    for key in keys
                )
                for table in ("events", "visitors", "shown")
            }
            connection.executemany("DELETE FROM bad_rows WHERE id = ?", rows)
        # What was deleted must not be there to read in free pages, or in the log.
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Erased(events=counts["events"], bad_rows=len(rows), visitors=counts["visitors"])

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """See contract.Store."""
        select = (
            "SELECT first_seen_ms, last_seen_ms, events, ecid, consent, visits, views, previous_ms FROM visitors"
            " WHERE datastream = ? AND visitor = ?"
        )
        displays = "SELECT experience, at_ms FROM shown WHERE datastream = ? AND visitor = ? ORDER BY at_ms, seq"
        shown: dict[str, tuple[int, ...]] = {}
        try:
            with self._reading:
                row = self._reader.execute(select, (datastream, visitor)).fetchone()
                if row is None:
                    return None
                for experience, at_ms in self._reader.execute(displays, (datastream, visitor)):
                    shown[experience] = (*shown.get(experience, ()), at_ms)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the store can't be read now: {error}") from error
        return Visitor(
            datastream=datastream, visitor=visitor, first_seen_ms=row[0], last_seen_ms=row[1], events=row[2],
            ecid=row[3], consent=row[4], visits=row[5], views=row[6], previous_ms=row[7], shown=shown,
        )  # fmt: skip

    def close(self) -> None:
        """See contract.Store."""
        with self._changing:
            closed, self._closed = self._closed, True
        if not closed:
            self._wanted.set()
            self._writer.join()
            with self._reading:
                self._reader.close()

    def _connect(self, *, shared: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=not shared
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection with a transaction of its own, committed at the end. Raises StoreUnavailable."""
        with closing(self._connect()) as connection:
            try:
                connection.execute("PRAGMA secure_delete = ON")  # what goes is overwritten
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreUnavailable(f"the store can't write now: {error}") from error

    def _write_all(self) -> None:
        connection = self._connect()
        while group := self._gather():
            started = time.perf_counter()
            failed = self._failure != ""
            if failed:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_AGAIN_S * 1000:.0f}")
            self._failure = _commit(connection, group)
            if failed:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")
            with self._changing:
                self._bytes -= sum([size for _, _, size in group])
            if not self._failure:
                self._committed(len(group), time.perf_counter() - started)
        connection.close()

    def _gather(self) -> "list[Unwritten]":
        """All that waits, up to GROUP_LIMIT, once something does; nothing when the store is closed and all is written."""
        while True:
            with self._changing:
                count = min(len(self._waiting), GROUP_LIMIT)
                if count or self._closed:
                    return [self._waiting.popleft() for _ in range(count)]
                self._wanted.clear()
            self._wanted.wait()


def _commit(connection: sqlite3.Connection, group: "list[Unwritten]") -> str:
    """Write *group* in one go, and tell everybody; returns why it failed, '' where it did not."""
    receipts = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        receipts = _write(connection, [batch for batch, _, _ in group])
        connection.execute("COMMIT")
    except Exception as error:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if len(group) > 1 and not isinstance(error, sqlite3.OperationalError):
            # One of them can't be written by anybody: the others must not share its fate.
            return max([_commit(connection, [one]) for one in group])
        failure = StoreUnavailable(f"the store can't write now: {error}")
        for _, done, _ in group:
            done(failure)
        return str(failure)
    for (_, done, _), receipt in zip(group, receipts, strict=True):
        done(receipt)
    return ""


def _write(connection: sqlite3.Connection, batches: list[Batch]) -> list[Receipt]:
    """Write *batches*, rows of a kind together: each statement costs the interpreter's lock twice."""
    places = _write_events(connection, [event for batch in batches for event in batch.events])
    receipts = []
    visits: list[tuple[object, ...]] = []
    start = 0
    for batch in batches:
        own = places[start : start + len(batch.events)]
        start += len(batch.events)
        receipt = _receipt(batch, own)
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
        if batch.bad_rows or batch.deliveries or batch.mended or batch.probe:
            _write_rest(connection, batch)
    for size, part in _parts(visits):
        values = [value for row in part for value in row]
        connection.execute(_VISITS[size], values)
    return receipts


def _receipt(batch: Batch, places: list[int]) -> Receipt:
    if 0 not in places:
        return Receipt(batch.events, places)
    new = [(event, seq) for event, seq in zip(batch.events, places, strict=True) if seq]
    stored = tuple([event for event, _ in new])
    return Receipt(stored, [seq for _, seq in new], len(places) - len(new))


def _write_events(connection: sqlite3.Connection, events: list[Event]) -> list[int]:
    """The place of each of *events* in the store; 0 where its id was there already."""
    places: list[int] = []
    for size, part in _parts(events):
        values = [
            value
            for event in part
            for value in (
                event.datastream, event.id, event.type, event.url, event.visitor,
                event.made_ms, event.received_ms, event.body,
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
        connection.execute(_BAD_ROW, (*why, bad.body, bad.client, bad.cut))
    for id in batch.mended:
        connection.execute("DELETE FROM bad_rows WHERE id = ?", (id,))
    if batch.probe:
        connection.execute("REPLACE INTO probe VALUES (1, randomblob(4096))")
    told = batch.deliveries
    if told:
        counts = (told.sent, told.retried, told.acknowledged, told.restored)
        page = (told.datastream, told.page, told.seen_ms)
        connection.execute(_DELIVERIES, (*page, *counts, json.dumps(told.dropped)))


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, which SQLite does not wait for by itself where others open the same new database."""
    end = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(BUSY_STEP_S)


def _complete(connection: sqlite3.Connection) -> None:
    """Make what the database lacks, in one transaction: of several processes that start together one does it, and the others
    find it done. A database that lacks nothing is not written to: it can be opened while others write, or nobody can."""
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) != VERSION:
        for statement in filter(str.strip, _SCHEMA.split(";")):
            connection.execute(statement)
        _upgrade(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def _upgrade(connection: sqlite3.Connection) -> None:
    """Add the columns that a database from an earlier version lacks."""
    for table, name, kind in _LATER_COLUMNS:
        known = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if name not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _event_of(row: "tuple[Any, ...]") -> Event:
    return Event(
        datastream=row[0], id=row[1], type=row[2], url=row[3], visitor=row[4],
        made_ms=row[5], received_ms=row[6], body=row[7], seq=row[8],
    )  # fmt: skip


def _bad_row_of(row: "tuple[Any, ...]") -> BadRow:
    return BadRow(
        received_ms=row[0], code=row[1], path=row[2], message=row[3], url=row[4],
        body=row[5], client=row[6], cut=bool(row[7]), id=row[8],
    )  # fmt: skip
