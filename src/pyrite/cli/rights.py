"""export, erase: what belongs to one visitor."""

import time
from typing import Annotated, Any

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, store_of
from pyrite.cli.records import Robots, decided_record, event_record, iso, link_record, row_record
from pyrite.cli.terminal import note, say, visible, write_json

SHORTEST = 4  # characters of an id that may stand for the whole
SHOWN = 20  # ids that are named where several fit

VisitorArgument = Annotated[
    str,
    typer.Argument(help="The device id (FPID), the ECID, or the beginning of one that no other has."),
]  # fmt: skip
YesOption = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
_VISITOR = (
    "datastream", "visitor", "first_seen_ms", "last_seen_ms", "events", "ecid", "consent", "visits", "views", "shown",
)  # fmt: skip


@app.command()
def export(
    visitor: VisitorArgument,
    yes: YesOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print all that is stored of one visitor, a JSON object a line: who they are, events, decisions, sessions, links, bad rows."""
    store = store_of(data, config)
    with failures():
        names = _confirmed(store, visitor, yes)
        robots = Robots()
        for name in names:
            for event in store.events_of(name):
                write_json({"kind": "event", **event_record(event, robot=robots.of(event, store))})
            for stream in sorted({event.datastream for event in store.events_of(name)}):
                known = store.visitor(stream, name)
                if known:
                    write_json({"kind": "visitor", **{key: getattr(known, key) for key in _VISITOR}})  # fmt: skip
            for made in store.decided(name):
                write_json({"kind": "decision", **decided_record(made)})
            now_ms = int(time.time() * 1000)
            for session in store.sessions(name):
                contact = store.canonical(name)
                record = session.as_record(now_ms, contact=contact, listed=False)
                del record["listed"]
                write_json({"kind": "session", **record})
        for link in sorted(
            {link for name in names for link in store.links(name)}, key=lambda one: one.made_ms
        ):
            write_json({"kind": "link", **link_record(link)})
        for row in store.bad_rows_of(names):
            write_json({"kind": "bad row", **row_record(row)})
    store.close()


@app.command()
def erase(
    visitor: VisitorArgument,
    yes: YesOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Delete all that is stored of one visitor, bad rows included. It can't be taken back."""
    store = store_of(data, config)
    with failures():
        names = _confirmed(store, visitor, yes)
        count = sum(1 for name in names for _ in store.events_of(name))
        rows = sum(1 for _ in store.bad_rows_of(names))
        listed = visible(", ".join(names))
        if not yes and not typer.confirm(
            f"Delete {count} events and {rows} bad rows of {listed}?", err=True
        ):
            raise typer.Exit(1)
        erased = store.erase(names)
    store.close()
    say(
        f"  erased: {erased.events} events, {erased.bad_rows} bad rows, {erased.visitors} visitors,"
        f" {erased.sessions} sessions, {erased.links} links"
    )


def _confirmed(store: Any, given: str, yes: bool) -> list[str]:
    """The keys of the visitor that *given* names; those behind an ECID or a link are listed, and theirs only if a person says so."""
    visitor = whole(store, given)
    names: list[str] = store.names_of(visitor)
    devices = [name for name in names if name != visitor]
    if not devices:
        return names
    linked = any(True for _ in store.links(visitor))
    why = "are linked with" if linked else "have sent the ECID"
    warning = "" if linked else "; anybody who has seen it can"
    note(f"  {len(devices)} devices {why} {visitor}{warning}:")
    for device in devices:
        events = list(store.events_of(device))
        first = f", first on {iso(min(one.received_ms for one in events))[:10]}" if events else ""
        note(f"    {device}  {len(events)} events{first}")
    if not yes and not typer.confirm("Are all of them this visitor's?", err=True):
        note("  nothing was done; name one of the devices instead")
        raise typer.Exit(1)
    return names


def whole(store: Any, given: str) -> str:
    """The id that *given* is, or is the beginning of. Raises ValueError where that is none, or several."""
    matches: list[str] = store.keys(given, limit=SHOWN + 1) if given else []
    if given in matches or (given and any(True for _ in store.bad_rows_of([given]))):
        return given
    if len(given) < SHORTEST:
        raise ValueError(
            f"no visitor has the id {given!r}; give the whole id, or at least {SHORTEST} characters of its beginning"
        )
    if not matches:
        raise ValueError(
            f"no visitor's id begins with {given!r}; 'pyrite events --json' prints whole ids"
        )
    if len(matches) > 1:
        more = " and more" if len(matches) > SHOWN else ""
        listed = ", ".join(matches[:SHOWN])
        raise ValueError(
            f"{given!r} is the beginning of several ids: {listed}{more}; give more of the one"
        )
    note(f"  {given} is {matches[0]}")
    return matches[0]
