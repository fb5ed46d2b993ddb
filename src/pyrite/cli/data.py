"""events, replay: what is stored, and what was refused."""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
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
from pyrite.cli.records import Robots, event_record, print_event, print_row, row_record
from pyrite.cli.terminal import note, problems, say, write_json

LOOK_S = 0.3  # between two looks for new events
NEWEST = 50  # events that are printed where nothing says how many: as much as one looks through
PAGE = 1000  # events that are read at once: a reader that is waited for keeps no part of the database open


@app.command()
def events(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    after: Annotated[
        int | None, typer.Option(help="All events stored after this one (`seq`).", min=0)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"All events, not only the newest {NEWEST}.")
    ] = False,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type; may be repeated.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Then go on with events as they come; Ctrl-C ends.")
    ] = False,
) -> None:
    """Print the newest events that are stored, one a line, newest last."""
    with failures():
        folder = folder_of(data, config)
        found = 0
        wanted = set(types or [])
        newest = NEWEST if after is None and not every else 0
        try:
            robots = Robots()
            for event, store in (
                _following(folder, after or 0, wanted, newest)
                if follow
                else _stored(folder, after or 0, wanted, newest)
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


def _stored(folder: Path, after: int, types: set[str], newest: int) -> Iterator[tuple[Any, Any]]:
    """Events of *types* (all without any), each with the store that it is in; the *newest* ones only, unless that is 0."""
    from pyrite.stores.sqlite import FILE, SqliteStore

    if not (folder / FILE).is_file():
        return
    store = SqliteStore(folder)
    shown = (
        _newest(store, types, newest, store.last_seq()) if newest else _paged(store, after, types)
    )
    for event in shown:
        yield event, store
    store.close()


def _paged(store: Any, after: int, types: set[str]) -> Iterator[Any]:
    """The events of *types* above *after*, read in pages."""
    while page := list(store.events(after=after, limit=PAGE)):
        after = page[-1].seq
        yield from [event for event in page if not types or event.type in types]


def _newest(store: Any, types: set[str], count: int, last: int) -> list[Any]:
    """The newest *count* events of *types* up to *last*, oldest first, looked for from the end."""
    found: list[Any] = []
    upper = last + 1
    while upper > 1 and len(found) < count:
        lower = max(0, upper - 1 - PAGE)
        page = [event for event in store.events(after=lower, limit=PAGE) if event.seq < upper]
        found = [event for event in page if not types or event.type in types] + found
        upper = lower + 1
    return found[-count:]


def _following(folder: Path, after: int, types: set[str], newest: int) -> Iterator[tuple[Any, Any]]:
    """Events as they come, from a database that may only come itself, or be replaced by another."""
    from pyrite.stores.contract import StoreUnavailable
    from pyrite.stores.sqlite import FILE, SqliteStore

    while not (folder / FILE).is_file():
        time.sleep(LOOK_S)
    store: SqliteStore | None = None
    while True:
        try:
            store = store or SqliteStore(folder)
            last = store.last_seq()
            if last < after:
                after = 0  # another database: what is in it is new
            if newest:
                for event in _newest(store, types, newest, last):
                    yield event, store
                newest, after = 0, last
            for event in _paged(store, after, set()):
                after = event.seq
                if not types or event.type in types:
                    yield event, store
        except StoreUnavailable:
            pass  # it is gone or locked just now, and looked for again
        time.sleep(LOOK_S)


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
