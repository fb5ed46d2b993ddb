"""events, replay, export, erase: what is stored, what was refused, and what belongs to one visitor."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace as changed
from rich.markup import escape

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    app,
    failures,
    iso,
    out,
    print_event,
    problems,
    settings_of,
    store_of,
)

VisitorArgument = Annotated[str, typer.Argument(help="The device id (FPID), or the ECID.")]


@app.command()
def events(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    after: Annotated[int, typer.Option(help="Only events stored after this one (`seq`).")] = 0,
) -> None:
    """Print what is stored, one event a line, newest last."""
    store = store_of(data, config)
    for event in store.events(after=after):
        if as_json:
            _write(_record(event))
        else:
            print_event(event)
    store.close()


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
    from rich.progress import Progress

    from pyrite.edge.replay import replay as take_in

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
                _print_row(row)
        elif export:
            with export.open("w") as file:
                file.writelines(json.dumps(_row_record(row)) + "\n" for row in rows)
            out.print(f"  {len(rows)} rows written to {escape(str(export))}")
        else:
            if mended:
                bodies = dict(_mended(mended))
                rows = [
                    changed(row, body=bodies[row.id], cut=False) for row in rows if row.id in bodies
                ]
            stored = duplicates = stayed = 0
            with Progress(console=problems, transient=True) as bar:
                task = bar.add_task("replaying", total=len(rows))
                for one in take_in(store, rows, settings_of(config)):
                    stored += one.stored
                    duplicates += one.duplicates
                    if one.problem:
                        stayed += 1
                        reason = f"{one.problem.code} {one.problem.path} {one.problem.detail}"
                        out.print(f"  {one.row.id:>6} stays: {escape(reason)}", soft_wrap=True)
                    bar.advance(task)
            out.print(
                f"  {len(rows) - stayed} of {len(rows)} rows replayed: {stored} events stored,"
                f" {duplicates} had been before; {stayed} rows stay"
            )
    store.close()


@app.command()
def export(visitor: VisitorArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Print all that is stored of one visitor, a JSON object a line: who they are, events, bad rows."""
    store = store_of(data, config)
    names = store.names_of(visitor)
    for name in names:
        for event in store.events_of(name):
            _write({"kind": "event", **_record(event)})
        for stream in sorted({event.datastream for event in store.events_of(name)}):
            known = store.visitor(stream, name)
            if known:
                _write({"kind": "visitor", **{key: getattr(known, key) for key in _VISITOR}})
    for row in store.bad_rows_of(names):
        _write({"kind": "bad row", **_row_record(row)})
    store.close()


@app.command()
def erase(
    visitor: VisitorArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Delete all that is stored of one visitor, bad rows included. It can't be taken back."""
    store = store_of(data, config)
    with failures():
        names = store.names_of(visitor)
        found = sum(1 for name in names for _ in store.events_of(name))
        rows = sum(1 for _ in store.bad_rows_of(names))
        listed = escape(", ".join(names))
        if not yes and not typer.confirm(
            f"Delete {found} events and {rows} bad rows of {listed}?", err=True
        ):
            raise typer.Exit(1)
        erased = store.erase(names)
    store.close()
    out.print(
        f"  erased: {erased.events} events, {erased.bad_rows} bad rows, {erased.visitors} visitors"
    )


_VISITOR = (
    "datastream", "visitor", "first_seen_ms", "last_seen_ms", "events", "ecid", "consent", "visits", "views", "shown",
)  # fmt: skip


def _record(event: Any) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "id": event.id,
        "datastream": event.datastream,
        "type": event.type,
        "url": event.url,
        "visitor": event.visitor,
        "made": iso(event.made_ms),
        "received": iso(event.received_ms),
        **json.loads(event.body),
    }


def _row_record(row: Any) -> dict[str, Any]:
    """A bad row as JSON; a body that is no text is written byte by byte, as Latin-1 has it, and says so."""
    try:
        body = {"body": row.body.decode()}
    except UnicodeDecodeError:
        body = {"body": row.body.decode("latin-1"), "encoding": "latin-1"}
    return {
        "id": row.id,
        "received": iso(row.received_ms),
        "code": row.code,
        "path": row.path,
        "message": row.message,
        "url": row.url,
        "client": row.client,
        "cut": row.cut,
        **body,
    }


def _mended(file: Path) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            yield record["id"], record["body"].encode(record.get("encoding", "utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f'{file}:{number}: expected {{"id": …, "body": "…"}} as --export writes it: {error!r}'
            ) from None


def _print_row(row: Any) -> None:
    what = f"[bold]{escape(row.code):<20}[/] {escape(row.path):<24} {escape(row.message)}"
    out.print(f"  {row.id:>6} [dim]{iso(row.received_ms)}[/] {what}", soft_wrap=True)


def _write(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def _ms(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp() * 1000
