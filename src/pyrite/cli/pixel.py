"""pixel: markup of an event for templates that are not Python's."""

from typing import Annotated

import typer

from pyrite.cli.common import app, failures
from pyrite.cli.terminal import say


@app.command()
def pixel(
    kind: Annotated[str, typer.Argument(help="The event's code, such as click.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(help="NAME=VALUE, such as categorypath=/Camera.")
    ] = None,
    edge: Annotated[str, typer.Option(help="Where the edge is; the page's own host when empty.")] = "",
    customer: Annotated[str, typer.Option(help="The customer's id; not with --path.")] = "",
    itemtype: Annotated[int, typer.Option(help="The item's type.")] = 0,
    item: Annotated[list[str] | None, typer.Option(help="The item's id; several with `rendered`.")] = None,
    user: Annotated[str | None, typer.Option(help="The user; whoever has the cookie without it.")] = None,
    path: Annotated[str | None, typer.Option(help="A relay's path, such as /t/e.")] = None,
    token: Annotated[str | None, typer.Option(help="A page token.")] = None,
    eid: Annotated[str, typer.Option(help="The event's id, a UUID, where a script sends the same event.")] = "",
    text_ids: Annotated[bool, typer.Option(help="Ids of items are texts, not numbers.")] = False,
    noscript: Annotated[bool, typer.Option("--noscript", help="For pages whose script sends it too.")] = False,
    as_script: Annotated[bool, typer.Option("--script", help="A line of script in place of an image.")] = False,
) -> None:  # fmt: skip
    """Print an <img>, or a <script>, that sends an event of Ibexa's."""
    from pyrite import serverside

    with failures():
        named = dict(_pair(one) for one in parameters or [])
        event = named | {
            "customer": customer, "kind": kind, "itemtype": itemtype, "item": list(item) if item else None, "user": user,
            "path": path, "token": token, "eid": eid, "numeric": not text_ids,
        }  # fmt: skip
        snippet = serverside.script(edge, **event) if as_script else serverside.pixel(edge, noscript=noscript, **event)  # type: ignore[arg-type]  # fmt: skip
    say(snippet)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.isidentifier():
        raise ValueError(f"expected NAME=VALUE, got {text!r:.100}")
    return name, value
