"""Nonces: each is taken once, and forgotten when nobody would take it any longer."""

import sqlite3

from ..contract import Nonce


def is_new(connection: sqlite3.Connection, nonce: Nonce) -> bool:
    """Whether *nonce* was not there; it is now."""
    connection.execute("DELETE FROM nonces WHERE until_ms < ?", (nonce.seen_ms,))
    row = (nonce.value, nonce.until_ms)
    return connection.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", row).rowcount == 1
