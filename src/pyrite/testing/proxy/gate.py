"""Where the requests of a browser part: those of trackers go to the test's edge, all others on to where they were meant for.

Not for connections: port.py; nor for what the edge says: that is a real one.
"""

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from ...edge.settings import Settings
from ..tracking.records import TrackedRequest

ADOBE = re.compile(r"/v1/(interact|collect|privacy/set-consent|identity/acquire)$")
HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"proxy-authenticate",
              b"te", b"trailer", b"transfer-encoding", b"upgrade"}  # fmt: skip
App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What becomes of a tracker's requests: `kind` is `down` (no connection), `slow`, `status` or `breaks` (stored, and no answer)."""

    kind: str
    seconds: float = 0
    status: int = 503
    retry_after: float | None = None


class Trackers:
    """Tells a tracker's requests from others, whatever host they are for."""

    def __init__(self, settings: Settings) -> None:
        self._base = "/" + settings.edge.base_path.strip("/")
        jss, ibexa = settings.jss, settings.ibexa
        self._jss = f"/{jss.path.strip('/').lower()}/" if jss.enabled else None
        self._ibexa = tuple(
            f"/{prefix}/{customer}/"
            for prefix in (ibexa.prefixes if ibexa.enabled else [])
            for customer in ibexa.customers
        )

    def path(self, path: str, query: str) -> str:
        """The path of the test's edge that stands for *path*; '' where it is no tracker's."""
        match = ADOBE.search(path)
        if match and "configId=" in query:
            return f"{self._base}{match[0]}"
        lower = path.lower()
        if self._jss and lower.startswith(self._jss):
            return path
        return path if path.startswith(self._ibexa) and self._ibexa else ""


class Gate:
    """An ASGI app for everything that a browser asks for; *edge* answers trackers, and every request for *own*, its own address."""

    def __init__(self, edge: App, trackers: Trackers, *, verify: bool) -> None:
        self._edge = edge
        self._trackers = trackers
        self._verify = verify
        self._upstream: httpx2.AsyncHTTPTransport | None = None
        self.own = ""
        self.requests: list[TrackedRequest] = []
        self.trouble: Trouble | None = None
        self.added: dict[str, str] = {}  # headers of every tracker's request
        self.changed = threading.Condition()
        self.under_way = 0
        self.ended_s = 0.0  # when the last request of a tracker ended, by the monotonic clock

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        path = self._trackers.path(scope["path"], scope["query_string"].decode("latin-1"))
        if path:
            await self._tracked(scope, receive, send, path, headers)
        elif host == self.own:
            await self._edge(_seen_by_edge(scope, scope["path"], headers), receive, send)
        else:
            await self._forward(scope, receive, send, host)

    async def close(self) -> None:
        """Close the connections to the site."""
        if self._upstream:
            await self._upstream.aclose()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    async def _tracked(
        self, scope: Any, receive: Any, send: Any, path: str, headers: dict[str, str]
    ) -> None:
        query = scope["query_string"].decode("latin-1")
        raw_path = quote(scope["path"], safe="/%:@!$&'()*+,;=~")
        address = f"{scope['scheme']}://{headers.get('host', '')}{raw_path}"
        url = f"{address}?{query}" if query else address
        request = TrackedRequest(
            method=scope["method"], url=url, path=path, way=_way(headers), headers=headers
        )
        added = [(name.encode(), value.encode()) for name, value in self.added.items()]
        scope = scope | {"headers": [*scope["headers"], *added]}
        is_preflight = scope["method"] == "OPTIONS"
        if not is_preflight:
            self.requests.append(request)
        self.under_way += 1
        trouble = self.trouble

        async def noted() -> Any:
            message = await receive()
            request.body += message.get("body", b"")
            return message

        async def sending(message: Any) -> None:
            if trouble and trouble.kind == "breaks":
                return
            if message["type"] == "http.response.start":
                request.status = message["status"]
            else:
                request.answer += message.get("body", b"")
            await send(message)

        try:
            if trouble and trouble.kind == "slow":
                await asyncio.sleep(trouble.seconds)
            if trouble and trouble.kind == "status":
                while (await noted()).get("more_body"):
                    pass
                await _refuse(sending, trouble, headers)
            elif not (trouble and trouble.kind == "down"):
                await self._edge(_seen_by_edge(scope, path, headers), noted, sending)
            if trouble and trouble.kind in ("down", "breaks"):
                scope["state"]["abort"]()
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            self.under_way -= 1
            self.ended_s = time.monotonic()
            self._tell()

    async def _forward(self, scope: Any, receive: Any, send: Any, host: str) -> None:
        """Ask who was meant, and hand the answer through as it comes."""
        if self._upstream is None:
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
            self._upstream = httpx2.AsyncHTTPTransport(verify=self._verify, limits=limits)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        name, port = _host_and_port(host, scope["scheme"])
        target = scope["raw_path"] + (
            b"?" + scope["query_string"] if scope["query_string"] else b""
        )
        request = httpx2.Request(
            scope["method"],
            httpx2.URL(scheme=scope["scheme"], host=name, port=port).copy_with(raw_path=target),
            headers=[pair for pair in scope["headers"] if pair[0] not in HOP_BY_HOP],
            content=body or None,
        )
        try:
            response = await self._upstream.handle_async_request(request)
        except (httpx2.HTTPError, OSError) as error:
            detail = (
                f"{request.url} can't be reached from the test: {error or type(error).__name__}"
            )
            await _respond(
                send, 502, detail.encode(), [(b"content-type", b"text/plain; charset=utf-8")]
            )
            return
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in HOP_BY_HOP]
        try:
            await send(
                {"type": "http.response.start", "status": response.status_code, "headers": headers}
            )
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            async for chunk in response.stream:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()


def _seen_by_edge(scope: Any, path: str, headers: dict[str, str]) -> Any:
    """*scope* as the edge is given it: asked by the host that the page is on, so that any page may call."""
    origin = headers.get("origin", "").partition("://")[2]
    host = origin or headers.get("host", "")
    pairs = [pair for pair in scope["headers"] if pair[0] != b"host"]
    return scope | {
        "path": path,
        "raw_path": scope["raw_path"] if path == scope["path"] else path.encode(),
        "headers": [(b"host", host.encode("latin-1")), *pairs],
        "client": ("127.0.0.1", 1),
        "server": (host.rpartition(":")[0] or host, 443),
    }


def _way(headers: dict[str, str]) -> str:
    """How the browser was told to send it: sendBeacon goes without CORS, and what answers a script is JSONP."""
    kind = headers.get("sec-fetch-dest", "")
    if kind in ("script", "image"):
        return {"script": "jsonp", "image": "pixel"}[kind]
    if "sec-fetch-mode" not in headers:
        return "server"
    return "beacon" if headers["sec-fetch-mode"] == "no-cors" else "fetch"


def _host_and_port(host: str, scheme: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    if not colon or "]" in port:
        return host, 443 if scheme == "https" else 80
    return name, int(port)


async def _refuse(send: Any, trouble: Trouble, headers: dict[str, str]) -> None:
    fields = {
        "content-type": "application/json",
        "access-control-allow-origin": headers.get("origin", "*"),
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "retry-after",
    }
    if trouble.retry_after is not None:
        fields["retry-after"] = f"{trouble.retry_after:g}"
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
    await _respond(send, trouble.status, b"{}", pairs)


async def _respond(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body})
