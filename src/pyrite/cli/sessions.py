"""sessions, unlink: visits of visitors, and which visitors are one person."""

import sys
import time
from typing import Annotated, Any

import typer

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    app,
    failures,
    folder_of,
    settings_of,
    store_of,
)
from pyrite.cli.records import print_session
from pyrite.cli.rights import VisitorArgument, whole
from pyrite.cli.terminal import note, say, write_json


@app.command()
def sessions(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    visitor: Annotated[
        str,
        typer.Option(
            help="Only this visitor's, by a key or the beginning of one, with whoever is the same person."
        ),
    ] = "",
    only_open: Annotated[
        bool, typer.Option("--open", help="Only those that are not over.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print sessions, one a line, newest last: whose, how they ended, what was seen, and whether profiles list them."""
    with failures():
        count = 0
        store = _store_if_any(data, config)
        if store is not None:
            anonymous = settings_of(config).jss.index_anonymous
            count = _print_each(store, visitor, only_open, anonymous, as_json)
            store.close()
        if not count:
            tell = note if as_json else say
            tell(f"  0 sessions in {folder_of(data, config)}")


@app.command()
def unlink(visitor: VisitorArgument, data: DataOption = None, config: ConfigOption = None) -> None:
    """Undo what made a visitor one person with others. Their events and sessions stay, each under its own key."""
    store = store_of(data, config)
    with failures():
        key = whole(store, visitor)
        gone = store.unlink(key)
    store.close()
    say(f"  {gone} link{'' if gone == 1 else 's'} of {key} undone")


def _store_if_any(data: Any, config: Any) -> Any:
    """The store; None where there is none yet: reading creates nothing."""
    from pyrite.stores.sqlite import FILE, SqliteStore

    folder = folder_of(data, config)
    return SqliteStore(folder) if (folder / FILE).is_file() else None


def _print_each(store: Any, visitor: str, only_open: bool, anonymous: bool, as_json: bool) -> int:
    from pyrite.edge.jss.sessions import is_identified

    now_ms = int(time.time() * 1000)
    names = store.names_of(whole(store, visitor)) if visitor else [""]
    rows = sorted(
        (one for name in names for one in store.sessions(name)), key=lambda one: one.started_ms
    ) if visitor else store.sessions()  # fmt: skip
    # Most visitors of all have no link, and need not be asked for one by one.
    ends = (
        None if visitor else {end for link in store.links() for end in (link.source, link.target)}
    )
    contacts: dict[str, tuple[str, bool]] = {}
    count = 0
    for session in rows:
        if only_open and not session.is_open(now_ms):
            continue
        whose = session.visitor
        if ends is not None and whose not in ends:
            contact, identified = whose, anonymous
        else:
            if whose not in contacts:
                known = anonymous or is_identified(store, store.names_of(whose))
                contacts[whose] = (store.canonical(whose), known)
            contact, identified = contacts[whose]
        listed = session.is_listed(now_ms, identified=identified)
        record = session.as_record(now_ms, contact=contact, listed=listed)
        count += 1
        if as_json:
            write_json(record)
            sys.stdout.flush()
        else:
            print_session(record)
    return count
