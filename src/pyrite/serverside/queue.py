"""Messages that wait to be sent: bounded, and in memory or on disk.

Where there is no room the oldest of least value goes, be it the new one. Not for sending: worker.py does.
"""

from __future__ import annotations

import heapq
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .message import Message

LEASE_MS = 60_000  # how long a message that was taken is left to whoever took it, who may have died
NEARLY = 0.9  # of a file's bytes: whoever asks for room first has others beside it
BUSY_S = 2.0  # how long another process of the same queue may hold it up


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that was taken to be sent; *key* says which when it is done or put back."""

    key: int
    message: Message
    attempts: int


class Queue(Protocol):
    """What a queue does, wherever it keeps messages. Times are milliseconds since 1970."""

    def put(self, message: Message) -> Message | None:
        """Add *message*; what was let go of for it, which may be itself, or None."""

    def put_all(self, messages: list[Message]) -> bool:
        """Add *messages* and let go of none for them; False, and none is added, where there is no room for all."""

    def take(self, now_ms: int) -> Taken | None:
        """The oldest message whose time has come, for the caller alone; None where there is none."""

    def done(self, taken: Taken) -> None:
        """It was sent, or will never be."""

    def again(self, taken: Taken, at_ms: int) -> None:
        """It is to be sent once more, not before *at_ms*."""

    def next_ms(self) -> int | None:
        """When the next message may be taken; None where nothing waits."""

    def waiting(self) -> int:
        """How many messages are not done."""

    def is_full(self, count: int = 1) -> bool:
        """Whether *count* more messages would push others out, or nearly fill the file."""

    def close(self) -> None:
        """Let go of files; what waits on disk stays there."""


class MemoryQueue:
    """A queue that ends with its process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._messages: dict[int, tuple[Message, int]] = {}  # by key, with the number of attempts
        self._ready: list[tuple[int, int]] = []  # (time, key): a heap
        self._cheap: list[
            tuple[int, int]
        ] = []  # (value, key): a heap; keys that are gone are skipped
        self._taken: set[int] = set()
        self._last = 0

    def put(self, message: Message) -> Message | None:
        """See Queue."""
        with self._lock:
            self._add(message)
            return self._dropped() if len(self._messages) > self._limit else None

    def put_all(self, messages: list[Message]) -> bool:
        """See Queue."""
        with self._lock:
            if len(self._messages) + len(messages) > self._limit:
                return False
            for message in messages:
                self._add(message)
            return True

    def take(self, now_ms: int) -> Taken | None:
        """See Queue."""
        with self._lock:
            while self._ready and self._ready[0][0] <= now_ms:
                key = heapq.heappop(self._ready)[1]
                if key in self._messages:
                    message, attempts = self._messages[key]
                    self._taken.add(key)
                    return Taken(key=key, message=message, attempts=attempts)
            return None

    def done(self, taken: Taken) -> None:
        """See Queue."""
        with self._lock:
            self._messages.pop(taken.key, None)
            self._taken.discard(taken.key)

    def again(self, taken: Taken, at_ms: int) -> None:
        """See Queue."""
        with self._lock:
            self._taken.discard(taken.key)
            if taken.key in self._messages:
                self._messages[taken.key] = (taken.message, taken.attempts + 1)
                heapq.heappush(self._ready, (at_ms, taken.key))
                heapq.heappush(self._cheap, (taken.message.value, taken.key))

    def next_ms(self) -> int | None:
        """See Queue."""
        with self._lock:
            while self._ready and self._ready[0][1] not in self._messages:
                heapq.heappop(self._ready)
            return self._ready[0][0] if self._ready else None

    def waiting(self) -> int:
        """See Queue."""
        return len(self._messages)

    def is_full(self, count: int = 1) -> bool:
        """See Queue."""
        return len(self._messages) + count > self._limit

    def close(self) -> None:
        """See Queue."""

    def _add(self, message: Message) -> None:
        self._last += 1
        self._messages[self._last] = (message, 0)
        heapq.heappush(self._ready, (0, self._last))
        heapq.heappush(self._cheap, (message.value, self._last))

    def _dropped(self) -> Message | None:
        """Let go of one that nobody is sending now."""
        while self._cheap:
            key = heapq.heappop(self._cheap)[1]
            if key in self._messages and key not in self._taken:
                return self._messages.pop(key)[0]
        return None


_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, value INTEGER NOT NULL, at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,
    taken INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ready ON messages (at_ms, key);
