"""The tables of a database, and how one from an earlier version, or one that lacks a table, is completed.

A new version raises VERSION, adds its columns to _LATER_COLUMNS, and a dump of a database of the version before to tests/stores/databases.
"""

import sqlite3
import time

VERSION = 6  # of _SCHEMA and _LATER_COLUMNS together: to be raised with either
BUSY_STEP_S = 0.01

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, datastream TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL,
    visitor TEXT NOT NULL, made_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, body TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT 'web', way TEXT NOT NULL DEFAULT '', session TEXT NOT NULL DEFAULT '', UNIQUE (datastream, id)
);
CREATE INDEX IF NOT EXISTS events_of ON events (visitor);
CREATE TABLE IF NOT EXISTS visitors (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
    events INTEGER NOT NULL, ecid TEXT NOT NULL, consent TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 1,
    views INTEGER NOT NULL DEFAULT 0, previous_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (datastream, visitor)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visitors_of ON visitors (visitor);
CREATE TABLE IF NOT EXISTS shown (
    datastream TEXT NOT NULL, visitor TEXT NOT NULL, experience TEXT NOT NULL, at_ms INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (datastream, visitor, experience, at_ms, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bad_rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, code TEXT NOT NULL, path TEXT NOT NULL,
    message TEXT NOT NULL, url TEXT NOT NULL, body BLOB NOT NULL, client TEXT NOT NULL DEFAULT '', cut INTEGER NOT NULL DEFAULT 0,
    visitor TEXT NOT NULL DEFAULT '', ecid TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT 'web', context TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS deliveries (
    datastream TEXT NOT NULL, page TEXT NOT NULL, seen_ms INTEGER NOT NULL, sent INTEGER NOT NULL, retried INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL, restored INTEGER NOT NULL, dropped TEXT NOT NULL, PRIMARY KEY (datastream, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS experiments (
    id TEXT NOT NULL, since_ms INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (id, since_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT NOT NULL PRIMARY KEY, datastream TEXT NOT NULL, source TEXT NOT NULL, visitor TEXT NOT NULL, key TEXT NOT NULL,
    started_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, idle_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, how TEXT NOT NULL,
    robot INTEGER, campaign TEXT NOT NULL, pages INTEGER NOT NULL DEFAULT 0, events INTEGER NOT NULL DEFAULT 0, value REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of ON sessions (visitor, datastream, source, started_ms);
CREATE TABLE IF NOT EXISTS links (
    source TEXT NOT NULL, target TEXT NOT NULL, datastream TEXT NOT NULL, how TEXT NOT NULL, made_ms INTEGER NOT NULL,
    PRIMARY KEY (source, target, datastream, how)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_to ON links (target);
CREATE TABLE IF NOT EXISTS counts (
    at_ms INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (at_ms, kind, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decided (
    id INTEGER PRIMARY KEY AUTOINCREMENT, datastream TEXT NOT NULL, visitor TEXT NOT NULL, event TEXT NOT NULL,
    experience TEXT NOT NULL, variant TEXT NOT NULL, scope TEXT NOT NULL, at_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS decided_of ON decided (visitor);
CREATE TABLE IF NOT EXISTS nonces (value TEXT NOT NULL PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_until ON nonces (until_ms);
CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, padding BLOB NOT NULL);
"""
_TABLES = {
    "events",
    "visitors",
    "shown",
    "bad_rows",
    "deliveries",
    "experiments",
    "sessions",
    "links",
    "counts",
    "decided",
    "nonces",
    "probe",
}
# What databases of earlier versions lack.
_LATER_COLUMNS = (
    ("visitors", "visits", "INTEGER NOT NULL DEFAULT 1"),
    ("visitors", "views", "INTEGER NOT NULL DEFAULT 0"),
    ("visitors", "previous_ms", "INTEGER NOT NULL DEFAULT 0"),
    ("bad_rows", "client", "TEXT NOT NULL DEFAULT ''"),
    ("bad_rows", "cut", "INTEGER NOT NULL DEFAULT 0"),
    ("bad_rows", "visitor", "TEXT NOT NULL DEFAULT ''"),
    ("bad_rows", "ecid", "TEXT NOT NULL DEFAULT ''"),
    ("events", "source", "TEXT NOT NULL DEFAULT 'web'"),
    ("bad_rows", "source", "TEXT NOT NULL DEFAULT 'web'"),
    ("events", "way", "TEXT NOT NULL DEFAULT ''"),
    ("events", "session", "TEXT NOT NULL DEFAULT ''"),
    ("bad_rows", "context", "TEXT NOT NULL DEFAULT ''"),
)


class TooNew(Exception):
    """A later Pyrite has made the database; this one would damage it."""


def log_ahead(connection: sqlite3.Connection, *, wait_s: float) -> None:
    """Turn the write-ahead log on, which SQLite does not wait for by itself where others open the same new database."""
    end = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(BUSY_STEP_S)


def complete(connection: sqlite3.Connection) -> None:
    """Create or upgrade the schema in one transaction, so that concurrent processes do it once. Raises TooNew.

    A complete database is not written to: it can be opened while others write.
    """
    if _is_complete(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    if not _is_complete(connection):
        for statement in filter(str.strip, _SCHEMA.split(";")):
            connection.execute(statement)
        for table, name, kind in _LATER_COLUMNS:
            if name not in _columns(connection, table):
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _is_complete(connection: sqlite3.Connection) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise TooNew(f"it has version {version} and this Pyrite knows {VERSION}; update Pyrite")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return version == VERSION and {name for (name,) in tables} >= _TABLES


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
