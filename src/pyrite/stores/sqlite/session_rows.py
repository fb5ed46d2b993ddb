"""Statements for sessions and links; the rules stand in contract/sessions.py."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from ..contract import IDENTIFY, Link, Receipt, Session, SessionStep
from ..contract.sessions import LINKED, neighbours, reached, stepped

Select = Callable[[str, Sequence[object]], Iterable[Any]]

COLUMNS = "id, datastream, source, visitor, started_ms, last_ms, idle_ms, key, ended_ms, how, robot, campaign, pages, events, value"
NEWEST = f"SELECT {COLUMNS} FROM sessions WHERE visitor = ? AND datastream = ? AND source = ? ORDER BY started_ms DESC, how, id DESC LIMIT 1"
LINKS = "SELECT datastream, source, target, made_ms, how FROM links"
TOUCHING = f"{LINKS} WHERE source = ?1 UNION ALL {LINKS} WHERE target = ?1 AND source != ?1"
_SET = f"INSERT OR REPLACE INTO sessions ({COLUMNS}) VALUES ({','.join('?' * 15)})"
_COUNT = (
    "UPDATE sessions SET pages = pages + ?, events = events + ?, value = value + ? WHERE id = ?"
)
# What only brought events that were stored before has opened no session.
_EMPTY = "DELETE FROM sessions WHERE id = ? AND events = 0"

# What is old: its table and key, and of which rows that is true, with ?1 for the moment before which it has to be over.
OLD = (
    ("sessions", ("id",), "iif(how = '', last_ms + idle_ms, ended_ms) < ?1"),
    (
        "links",
        ("source", "target", "datastream", "how"),
        "made_ms < ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE events.visitor = links.source)",
    ),
)


def session_of(row: Any) -> Session:
    """The session in a *row* of COLUMNS."""
    return Session(
        id=row[0], datastream=row[1], source=row[2], visitor=row[3], started_ms=row[4], last_ms=row[5], idle_ms=row[6],
        key=row[7], ended_ms=row[8], how=row[9], robot=None if row[10] is None else bool(row[10]), campaign=row[11],
        pages=row[12], events=row[13], value=row[14],
    )  # fmt: skip


def step(connection: sqlite3.Connection, given: SessionStep) -> str:
    """The id of the session that is opened or continued, within the transaction that writes; '' where there is none."""
    row = connection.execute(NEWEST, (given.visitor, given.datastream, given.source)).fetchone()
    one = stepped(session_of(row) if row else None, given)
    if one is None:
        return ""
    robot = None if one.robot is None else int(one.robot)
    values = (
        one.id,
        one.datastream,
        one.source,
        one.visitor,
        one.started_ms,
        one.last_ms,
        one.idle_ms,
        one.key,
        one.ended_ms,
    )
    connection.execute(
        _SET, (*values, one.how, robot, one.campaign, one.pages, one.events, one.value)
    )
    return one.id


def count(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Add the new events of *receipt* to its session."""
    pages = sum([event.is_view for event in receipt.new])
    value = sum([event.value for event in receipt.new])
    connection.execute(_COUNT, (pages, len(receipt.new), value, receipt.session))


def without_empty(connection: sqlite3.Connection, receipts: list[Receipt]) -> list[Receipt]:
    """*receipts* of one transaction, all counted; a session that has no event by now is deleted, and its receipts name none."""
    idle = {receipt.session for receipt in receipts if receipt.session and not receipt.new}
    empty = {id for id in idle if connection.execute(_EMPTY, (id,)).rowcount}
    if not empty:
        return receipts
    return [
        replace(receipt, session="") if receipt.session in empty else receipt
        for receipt in receipts
    ]


def link_of(row: Any) -> Link:
    """The link in a *row* of LINKS."""
    return Link(datastream=row[0], source=row[1], target=row[2], made_ms=row[3], how=row[4])


def one_person(select: Select, key: str, *, identified: bool = False) -> list[str]:
    """The keys that links make one with *key*; only those of *identified* persons, where that is asked."""

    def next_to(one: str) -> list[str]:
        links = [link_of(row) for row in select(f"{TOUCHING} LIMIT {LINKED}", (one,))]
        return neighbours(one, [link for link in links if not identified or link.how == IDENTIFY])

    return reached(key, next_to)
