"""Which events a command is about: the options that several have, and the filter that they come to."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pyrite.cli.rights import whole

TypesOption = Annotated[
    list[str] | None, typer.Option("--type", help="Only events of this type; may be repeated.")
]
SourcesOption = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only what came in this protocol: web, jss, ibexa; may be repeated."),
]  # fmt: skip
StreamOption = Annotated[str, typer.Option("--stream", help="Only events of this data stream.")]
VisitorOption = Annotated[
    str, typer.Option("--visitor", help="Only this visitor's, by their id or the beginning of it.")
]
SinceOption = Annotated[
    str, typer.Option("--since", help="Only what came since then: 10m, 2h, 3d, or a time (UTC).")
]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def since_ms(given: str, *, now_ms: int | None = None) -> int:
    """The moment that *given* means, in milliseconds since 1970; 0 for ''. Raises ValueError."""
    if not given:
        return 0
    now_ms = int(time.time() * 1000) if now_ms is None else now_ms
    number, unit = given[:-1], given[-1:]
    if unit in _UNITS and number.isascii() and number.isdigit() and len(number) < 10:
        return now_ms - int(number) * _UNITS[unit] * 1000
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(
            f"--since: expected 30s, 10m, 2h, 3d or a time like 2026-11-27T08:00, got {given!r}"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def filter_of(
    store: Any,
    *,
    types: list[str] | None,
    sources: list[str] | None,
    stream: str,
    visitor: str,
    since: str,
) -> Any:
    """The Filter of these options; a visitor's includes the keys that links make one with it. Raises ValueError."""
    from pyrite.stores.contract import Filter

    return Filter(
        types=tuple(types or ()),
        sources=tuple(sources or ()),
        datastream=stream,
        visitors=tuple(store.names_of(whole(store, visitor))) if visitor else (),
        since_ms=since_ms(since),
    )
