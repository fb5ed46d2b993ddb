"""A request to a relay and its reply, whichever server they come from; and whether the page that asks may.

Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..seen import Seen

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Seen):
    """A request before it is answered; *client* is the address that it came from."""

    body: bytes = b""
    client: str = ""

    @property
    def wants_image(self) -> bool:
        """Whether an `<img>` asks."""
        return self.headers.get("sec-fetch-dest") == "image" or self.headers.get("accept", "").startswith("image/")  # fmt: skip

    def may(self, origins: list[str] | tuple[str, ...]) -> bool:
        """Whether a page of this host asks, or of one of *origins*. Who sends neither header is no browser of today: whatever
        is asked of it, it could say."""
        origin = self.headers.get("origin")
        if origin is not None:
            return self.is_own(origin) or origin in origins
        return self.headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def is_own(self, origin: str) -> bool:
        """Whether *origin* is this host: its scheme is not asked, for TLS may end in front of this server."""
        return origin.partition("://")[2].lower() == self.headers.get("host", "").lower() != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def also(self, *headers: tuple[str, str]) -> Reply:
        """The same with more headers."""
        return Reply(status=self.status, headers=[*self.headers, *headers], body=self.body)


NEVER_KEPT = ("cache-control", "no-store")


def taken(asked: Asked) -> Reply:
    """What was asked is done, and there is nothing to say."""
    if asked.wants_image:
        return Reply(status=200, headers=[("content-type", "image/gif"), NEVER_KEPT], body=GIF)
    return Reply(status=204, headers=[NEVER_KEPT])


def told(status: int, value: dict[str, Any], *headers: tuple[str, str]) -> Reply:
    """A JSON answer."""
    body = json.dumps(value, separators=(",", ":")).encode()
    kind = "application/problem+json" if status >= 400 else "application/json"
    return Reply(status=status, headers=[("content-type", kind), NEVER_KEPT, *headers], body=body)


def refused(status: int, code: str, detail: str, *headers: tuple[str, str]) -> Reply:
    """A refusal as problem+json (RFC 9457)."""
    return told(status, {"type": "about:blank", "status": status, "code": code, "detail": detail}, *headers)  # fmt: skip
