"""What a database is asked: rows back as records.

Not for which rows there are: the contract says.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..belonging import belongs
from ..contract import (
    SHOWN_READ,
    BadRow,
    Decided,
    Deliveries,
    Event,
    Experiment,
    Link,
    Session,
    StoreUnavailable,
    Visitor,
)
from . import rows, session_rows

BUSY_S = 5.0  # how long another process may hold the database
# Before the log is worked into the file: at SQLite's 1,000 that is half of the writing.
LOG_PAGES = 5000


class Reading:
    """The half of a store that answers; the other half opens the connection that lookups share, one thread at a time."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._path = path
        self._synchronous = synchronous
        self._failure = ""  # why the last commit failed
        # Kept open, for a visitor is looked up with most decisions.
        self._reading = threading.Lock()
        self._reader: sqlite3.Connection | None = None

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """See contract.Store."""
        select = f"SELECT {rows.EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
        for row in self._select(select, (after, -1 if limit is None else limit)):
            yield rows.event_of(row)

    def last_seq(self) -> int:
        """See contract.Store."""
        return self._given("events")

    def last_row(self) -> int:
        """See contract.Store."""
        return self._given("bad_rows")

    def _given(self, table: str) -> int:
        """The highest number that AUTOINCREMENT has given in *table*."""
        select = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        return next((int(row[0]) for row in self._select(select, (table,))), 0)

    def bad_rows(self, *, after: int = 0) -> Iterator[BadRow]:
        """See contract.Store."""
        select = f"SELECT {rows.ROW_COLUMNS} FROM bad_rows WHERE id > ? ORDER BY id"
        for row in self._select(select, (after,)):
            yield rows.bad_row_of(row)

    def deliveries(self, datastream: str = "") -> Iterator[Deliveries]:
        """See contract.Store."""
        select = (
            "SELECT datastream, page, seen_ms, sent, retried, acknowledged, restored, dropped"
            " FROM deliveries WHERE ? IN ('', datastream) ORDER BY seen_ms"
        )
        for row in self._select(select, (datastream,)):
            yield Deliveries(
                datastream=row[0], page=row[1], seen_ms=row[2], sent=row[3], retried=row[4],
                acknowledged=row[5], restored=row[6], dropped=json.loads(row[7]),
            )  # fmt: skip

    def decided(self, visitor: str) -> Iterator[Decided]:
        """See contract.Store."""
        select = "SELECT datastream, visitor, event, experience, variant, scope, at_ms FROM decided WHERE visitor = ? ORDER BY id"
        for row in self._select(select, (visitor,)):
            yield Decided(
                datastream=row[0], visitor=row[1], event=row[2], experience=row[3], variant=row[4], scope=row[5], at_ms=row[6]
            )  # fmt: skip

    def experiments(self) -> Iterator[Experiment]:
        """See contract.Store."""
        for row in self._select("SELECT id, since_ms, record FROM experiments ORDER BY since_ms"):
            yield Experiment(id=row[0], since_ms=row[1], record=row[2])

    def names_of(self, visitor: str) -> list[str]:
        """See contract.Store."""
        select = (
            "SELECT visitor FROM visitors WHERE ecid = ?1"
            " UNION SELECT visitor FROM bad_rows WHERE ecid = ?1 AND visitor != ''"
        )
        devices = [row[0] for row in self._select(select, (visitor,))]
        return sorted({*session_rows.one_person(self._select, visitor), *devices})

    def canonical(self, visitor: str) -> str:
        """See contract.Store."""
        keys = session_rows.one_person(self._select, visitor, identified=True)
        if len(keys) == 1:
            return visitor
        known = ",".join("?" * len(keys))
        select = f"SELECT visitor FROM visitors WHERE visitor IN ({known}) ORDER BY first_seen_ms, visitor LIMIT 1"
        return next((row[0] for row in self._select(select, keys)), visitor)

    def links(self, key: str = "") -> Iterator[Link]:
        """See contract.Store."""
        select = (
            f"SELECT * FROM ({session_rows.TOUCHING}) ORDER BY made_ms"
            if key
            else f"{session_rows.LINKS} ORDER BY made_ms"
        )
        for row in self._select(select, (key,) if key else ()):
            yield session_rows.link_of(row)

    def session(self, datastream: str, source: str, visitor: str) -> Session | None:
        """See contract.Store."""
        try:
            with self._reading:
                if self._reader is None:
                    raise StoreUnavailable(self._failure or "the store is closed")
                row = self._reader.execute(
                    session_rows.NEWEST, (visitor, datastream, source)
                ).fetchone()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the store can't be read now: {error}") from error
        return session_rows.session_of(row) if row else None

    def sessions(self, visitor: str = "") -> Iterator[Session]:
        """See contract.Store."""
        where = "WHERE visitor = ?" if visitor else ""
        select = f"SELECT {session_rows.COLUMNS} FROM sessions {where} ORDER BY started_ms, id"
        for row in self._select(select, (visitor,) if visitor else ()):
            yield session_rows.session_of(row)

    def keys(self, beginning: str, *, limit: int = 20) -> list[str]:
        """See contract.Store."""
        columns = ("visitors.visitor", "visitors.ecid", "events.visitor", "bad_rows.visitor", "bad_rows.ecid", "links.source", "links.target")  # fmt: skip
        parts = [
            f"SELECT {column} AS found FROM {column.partition('.')[0]} WHERE substr({column}, 1, length(?1)) = ?1"
            for column in columns
        ]
        select = (
            f"SELECT found FROM ({' UNION '.join(parts)}) WHERE found != '' ORDER BY found LIMIT ?2"
        )
        return [row[0] for row in self._select(select, (beginning, limit))]

    def events_of(self, visitor: str) -> Iterator[Event]:
        """See contract.Store."""
        select = f"SELECT {rows.EVENT_COLUMNS} FROM events WHERE visitor = ? ORDER BY seq"
        for row in self._select(select, (visitor,)):
            yield rows.event_of(row)

    def bad_rows_of(self, ids: list[str]) -> Iterator[BadRow]:
        """See contract.Store."""
        # Those without a key had a body that could not be read, or are of an earlier version.
        known = ",".join("?" * len(ids))
        select = (
            f"SELECT {rows.ROW_COLUMNS} FROM bad_rows WHERE visitor IN ('', {known}) ORDER BY id"
        )
        requested = set(ids)
        for row in map(rows.bad_row_of, self._select(select, ids)):
            if belongs(row, requested):
                yield row

    def visitor(self, datastream: str, visitor: str) -> Visitor | None:
        """See contract.Store."""
        select = (
            "SELECT first_seen_ms, last_seen_ms, events, ecid, consent, visits, views, previous_ms FROM visitors"
            " WHERE datastream = ? AND visitor = ?"
        )
        # In the order of the primary key: nothing is sorted, and no more is read than is given.
        displays = (
            "SELECT experience, at_ms FROM shown WHERE datastream = ? AND visitor = ?"
            f" ORDER BY experience, at_ms, seq LIMIT {SHOWN_READ}"
        )
        shown: dict[str, tuple[int, ...]] = {}
        try:
            with self._reading:
                if self._reader is None:
                    raise StoreUnavailable(self._failure or "the store is closed")
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

    def _connect(self, *, shared: bool = False) -> sqlite3.Connection:
        """A connection to the file that is there; *shared* ones are for every thread, and only read."""
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={'ro' if shared else 'rw'}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        return connection

    def _select(self, select: str, values: "Sequence[object]" = ()) -> Iterator[rows.Values]:
        """The rows of *select*, on a connection of their own. Raises StoreUnavailable."""
        try:
            with closing(self._connect()) as connection:
                yield from connection.execute(select, values)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the store can't be read now: {error}") from error
