"""tail: what arrives, and what is refused, as it happens."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, folder_of
from pyrite.cli.filters import (
    SinceOption,
    SourcesOption,
    StreamOption,
    TypesOption,
    VisitorOption,
    filter_of,
)
from pyrite.cli.records import Robots, event_record, iso, print_event, row_record
from pyrite.cli.terminal import note, say, write_json

NEWEST = 10  # events that are shown before those that come


@app.command()
def tail(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line; its `kind` is event or bad row.")
    ] = False,
    types: TypesOption = None,
    stream: StreamOption = "",
    sources: SourcesOption = None,
    visitor: VisitorOption = "",
    bad: Annotated[bool, typer.Option("--bad", help="Only what was refused.")] = False,
    since: SinceOption = "",
    after: Annotated[
        int | None, typer.Option(help="Go on after this event (`seq`).", min=0)
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Show events and bad rows as they are stored, by whichever process; Ctrl-C ends."""
    options = {"types": types, "sources": sources, "stream": stream, "visitor": visitor}
    with failures():
        folder = folder_of(data, config)
        robots = Robots()
        try:
            for store, event, row in followed(
                folder,
                lambda store: filter_of(store, since=since, **options),  # type: ignore[arg-type]
                after=after,
                newest=0 if bad else NEWEST,
            ):
                if event and not bad:
                    if as_json:
                        robot = robots.of(event, store)
                        write_json({"kind": "event", **event_record(event, robot=robot)})
                    else:
                        print_event(event)
                if row and not types and not stream:  # a bad row has neither
                    _show(row, as_json)
                sys.stdout.flush()
        except KeyboardInterrupt:
            if not as_json:
                note("  ended")


def _show(row: Any, as_json: bool) -> None:
    if as_json:
        write_json({"kind": "bad row", **row_record(row)})
        return
    say(
        (iso(row.received_ms)[11:19], "dim"),
        "  ",
        (f"refused {row.code:<28}", "bold"),
        f" {row.url:<28} {row.path} {row.message}",
    )


def followed(
    folder: Path,
    wanted_of: Callable[[Any], Any],
    *,
    after: int | None,
    newest: int,
) -> Iterator[tuple[Any, Any, Any]]:
    """`(store, event or None, bad row or None)` as they come, from a database that may only come itself, or be replaced by another.

    First the wanted events above *after*; without it all since the filter's time, or where that has none the *newest*. Bad rows
    are those since that time that *wanted_of* lets through, or those from now on. Raises ValueError.
    """
    from pyrite.edge.following import LOOK_S, Following
    from pyrite.stores.contract import StoreUnavailable
    from pyrite.stores.sqlite import FILE, SqliteStore

    begins = not (folder / FILE).is_file()  # then all that comes is new
    while not (folder / FILE).is_file():
        time.sleep(LOOK_S)
    place: Following | None = None
    while True:
        try:
            if place is None:
                store = SqliteStore(folder)
                wanted = wanted_of(store)
                since = wanted.since_ms
                last = store.last_seq()
                if not (begins or since or after is not None):
                    for event in newest_of(store, wanted, newest, last):
                        yield store, event, None
                start = after if after is not None else 0 if begins or since else last
                row = 0 if begins or since else store.last_row()
                place = Following(store, wanted, after=start, after_row=row)
            change = place.read()
            for event in change.events:
                yield store, event, None
            for one in change.rows:
                if _is_wanted(wanted, one):
                    yield store, None, one
            if change.is_full:
                continue
        except StoreUnavailable:
            pass  # it is gone or locked just now, and looked for again
        time.sleep(LOOK_S)


def newest_of(store: Any, wanted: Any, count: int, last: int) -> list[Any]:
    """The newest *count* wanted events up to *last*, oldest first."""
    found: list[Any] = []
    cursor = last + 1
    while cursor and len(found) < count:
        page = store.page(wanted, before=cursor, limit=count - len(found))
        found += page.events
        cursor = page.cursor
    return found[::-1]


def _is_wanted(wanted: Any, row: Any) -> bool:
    return (
        row.received_ms >= wanted.since_ms
        and (not wanted.sources or row.source in wanted.sources)
        and (not wanted.visitors or row.visitor in wanted.visitors)
    )
