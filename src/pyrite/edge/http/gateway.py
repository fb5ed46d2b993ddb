"""Before anything else: headers within limits, origins that may call, preflights, not too much at once; then the protocol's
endpoints, straight from ASGI: most of an edge's work is there, and a framework's way to them would cost more than they do.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..operations.metrics import Metrics
from ..settings import Settings
from .callers import Callers
from .problems import Problem, unexpected

RETRY_AFTER_S = 2
COOKIE_BYTES = 131_072  # of one request: browsers keep 180 cookies of 4 KB for a site, and send no more than servers take
Headers = list[tuple[bytes, bytes]]


class Call:
    """A request as the protocol's endpoints see it."""

    __slots__ = ("action", "headers", "held", "query", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive, action: str) -> None:
        self.scope = scope
        self.receive = receive
        self.action = action
        self.held = 0  # bytes of its body
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.query = query_of(scope["query_string"])

    def header(self, name: bytes) -> str:
        """The header *name*, in small letters; '' where there is none."""
        return self.headers.get(name, b"").decode("latin-1")


Endpoint = Callable[[Call], Awaitable[Response]]


class Guard:
    """The protocol's *endpoints* (`{action: endpoint}`) under the settings' base path, and *app* for everything else."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        endpoints: dict[str, Endpoint],
        callers: Callers,
        metrics: Metrics,
        asked: Callable[[str], None],
    ) -> None:
        self._app = app
        self._limits = settings.limits
        self._callers = callers
        self._metrics = metrics
        self._asked = asked
        self._base = "/" + settings.edge.base_path.strip("/")
        self._endpoints = endpoints
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._asked(scope.get("root_path", ""))
        if "/v1/" not in scope["path"]:
            await self._other(scope, receive, send)
            return
        found = self._find(scope)
        action = found or ""
        call = Call(scope, receive, action)
        origin = call.header(b"origin")
        allowed = not origin or self._may_call(call, origin)
        refusal = self._refusal(call, origin, allowed)
        cors = _cors(call, origin, allowed) if origin else _ALWAYS
        if refusal is None and found is None:
            await self._app(scope, receive, _with(cors, send))
            return
        if refusal is not None:
            response = refusal
        else:
            self._under_way += 1
            try:
                response = await self._endpoints[action](call)
            except Exception as error:
                response = unexpected(error).response("")
            finally:
                self._under_way -= 1
        headers = response.raw_headers + cors
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": response.body})

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Files, and how the edge does: the same limits hold. An edge that has too much to do is alive, and says so."""
        refusal = self._too_large(scope)
        if refusal is None and not scope["path"].endswith(("/health", "/ready")):
            refusal = self._busy()
        if refusal is not None:
            await _answer(refusal, [], send)
            return
        begun = False

        async def sending(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        self._under_way += 1
        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if begun:
                raise
            await _answer(unexpected(error).response(""), [], send)
        finally:
            self._under_way -= 1

    def _find(self, scope: Scope) -> str | None:
        """The action that an address names: `{base}[/{hint}]/v1/{action}`."""
        path: str = scope["path"]
        root = scope.get("root_path", "")
        if root and path.startswith(root):
            path = path[len(root) :]
        before, _, action = path.partition("/v1/")
        hint = before.removeprefix(self._base)
        known = before.startswith(self._base) and action in self._endpoints
        return action if known and (not hint or (hint[0] == "/" and hint.count("/") == 1)) else None

    def _refusal(self, call: Call, origin: str, allowed: bool) -> Response | None:
        too_large = self._too_large(call.scope)
        if too_large is not None:
            return too_large
        if not allowed:
            self._callers.tell(origin)
            self._metrics.turned_away("origin.unknown")
            detail = self._callers.refusal(origin)
            return Problem(403, "origin.unknown", detail).response("")
        if call.scope["method"] == "OPTIONS":
            return Response(status_code=204)
        if call.action and call.scope["method"] != "POST":
            method, path = call.scope["method"], call.scope["path"]
            detail = f"{method} is not supported at {path!r}"
            return Problem(405, "method.unknown", detail).response("")
        return None if self._under_way < self._limits.requests else self._busy()

    def _too_large(self, scope: Scope) -> Response | None:
        headers = scope["headers"]
        size = sum([len(name) + len(value) for name, value in headers])
        size += len(scope["path"]) + len(scope["query_string"])
        limit = self._limits.header_bytes
        if size <= limit:
            return None
        # A visitor can't help the cookies that other software has left: what is not ours is read past.
        cookies = sum([len(value) for name, value in headers if name == b"cookie"])
        if size - cookies <= limit and cookies <= COOKIE_BYTES:
            return None
        detail = f"expected at most {limit} bytes of headers beside {COOKIE_BYTES} of cookies, got {size - cookies} and {cookies}"
        return Problem(431, "headers.too_large", detail).response("")

    def _busy(self) -> Response | None:
        if self._under_way < self._limits.requests:
            return None
        detail = f"{self._under_way} requests are under way"
        return Problem(503, "edge.busy", detail, retry_after_s=RETRY_AFTER_S).response("")

    def _may_call(self, call: Call, origin: str) -> bool:
        scope = call.scope
        server = scope.get("server") or ("", 0)
        return self._callers.may_call(
            origin, host=call.header(b"host"), scheme=scope.get("scheme", ""), server=server[0]
        )


async def _answer(response: Response, more: Headers, send: Send) -> None:
    headers = response.raw_headers + more
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _cors(call: Call, origin: str, allowed: bool) -> Headers:
    """The headers by which a page of *origin* may read the answer; of one that is not *allowed* that is the refusal, nothing else.

    Credentials are allowed in both: the tracker's requests carry them, and browsers hide an answer that does not say so.
    """
    headers = [*_ALWAYS, (b"access-control-allow-origin", origin.encode("latin-1")), *_CORS]
    return [*headers, *_PREFLIGHT] if allowed and call.scope["method"] == "OPTIONS" else headers


_ALWAYS: Headers = [(b"vary", b"Origin"), (b"accept-encoding", b"gzip")]  # bodies may be packed
_CORS: Headers = [
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-expose-headers", b"x-adobe-edge, x-request-id, retry-after, accept-encoding"),
]
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


def _with(headers: Headers, send: Send) -> Send:
    async def with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return with_headers


def query_of(text: bytes) -> dict[str, str]:
    """The parameters of a query; of several with one name the first."""
    found: dict[str, str] = {}
    for pair in text.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair:
            name, value = unquote_plus(name), unquote_plus(value)
        found.setdefault(name, value)
    return found


@lru_cache(4096)
def address_class(host: str) -> str:
    """`loopback`, `private` or `public`: all that is kept of where a bad row came from; '' where it can't be told."""
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if address.is_loopback:
        return "loopback"
    return "private" if address.is_private else "public"
