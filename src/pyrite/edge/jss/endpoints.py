"""The dialect of Sitecore's JSS clients: its addresses, who may call, and what each is answered.

Not for what a body holds: reader.py; nor for taking it in: ingest/receive.py.
"""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from ...stores.contract import Receipt, Store, StoreUnavailable
from ..experiences.folder import Experiences
from ..http.call import Call, Route
from ..http.cors import Cors
from ..http.gateway import RETRY_AFTER_S
from ..http.problems import TOLD, Problem
from ..ingest.receive import KEPT
from ..settings import Settings
from . import addresses
from .arrival import Arrival
from .callers.consent import Consents
from .callers.identity import Caller, cookies_for
from .callers.keys import Keys, without_key
from .definitions.watched import Definitions
from .diagnosis.causes import causes
from .diagnosis.facts import facts_of_call
from .diagnosis.profile import profile
from .layout import Layouts
from .pipeline.chain import Step
from .reader import Reader
from .sessions import Sessions

NEVER_KEPT = {"Cache-Control": "no-store"}
MET = b":root{--pyrite-human:1}"  # human.js looks for it
MINTED = (
    400,
    413,
    422,
    500,
)  # refusals that are kept: whoever sent it is a contact now, by which it is found again


class Jss(Reader):
    """See Dialect in ingest/dialect.py."""

    cors = Cors(methods="GET, POST", headers="content-type, sc_apikey")

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        steps: list[Step],
        store: Store,
        experiences: Experiences,
        sessions: Sessions,
    ) -> None:
        super().__init__(settings, definitions, steps, Consents(settings, store).admits, sessions)
        self._addresses = addresses.Addresses(settings.jss, development=settings.edge.development)
        self._keys = Keys(settings.jss)
        self._layouts = Layouts(experiences, store)
        self._store = store

    def match(self, scope: Scope) -> Route | None:
        """See Owner in http/call.py."""
        return self._addresses.find(scope)

    def turns_away(self, call: Call) -> Problem | None:
        """See Owner in http/call.py."""
        call.url = without_key(call)
        route = call.route
        service = addresses.SERVICES.get(route.action)
        if service is None:
            return self._keys.stranger(call) if route.action == addresses.PROFILE else None
        if self._jss.enabled:
            method = call.scope["method"]
            if method not in (*route.methods, "OPTIONS"):
                return None  # that is refused as everywhere
            if route.action == addresses.FLUSH and method == "GET" and _is_near(call):
                return None
        return self._keys.turns_away(call, service)

    def answer(self, arrival: Arrival, receipt: Receipt) -> Response:
        """See Dialect in ingest/dialect.py."""
        action = arrival.call.route.action
        if action == addresses.HUMAN:
            content = MET if arrival.robot is False else b""
            response = Response(content, media_type="text/css", headers=NEVER_KEPT)
        elif action in addresses.ASKING:
            response = _json(self._told(arrival.call), 200)
        elif action == addresses.LAYOUT:
            body = self._layouts.body(arrival, arrival.page, arrival.route)
            response = _json(body, 200 if arrival.page else 404)
        else:
            response = _taken(arrival)
        if arrival.caller:
            self._sign(response, arrival.caller, classified=arrival.robot is False)
        return response

    def _told(self, call: Call) -> dict[str, Any]:
        """What a caller asks about itself: its profile, or why nothing is there. Raises Problem."""
        caller = self._caller(call)
        try:
            if call.route.action == addresses.PROFILE:
                return profile(self._store, self._jss, caller.visitor, call.received_ms)
            return {"causes": causes(facts_of_call(call, caller, self._settings, self._store))}
        except StoreUnavailable as error:
            detail = str(error)
            raise Problem(503, "store.unavailable", detail, retry_after_s=RETRY_AFTER_S) from None

    def refuse(self, call: Call, problem: Problem) -> Response:
        """See Dialect in ingest/dialect.py."""
        response = problem.response("")
        if problem.status not in KEPT:
            return response
        problem.is_private = not self._may_keep(call)
        if not problem.is_private:
            # Whoever sent it is a contact now, by which it is found again.
            caller = self._caller(call)
            self._sign(response, caller, classified=caller.classified)
        return response

    def _may_keep(self, call: Call) -> bool:
        try:
            return self._admits(call, self._caller(call)) and not self._is_dropped(call)
        except Problem:
            return False  # what the visitor chose can't be looked up now

    def _sign(self, response: Response, caller: Caller, *, classified: bool) -> None:
        response.raw_headers += cookies_for(caller, self._jss, classified=classified)


def _is_near(call: Call) -> bool:
    """Whether no page of another site makes the call: then a person may be visiting the address, who has no key."""
    site = call.header(b"sec-fetch-site")
    return site != "cross-site" if site else b"origin" not in call.headers


def _taken(arrival: Arrival) -> Response:
    """204; 200 with what processors say; 207 with what was refused; its own status where all was."""
    if not (arrival.refused or arrival.said or arrival.warnings):
        return Response(status_code=204)
    body: dict[str, Any] = {}
    if arrival.said:
        body["messages"] = arrival.said
    if arrival.warnings:
        body["warnings"] = arrival.warnings
    if not arrival.refused:
        return _json(body, 200)
    body["errors"] = [_error(*one, told=place < TOLD) for place, one in enumerate(arrival.refused)]
    if arrival.events:
        return _json(body, 207)
    worst = max([problem for _, problem in arrival.refused], key=lambda one: one.status)
    content = worst.record("") | body
    return Response(
        msgspec.json.encode(content), worst.status, media_type="application/problem+json"
    )


def _error(index: int, problem: Problem, *, told: bool) -> dict[str, Any]:
    record = problem.record("")
    return record | {
        "detail": problem.detail if told else problem.code,
        "report": {"eventIndex": index},
    }


def _json(body: dict[str, Any], status: int) -> Response:
    content = msgspec.json.encode(body)
    return Response(content, status, headers=NEVER_KEPT, media_type="application/json")
