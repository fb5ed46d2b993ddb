"""One message to the edge over HTTP; where tests have all messages go instead.

httpx is imported where it is needed: a project that only writes pixels does not have to have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .message import Message
from .worker import Answer, Transport

AGENT = "pyrite-serverside"
ANSWER_BYTES = 65_536  # of an answer that are read
LONGEST_RETRY_AFTER_S = 3600

Signer = Callable[[Any], None]
"""Adds a signature's headers to a request of httpx."""


_redirect = ""


def redirect(origin: str) -> None:
    """Have all senders and relays of this process send to *origin*; '' ends that. For tests: what waits for the real edge stays untouched."""
    global _redirect
    _redirect = origin


def redirected() -> str:
    """Where all messages of this process go; '' where they go to their own edges."""
    return _redirect


class HttpxMissing(ImportError):
    """`pip install 'pyrite[serverside]'` brings what sends."""


def over_http(
    upstream: str, *, timeout_s: float, sign: Signer | None = None
) -> tuple[Transport, Callable[[], None]]:
    """What sends a message to the edge at *upstream* (`https://edge.example`, with a prefix where it has one), and its end."""
    try:
        import httpx2 as httpx
    except ImportError:
        raise HttpxMissing("sending needs httpx: pip install 'pyrite[serverside]'") from None
    # No redirects: an edge has none.
    client = httpx.Client(timeout=timeout_s, follow_redirects=False, headers={"user-agent": AGENT})
    base = upstream.rstrip("/")

    def send(message: Message) -> Answer:
        headers = {"content-type": message.content_type} if message.body else {}
        if message.cookie:
            headers["cookie"] = message.cookie
        request = client.build_request(
            message.method, base + message.target, content=message.body.encode(), headers=headers
        )
        if sign is not None:
            sign(request)
        response = client.send(request)
        after = response.headers.get("retry-after", "")
        after_ms = (
            min(int(after), LONGEST_RETRY_AFTER_S) * 1000
            if after.isascii() and after.isdigit() and len(after) < 10
            else 0
        )
        return Answer(
            status=response.status_code, text=response.text[:ANSWER_BYTES], retry_after_ms=after_ms
        )

    return send, client.close
