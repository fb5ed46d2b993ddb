"""The edge as an ASGI app: which path goes where, who may call, and how it starts and ends.

Mountable under any prefix of any ASGI app; all addresses move along.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..stores.contract import Listener, Store
from ..stores.sqlite import SqliteStore
from .decisions import Decisions
from .experiences import Experiences
from .files import Files, built_files
from .health import Health, forget_old
from .metrics import Metrics
from .preview import Previews, secret_in
from .problems import Problem
from .protocol import RETRY_AFTER_S, Protocol
from .settings import Settings, read

Endpoint = Callable[[Request], Awaitable[Response]]


def edge(
    *,
    config: Path | str | None = None,
    settings: Settings | None = None,
    store: Store | None = None,
    data: Path | str | None = None,
    experiences: Path | str | None = None,
    listener: Listener | None = None,
) -> Starlette:
    """An edge as an ASGI app.

    *config* is the path of a pyrite.toml (or give *settings*; defaults otherwise). *store* takes the place of the SQLite
    database in *data*. *listener* is called with each event, once it is stored. `app.state.store` is the store; it closes
    with the app's lifespan, and losing the process without that loses nothing that was acknowledged. `app.state.head` gives
    the HTML that loads the tracker soonest; see Files.head.

    Raises SettingsError, StoreUnavailable, FilesMissing.
    """
    chosen = read(Path(config)) if config else settings or Settings()
    metrics = Metrics()
    kept = store or SqliteStore(
        Path(data or chosen.edge.data),
        synchronous=chosen.store.synchronous.upper(),
        committed=metrics.committed,
    )
    metrics.state = kept.state
    wanted = chosen.personalization
    kept_experiences = Experiences(
        Path(experiences or chosen.edge.experiences), holdout=wanted.holdout
    )
    folder = Path(data or chosen.edge.data)
    previews = Previews(
        lambda: wanted.preview_secret or secret_in(folder), hours=wanted.preview_hours
    )
    files = Files(built_files(), chosen.edge.lane)
    decisions = Decisions(
        kept_experiences, kept, previews, holdout=wanted.holdout, decider=files.decider()
    )
    protocol = Protocol(chosen, kept, decisions, metrics, listener)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        keeping = asyncio.create_task(forget_old(kept, days=chosen.store.keep_days))
        yield
        keeping.cancel()
        # In a thread: what was submitted is written first, and requests that wait for that are answered meanwhile.
        await asyncio.to_thread(kept.close)

    app = Starlette(
        routes=_routes(chosen, protocol, files, Health(kept, metrics)),
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _not_allowed},
    )
    app.add_middleware(_Guard, settings=chosen)
    app.state.store = kept
    app.state.experiences = kept_experiences
    app.state.settings = chosen
    app.state.head = files.head
    app.state.previews = previews
    return app


def _routes(settings: Settings, protocol: Protocol, files: Files, health: Health) -> list[Route]:
    base = "/" + settings.edge.base_path.strip("/")
    endpoints: dict[str, Endpoint] = {
        "interact": protocol.interact,
        "collect": protocol.collect,
        "privacy/set-consent": protocol.set_consent,
        "identity/acquire": protocol.acquire,
    }
    routes = [Route("/health", health.alive), Route("/ready", health.ready)]
    if settings.edge.metrics:
        routes.append(Route("/metrics", health.metrics))
    for action, endpoint in endpoints.items():
        for hint in ("", "/{hint}"):
            routes.append(Route(f"{base}{hint}/v1/{action}", endpoint, methods=["POST"]))
    for name in files.names():
        routes.append(Route("/" + name, _file(files, name)))
    return routes


def _file(files: Files, name: str) -> Endpoint:
    async def serve(request: Request) -> Response:
        request.scope["pyrite.file"] = name
        return await files.serve(request)

    return serve


async def _not_found(request: Request, error: Exception) -> Response:
    return Problem(404, "path.unknown", f"nothing at {request.url.path!r}").response("")


async def _not_allowed(request: Request, error: Exception) -> Response:
    return Problem(
        405, "method.unknown", f"{request.method} is not supported at {request.url.path!r}"
    ).response("")


class _Guard:
    """Before anything else: headers within limits, origins that may call, preflights; CORS headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._origins = {origin.rstrip("/") for origin in settings.edge.origins}
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or "/v1/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin", "")
        allowed = self._may_call(request, origin)
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        response: ASGIApp = self._app
        if size > self._settings.limits.header_bytes:
            limit = self._settings.limits.header_bytes
            response = Problem(
                431, "headers.too_large", f"expected at most {limit} bytes of headers, got {size}"
            ).response("")
        elif not allowed:
            detail = f"pages of {origin!r:.200} may not send events here; list the origin under [edge] origins in pyrite.toml"
            response = Problem(403, "origin.unknown", detail).response("")
        elif request.method == "OPTIONS":
            response = Response(status_code=204)
        elif self._under_way >= self._settings.limits.requests:
            detail = f"{self._under_way} requests are under way"
            response = Problem(503, "edge.busy", detail, retry_after_s=RETRY_AFTER_S).response("")
        headers = self._cors(request, origin) if origin and allowed else [(b"vary", b"Origin")]

        async def with_headers(message: "dict[str, object]") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]  # type: ignore[misc]
            await send(message)

        self._under_way += 1
        try:
            await response(scope, receive, with_headers)  # type: ignore[arg-type]
        finally:
            self._under_way -= 1

    def _may_call(self, request: Request, origin: str) -> bool:
        """No Origin header: not a page of another host. The scheme may differ behind a proxy that ends TLS."""
        return (
            not origin
            or origin in self._origins
            or origin.partition("://")[2] == request.headers.get("host", "")
        )

    def _cors(self, request: Request, origin: str) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", b"x-adobe-edge, x-request-id, retry-after"),
        ]
        if request.method == "OPTIONS":
            headers += [
                (b"access-control-allow-methods", b"POST"),
                (b"access-control-allow-headers", b"content-type"),
                (b"access-control-max-age", b"86400"),
            ]
        return headers
