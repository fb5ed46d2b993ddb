"""The default store: SQLite, write-ahead log, one writing thread that commits whatever has gathered in one go.

A batch's future is done only after the commit is on disk (`synchronous = FULL`), so what the edge acknowledges survives
a crash. Source for the settings: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous.
"""

import json
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ..belonging import belongs
from ..contract import (
    IDENTIFY,
    SHOWN_READ,
    BadRow,
    Batch,
    Deliveries,
    Erased,
    Event,
    Experiment,
    Link,
    Receipt,
    Session,
    State,
    StoreUnavailable,
    Visitor,
    Writing,
    Written,
)
from . import files, rows, session_rows
from .schema import TooNew, complete, log_ahead

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
LOOK_S = 0.2  # after a look at the files before a commit need not look again; after it there is always one
BUSY_AGAIN_S = 0.2  # while that lasts: whoever waits hears of it soon
# A connection stands these; after any other error of SQLite the database is opened again.
PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)

log = logging.getLogger("pyrite.stores")

Unwritten = tuple[Batch, Written, int]  # with its bytes


class _Replaced(Exception):
    """The files that are open are not those at the path any longer."""


class SqliteStore(Writing):
    """Everything in one file in a folder of its own; several processes may open the same one."""

    def __init__(
        self,
        folder: Path,
        *,
        synchronous: str = "FULL",
        committed: "Callable[[int, float], None]" = lambda batches, seconds: None,
    ) -> None:
        """Open or create the store in *folder*, where only its owner can read it.

        *synchronous* is SQLite's own word: with NORMAL a power failure, with OFF also a crash of the system may take the last
        commits along, though they were acknowledged. *committed* is told of each commit: how many batches, how many seconds.
        Raises StoreUnavailable when it can't be written.
        """
        self._path = folder.absolute() / FILE
        self._synchronous = synchronous
        self._committed = committed
        self._waiting: deque[Unwritten] = deque()
        self._bytes = 0
        self._changing = threading.Lock()  # of what waits
        self._wanted = threading.Event()  # something waits, or the store is closing
        self._failure = ""
        self._said = ""  # the last failure that the log was told
        self._closed = False
        self._connection: sqlite3.Connection | None = None  # the writing thread's
        # Kept open, for a visitor is looked up with most decisions; one thread at a time.
        self._reading = threading.Lock()
        self._reader: sqlite3.Connection | None = None
        self._opened = files.look(str(self._path))
        self._watch = files.Watch(self._path)
        self._looked_s = 0.0
        self._written_ns = 0  # when the last commit ended
        self._open()
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
        select = f"SELECT {rows.EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
        for row in self._select(select, (after, -1 if limit is None else limit)):
            yield rows.event_of(row)

    def last_seq(self) -> int:
        """See contract.Store."""
        return next(self._select("SELECT max(seq) FROM events"))[0] or 0

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

    def experiments(self) -> Iterator[Experiment]:
        """See contract.Store."""
        for row in self._select("SELECT id, since_ms, record FROM experiments ORDER BY since_ms"):
            yield Experiment(id=row[0], since_ms=row[1], record=row[2])

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
            connection.execute(session_rows.FORGET, {"before": before_ms})
            connection.execute(session_rows.FORGET_LINKS, {"before": before_ms})
        return gone

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

    def unlink(self, key: str) -> int:
        """See contract.Store."""
        with self._writing() as connection:
            delete = "DELETE FROM links WHERE how = ?1 AND (source = ?2 OR target = ?2)"
            return connection.execute(delete, (IDENTIFY, key)).rowcount

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

    def drop(self, session: Session) -> int:
        """See contract.Store."""
        with self._writing() as connection:
            delete = "DELETE FROM events WHERE visitor = ? AND session = ?"
            gone = connection.execute(delete, (session.visitor, session.id)).rowcount
            connection.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
        return gone

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
        wanted = set(ids)
        for row in map(rows.bad_row_of, self._select(select, ids)):
            if belongs(row, wanted):
                yield row

    def erase(self, ids: list[str]) -> Erased:
        """See contract.Store."""
        bad = [(row.id,) for row in self.bad_rows_of(ids)]
        keys = [(id,) for id in ids]
        with self._writing() as connection:
            counts = {
                table: sum(
                    connection.execute(f"DELETE FROM {table} WHERE visitor = ?", key).rowcount
                    for key in keys
                )
                for table in ("events", "visitors", "shown", "sessions")
            }
            ends = "DELETE FROM links WHERE source = ?1 OR target = ?1"
            links = sum(connection.execute(ends, key).rowcount for key in keys)
            connection.executemany("DELETE FROM bad_rows WHERE id = ?", bad)
        # What was deleted must not be there to read in free pages, or in the log.
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Erased(
            events=counts["events"], bad_rows=len(bad), visitors=counts["visitors"], sessions=counts["sessions"], links=links
        )  # fmt: skip

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

    def close(self) -> None:
        """See contract.Store."""
        with self._changing:
            closed, self._closed = self._closed, True
        if not closed:
            self._wanted.set()
            if self._writer is not threading.current_thread():  # where garbage is collected
                self._writer.join()

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

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection with a transaction of its own, committed at the end. Raises StoreUnavailable."""
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA secure_delete = ON")  # what goes is overwritten
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the store can't write now: {error}") from error

    def _open(self) -> None:
        """Open what is at the path, created or upgraded as needed. Raises StoreUnavailable."""
        try:
            files.prepare(self._path)
            with closing(self._connect()) as connection:
                connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a new database
                log_ahead(connection, wait_s=BUSY_S)
                complete(connection)
            # The writing thread uses this one; it is made here so that the reader's is never the last to be closed.
            self._connection = self._connect()
            self._connection.execute(
                "SELECT 1 FROM sqlite_master"
            ).fetchone()  # the log is there now
            with self._reading:
                self._reader = self._connect(shared=True)
            self._opened = files.look(str(self._path))
            self._watch = files.Watch(self._path)
            self._written_ns = time.time_ns()
        except (OSError, sqlite3.Error, TooNew) as error:
            self._let_go(keep_log=False)
            raise StoreUnavailable(
                f"the store at {str(self._path)!r} can't be opened: {error}"
            ) from error

    def _let_go(self, *, keep_log: bool) -> None:
        """Close both connections; with *keep_log* what is in the log is not worked into the file.

        SQLite does that work when the last connection is closed, and the reader's can't.
        """
        writer, self._connection = self._connection, None
        with self._reading:
            reader, self._reader = self._reader, None
        for connection in (writer, reader) if keep_log else (reader, writer):
            if connection:
                with suppress(sqlite3.Error):
                    connection.close()

    def _write_all(self) -> None:
        while group := self._gather():
            started = time.perf_counter()
            if self._failure and self._connection:
                self._be_patient(BUSY_AGAIN_S)
            failed, self._failure = self._failure, self._commit(group)
            if failed and self._connection:
                self._be_patient(BUSY_S)
            with self._changing:
                self._bytes -= sum([size for _, _, size in group])
            if not self._failure:
                self._committed(len(group), time.perf_counter() - started)
        self._let_go(keep_log=not files.look(str(self._path)).same_files(self._opened))

    def _be_patient(self, seconds: float) -> None:
        assert self._connection
        self._connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")

    def _gather(self) -> "list[Unwritten]":
        """All that waits, up to GROUP_LIMIT, once something does; nothing when the store is closed and all is written."""
        while True:
            with self._changing:
                count = min(len(self._waiting), GROUP_LIMIT)
                if count or self._closed:
                    return [self._waiting.popleft() for _ in range(count)]
                self._wanted.clear()
            self._wanted.wait()

    def _commit(self, group: "list[Unwritten]") -> str:
        """Write *group* in one go, and tell everybody; returns why it failed, '' where it did not."""
        receipts = []
        try:
            if self._connection is None:
                self._open()
            connection = self._connection
            assert connection
            if time.monotonic() - self._looked_s > LOOK_S:
                self._check_files()
            connection.execute("BEGIN IMMEDIATE")
            receipts = rows.write(connection, [batch for batch, _, _ in group])
            connection.execute("COMMIT")
            self._check_files()  # or this is in a file that nobody will open
            self._written_ns = time.time_ns()
        except Exception as error:
            self._roll_back()
            if len(group) > 1 and not isinstance(
                error, sqlite3.OperationalError | StoreUnavailable | _Replaced
            ):
                # One of them can't be written by anybody: the others must not share its fate.
                return max([self._commit([one]) for one in group])
            said = str(error) if isinstance(error, StoreUnavailable) else f"the store can't write now: {error}"  # fmt: skip
            for _, done, _ in group:
                _tell(done, StoreUnavailable(said))
            self._recover(error)
            return said
        self._said = ""
        for (_, done, _), receipt in zip(group, receipts, strict=True):
            _tell(done, receipt)
        return ""

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _check_files(self) -> None:
        """Raises _Replaced where the files at the path are not those that are open: they would take what nobody reads."""
        self._looked_s = time.monotonic()
        if not self._watch.is_quiet() and not files.look(str(self._path)).same_files(self._opened):
            raise _Replaced(f"{str(self._path)!r} was removed, moved or replaced")

    def _recover(self, error: Exception) -> None:
        """After *error*: open the database again, unless it passes by itself; the log is told once."""
        broken = isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF not in PASSING
        if not broken and not isinstance(error, _Replaced):
            return
        found = files.look(str(self._path))
        overwritten = found.main == self._opened.main and found.changed_ns > self._written_ns
        if self._connection and not overwritten:
            # What is only in the log goes into the file that it belongs to, wherever that is now.
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._let_go(keep_log=isinstance(error, _Replaced))
        if found.main != self._opened.main:
            files.remove_log(str(self._path), self._opened)
        try:
            self._open()
            self._warn(f"{error}; what is there now was opened, and events are stored in it")
        except StoreUnavailable as still:
            self._warn(f"{error}; {still}; it is tried again with the next request")

    def _warn(self, said: str) -> None:
        if said != self._said:
            self._said = said
            log.warning("the store: %s", said)


def _tell(done: Written, outcome: Receipt | StoreUnavailable) -> None:
    """Tell whoever waits; one who can't be told any more (its event loop is closed) must not end the writing thread."""
    try:
        done(outcome)
    except Exception:
        log.exception("the store: what became of a batch could not be told")
