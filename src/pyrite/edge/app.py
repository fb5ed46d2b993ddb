"""The edge as an ASGI app: which path goes where, who may call, and how it starts and ends.

Mountable under any prefix of any ASGI app; all addresses move along.
"""

import asyncio
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ..stores.contract import Listener, Store
from ..stores.sqlite import SqliteStore
from .adobe.decisions import Decisions
from .adobe.endpoints import Adobe
from .experiences.folder import Experiences
from .experiences.preview import Previews, check_secret_in, secret_in
from .http.callers import Callers
from .http.files import Files, built_files
from .http.gateway import Gateway
from .http.mount import Mounted
from .http.problems import Problem
from .ibexa.conceal import Off
from .ingest.claims import Claim
from .ingest.dialect import Dialect
from .ingest.receive import Receiver
from .ingest.schemas import Schemas
from .jss.arrival import JSS
from .jss.definitions.watched import Definitions
from .jss.endpoints import Jss
from .jss.pipeline.chain import chain
from .jss.robots import Sweep
from .jss.sessions import Sessions
from .jss.tracked import Tracked
from .operations.health import Health, Keeping
from .operations.metrics import Metrics
from .settings import Settings, converted, read, settings_file

Endpoint = Callable[[Request], Awaitable[Response]]


def edge(
    *,
    config: Path | str | None = None,
    settings: Settings | dict[str, Any] | None = None,
    store: Store | None = None,
    data: Path | str | None = None,
    experiences: Path | str | None = None,
    listener: Listener | None = None,
    dialects: Sequence[Dialect[Any]] = (),
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """An edge as an ASGI app.

    *config* is the path of a pyrite.toml (or give *settings*, as Settings or as a dict of the same form); without either it is ./pyrite.toml where there is one. *store*
    takes the place of the SQLite database in *data*. *listener* is called with each event, once it is stored. `app.state.store` is the store; it closes
    with the app's lifespan, or, mounted, with the interpreter, and losing the process without that loses nothing that was acknowledged. `app.state.head` gives
    the HTML that loads the tracker soonest; see Files.head. *dialects* are asked for addresses that are not the tracker's. *clock* gives the seconds since 1970.

    Raises SettingsError, StoreUnavailable, FilesMissing.
    """
    here = settings_file() if settings is None else None
    path = Path(config) if config else here
    configuration = converted(settings) if isinstance(settings, dict) else settings
    chosen = read(path) if path else configuration or Settings()
    personalization = chosen.personalization
    folder = Path(data or chosen.edge.data)
    if not personalization.preview_secret:
        check_secret_in(folder)
    metrics = Metrics()
    opened_store = store or SqliteStore(
        folder,
        synchronous=chosen.store.synchronous.upper(),
        committed=metrics.committed,
    )
    metrics.state = opened_store.state
    kept_experiences = Experiences(
        Path(experiences or chosen.edge.experiences),
        holdout=personalization.holdout,
        store=opened_store,
        clock=clock,
    )
    previews = Previews(
        lambda: personalization.preview_secret or secret_in(folder),
        hours=personalization.preview_hours,
    )
    files = Files(built_files(), chosen.edge.lane)
    decisions = Decisions(
        kept_experiences,
        opened_store,
        previews,
        holdout=personalization.holdout,
        decider=files.decider(),
    )
    callers = Callers(chosen.edge.origins)
    schemas = Schemas(chosen)
    definitions = Definitions(Path(chosen.jss.definitions))
    steps = chain(chosen.jss.processors) if chosen.jss.enabled else []
    sweep = Sweep(chosen.jss, opened_store, partial(metrics.counted, "robots", "erased"), clock)
    sessions = Sessions(chosen.jss, opened_store, sweep.remember)
    claims: dict[str, Claim] = {JSS: Tracked(chosen.jss, definitions, steps, sessions)}
    ibexa = _ibexa(chosen, callers, folder, claims)
    adobe = Adobe(chosen, callers, decisions, claims)
    jss = Jss(chosen, definitions, steps, opened_store, kept_experiences, sessions)
    # In the order in which they are asked.
    spoken: list[Dialect[Any]] = [adobe, jss, *ibexa, *dialects]
    receiver = Receiver(chosen, opened_store, schemas, metrics, listener, clock)
    routes = adobe.routes(receiver.answer, schemas if chosen.edge.development else None)

    keeping = Keeping(opened_store, days=chosen.store.keep_days, clock=clock)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        keeping.start()
        sweep.start()
        yield
        sweep.stop()
        keeping.stop()
        # In a thread: what was submitted is written first, and requests that wait for that are answered meanwhile.
        await asyncio.to_thread(opened_store.close)

    app = Starlette(
        routes=[*_routes(chosen, Health(opened_store, metrics)), *routes, *_files(files, chosen)],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _not_allowed},
    )
    mounted = Mounted(app)
    if store is None:
        # A host that has mounted the app runs no lifespan of it: the store closes with the app, or with the interpreter.
        weakref.finalize(app, opened_store.close)

    def asked(root_path: str) -> None:
        keeping.start()
        sweep.start()
        mounted.asked(root_path)

    app.add_middleware(
        Gateway,
        settings=chosen,
        dialects=spoken,
        answer=receiver.answer,
        metrics=metrics,
        asked=asked,
    )
    if chosen.edge.trusted_proxies:
        # Around all else: every dialect, limit and log is told who really asks, and by which scheme.
        app.add_middleware(
            ProxyHeadersMiddleware,
            trusted_hosts=chosen.edge.trusted_proxies,
        )
    app.state.callers = callers
    app.state.store = opened_store
    app.state.experiences = kept_experiences
    app.state.settings = chosen
    app.state.definitions = definitions
    app.state.head = partial(files.head, checks=chosen.edge.development, mounted=mounted.prefix)
    app.state.previews = previews
    return app


def _ibexa(
    settings: Settings, callers: Callers, folder: Path, claims: dict[str, Claim]
) -> list[Dialect[Any]]:
    """The dialect of Ibexa where it is wanted, and its claim among *claims*: its libraries cost time, which others need not
    spend."""
    if not settings.ibexa.enabled:
        claims["ibexa"] = Off()
        return []
    from .ibexa.endpoints import Ibexa
    from .ibexa.reader import reader_parts
    from .ibexa.tracked import Tracked

    users, proofs = reader_parts(settings, folder)
    claims["ibexa"] = Tracked(settings, users, proofs)
    return [Ibexa(settings, callers, users, proofs)]


def _routes(settings: Settings, health: Health) -> list[Route]:
    routes = [Route("/health", health.alive), Route("/ready", health.ready)]
    if settings.edge.metrics:
        routes.append(Route("/metrics", health.metrics))
    return routes


def _files(files: Files, settings: Settings) -> list[Route]:
    names = {"/" + name: name for name in files.names()}
    if not settings.ibexa.enabled:
        names.pop("/ibexa.js", None)
    if "human.js" in files.names():
        names["/layouts/system/VisitorIdentification.js"] = "human.js"
    methods = ["GET", "OPTIONS"]
    return [Route(path, _file(files, name), methods=methods) for path, name in names.items()]


def _file(files: Files, name: str) -> Endpoint:
    async def serve(request: Request) -> Response:
        request.scope["pyrite.file"] = name
        return await files.serve(request)

    return serve


async def _not_found(request: Request, error: Exception) -> Response:
    return Problem(404, "path.unknown", f"nothing at {request.scope['path']!r}").response("")


async def _not_allowed(request: Request, error: Exception) -> Response:
    return Problem(
        405, "method.unknown", f"{request.method} is not supported at {request.scope['path']!r}"
    ).response("")
