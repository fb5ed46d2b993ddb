"""why: what a visitor would be given on a page now, and why not the rest."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    ExperiencesOption,
    app,
    failures,
    settings_of,
    store_of,
)
from pyrite.cli.rights import whole
from pyrite.cli.terminal import say, write_json

VIEW = "web.webpagedetails.pageViews"


@app.command()
def why(
    visitor: Annotated[
        str, typer.Argument(help="The visitor's id, the beginning of one, or an id not seen yet.")
    ],
    url: Annotated[str, typer.Argument(help="The page's address.")],
    stream: Annotated[
        str, typer.Option("--stream", help="The data stream; without it that of the newest event.")
    ] = "",
    agent: Annotated[str, typer.Option(help="The browser's User-Agent.")] = "",
    language: Annotated[str, typer.Option(help="The browser's language, such as de-AT.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    experiences: ExperiencesOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Say of each experience whether this visitor would get it now on that page, and if not, which condition fails."""
    from pyrite.core.decisions.subject import Subject
    from pyrite.edge.experiences.explain import explain
    from pyrite.edge.experiences.folder import Experiences
    from pyrite.edge.experiences.visitors import build_profile
    from pyrite.stores.contract import Filter

    with failures():
        settings = settings_of(config)
        records = Experiences(experiences or Path(settings.edge.experiences)).current()
        store = store_of(data, config)
        key = whole(store, visitor) if store.keys(visitor, limit=1) else visitor
        newest = next(iter(store.page(Filter(visitors=(key,), datastream=stream), limit=1).events), None)  # fmt: skip
        datastream = stream or (newest.datastream if newest else "")
        now_ms = int(time.time() * 1000)
        profile = build_profile(key, store.visitor(datastream, key), now_ms=now_ms)
        store.close()
        subject = Subject(
            event=_view(url, newest), visitor=profile, now_ms=now_ms, language=language, agent=agent
        )
        found = explain(records, subject, holdout=settings.personalization.holdout)
    for one in found:
        if as_json:
            write_json(msgspec.to_builtins(one))
        else:
            word = f"gets {one.variant}" if one.variant else "gets nothing"
            say((f"  {one.id:<24}", "bold"), f" {word:<24} ", one.reason)
    if not found and not as_json:
        say("  there are no experiences")


def _view(url: str, newest: Any) -> dict[str, object]:
    """A view of *url*, made where the visitor's *newest* event was: that says which time of day it is there."""
    xdm: dict[str, Any] = {"eventType": VIEW, "web": {"webPageDetails": {"URL": url}}}
    place = json.loads(newest.body).get("xdm", {}).get("placeContext") if newest else None
    if isinstance(place, dict):
        xdm["placeContext"] = place
    return {"xdm": xdm, "data": {}}
