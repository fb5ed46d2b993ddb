"""What a request brings, whatever its dialect: events to store, bad rows for those that can't be, and who sent it."""

from typing import Any

import msgspec

from ...stores.contract import BadRow, Deliveries, Event, Link, Nonce, SessionStep, Visit
from ..http.problems import Problem

BAD_ROW_BYTES = 1_048_576  # how much of a refused body is kept


class Arrival(msgspec.Struct, kw_only=True):
    """What a dialect has read of a request. Dialects that need more for their answers derive from it."""

    datastream: str
    events: list[Event] = []  # in the order of the request, but for those that were refused
    bad_rows: list[BadRow] = []
    refused: list[tuple[int, Problem]] = []  # place in the request, why
    warnings: list[dict[str, object]] = []  # as RFC 9457 has problems
    visit: Visit | None = None
    deliveries: Deliveries | None = None
    session: SessionStep | None = None  # of the visitor, to which the events belong
    links: dict[Link, None] = {}  # in order, each once
    # Place, and an event that what stands there has become besides its own.
    beside: list[tuple[int, Event]] = []
    # What metrics count besides, by the name of a counter: see COUNTED.
    counted: dict[str, str] = {}
    memory: dict[str, Any] = {}  # of those who take parts of events; see claims.py
    nonce: Nonce | None = None  # what is good once only of the request

    def places(self) -> list[int]:
        """The place of each of the events in the request."""
        gone = {place for place, _ in self.refused}
        last = len(self.events) + len(gone)
        return [place for place in range(last) if place not in gone]

    def everything(self) -> tuple[Event, ...]:
        """All events that are to be stored: of a place that is refused none."""
        if not self.beside:
            return tuple(self.events)
        gone = {place for place, _ in self.refused}
        return (*self.events, *[event for place, event in self.beside if place not in gone])

    def link(self, *links: Link) -> None:
        """Have *links* made with the events."""
        self.links.update(dict.fromkeys(links))

    def cookies(self) -> dict[str, str]:
        """The visitor's cookies, wherever the request has them."""
        return {}

    def path(self, place: int) -> str:
        """Where the event at *place* stands in the request, as problems name it."""
        return "$"

    def refuse(self, place: int, error: Exception) -> None:
        """Keep the event at *place* as a bad row of its own, so that its neighbours are stored; here there are none."""
        raise error


def raise_if_alone(arrival: Arrival) -> None:
    """Raises the problem of the only event of *arrival* where that is refused: then the whole request is."""
    if len(arrival.refused) == 1 >= len(arrival.bad_rows) and not arrival.events:
        raise arrival.refused.pop()[1]


def bad_row(
    problem: Problem,
    content: bytes,
    *,
    source: str,
    url: str,
    client: str,
    received_ms: int,
    whose: tuple[str, str],
    context: str = "",
) -> BadRow:
    """The row that keeps *content*, of the dialect *source*, with the reason of its refusal; *whose* it is: device id and ECID.

    *context* is what the dialect needs beside it to read it again; see BadRow.
    """
    device, ecid = whose
    return BadRow(
        visitor=device or ecid,
        ecid=ecid,
        received_ms=received_ms,
        code=problem.code,
        path=problem.path,
        message=problem.detail,
        url=url,
        body=content[:BAD_ROW_BYTES],
        client=client,
        cut=len(content) > BAD_ROW_BYTES or problem.cut,
        source=source,
        context=context,
    )
