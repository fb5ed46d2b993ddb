"""The default store: SQLite, write-ahead log, one writing thread that commits whatever has gathered in one go.

A batch's future is done only after the commit is on disk (`synchronous = FULL`), so what the edge acknowledges survives
a crash. Source for the settings: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous.
"""

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    Unwritten,
    Visitor,
)

FILE = "pyrite.sqlite3"
GROUP_LIMIT = (
    500  # batches in one commit: beyond that the wait of the first grows faster than the gain
)
QUEUE_LIMIT = 10_000  # batches waiting; more are refused at once, so that memory stays bounded
QUEUE_BYTES = 64 * 1024 * 1024  # and bytes
BUSY_S = 5.0  # how long another process may hold the database
BUSY_AGAIN_S = 0.2  # while that lasts: whoever waits hears of it soon
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
CREATE INDEX IF NOT EXISTS events_by_visitor ON events (visitor);
"""
_EVENT = "INSERT OR IGNORE INTO events (datastream, id, type, url, visitor, made_ms, received_ms, body) VALUES (?,?,?,?,?,?,?,?)"
_BAD_ROW = "INSERT INTO bad_rows (received_ms, code, path, message, url, body, client, cut) VALUES (?,?,?,?,?,?,?,?)"
_DELIVERIES = "INSERT OR REPLACE INTO deliveries VALUES (?,?,?,?,?,?,?,?)"
_VISIT = f"""
INSERT INTO visitors (datastream, visitor, first_seen_ms, last_seen_ms, events, ecid, consent, views) VALUES (?,?,?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET last_seen_ms = max(last_seen_ms, excluded.last_seen_ms), events = events + excluded.events,
    views = views + excluded.views, visits = visits + (excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}),
    previous_ms = iif(excluded.last_seen_ms - last_seen_ms > {VISIT_PAUSE_MS}, last_seen_ms, previous_ms),
    ecid = CASE excluded.ecid WHEN '' THEN ecid ELSE excluded.ecid END,
    consent = CASE excluded.consent WHEN '' THEN consent ELSE excluded.consent END
"""
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


class SqliteStore:
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
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                _upgrade(connection)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(
                f"the store at {str(self._path)!r} can't be opened: {error}"
            ) from error
        self._waiting: queue.Queue[Unwritten | None] = queue.Queue(QUEUE_LIMIT)
        self._bytes = 0
        self._counting = threading.Lock()
        self._failure = ""
        self._closed = False
        # Kept open, for a visitor is looked up with most decisions; one thread at a time.
        self._reading = threading.Lock()
        self._reader = self._connect(shared=True)
        self._writer = threading.Thread(target=self._write_all, name="pyrite-store", daemon=True)
        self._writer.start()

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """See contract.Store."""
        unwritten = Unwritten(batch)
        size = batch.size
        try:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            with self._counting:
                if self._bytes and self._bytes + size > QUEUE_BYTES:
                    raise StoreUnavailable(f"{self._bytes} bytes are waiting to be written")
                self._waiting.put_nowait(unwritten)
                self._bytes += size
        except queue.Full:
            unwritten.done.set_exception(
                StoreUnavailable(f"{QUEUE_LIMIT} batches are waiting to be written")
            )
        except StoreUnavailable as error:
            unwritten.done.set_exception(error)
        return unwritten.done

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
        return State(waiting=self._waiting.qsize(), bytes=self._bytes, failure=failure)

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
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._writer.join()
            with self._reading:
                self._reader.close()

    def _connect(self, *, shared: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=not shared
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection with a transaction of its own, committed at the end. Raises StoreUnavailable."""
        with closing(self._connect()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise StoreUnavailable(f"the store can't write now: {error}") from error

    def _write_all(self) -> None:
        connection = self._connect()
        ended = False
        while not ended:
            group, ended = self._gather()
            if not group:
                continue
            started = time.perf_counter()
            if self._failure:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_AGAIN_S * 1000:.0f}")
            failed = self._failure != ""
            self._failure = _commit(connection, group)
            if failed and not self._failure:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")
            with self._counting:
                self._bytes -= sum(unwritten.batch.size for unwritten in group)
            if not self._failure:
                self._committed(len(group), time.perf_counter() - started)
        connection.close()

    def _gather(self) -> tuple[list[Unwritten], bool]:
        """All that waits, up to GROUP_LIMIT, at least one; and whether the store is closing."""
        group: list[Unwritten] = []
        item = self._waiting.get()
        while item is not None:
            item.done.set_running_or_notify_cancel()  # from now on nobody can take it back
            group.append(item)
            if len(group) == GROUP_LIMIT:
                return group, False
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True


def _commit(connection: sqlite3.Connection, group: list[Unwritten]) -> str:
    """Write *group* in one go, and tell everybody; returns why it failed, '' where it did not."""
    receipts = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        receipts = [_write(connection, unwritten.batch) for unwritten in group]
        connection.execute("COMMIT")
    except Exception as error:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if len(group) > 1 and not isinstance(error, sqlite3.OperationalError):
            # One of them can't be written by anybody: the others must not share its fate.
            return max([_commit(connection, [unwritten]) for unwritten in group])
        failure = StoreUnavailable(f"the store can't write now: {error}")
        for unwritten in group:
            if not unwritten.done.cancelled():
                unwritten.done.set_exception(failure)
        return str(failure)
    for unwritten, receipt in zip(group, receipts, strict=True):
        if not unwritten.done.cancelled():
            unwritten.done.set_result(receipt)
    return ""


def _write(connection: sqlite3.Connection, batch: Batch) -> Receipt:
    stored = []
    for event in batch.events:
        row = (
            event.datastream,
            event.id,
            event.type,
            event.url,
            event.visitor,
            event.made_ms,
            event.received_ms,
            event.body,
        )
        cursor = connection.execute(_EVENT, row)
        if cursor.rowcount:
            stored.append(replace(event, seq=cursor.lastrowid or 0))
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
    visit = batch.visit
    if visit:
        seen = (
            visit.datastream,
            visit.visitor,
            visit.seen_ms,
            visit.seen_ms,
            len(stored),
            visit.ecid,
            visit.consent,
            sum(event.is_view for event in stored),
        )
        connection.execute(_VISIT, seen)
        for event in stored:
            for experience in event.shown:
                key = (visit.datastream, visit.visitor, experience)
                connection.execute(_SHOWN, (*key, event.received_ms, event.seq))
                connection.execute(_FORGET, key)
    return Receipt(tuple(stored), len(batch.events) - len(stored))


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
