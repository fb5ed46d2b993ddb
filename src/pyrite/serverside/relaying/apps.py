"""A relay in front of an ASGI or a WSGI app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from ..asgi import App, Receive, Scope, Send, headers_of
from ..wsgi import App as WsgiApp
from ..wsgi import asked_headers
from .answering import BODY_BYTES, Relay
from .asked import Asked, Reply
from .settings import RelaySettings

STATUS = {200: "OK", 204: "No Content", 207: "Multi-Status", 400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed", 413: "Content Too Large", 429: "Too Many Requests", 503: "Service Unavailable"}  # fmt: skip


class relay:  # noqa: N801 (it is called as a function is, and holds what has to be closed)
    """An ASGI app that answers at the relay's addresses, and has *app* answer at all others (404 without one).

    *settings* are RelaySettings, or a dict with their names. Raises ValueError for what they can't be.
    """

    def __init__(self, settings: RelaySettings | dict[str, Any], app: App | None = None) -> None:
        self.relay = Relay(_settings(settings))
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and self.relay.is_mine(_path_of(scope)):
            reply = await asyncio.to_thread(self.relay.answer, await _asked(scope, receive))
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]  # fmt: skip
            length = (b"content-length", str(len(reply.body)).encode())
            await send({"type": "http.response.start", "status": reply.status, "headers": [*headers, length]})  # fmt: skip
            await send({"type": "http.response.body", "body": reply.body})
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send, self.close)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})  # fmt: skip
            await send({"type": "http.response.body", "body": b""})

    def counts(self) -> dict[str, Any]:
        """As Sender.counts."""
        return self.relay.sender.counts()

    def close(self) -> None:
        """Send what can be sent at once; what is in a file waits there."""
        self.relay.close()


class relay_wsgi:  # noqa: N801
    """The same for WSGI."""

    def __init__(
        self, settings: RelaySettings | dict[str, Any], app: WsgiApp | None = None
    ) -> None:
        self.relay = Relay(_settings(settings))
        self._app = app

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        path = _wsgi_path(environ)
        if self.relay.is_mine(path):
            reply = self.relay.answer(_wsgi_asked(environ, path))
            length = ("content-length", str(len(reply.body)))
            start_response(f"{reply.status} {STATUS.get(reply.status, 'Answer')}", [*reply.headers, length])  # fmt: skip
            return [reply.body]
        if self._app is not None:
            return self._app(environ, start_response)
        start_response("404 Not Found", [("content-length", "0")])
        return [b""]

    def counts(self) -> dict[str, Any]:
        """As Sender.counts."""
        return self.relay.sender.counts()

    def close(self) -> None:
        """Send what can be sent at once; what is in a file waits there."""
        self.relay.close()


def _settings(given: RelaySettings | dict[str, Any]) -> RelaySettings:
    return given if isinstance(given, RelaySettings) else RelaySettings.of(given)


def _path_of(scope: Scope) -> str:
    path: str = scope["path"]
    root = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


async def _asked(scope: Scope, receive: Receive) -> Asked:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        piece = message.get("body", b"")
        if size <= BODY_BYTES:
            pieces.append(piece)  # of a larger one enough is kept to see that it is
        size += len(piece)
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            break
    client = scope.get("client")
    return Asked(
        method=scope["method"],
        path=_path_of(scope),
        query=scope.get("query_string", b"").decode("latin-1"),
        scheme=scope.get("scheme", "http"),
        headers=headers_of(scope["headers"]),
        body=b"".join(pieces),
        client=client[0] if client else "",
    )


async def _lifespan(receive: Receive, send: Send, close: Callable[[], None]) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(close)
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "lifespan.startup.complete"})


def _wsgi_path(environ: dict[str, Any]) -> str:
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1").decode("utf-8", "replace")


def _wsgi_asked(environ: dict[str, Any], path: str) -> Asked:
    text = environ.get("CONTENT_LENGTH") or "0"
    length = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    headers = asked_headers(environ)
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return Asked(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        scheme=environ.get("wsgi.url_scheme", "http"),
        headers=headers,
        body=environ["wsgi.input"].read(min(length, BODY_BYTES + 1)) if length else b"",
        client=environ.get("REMOTE_ADDR", ""),
    )


__all__ = ["Reply", "relay", "relay_wsgi"]
