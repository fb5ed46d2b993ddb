"""doctor: why nothing is there, as far as a page in a browser shows, or settings and store know."""

import shutil
import time
from typing import Annotated, Any

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, settings_of, store_of
from pyrite.cli.rights import whole
from pyrite.cli.terminal import complain, note, say, write_json

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "pip install 'pyrite[doctor]', then install chromium by your system's packages, or by: playwright install chromium"


@app.command()
def doctor(
    url: Annotated[
        str,
        typer.Argument(
            help="A page, which is opened in a browser. Without it JSS events are looked at."
        ),
    ] = "",
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
    timeout: Annotated[
        float, typer.Option(help="Seconds that a page may take to fall quiet.", min=1, max=300)
    ] = 15.0,
    name: Annotated[str, typer.Option(help="The name of the tracker's function.")] = "alloy",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what is wrong with the tracking of the page at URL, or why JSS events are not stored or not listed, and what to do.

    Exit status 1 where something is wrong.
    """
    if url:
        _page(url, timeout_s=timeout, name=name, as_json=as_json)
        return
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
    if found:
        raise typer.Exit(1)


def _page(url: str, *, timeout_s: float, name: str, as_json: bool) -> None:
    """Open *url* in a browser and print what is wrong."""
    from dataclasses import asdict

    from pyrite.doctor.causes import findings

    if not url.startswith(("http://", "https://")):
        complain(f"URL: expected an address such as https://shop.example/, got {url!r:.200}")
        raise typer.Exit(2)
    seen = _examined(url, timeout_s, name)
    found = findings(seen)
    for one in found:
        if as_json:
            write_json(asdict(one))
        else:
            say("  ", (one.cause, "bold"))
            say(f"    seen: {one.evidence}")
            say(f"    do:   {one.remedy}")
    if not found and not as_json:
        sent = len([one for one in seen.of("edge") if 200 <= one.status < 300])
        say(
            f"  nothing is wrong: {len(seen.calls)} calls of {name}, {sent} requests that the edge has taken"
        )
    if found:
        raise typer.Exit(1)


def _examined(url: str, timeout_s: float, name: str) -> Any:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        complain(f"opening a page needs a browser: {INSTALL}")
        raise typer.Exit(2) from None
    from pyrite.doctor.examine import examine

    found = next((path for one in CHROMIUM if (path := shutil.which(one))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found)
        except Error as error:
            complain(f"no browser could be started ({error.message.splitlines()[0]}); {INSTALL}")
            raise typer.Exit(2) from None
        note("opening ", (url, "bold"))
        try:
            return examine(browser.new_page(), url, timeout_s=timeout_s, name=name)
        finally:
            browser.close()
