"""Adobe's dialect: its four addresses (interact, collect, privacy/set-consent, identity/acquire), and what each answers.

Not for what a body holds: reader.py and events.py; nor for taking it in: ingest/receive.py. The handles are handles.py's and decisions.py's.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from starlette import routing
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ...stores.contract import Receipt
from ..http.call import Call, Route, path_of
from ..http.callers import Callers
from ..http.cors import Cors
from ..http.problems import TOLD, UNPROVEN, Problem, unexpected
from ..ingest.claims import Claims
from ..ingest.schemas import Schemas
from ..settings import Settings
from . import handles as answers
from .arrival import Arrival
from .decisions import Decisions
from .reader import ACQUIRE, COLLECT, CONSENT, Reader

HEADER_LIMIT = 512  # characters of a header that decisions look at
VERSION = "/v1/"  # stands before the action in every address
ROUTES = {action: Route(action) for action in ("interact", COLLECT, CONSENT, ACQUIRE)}
UNKNOWN = Route("")


class Adobe(Reader):
    """See Dialect in ingest/dialect.py."""

    cors = Cors(methods="POST", exposed="x-adobe-edge, x-request-id, retry-after, accept-encoding")

    def __init__(
        self, settings: Settings, callers: Callers, decisions: Decisions, claims: Claims
    ) -> None:
        super().__init__(settings, claims)
        self._callers = callers
        self._decisions = decisions
        self._base = "/" + settings.edge.base_path.strip("/")
        self._region = settings.edge.region
        self._cluster = f"{self._region};0".encode()
        self._addresses = {self._base + VERSION + action: route for action, route in ROUTES.items()}

    def match(self, scope: Scope) -> Route | None:
        """The action that an address names: `{base}[/{hint}]/v1/{action}`."""
        path = path_of(scope)
        plain = self._addresses.get(path)
        if plain is not None:
            return plain
        before, version, action = path.partition(VERSION)
        if not version:
            return None
        hint = before.removeprefix(self._base)
        if not before.startswith(self._base) or (hint and (hint[0] != "/" or hint.count("/") > 1)):
            return UNKNOWN
        return ROUTES.get(action, UNKNOWN)

    def turns_away(self, call: Call) -> Problem | None:
        """The refusal of a page whose origin is neither one of the settings' nor the edge's own."""
        return self._callers.turned_away(call)

    def answer(self, arrival: Arrival, receipt: Receipt) -> Response:
        """Handles, warnings, and what was refused of events; nothing where a `collect` has nothing to tell."""
        action, request_id = arrival.source.action, arrival.source.request_id
        if action == COLLECT:
            tells = arrival.bad_rows or arrival.refused or arrival.warnings
            response = self._body(arrival, []) if tells else Response(status_code=204)
        elif action == CONSENT:
            state = answers.state(arrival, region=self._region, consent=arrival.consent)
            response = self._body(arrival, [state])
        elif action == ACQUIRE:
            state = answers.state(arrival, region=self._region)
            response = self._body(arrival, [*answers.identity(arrival), state])
        else:
            response = self._interact(arrival)
        return self._signed(response, request_id)

    def refuse(self, call: Call, problem: Problem) -> Response:
        """The problem, with the request's id."""
        source = call.noted or self._source(call)
        call.conceal = self._conceal
        return self._signed(problem.response(source.request_id), source.request_id)

    def routes(
        self, answer: Callable[["Adobe", Call], Awaitable[Response]], schemas: Schemas | None
    ) -> list[routing.Route]:
        """Its addresses for whoever asks an app for its routes; and where pages find their *schemas*, if they may."""
        own_routes = []
        hints = [self._base + hint + VERSION for hint in ("", "/{hint}")]
        for action, route in ROUTES.items():
            for start in hints:
                called = _called(self, answer, route)
                own_routes.append(
                    routing.Route(start + action, called, methods=list(route.methods))
                )
        if schemas:
            own_routes += [routing.Route(start + "schemas", _told(schemas)) for start in hints]
        return own_routes

    def _interact(self, arrival: Arrival) -> Response:
        handles = answers.interact(arrival, region=self._region)
        call = arrival.call
        assert call
        try:
            decided, warnings = self._decisions.handles(
                arrival,
                agent=call.header(b"user-agent")[:HEADER_LIMIT],
                language=call.header(b"accept-language")[:HEADER_LIMIT],
                root=call.scope.get("root_path", ""),
            )
        except Exception as error:
            # The events are stored: an answer that says otherwise would have them sent again.
            problem = unexpected(error)
            decided, warnings = [], [problem.record(arrival.source.request_id)]
        return self._body(arrival, handles + decided, warnings)

    def _body(
        self,
        arrival: Arrival,
        handles: list[answers.Handle],
        warnings: Sequence[dict[str, object]] = (),
    ) -> Response:
        body: dict[str, object] = {"requestId": arrival.source.request_id, "handle": handles}
        if warnings or arrival.warnings:
            body["warnings"] = [*arrival.warnings, *warnings]
        errors = _errors(arrival)
        if errors:
            body["errors"] = errors
        status = 207 if errors else 200
        return Response(msgspec.json.encode(body), status, media_type="application/json")

    def _signed(self, response: Response, request_id: str) -> Response:
        response.raw_headers.append((b"x-request-id", request_id.encode()))
        if self._region:
            response.raw_headers.append((b"x-adobe-edge", self._cluster))
        return response


def _called(
    adobe: Adobe, answer: Callable[[Adobe, Call], Awaitable[Response]], route: Route
) -> Callable[[Request], Awaitable[Response]]:
    async def called(request: Request) -> Response:
        return await answer(adobe, Call(request.scope, request.receive, route))

    return called


def _told(schemas: Schemas) -> Callable[[Request], Awaitable[Response]]:
    async def tell(request: Request) -> Response:
        return JSONResponse(schemas.told(request.query_params.get("configId", "")))

    return tell


def _errors(arrival: Arrival) -> list[dict[str, object]]:
    """What the answer tells of refused events, each with its place, and of a raw queue's refused commands."""
    errors: list[dict[str, object]] = []
    for index, problem in arrival.refused:
        title = problem.detail if len(errors) < TOLD else problem.code
        errors.append(
            _error(problem.code, problem.status, title, problem.path)
            | {"report": {"eventIndex": index}}
        )
    # What the tracker refused of a raw queue has no place among the events.
    problems = [problem for _, problem in arrival.refused if problem.status not in UNPROVEN]
    rows = arrival.bad_rows[: len(arrival.bad_rows) - len(problems)]
    for row in rows[:TOLD]:
        errors.append(_error(row.code, 400, row.message, row.path))
    if len(rows) > TOLD:
        title = f"{len(rows) - TOLD} more commands were refused; the edge's bad rows say why"
        errors.append(_error("body.raw", 400, title, "$.raw.commands"))
    return errors


def _error(code: str, status: int, title: str, path: str) -> dict[str, object]:
    type = f"https://pyrite.dev/problems/{code}"
    return {"type": type, "status": status, "title": title, "detail": path}
