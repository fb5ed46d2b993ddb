"""A shop's own server, by each of the six techniques: a relay, views of its requests, and the pages of a Site behind both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.site import Site

from pyrite.serverside import QUEUED, Seen, Sender, Views, relay


@contextmanager
def origin(shop: Site, *, sending: str = "", script: str = "") -> Iterator[Any]:
    """The app; its code sends a click for each `/page` by the technique *sending*, where it is one."""

    def described(seen: Seen) -> dict[str, Any] | None:
        return {"kind": "click", "itemtype": 1, "item": 128} if sending and seen.path == "/page" else None  # fmt: skip

    edge = shop.url("")
    table = {"upstream": edge, "customer": "00000", "path": "t/e", "script": script}
    with Sender(edge, customer="00000", technique=sending or QUEUED) as sender:
        app = relay(table, Views(shop, sender, event=described))
        try:
            yield app
        finally:
            app.close()
