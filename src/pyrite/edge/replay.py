"""Bad rows taken in again: as they are, where the edge has learned to read them, or mended by hand.

A row goes in the same commit that stores its events, so that replaying twice changes nothing. Not for choosing rows or telling
of them: the room cli does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from ..stores.contract import BadRow, Batch, Receipt, Store, Visit
from . import intake
from .problems import Problem
from .protocol import check_datastream
from .schemas import Schemas
from .settings import Datastream, Settings


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
    content = intake.unpacked(row.body, settings.limits)
    place = urlsplit(row.url)
    query = parse_qs(place.query)
    name = intake.early_stream(content) or query.get("configId", [""])[0]
    check_datastream(settings, name)
    source = intake.Source(
        datastream=name,
        org=settings.datastreams.get(name, Datastream()).org or name,
        request_id=query.get("requestId", [f"bad-row-{row.id}"])[0],
        action=place.path.rpartition("/v1/")[2],
        url=row.url,
        cookie="",
        received_ms=row.received_ms,
        client=row.client,
    )
    arrival = intake.read(content, source, settings.limits, schemas.of(name))
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
