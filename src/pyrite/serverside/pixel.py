"""Markup that sends one event of Ibexa's without a line of Python in the page: an image, or the few lines of script for one.

Pure. The address is built by the code by which the edge reads it.
"""

from __future__ import annotations

import base64
import json
from html import escape
from typing import Any

from ..core.ibexa.address import build
from ..core.ibexa.events import ME, Event
from ..core.ibexa.refusal import Refused
from .message import Invalid

PACKED = "z"  # of a packed event: the version of its form


def pixel(
    edge: str,
    *,
    customer: str = "",
    kind: str,
    itemtype: int = 0,
    item: str | int | list[str | int] | None = None,
    user: str | None = None,
    noscript: bool = False,
    token: str | None = None,
    path: str | None = None,
    prefix: str = "api",
    custom: tuple[str, ...] = (),
    numeric: bool = True,
    eid: str = "",
    **parameters: Any,
) -> str:
    """`<img …>` that sends the event to *edge*, the address where Pyrite's edge is (`https://edge.example`, or '' for the page's own).

    Without *user* the address names nobody: the edge takes the visitor's own cookie, so the markup is the same for everybody and may
    be cached. *noscript* wraps it, for pages whose script sends the same event by the same *eid*. With *path* (`/t/e`, a relay of the
    page's own site) the event is packed, so that no word of it shows. *token* is one of `page_token`. Raises Invalid.
    """
    target = address(
        customer=customer, kind=kind, itemtype=itemtype, item=item, user=user, token=token, path=path, prefix=prefix,
        custom=custom, numeric=numeric, eid=eid, **parameters,
    )  # fmt: skip
    # A page's policy may name the edge and nothing of the page has to be told to it: what the address says is all.
    image = f'<img src="{escape(edge.rstrip("/") + target)}" width="1" height="1" alt="" referrerpolicy="no-referrer">'
    return f"<noscript>{image}</noscript>" if noscript else image


def script(edge: str, *, nonce: str = "", **event: Any) -> str:
    """`<script>` that sends the event as `new Image` does, for pages that have no tracker. *event* is as for `address`. Raises Invalid."""
    text = json.dumps(edge.rstrip("/") + address(**event))
    for char in "<>&":  # the text may not end its element
        text = text.replace(char, f"\\u{ord(char):04x}")
    attribute = f' nonce="{escape(nonce)}"' if nonce else ""
    return f"<script{attribute}>new Image(1,1).src={text}</script>"


def address(
    *,
    customer: str = "",
    kind: str,
    itemtype: int = 0,
    item: str | int | list[str | int] | None = None,
    user: str | None = None,
    token: str | None = None,
    path: str | None = None,
    prefix: str = "api",
    custom: tuple[str, ...] = (),
    numeric: bool = True,
    eid: str = "",
    **parameters: Any,
) -> str:
    """The address that sends the event, from the root of where the edge is, or packed below *path*. Raises Invalid."""
    items = item if isinstance(item, list) else [] if item is None else [item]
    texts = {name: str(value) for name, value in parameters.items() if value is not None}
    target = texts.pop("target", "")
    event = Event(
        kind=kind, customer=customer or "0", user=ME if user is None else user, target=target, itemtype=itemtype,
        items=[str(one) for one in items], parameters=texts, eid=eid, token=token or "",
    )  # fmt: skip
    try:
        url = build(event, prefix=prefix, custom=custom, numeric=numeric)
    except Refused as error:
        raise Invalid(error.message) from None
    if path is None:
        if not customer:
            raise Invalid("customer: expected a customer's id, or path= of a relay")
        return url
    record: dict[str, Any] = {"kind": kind, **texts}
    for name, value in (
        ("itemtype", itemtype),
        ("items", event.items),
        ("user", user),
        ("target", target),
        ("token", token),
        ("eid", eid),
    ):
        if value:
            record[name] = value
    return f"{path.rstrip('/')}/{packed(record)}"


def packed(event: dict[str, Any]) -> str:
    """The code by which a relay at a path of its own knows the event: its JSON in base64url."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return PACKED + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(code: str) -> dict[str, Any]:
    """What `packed` was given. Raises Invalid."""
    try:
        if not code.startswith(PACKED):
            raise ValueError(f"expected a code that begins with {PACKED!r}")
        padded = code[1:] + "=" * (-len(code[1:]) % 4)
        event = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"code: {error}, got {code!r:.100}") from None
    if not isinstance(event, dict):
        raise Invalid(f"code: expected an event, got {event!r:.100}")
    return event
