"""visitors: who is known, found by a part of an id."""

from typing import Annotated

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, store_of
from pyrite.cli.records import print_visitor, visitor_record
from pyrite.cli.terminal import note, say, write_json

NEWEST = 50


@app.command()
def visitors(
    text: Annotated[str, typer.Argument(help="A part of a device id or an ECID.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help=f"All, not only the first {NEWEST}.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print visitors by a part of their id, in the order of their keys: when they came last, and how much of them is stored."""
    store = store_of(data, config)
    found = 0
    with failures():
        page = store.visitors(text)
        while True:
            for one in page.visitors:
                if found == NEWEST and not every:
                    break
                found += 1
                if as_json:
                    write_json(visitor_record(one))
                else:
                    print_visitor(one)
            if page.cursor is None or (found == NEWEST and not every):
                break
            page = store.visitors(text, after=page.cursor)
    store.close()
    if page.cursor is not None:
        note(f"  the first {found}; --all prints all")
    elif not found:
        tell = note if as_json else say
        tell(f"  0 visitors with {text!r}" if text else "  0 visitors")