CREATE INDEX IF NOT EXISTS cheap ON messages (taken, value, key);
"""
_INSERT = "INSERT INTO messages (value, at_ms, attempts, taken, message) VALUES (?, 0, 0, 0, ?)"
_TAKE = """
UPDATE messages SET at_ms = ?2, taken = 1 WHERE key = (SELECT key FROM messages WHERE at_ms <= ?1 ORDER BY at_ms, key LIMIT 1)
RETURNING key, message, attempts
"""


class DiskQueue:
    """A queue in a file of SQLite: it survives its process, and several processes may share it.

    A message is in the file when `put` returns: it outlives the process, though not always a machine that loses power
    (`synchronous = NORMAL`). One that was taken by a process that died is taken again after LEASE_MS.
    """

    def __init__(self, path: Path, limit: int, most_bytes: int = 0, *, alone: bool = False) -> None:
        """*limit* messages may wait, in *most_bytes* of the file (0: in as many as they need). *alone* says that no other process has
        the file: what one that died had taken may be taken at once.
        """
        self._limit = limit
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        with suppress(OSError):
            path.chmod(0o600)  # it holds what visitors did
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)
        if alone:
            self._connection.execute("UPDATE messages SET at_ms = 0, taken = 0 WHERE taken = 1")
        self._count = self._waiting()

    def put(self, message: Message) -> Message | None:
        """See Queue."""
        with self._lock:
            self._connection.execute(_INSERT, (message.value, message.as_text()))
            self._count += 1
            if self._count <= self._limit and not self._has_no_bytes_left():
                return None
            self._count = self._waiting()  # other processes take and put, too
            if self._count <= self._limit and not self._has_no_bytes_left():
                return None
            cheapest = "SELECT key FROM messages WHERE taken = 0 ORDER BY value, key LIMIT 1"
            gone = self._connection.execute(
                f"DELETE FROM messages WHERE key = ({cheapest}) RETURNING message"
            ).fetchone()
            self._count -= gone is not None
            return Message.from_text(gone[0]) if gone else None

    def put_all(self, messages: list[Message]) -> bool:
        """See Queue. They survive a machine that loses power, too."""
        rows = [(message.value, message.as_text()) for message in messages]
        with self._lock:
            self._count = self._waiting()
            if self._count + len(rows) > self._limit or self._has_no_bytes_left(NEARLY):
                return False
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(_INSERT, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            finally:
                self._connection.execute("PRAGMA synchronous = NORMAL")
            self._count += len(rows)
            return True

    def take(self, now_ms: int) -> Taken | None:
        """See Queue."""
        with self._lock:
            rows = self._connection.execute(_TAKE, (now_ms, now_ms + LEASE_MS)).fetchall()
            if not rows:
                return None
            key, text, attempts = rows[0]
            try:
                return Taken(key=key, message=Message.from_text(text), attempts=attempts)
            except (ValueError, TypeError):
                # Another version's: it stays for that one, as long as there is room.
                return None

    def done(self, taken: Taken) -> None:
        """See Queue."""
        with self._lock:
            gone = self._connection.execute(
                "DELETE FROM messages WHERE key = ?", (taken.key,)
            ).rowcount
            self._count -= gone

    def again(self, taken: Taken, at_ms: int) -> None:
        """See Queue."""
        update = "UPDATE messages SET at_ms = ?, attempts = ?, taken = 0 WHERE key = ?"
        with self._lock:
            self._connection.execute(update, (at_ms, taken.attempts + 1, taken.key))

    def next_ms(self) -> int | None:
        """See Queue."""
        with self._lock:
            due_ms: int | None = self._connection.execute(
                "SELECT min(at_ms) FROM messages"
            ).fetchone()[0]
        return due_ms

    def waiting(self) -> int:
        """See Queue."""
        with self._lock:
            return self._waiting()

    def is_full(self, count: int = 1) -> bool:
        """See Queue."""
        with self._lock:
            if self._count + count > self._limit:
                self._count = self._waiting()  # other processes take and put, too
            return self._count + count > self._limit or self._has_no_bytes_left(NEARLY)

    def close(self) -> None:
        """See Queue."""
        with self._lock:
            self._connection.close()

    def _has_no_bytes_left(self, share: float = 1) -> bool:
        if not self._most_bytes:
            return False
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return bool((pages - free) * size > self._most_bytes * share)

    def _waiting(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM messages").fetchone()[0]
        return count
