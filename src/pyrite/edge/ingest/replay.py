"""Bad rows taken in again: as they are, where the edge has learned to read them, or mended by hand.

A row goes in the same commit that stores its events, so that replaying twice changes nothing. Not for choosing rows or telling
of them: the room cli does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from ...stores.contract import BadRow, Batch, Receipt, Store, Visit
from ..adobe.endpoints import check_datastream
from ..http.gateway import query_of
from ..http.problems import Problem
from ..settings import Datastream, Settings
from . import bodies, intake
from .schemas import Schemas


@dataclass(frozen=True)
class Replayed:
    """What became of a row: events stored, and those that had been before; or why it stays."""

    row: BadRow
    stored: int = 0
    duplicates: int = 0
    problem: Problem | None = None


def replay(store: Store, rows: Iterable[BadRow], settings: Settings) -> Iterator[Replayed]:
    """Take *rows* in, one after the other, as if they came now. Raises StoreUnavailable, SettingsError; what was told by then is done."""
    schemas = Schemas(settings)
    for row in rows:
        try:
            receipt = _take(store, row, settings, schemas)
        except Problem as problem:
            yield Replayed(row, problem=problem)
        else:
            yield Replayed(row, stored=len(receipt.new), duplicates=receipt.duplicates)


def _take(store: Store, row: BadRow, settings: Settings, schemas: Schemas) -> Receipt:
    if row.cut:
        detail = f"only the first {len(row.body)} bytes were kept; the rest is lost"
        raise Problem(400, "replay.cut", detail)
    # As many events as there are: nobody waits for an answer.
    limits = replace(settings.limits, events=2**31)
    content = bodies.unpacked(row.body, limits)
    path, _, text = row.url.partition("?")
    query = query_of(text.encode())
    name = intake.early_stream(content, limits) or query.get("configId", "")
    check_datastream(settings, name)
    source = intake.Source(
        datastream=name,
        org=settings.datastreams.get(name, Datastream()).org or name,
        request_id=query.get("requestId") or f"bad-row-{row.id}",
        action=path.rpartition("/v1/")[2],
        url=row.url,
        cookie="",
        received_ms=row.received_ms,
        client=row.client,
    )
    arrival = intake.read(content, source, limits, schemas.of(name))
    if not arrival.events:
        raise (
            arrival.refused[0][1]
            if arrival.refused
            else Problem(400, "body.events", "expected at least one event", path="$.events")
        )
    visit = Visit(
        datastream=name, visitor=arrival.visitor, seen_ms=row.received_ms, ecid=arrival.ecid
    )
    batch = Batch(
        events=tuple(arrival.events),
        bad_rows=tuple(arrival.bad_rows),
        visit=visit,
        mended=(row.id,),
    )
    return store.submit(batch).result()
