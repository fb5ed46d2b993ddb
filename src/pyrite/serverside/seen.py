"""A request that was answered, as those see it who say which event it is: what was asked, what came, and whose it may be.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..core.event import PAGE_VIEW
from ..core.ibexa.events import LOGIN
from ..core.visitor.consent import IN, OUT, PENDING, consent_state
from ..core.visitor.identity import FPID_COOKIE, cookies, unquoted

PIXEL_COOKIE = "pyrite_pid"  # of visitors whose pages have no tracker: the edge's pixel sets it


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request and the beginning of its response. Names of headers are in small letters; of several with one name the first counts."""

    method: str
    path: str
    query: str = ""
    scheme: str = "http"
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    content_type: str = ""

    @property
    def url(self) -> str:
        """The page's address, as far as a server knows it."""
        host = self.headers.get("host", "")
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{host}{self.path}{query}"

    @property
    def cookies(self) -> dict[str, str]:
        """The request's cookies."""
        return cookies(self.headers.get("cookie", ""))

    @property
    def is_page(self) -> bool:
        """Whether somebody has asked for a page and got one: no prefetch, no part of another page, no error."""
        purpose = self.headers.get("sec-purpose", "") + self.headers.get("purpose", "")
        dest = self.headers.get("sec-fetch-dest", "document")
        return (
            self.method == "GET"
            and self.status == 200
            and self.content_type.partition(";")[0].strip().lower()
            in ("text/html", "application/xhtml+xml")
            and "prefetch" not in purpose.lower()
            and dest in ("document", "")
        )

    def consent(self, *, default: str = IN) -> str:
        """`in`, `out` or `pending`: the visitor's own choice, else Global Privacy Control and DNT, else *default*."""
        choices = [
            value
            for name, value in self.cookies.items()
            if name.startswith("kndctr_") and name.endswith("_consent")
        ]
        chosen = [consent_state(cookie=unquoted(value), gpc=False, default="") for value in choices]
        if OUT in chosen:
            return OUT
        if IN in chosen:
            return IN
        asks_not = self.headers.get("sec-gpc") == "1" or self.headers.get("dnt") == "1"
        return OUT if asks_not else default

    def user(self, *, default: str = IN) -> str:
        """The device id that the visitor's cookies have; '' where they have none or may not be known. *default* as in `consent`."""
        if self.consent(default=default) != IN:
            return ""
        found = self.cookies
        return unquoted(found.get(FPID_COOKIE) or found.get(PIXEL_COOKIE) or "")


Describe = Callable[[Seen], "dict[str, Any] | None"]
"""What a request counts as: the arguments of `Sender.event` (`kind` among them), or None for nothing."""


def page_view(seen: Seen) -> dict[str, Any] | None:
    """A view of the page, where it is one: for data streams. With consent pending or out nobody is named, nor where they came from."""
    return {"kind": PAGE_VIEW, "url": seen.url} if seen.is_page else None


def described(describe: Describe, seen: Seen, *, default: str) -> dict[str, Any] | None:
    """What *describe* says of *seen*, with the visitor's device id as `user` where it names none, and with nothing that names them where none may be."""
    event = describe(seen)
    if event is None:
        return None
    if seen.consent(default=default) in (OUT, PENDING):
        return nameless(event)
    return {"user": seen.user(default=default), **event}


def nameless(event: dict[str, Any]) -> dict[str, Any] | None:
    """*event* without what says whose it is: its user, identities, and the query of its address, which may hold ids of campaigns. None for a login, which says nothing else."""
    if event.get("kind") == LOGIN and "target" in event:
        return None
    found = {**event, "user": ""}
    if isinstance(found.get("url"), str):
        found["url"] = found["url"].partition("?")[0]
    if isinstance(found.get("xdm"), dict):
        found["xdm"] = {name: value for name, value in found["xdm"].items() if name != "identityMap"}  # fmt: skip
    return found
