"""The default store: SQLite, write-ahead log, one writing thread that commits whatever has gathered in one go.

A batch's future is done only after the commit is on disk (`synchronous = FULL`), so what the edge acknowledges survives
a crash. Source for the settings: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_synchronous.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from ..contract import (
    Batch,
    Receipt,
    State,
    StoreUnavailable,
    Writing,
    Written,
)
from . import files, rows
from .deleting import Deleting
from .paging import Paging
from .reading import BUSY_S
from .schema import TooNew, complete, log_ahead

FILE = "pyrite.sqlite3"
# Batches in one commit: beyond that the wait of the first grows faster than the gain.
GROUP_LIMIT = 500
QUEUE_LIMIT = 10_000  # batches waiting; more are refused at once, so that memory stays bounded
QUEUE_BYTES = 64 * 1024 * 1024  # and bytes
PAGE_BYTES = 8192  # a fifth less writing than with 4096, where most rows are some hundred bytes
LOOK_S = 0.2  # after a look at the files before a commit need not look again; after it there is always one
BUSY_AGAIN_S = 0.2  # while that lasts: whoever waits hears of it soon
# A connection stands these; after any other error of SQLite the database is opened again.
PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)

log = logging.getLogger("pyrite.stores")

Unwritten = tuple[Batch, Written, int]  # with its bytes


class _Replaced(Exception):
    """The files that are open are not those at the path any longer."""


class SqliteStore(Deleting, Paging, Writing):
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
        super().__init__(folder.absolute() / FILE, synchronous)
        self._committed = committed
        self._waiting: deque[Unwritten] = deque()
        self._bytes = 0
        self._changing = threading.Lock()  # of what waits
        self._wanted = threading.Event()  # something waits, or the store is closing
        self._said = ""  # the last failure that the log was told
        self._closed = False
        self._connection: sqlite3.Connection | None = None  # the writing thread's
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

    def state(self) -> State:
        """See contract.Store."""
        failure = "the store is closed" if self._closed else self._failure
        return State(waiting=len(self._waiting), bytes=self._bytes, failure=failure)

    def close(self) -> None:
        """See contract.Store."""
        with self._changing:
            closed, self._closed = self._closed, True
        if not closed:
            self._wanted.set()
            if self._writer is not threading.current_thread():  # where garbage is collected
                self._writer.join()

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
            reason = str(error) if isinstance(error, StoreUnavailable) else f"the store can't write now: {error}"  # fmt: skip
            for _, future, _ in group:
                _tell(future, StoreUnavailable(reason))
            self._recover(error)
            return reason
        self._said = ""
        for (_, future, _), receipt in zip(group, receipts, strict=True):
            _tell(future, receipt)
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
        identity = files.look(str(self._path))
        overwritten = identity.main == self._opened.main and identity.changed_ns > self._written_ns
        if self._connection and not overwritten:
            # What is only in the log goes into the file that it belongs to, wherever that is now.
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._let_go(keep_log=isinstance(error, _Replaced))
        if identity.main != self._opened.main:
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
