"""Views of the requests of an ASGI app.

    app = Views(app, sender, event=lambda seen: {"kind": "click", "itemtype": 1, "item": 77} if seen.is_page else None)

Not for when an event is sent: the sender's technique says.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..core.visitor.consent import IN
from .seen import Describe, Seen, described, page_view
from .sender import BOTTOM, Sender, held, release

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("pyrite.serverside")


class Views:
    """The ASGI app *app*, whose requests *event* makes events of, which *sender* sends.

    *event* is called with a Seen once a response has begun; by default it makes page views for a data stream. *default_consent* is
    `in`, `out` or `pending` for visitors who have not chosen. With technique "bottom" events that handlers send meanwhile wait for the
    response's last byte as well. Whatever goes wrong here, the page is answered.
    """

    def __init__(
        self, app: App, sender: Sender, *, event: Describe = page_view, default_consent: str = IN
    ) -> None:
        self._app = app
        self._sender = sender
        self._describe = event
        self._default = default_consent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and self._sender.technique != BOTTOM:
                # Beside the response, before its first byte.
                self._count(scope, message)
            elif message["type"] == "http.response.start":
                started.append(message)
            await send(message)

        started: list[MutableMapping[str, Any]] = []
        waiting: list[Any] = []
        mark = held.set(waiting)
        try:
            await self._app(scope, receive, sending)
        finally:
            held.reset(mark)
            for message in started:
                self._count(scope, message)
            release(waiting)

    def _count(self, scope: Scope, message: MutableMapping[str, Any]) -> None:
        try:
            event = described(self._describe, seen_of(scope, message), default=self._default)
            if event is not None:
                self._sender.event(event.pop("kind"), **event)
        except Exception:
            log.exception("tracking: a request was not counted")


def seen_of(scope: Scope, message: MutableMapping[str, Any]) -> Seen:
    """The request of *scope*, answered as *message* (`http.response.start`) begins."""
    headers = headers_of(scope["headers"])
    answered = headers_of(message.get("headers", []))
    return Seen(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        scheme=scope.get("scheme", "http"),
        headers=headers,
        status=message["status"],
        content_type=answered.get("content-type", ""),
    )


def headers_of(pairs: Any) -> dict[str, str]:
    """ASGI's headers by their names in small letters; of several with one name the first, and all cookies as one."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        text = value.decode("latin-1")
        key = name.decode("latin-1").lower()
        # HTTP/2 lets a client send its cookies in several headers.
        headers[key] = (
            f"{headers[key]}; {text}"
            if key == "cookie" and key in headers
            else headers.get(key, text)
        )
    return headers
