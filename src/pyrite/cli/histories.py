"""histories: what users did to items, for recommenders."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, store_of
from pyrite.cli.records import SHORT_ID, iso
from pyrite.cli.tables import NUMBER, TEXT, TIME, parquet_writer
from pyrite.cli.terminal import note, problems, say, write_json

SHOWN = ("percentage", "rating", "quantity", "price", "currency")


@app.command()
def histories(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    parquet: Annotated[
        Path | None, typer.Option(help="Write the rows there as Parquet; needs pyrite[parquet].")
    ] = None,
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    user: Annotated[
        str, typer.Option(help="Only this user's, by the hash or the beginning of it.")
    ] = "",
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Only events of this kind; may be repeated.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Only what happened after this time (UTC).")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print what users did to items: one row for each user, kind and item, with logins followed."""
    from pyrite.edge.ibexa.histories import Wanted

    with failures():
        write = _parquet(parquet) if parquet else _print_json if as_json else _print
        store = store_of(data, config)
        since_ms = int(since.replace(tzinfo=UTC).timestamp() * 1000) if since else 0
        filters = Wanted(customer=customer, user=user, kinds=kinds or (), since_ms=since_ms)
        count = write(_rows(store, filters))
        store.close()
    summary = f"  {count:,} rows" + (f" written to {parquet}" if parquet else "")
    note(summary)


def _rows(store: Any, wanted: Any) -> Iterator[Any]:
    """The rows, with a bar for the reading of events."""
    from rich.progress import Progress

    from pyrite.edge.ibexa.histories import histories as rows_of

    with Progress(console=problems, transient=True) as bar:
        task = bar.add_task("reading events", total=store.last_seq())

        def progress(seq: int) -> None:
            bar.update(task, completed=seq)

        rows = rows_of(store, wanted, now_ms=int(time.time() * 1000), progress=progress)
        first = next(rows, None)  # all events were read by then
    if first is not None:
        yield first
        yield from rows


def _record(row: Any) -> dict[str, Any]:
    """*row* as JSON."""
    return {
        "customer": row.customer, "user": row.user, "kind": row.kind, "itemtype": row.itemtype, "item": row.item,
        "count": row.count, "first": iso(row.first_ms), "last": iso(row.last_ms), "percentage": row.percentage,
        "rating": row.rating, "quantity": row.quantity, "price": row.price, "currency": row.currency,
    }  # fmt: skip


def _print_json(rows: Iterator[Any]) -> int:
    count = 0
    for row in rows:
        write_json(_record(row))
        count += 1
    return count


def _print(rows: Iterator[Any]) -> int:
    count = 0
    for row in rows:
        values = [
            f"{name}={getattr(row, name)}" for name in SHOWN if getattr(row, name) is not None
        ]
        item = f"{row.itemtype}/{row.item}" if row.itemtype else ""
        say(
            f"  {row.customer:<8} ",
            (f"{row.user[:SHORT_ID]:<{SHORT_ID}}", "dim"),
            " ",
            (f"{row.kind:<18}", "bold"),
            f" {item:<16} {row.count:>6}  {iso(row.last_ms)}  {' '.join(values)}",
        )
        count += 1
    return count


def _parquet(path: Path) -> Any:
    """What writes rows to a Parquet file; see tables.py. Raises ParquetMissing."""
    kinds = {"first": TIME, "last": TIME}
    kinds |= dict.fromkeys(("itemtype", "count", "percentage", "rating", "quantity"), NUMBER)
    names = ("customer", "user", "kind", "itemtype", "item", "count", "first", "last", *SHOWN)
    fields = [f"{name}_ms" if kinds.get(name) == TIME else name for name in names]
    write = parquet_writer(path, [(name, kinds.get(name, TEXT)) for name in names])
    return lambda rows: write([getattr(row, field) for field in fields] for row in rows)
