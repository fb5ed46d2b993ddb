"""The default store: SQLite, write-ahead log, one writing thread that commits whatever has gathered in one go.

A batch's future is done only after the commit is on disk (`synchronous = FULL`), so what the edge acknowledges survives
a crash. Source for the settings: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous.
"""

import queue
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ..core.situation import SHOWN_LIMIT, VISIT_PAUSE_MS
from .contract import (
    BadRow,
    Batch,
    Event,
    Receipt,
    StoreUnavailable,
    Unwritten,
    Visitor,
)

FILE = "pyrite.sqlite3"
GROUP_LIMIT = (
    500  # batches in one commit: beyond that the wait of the first grows faster than the gain
)
QUEUE_LIMIT = 10_000  # batches waiting; more are refused at once, so that memory stays bounded
BUSY_S = 5.0  # how long another process may hold the database

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
    message TEXT NOT NULL, url TEXT NOT NULL, body BLOB NOT NULL
);
"""
_EVENT = "INSERT OR IGNORE INTO events (datastream, id, type, url, visitor, made_ms, received_ms, body) VALUES (?,?,?,?,?,?,?,?)"
_BAD_ROW = "INSERT INTO bad_rows (received_ms, code, path, message, url, body) VALUES (?,?,?,?,?,?)"
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
# What a database of version 0.1.0 lacks.
_LATER_COLUMNS = (("visits", 1), ("views", 0), ("previous_ms", 0))


class SqliteStore:
    """Everything in one file in a folder of its own; several processes may open the same one."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store in *folder*. Raises StoreUnavailable when it can't be written."""
        self._path = folder / FILE
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
        self._closed = False
        # Kept open, for a visitor is looked up with most decisions; one thread at a time.
        self._reading = threading.Lock()
        self._reader = self._connect(shared=True)
        self._writer = threading.Thread(target=self._write_all, name="pyrite-store", daemon=True)
        self._writer.start()

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """See contract.Store."""
        unwritten = Unwritten(batch)
        try:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            self._waiting.put_nowait(unwritten)
        except queue.Full:
            unwritten.done.set_exception(
                StoreUnavailable(f"{QUEUE_LIMIT} batches are waiting to be written")
            )
        except StoreUnavailable as error:
            unwritten.done.set_exception(error)
        return unwritten.done

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """See contract.Store."""
        select = (
            "SELECT datastream, id, type, url, visitor, made_ms, received_ms, body, seq FROM events"
            " WHERE seq > ? ORDER BY seq LIMIT ?"
        )
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (after, -1 if limit is None else limit)):
                yield Event(
                    datastream=row[0], id=row[1], type=row[2], url=row[3], visitor=row[4],
                    made_ms=row[5], received_ms=row[6], body=row[7], seq=row[8],
                )  # fmt: skip

    def last_seq(self) -> int:
        """See contract.Store."""
        with self._reading:
            row = self._reader.execute("SELECT max(seq) FROM events").fetchone()
        return row[0] or 0

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """See contract.Store."""
        select = "SELECT received_ms, code, path, message, url, body, id FROM bad_rows WHERE id > ? ORDER BY id"
        with closing(self._connect()) as connection:
            for row in connection.execute(select, (after,)):
                yield BadRow(
                    received_ms=row[0],
                    code=row[1],
                    path=row[2],
                    message=row[3],
                    url=row[4],
                    body=row[5],
                    id=row[6],
                )

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
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _write_all(self) -> None:
        connection = self._connect()
        ended = False
        while not ended:
            group, ended = self._gather()
            if group:
                _commit(connection, group)
        connection.close()

    def _gather(self) -> tuple[list[Unwritten], bool]:
        """All that waits, up to GROUP_LIMIT, at least one; and whether the store is closing."""
        group: list[Unwritten] = []
        item = self._waiting.get()
        while item is not None:
            group.append(item)
            if len(group) == GROUP_LIMIT:
                return group, False
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True


def _commit(connection: sqlite3.Connection, group: list[Unwritten]) -> None:
    receipts = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        receipts = [_write(connection, unwritten.batch) for unwritten in group]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for unwritten in group:
            unwritten.done.set_exception(StoreUnavailable(f"the store can't write now: {error}"))
        return
    for unwritten, receipt in zip(group, receipts, strict=True):
        unwritten.done.set_result(receipt)


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
        connection.execute(
            _BAD_ROW, (bad.received_ms, bad.code, bad.path, bad.message, bad.url, bad.body)
        )
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
    known = {row[1] for row in connection.execute("PRAGMA table_info(visitors)")}
    for name, default in _LATER_COLUMNS:
        if name not in known:
            connection.execute(
                f"ALTER TABLE visitors ADD COLUMN {name} INTEGER NOT NULL DEFAULT {default}"
            )
