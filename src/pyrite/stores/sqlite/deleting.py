"""What is deleted of a database: what is old, what somebody wants to be forgotten, what was said in error."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ..contract import IDENTIFY, Erased, Session, StoreUnavailable
from . import session_rows
from .reading import Reading

_OLD = (
    ("events", "seq", "received_ms"),
    ("bad_rows", "id", "received_ms"),
    ("decided", "id", "at_ms"),
)


class Deleting(Reading):
    """The part of a store that deletes, each time in a transaction of its own."""

    def forget(self, *, before_ms: int, limit: int) -> int:
        """See contract.Store."""
        gone = 0
        with self._writing() as connection:
            for table, key, time in _OLD:
                old = f"SELECT {key} FROM {table} WHERE {time} < ? ORDER BY {key} LIMIT ?"
                delete = f"DELETE FROM {table} WHERE {key} IN ({old})"
                gone += connection.execute(delete, (before_ms, limit - gone)).rowcount
            connection.execute("DELETE FROM deliveries WHERE seen_ms < ?", (before_ms,))
        for table, columns, is_old in session_rows.OLD:
            gone += self._forget_of(table, columns, is_old, before_ms, limit - gone)
        return gone

    def _forget_of(
        self, table: str, columns: tuple[str, ...], is_old: str, before_ms: int, limit: int
    ) -> int:
        """Delete at most *limit* rows of *table* that are old; how many went.

        They are searched for from end to end, so before the transaction, which would hold up whoever writes.
        """
        key = ", ".join(columns)
        select = f"SELECT {key} FROM {table} WHERE {is_old} ORDER BY {key} LIMIT ?2"
        rows = [(before_ms, *row) for row in self._select(select, (before_ms, limit))]
        if not rows:
            return 0
        same = " AND ".join(f"{name} = ?{place}" for place, name in enumerate(columns, 2))
        with self._writing() as connection:
            delete = f"DELETE FROM {table} WHERE {same} AND {is_old}"
            return connection.executemany(delete, rows).rowcount

    def unlink(self, key: str) -> int:
        """See contract.Store."""
        with self._writing() as connection:
            delete = "DELETE FROM links WHERE how = ?1 AND (source = ?2 OR target = ?2)"
            return connection.execute(delete, (IDENTIFY, key)).rowcount

    def drop(self, session: Session) -> int:
        """See contract.Store."""
        with self._writing() as connection:
            delete = "DELETE FROM events WHERE visitor = ? AND session = ?"
            gone = connection.execute(delete, (session.visitor, session.id)).rowcount
            connection.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
        return gone

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
                for table in ("events", "visitors", "shown", "sessions", "decided")
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
