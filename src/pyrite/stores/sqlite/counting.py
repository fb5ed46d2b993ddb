"""Statements for counts over time; which those are says contract/paging.py."""

import sqlite3

from ..contract.paging import BUCKETS_MS, NAMES, OTHERS, CountKey

_ADD = "UPDATE counts SET count = count + ? WHERE at_ms = ? AND kind = ? AND name = ?"
_NEW = "INSERT INTO counts (count, at_ms, kind, name) VALUES (?,?,?,?)"
_NAMES = "SELECT count(*) FROM counts WHERE at_ms = ? AND kind = ?"


def add(connection: sqlite3.Connection, counts: dict[CountKey, int]) -> None:
    """Add *counts*, within the transaction that writes."""
    for (at_ms, kind, name), count in counts.items():
        if connection.execute(_ADD, (count, at_ms, kind, name)).rowcount:
            continue
        known = connection.execute(_NAMES, (at_ms, kind)).fetchone()[0]
        if known >= NAMES:
            name = OTHERS
            if connection.execute(_ADD, (count, at_ms, kind, name)).rowcount:
                continue
        connection.execute(_NEW, (count, at_ms, kind, name))
        if not known:  # another bucket has begun
            connection.execute("DELETE FROM counts WHERE at_ms < ?", (at_ms - BUCKETS_MS,))
