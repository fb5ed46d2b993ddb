"""doctor: why nothing is there, as far as settings and store know."""

import time
from typing import Annotated

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, settings_of, store_of
from pyrite.cli.rights import whole
from pyrite.cli.terminal import say, write_json


@app.command()
def doctor(
    visitor: Annotated[
        str, typer.Option(help="Whose events are missing; without it whoever came last.")
    ] = "",
    key: Annotated[str, typer.Option(help="The API key that the page sends, a GUID.")] = "",
    origin: Annotated[
        str, typer.Option(help="The page's origin, such as https://app.example.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: cause, remedy, detail.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Say why JSS events are not stored or not listed, and what to do; nothing where all is well."""
    import msgspec

    from pyrite.edge.jss.diagnosis.causes import causes
    from pyrite.edge.jss.diagnosis.facts import facts_of_service

    with failures():
        store = store_of(data, config)
        known = visitor
        if visitor and any(True for _ in store.keys(visitor, limit=1)):
            known = whole(store, visitor)
        facts = facts_of_service(
            settings_of(config),
            store,
            visitor=known,
            key=key,
            origin=origin,
            now_ms=int(time.time() * 1000),
        )
        store.close()
    found = causes(facts)
    for one in found:
        if as_json:
            write_json(msgspec.to_builtins(one))
        else:
            say((f"  {one.cause:<20}", "bold"), f" {one.detail + ': ' if one.detail else ''}{one.remedy}")  # fmt: skip
    if not found and not as_json:
        say("  nothing is wrong: what arrives is stored, and listed")
