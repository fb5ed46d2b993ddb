"""Before anything else: headers within limits, origins that may call, preflights, not too much at once; then the calls of the
dialects, straight from ASGI: most of an edge's work is there, and a framework's way to them would cost more than they do.
"""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..operations.metrics import Metrics
from ..settings import Settings
from .call import Answer, Call, Owner, Route
from .cors import ALWAYS, Headers
from .problems import Problem, unexpected

RETRY_AFTER_S = 2
COOKIE_BYTES = 131_072  # of one request: browsers keep 180 cookies of 4 KB for a site, and send no more than servers take


class Gateway:
    """The addresses of the *dialects*, asked in this order, whose calls *answer* answers; and *app* for everything else."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        dialects: Sequence[Owner],
        answer: Answer,
        metrics: Metrics,
        asked: Callable[[str], None],
    ) -> None:
        self._app = app
        self._limits = settings.limits
        self._metrics = metrics
        self._asked = asked
        self._dialects = dialects
        self._answer = answer
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._asked(scope.get("root_path", ""))
        match = self._find(scope)
        if match is None:
            await self._other(scope, receive, send)
            return
        dialect, route = match
        call = Call(scope, receive, route)
        origin = call.header(b"origin")
        problem = self._refusal(call, dialect.turns_away(call))
        cors = ALWAYS
        if origin and not (problem and problem.hidden):
            preflight = scope["method"] == "OPTIONS" and problem is None
            header_names = call.header(b"access-control-request-headers") if preflight else ""
            cors = dialect.cors.headers(origin, preflight=preflight, asked=header_names)
        if problem is not None:
            response = dialect.refuse(call, problem)
        elif scope["method"] == "OPTIONS":
            response = Response(status_code=204)
        elif not route.action:
            await self._app(scope, receive, _with(cors, send))
            return
        else:
            self._under_way += 1
            try:
                response = await self._answer(dialect, call)
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
            await _send(refusal.response(""), send)
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
            await _send(unexpected(error).response(""), send)
        finally:
            self._under_way -= 1

    def _find(self, scope: Scope) -> tuple[Owner, Route] | None:
        """Whose an address is: of the first dialect that answers there, or else of the first that knows it."""
        known: tuple[Owner, Route] | None = None
        for dialect in self._dialects:
            route = dialect.match(scope)
            if route is None:
                continue
            if route.action:
                return dialect, route
            known = known or (dialect, route)
        return known

    def _refusal(self, call: Call, problem: Problem | None) -> Problem | None:
        """Why *call* is answered before it is read, be it the *problem* that its dialect has with it; None where it is not."""
        if problem is not None and problem.status == 414:
            return problem  # of an address that is too long that is the plainer word
        too_large = self._too_large(call.scope)
        if too_large is not None:
            return too_large
        if problem is not None:
            self._metrics.turned_away(problem.code)
            return problem
        method = call.scope["method"]
        if method == "OPTIONS":
            return None
        if call.route.action and method not in call.route.methods:
            detail = f"{method} is not supported at {call.scope['path']!r}"
            return Problem(405, "method.unknown", detail)
        return self._busy()

    def _too_large(self, scope: Scope) -> Problem | None:
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
        return Problem(431, "headers.too_large", detail)

    def _busy(self) -> Problem | None:
        if self._under_way < self._limits.requests:
            return None
        detail = f"{self._under_way} requests are under way"
        return Problem(503, "edge.busy", detail, retry_after_s=RETRY_AFTER_S)


async def _send(response: Response, send: Send) -> None:
    start = {"type": "http.response.start", "status": response.status_code}
    await send({**start, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})


def _with(headers: Headers, send: Send) -> Send:
    async def with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return with_headers
