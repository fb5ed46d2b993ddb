"""events, replay: what is stored, and what was refused."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace as changed

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    app,
    failures,
    folder_of,
    nothing_in,
    settings_of,
    store_of,
)
from pyrite.cli.filters import (
    SinceOption,
    SourcesOption,
    StreamOption,
    TypesOption,
    VisitorOption,
    filter_of,
)
from pyrite.cli.records import (
    EVENT_COLUMNS,
    Robots,
    event_record,
    event_row,
    print_event,
    print_row,
    row_record,
)
from pyrite.cli.tables import parquet_writer, write_csv
from pyrite.cli.tail import followed, newest_of
from pyrite.cli.terminal import note, problems, say, write_json

NEWEST = 50  # events that are printed where nothing says how many: as much as one looks through
PAGE = 1000  # events that are read at once: a reader that is waited for keeps no part of the database open


@app.command()
def events(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="All that match as CSV; see web/docs/events.md.")
    ] = False,
    parquet: Annotated[
        Path | None,
        typer.Option(help="Write all that match there as Parquet; needs pyrite[parquet]."),
    ] = None,
    after: Annotated[
        int | None, typer.Option(help="All events stored after this one (`seq`).", min=0)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"All events, not only the newest {NEWEST}.")
    ] = False,
    types: TypesOption = None,
    stream: StreamOption = "",
    sources: SourcesOption = None,
    visitor: VisitorOption = "",
    since: SinceOption = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="Then go on with events as they come; Ctrl-C ends.")
    ] = False,
) -> None:
    """Print the newest events that are stored, one a line, newest last."""

    def wanted_of(store: Any) -> Any:
        return filter_of(
            store, types=types, sources=sources, stream=stream, visitor=visitor, since=since
        )

    with failures():
        folder = folder_of(data, config)
        if as_csv or parquet:
            if follow:
                raise ValueError("--follow prints lines or --json; leave out --csv and --parquet")
            _write_table(folder, wanted_of, after or 0, parquet)
            return
        found = 0
        newest = NEWEST if after is None and not every and not since else 0
        start = None if newest else after or 0
        try:
            robots = Robots()
            for store, event in (
                _following(folder, wanted_of, start)
                if follow
                else _stored(folder, wanted_of, start, newest)
            ):
                found += 1
                if as_json:
                    write_json(event_record(event, robot=robots.of(event, store)))
                    sys.stdout.flush()
                else:
                    print_event(event)
        except KeyboardInterrupt:
            return
        if not found:
            tell = note if as_json else say
            tell(nothing_in(folder))


Wanted = Callable[[Any], Any]
"""The filter, of a store."""


def _stored(
    folder: Path, wanted_of: Wanted, after: int | None, newest: int
) -> Iterator[tuple[Any, Any]]:
    """Each store and wanted event: those above *after*, or the *newest* where it is None."""
    from pyrite.stores.sqlite import FILE, SqliteStore

    if not (folder / FILE).is_file():
        return
    store = SqliteStore(folder)
    wanted = wanted_of(store)
    shown = (
        newest_of(store, wanted, newest, store.last_seq())
        if after is None
        else _paged(store, after, wanted)
    )
    for event in shown:
        yield store, event
    store.close()


def _paged(
    store: Any, after: int, wanted: Any, progress: Callable[[int], None] = lambda seq: None
) -> Iterator[Any]:
    """The wanted events above *after*, read in pages; *progress* is told how far."""
    while page := list(store.events(after=after, limit=PAGE)):
        after = page[-1].seq
        yield from [event for event in page if wanted.takes(event)]
        progress(after)


def _following(folder: Path, wanted_of: Wanted, after: int | None) -> Iterator[tuple[Any, Any]]:
    for store, event, _ in followed(folder, wanted_of, after=after, newest=NEWEST):
        if event:
            yield store, event


def _write_table(folder: Path, wanted_of: Wanted, after: int, parquet: Path | None) -> None:
    """Write the wanted events above *after* as CSV or Parquet, with a bar for the reading of them."""
    from rich.progress import Progress

    write = parquet_writer(parquet, EVENT_COLUMNS) if parquet else partial(write_csv, EVENT_COLUMNS)
    store = store_of(folder, None)
    wanted = wanted_of(store)
    with Progress(console=problems, transient=True) as bar:
        task = bar.add_task("reading events", total=store.last_seq())

        def progress(seq: int) -> None:
            bar.update(task, completed=seq)

        rows = (event_row(event, raw=parquet is not None) for event in _paged(store, after, wanted, progress))  # fmt: skip
        count = write(rows)
    store.close()
    note(f"  {count:,} events" + (f" written to {parquet}" if parquet else ""))


@app.command()
def replay(
    ids: Annotated[
        list[int] | None, typer.Option("--id", help="Only this bad row; may be repeated.")
    ] = None,
    code: Annotated[str, typer.Option(help="Only rows with this reason.")] = "",
    since: Annotated[
        datetime | None, typer.Option(help="Only rows that came after this time (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Only rows that came before this time (UTC).")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="Print the rows, and change nothing.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the rows there to be mended, a JSON object a line.")
    ] = None,
    mended: Annotated[
        Path | None, typer.Option(help="Take the bodies from there, as --export wrote them.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Take bad rows in again: those that can be read now become events, the others stay, with the reason."""
    store = store_of(data, config)
    with failures():
        rows = [
            row
            for row in store.bad_rows()
            if (not ids or row.id in ids)
            and code in ("", row.code)
            and (since is None or row.received_ms >= _ms(since))
            and (until is None or row.received_ms < _ms(until))
        ]
        if as_list:
            for row in rows:
                print_row(row)
        elif export:
            # Bodies are what visitors sent: for their owner only, as the database is.
            handle = os.open(export, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row_record(row)) + "\n" for row in rows)
            say(f"  {len(rows)} rows written to {export}")
        else:
            if mended:
                bodies = dict(_mended(mended))
                rows = [
                    changed(row, body=bodies[row.id], cut=False) for row in rows if row.id in bodies
                ]
            _take_in(store, rows, settings_of(config), data)
    store.close()


def _take_in(store: Any, rows: list[Any], settings: Any, data: Path | None) -> None:
    from rich.progress import Progress

    from pyrite.edge.replay import replay as take_in

    stored = duplicates = stayed = 0
    with Progress(console=problems, transient=True) as bar:
        task = bar.add_task("replaying", total=len(rows))
        for one in take_in(store, rows, settings, data=data):
            stored += one.stored
            duplicates += one.duplicates
            if one.problem:
                stayed += 1
                reason = f"{one.problem.code} {one.problem.path} {one.problem.detail}"
                say(f"  {one.row.id:>6} stays: {reason}")
            bar.advance(task)
    say(
        f"  {len(rows) - stayed} of {len(rows)} rows replayed: {stored} events stored,"
        f" {duplicates} had been before; {stayed} rows stay"
    )


def _mended(file: Path) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            yield record["id"], record["body"].encode(record.get("encoding", "utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
            raise ValueError(
                f'{file}:{number}: expected {{"id": …, "body": "…"}} as --export writes it: {error!r}'
            ) from None


def _ms(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp() * 1000
