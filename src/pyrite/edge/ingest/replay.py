"""Bad rows taken in again: as they are, where the edge has learned to read them, or mended by hand; each by its own dialect.

A row goes in the same commit that stores its events, so that replaying twice changes nothing. Not for choosing rows or telling
of them: the room cli does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...stores.contract import BadRow, Batch, Receipt, Store
from ..http.call import Call, Route
from ..http.problems import Problem
from ..settings import Settings
from . import bodies
from .arrival import Arrival
from .dialect import Reader
from .schemas import Schemas
from .violations import check_events


@dataclass(frozen=True)
class Replayed:
    """What became of a row: events stored, and those that had been before; or why it stays."""

    row: BadRow
    stored: int = 0
    duplicates: int = 0
    problem: Problem | None = None


def replay(
    store: Store,
    rows: Iterable[BadRow],
    settings: Settings,
    readers: Sequence[Reader[Arrival]],
) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now, each read by the one of *readers* that has its source's name.

    Raises StoreUnavailable, SettingsError; what was told by then is done.
    """
    schemas = Schemas(settings)
    known = {reader.name: reader for reader in readers}
    for row in rows:
        try:
            receipt = _take(store, row, settings, schemas, known)
        except Problem as problem:
            yield Replayed(row, problem=problem)
        else:
            yield Replayed(row, stored=len(receipt.new), duplicates=receipt.duplicates)


def _take(
    store: Store,
    row: BadRow,
    settings: Settings,
    schemas: Schemas,
    readers: dict[str, Reader[Arrival]],
) -> Receipt:
    if row.cut:
        detail = f"only the first {len(row.body)} bytes were kept; the rest is lost"
        raise Problem(400, "replay.cut", detail)
    reader = readers.get(row.source)
    if reader is None:
        detail = f"no dialect reads rows of {row.source!r}; known are {', '.join(sorted(readers))}"
        raise Problem(400, "replay.source", detail)
    content = bodies.unpacked(row.body, settings.limits)
    arrival = reader.read(_call(row), content)
    check_events(arrival, schemas.of(arrival.datastream))
    if not arrival.events:
        raise (
            arrival.refused[0][1]
            if arrival.refused
            else Problem(400, "body.events", "expected at least one event", path="$.events")
        )
    batch = Batch(
        events=arrival.everything(),
        bad_rows=tuple(arrival.bad_rows),
        visit=arrival.visit,
        mended=(row.id,),
        session=arrival.session,
        links=tuple(arrival.links),
    )
    return store.submit(batch).result()


def _call(row: BadRow) -> Call:
    """The call that *row* came by, as far as it is kept."""
    path, _, query = row.url.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": [],
    }  # fmt: skip
    call = Call(scope, _receive_nothing, Route(""))
    call.row = row
    call.received_ms = row.received_ms
    return call


async def _receive_nothing() -> Any:
    raise RuntimeError("the body of a bad row was read before")
