"""What Adobe's clients and the tracker send, read: where it comes from, for which data stream, and whose it is."""

import re
import uuid

from msgspec.structs import replace

from ...core.errors import ConsentError
from ...stores.contract import IDENTIFY, WEB, Link, Visit
from ..http.call import Call
from ..http.consents import cookie_prefix
from ..http.problems import Problem
from ..ingest.claims import Claims
from ..ingest.meta import agent_of
from ..settings import Settings
from . import events, identities, tcf
from .arrival import Arrival, Source
from .deliveries import deliveries_of
from .queues import early_stream

COLLECT, CONSENT, ACQUIRE = "collect", "privacy/set-consent", "identity/acquire"
TEXT_TYPES = (
    "text/plain",
    "application/json",
    "",
)  # text/plain needs no preflight; a beacon without a type has none
USUAL_TYPES = {b"", b"text/plain", b"text/plain;charset=UTF-8", b"text/plain; charset=UTF-8"}
COOKIES_KEPT = 8192  # characters of the organisation's own cookies
_NAME = re.compile(r"[\w.:@-]{1,100}")
_REQUEST_ID = re.compile(r"[\w.-]{1,100}")


class Reader:
    """See Reader in ingest/dialect.py. A call is noted its Source."""

    name = WEB

    def __init__(self, settings: Settings, claims: Claims = events.NO_CLAIMS) -> None:
        self._settings = settings
        self._claims = claims
        # As many events as there are: nobody waits for an answer.
        self._replaying = replace(settings.limits, events=2**31)

    def read(self, call: Call, content: bytes) -> Arrival:
        """See Reader."""
        limits = self._replaying if call.row else self._settings.limits
        source = self._source(call)
        if not source.datastream or call.row:
            named = early_stream(content, limits)
            source = self._source(call, named) if named else source
        self._check(call, source)
        arrival = events.read(content, source, limits, self._claims, call)
        arrival.deliveries = deliveries_of(arrival.body, source)
        former = identities.former(arrival.body)
        if former and arrival.fpid not in ("", former):
            arrival.link(
                Link(
                    datastream=source.datastream,
                    source=former,
                    target=arrival.fpid,
                    made_ms=source.received_ms,
                    how=IDENTIFY,
                )
            )
        action = call.route.action
        if action == CONSENT:
            arrival.consent = _consent(arrival)
        elif action == COLLECT and not arrival.events and not arrival.refused:
            raise Problem(400, "body.events", "expected at least one event", path="$.events")
        if action != ACQUIRE or arrival.events or arrival.bad_rows:
            arrival.visit = Visit(
                datastream=source.datastream,
                visitor=arrival.visitor,
                seen_ms=source.received_ms,
                ecid=arrival.ecid,
                consent=arrival.consent,
            )
        else:
            arrival.deliveries = None
        return arrival

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """See Dialect in ingest/dialect.py."""
        source: Source = call.noted or self._source(call)
        return identities.told_in(content, source.cookie, source.cookie_prefix)

    def _conceal(self, content: bytes) -> bytes:
        """A refused body as a bad row may keep it."""
        for claim in self._claims.values():
            content = claim.hides(content)
        return content

    def _source(self, call: Call, named: str = "") -> Source:
        """Where a call comes from; *named* is the data stream that its body names where its address doesn't."""
        query = call.query
        datastream = named or query.get("configId", "")
        stream = self._settings.datastreams.get(datastream)
        org = (stream.org if stream else "") or datastream
        cookie = ""
        if b"cookie" in call.headers:
            cookie = _own_cookies(call, cookie_prefix(org))
        # A row's path may have a prefix that the edge was mounted at then.
        action = call.route.action or call.scope["path"].rpartition("/v1/")[2]
        source = call.noted = Source(
            datastream=datastream,
            org=org,
            request_id=_request_id(call, query.get("requestId", "")),
            action=action,
            url=call.url,
            cookie=cookie,
            client=call.client,
            received_ms=call.received_ms,
            way=call.way,
            agent=agent_of(call.headers.get(b"user-agent", b"")),
        )
        return source

    def _check(self, call: Call, source: Source) -> None:
        check_datastream(self._settings, source.datastream)
        if call.headers.get(b"content-type", b"") in USUAL_TYPES:
            return
        type = call.header(b"content-type").partition(";")[0].strip().lower()
        if type not in TEXT_TYPES:
            raise Problem(
                415, "body.type", f"expected text/plain or application/json, got {type!r:.100}"
            )


def _request_id(call: Call, given: str) -> str:
    if call.noted:
        noted: Source = call.noted
        return noted.request_id
    if call.row:
        return given or f"bad-row-{call.row.id}"
    return given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _consent(arrival: Arrival) -> str:
    try:
        return tcf.general(arrival.body.get("consent"))
    except ConsentError as error:
        raise Problem(422, error.code, error.message, path="$.consent") from None


def _own_cookies(call: Call, prefix: str) -> str:
    """Of a request's cookies those whose names begin with *prefix*, as far as COOKIES_KEPT lets: others are read past."""
    pieces: list[str] = []
    room = COOKIES_KEPT
    for name, value in call.scope["headers"]:
        if name == b"cookie":
            for piece in value.decode("latin-1").split(";"):
                own = piece.strip()
                if own.startswith(prefix) and len(own) <= room:
                    room -= len(own)
                    pieces.append(own)
    return "; ".join(pieces)


def check_datastream(settings: Settings, name: str) -> None:
    """Raises Problem where no event can be filed under *name*."""
    if not _NAME.fullmatch(name):
        raise Problem(
            400,
            "datastream.missing",
            f"expected a data stream in the query as 'configId', got {name!r:.100}",
        )
    known = settings.datastreams
    if known and name not in known:
        raise Problem(
            400,
            "datastream.unknown",
            f"unknown data stream {name!r}; this edge takes {', '.join(sorted(known))}",
        )
