"""The protocol's four endpoints: interact, collect, privacy/set-consent, identity/acquire.

Each answers 2xx only after what it took is on disk. What a body holds is intake.py's, what is answered answers.py's.
"""

import contextlib
import hashlib
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from starlette.responses import Response

from ...core.errors import ConsentError
from ...stores.contract import Batch, Listener, Receipt, Store, StoreUnavailable, Visit
from ..http.gateway import RETRY_AFTER_S, Call, Endpoint, address_class
from ..http.problems import TOLD, Problem, unexpected
from ..http.read_timeout import Patience
from ..ingest import bodies, intake
from ..ingest.receipts import Acknowledgements
from ..ingest.schemas import Schemas
from ..operations.metrics import Metrics
from ..settings import Settings
from . import handles as answers
from . import tcf
from .decisions import Decisions

TEXT_TYPES = (
    "text/plain",
    "application/json",
    "",
)  # text/plain needs no preflight; a beacon without a type has none
KEPT = (400, 413, 415, 422, 500)  # statuses of refusals whose body becomes a bad row
DRAINED = 32  # times the limit: a client that is cut off earlier may not see why
HEADER_LIMIT = 512  # characters of a header that decisions look at
URL_LIMIT = 500  # characters of an address that are kept with a bad row
COOKIES_KEPT = 8192  # characters of the organisation's own cookies
FAILURES = 1000  # bodies that the edge failed with, remembered so that each is kept once, however often it comes again
_NAME = re.compile(r"[\w.:@-]{1,100}")
_REQUEST_ID = re.compile(r"[\w.-]{1,100}")

log = logging.getLogger("pyrite.edge")


class Protocol:
    """The endpoints over one store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        decisions: Decisions,
        metrics: Metrics,
        listener: Listener | None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._decisions = decisions
        self._metrics = metrics
        self._acknowledged = Acknowledgements()
        self._schemas = Schemas(settings)
        self._patience = Patience(settings.limits.read_seconds)
        region = settings.edge.region
        self._region = f"{region};0".encode() if region else b""
        self._listener = listener
        self._in_flight = 0  # bytes of bodies
        self._failures: dict[bytes, bool] = {}

    def endpoints(self) -> dict[str, Endpoint]:
        """`{action: endpoint}`: each answers a call, whatever it brings."""
        return {
            "interact": partial(self._serve, self._interact),
            "collect": partial(self._serve, self._collect),
            "privacy/set-consent": partial(self._serve, self._consent),
            "identity/acquire": partial(self._serve, self._acquire),
        }

    def schemas(self, datastream: str) -> dict[str, Any]:
        """What a page needs to check the events of *datastream* itself; see Schemas.told."""
        return self._schemas.told(datastream)

    async def _serve(
        self, endpoint: Callable[[intake.Arrival, Call], Awaitable[Response]], call: Call
    ) -> Response:
        limits = self._settings.limits
        source = self._source(call)
        content = b""
        try:
            # Read first: what is refused is kept with its body.
            content = await self._read(call)
            packed = len(content)
            content = bodies.unpacked(content, limits)
            if len(content) != packed:
                self._hold(call, len(content) - packed)
            if not source.datastream:
                source = self._source(call, intake.early_stream(content, limits))
            self._check(call, source)
            check = self._schemas.of(source.datastream)
            arrival = intake.read(content, source, limits, check)
            response = await endpoint(arrival, call)
        except Exception as error:
            response = await self._refused(error, call, source, content)
        finally:
            self._in_flight -= call.held
        self._metrics.answered(source.action, response.status_code)
        response.raw_headers.append((b"x-request-id", source.request_id.encode()))
        if self._region:
            response.raw_headers.append((b"x-adobe-edge", self._region))
        return response

    async def _refused(
        self, error: Exception, call: Call, source: intake.Source, content: bytes
    ) -> Response:
        """The answer to a call that ended with *error*; *content* is kept where it may be of use."""
        problem = error if isinstance(error, Problem) else unexpected(error)
        response = problem.response(source.request_id)
        if problem.code == "edge.busy" and call.scope["http_version"] == "1.1":
            # What the server holds of the rest of the body goes with the connection.
            response.raw_headers.append((b"connection", b"close"))
        await self._keep(problem, source, problem.content or content)
        return response

    async def _interact(self, arrival: intake.Arrival, call: Call) -> Response:
        receipt = await self._commit(arrival)
        handles = answers.interact(arrival, region=self._settings.edge.region)
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
        return self._answer(arrival, handles + decided, receipt, warnings)

    async def _collect(self, arrival: intake.Arrival, call: Call) -> Response:
        if not arrival.events and not arrival.refused:
            raise Problem(400, "body.events", "expected at least one event", path="$.events")
        receipt = await self._commit(arrival)
        tells = arrival.bad_rows or arrival.warnings
        return self._answer(arrival, [], receipt) if tells else Response(status_code=204)

    async def _consent(self, arrival: intake.Arrival, call: Call) -> Response:
        try:
            chosen = tcf.general(arrival.body.get("consent"))
        except ConsentError as error:
            raise Problem(422, error.code, error.message, path="$.consent") from None
        await self._commit(arrival, consent=chosen)
        handles = [answers.state(arrival, region=self._settings.edge.region, consent=chosen)]
        return self._answer(arrival, handles, Receipt())

    async def _acquire(self, arrival: intake.Arrival, call: Call) -> Response:
        handles = [
            *answers.identity(arrival),
            answers.state(arrival, region=self._settings.edge.region),
        ]
        receipt = Receipt()
        if arrival.events or arrival.bad_rows:
            receipt = await self._commit(arrival)
        return self._answer(arrival, handles, receipt)

    async def _commit(self, arrival: intake.Arrival, *, consent: str = "") -> Receipt:
        source = arrival.source
        visit = Visit(
            datastream=source.datastream,
            visitor=arrival.visitor,
            seen_ms=source.received_ms,
            ecid=arrival.ecid,
            consent=consent,
        )
        batch = Batch(
            events=tuple(arrival.events),
            bad_rows=tuple(arrival.bad_rows),
            visit=visit,
            deliveries=intake.deliveries_of(arrival),
        )
        try:
            receipt = await self._acknowledged.receipt(self._store, batch)
        except StoreUnavailable as error:
            raise Problem(
                503, "store.unavailable", str(error), retry_after_s=RETRY_AFTER_S
            ) from None
        self._metrics.took(stored=len(receipt.new), duplicates=receipt.duplicates)
        self._metrics.refused([row.code for row in batch.bad_rows])
        if batch.deliveries:
            self._metrics.delivered(batch.deliveries)
        if self._listener:
            for event in receipt.stored:
                try:
                    self._listener(event)
                except Exception:
                    # The event is stored, and acknowledged, whatever becomes of those who hear of it.
                    log.exception("a listener failed with an event that is stored")
        return receipt

    async def _keep(self, problem: Problem, source: intake.Source, content: bytes) -> None:
        if problem.status not in KEPT:
            return
        if problem.status == 500:
            # Whoever sent it tries again and again.
            digest = hashlib.sha256(content).digest()
            if digest in self._failures:
                return
            self._failures[digest] = True
            if len(self._failures) > FAILURES:
                del self._failures[next(iter(self._failures))]
        # The client has its answer and may send it again: only the row for later study can be lost.
        with contextlib.suppress(StoreUnavailable):
            row = intake.bad_row(problem, source, content)
            await self._acknowledged.receipt(self._store, Batch(bad_rows=(row,)))
            self._metrics.refused([row.code])

    def _answer(
        self,
        arrival: intake.Arrival,
        handles: list[answers.Handle],
        receipt: Receipt,
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

    def _source(self, call: Call, named: str = "") -> intake.Source:
        """Where a call comes from; *named* is the data stream that its body names where its address doesn't."""
        datastream = named or call.query.get("configId", "")
        given = call.query.get("requestId", "")
        stream = self._settings.datastreams.get(datastream)
        client = call.scope.get("client")
        org = (stream.org if stream else "") or datastream
        cookie = ""
        if b"cookie" in call.headers:
            cookie = _own_cookies(call, intake.cookie_prefix(org))
        return intake.Source(
            datastream=datastream,
            org=org,
            request_id=given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4()),
            action=call.action,
            url=f"{call.scope['path']}?{call.scope['query_string'].decode('latin-1')}"[:URL_LIMIT],
            cookie=cookie,
            client=address_class(client[0]) if client else "",
            received_ms=int(time.time() * 1000),
        )

    def _hold(self, call: Call, size: int) -> None:
        """Note *size* more bytes of the body of *call*. Raises Problem where all bodies together have too many."""
        call.held += size
        self._in_flight += size
        if self._in_flight > self._settings.limits.flight_bytes:
            detail = f"bodies of {self._in_flight} bytes are under way"
            raise Problem(503, "edge.busy", detail, retry_after_s=RETRY_AFTER_S)

    def _check(self, call: Call, source: intake.Source) -> None:
        check_datastream(self._settings, source.datastream)
        type = call.header(b"content-type").partition(";")[0].strip().lower()
        if type not in TEXT_TYPES:
            raise Problem(
                415, "body.type", f"expected text/plain or application/json, got {type!r:.100}"
            )

    async def _read(self, call: Call) -> bytes:
        """The body; of one over the limit the beginning is kept, and the rest read and dropped so that the answer arrives."""
        limit = self._settings.limits.body_bytes
        chunks: list[bytes] = []
        size = 0
        try:
            with self._patience.for_this_task():
                while size <= limit * DRAINED:
                    message = await call.receive()
                    if message["type"] == "http.disconnect":
                        detail = f"the connection ended after {size} bytes"
                        raise Problem(
                            400, "body.cut", detail, path="$", content=_joined(chunks), cut=True
                        )
                    chunk = message.get("body", b"")
                    if size < limit:
                        kept = chunk[: limit - size]
                        chunks.append(kept)
                        self._hold(call, len(kept))
                    size += len(chunk)
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            seconds = self._settings.limits.read_seconds
            detail = f"{size} bytes arrived within {seconds:g} s, and not the whole body"
            raise Problem(408, "body.slow", detail, path="$") from None
        if size > limit:
            detail = f"expected at most {limit} bytes in one body, got {size}"
            raise Problem(
                413, "body.too_large", detail, path="$", content=_joined(chunks), cut=True
            )
        return _joined(chunks)


def _errors(arrival: intake.Arrival) -> list[dict[str, object]]:
    """What the answer tells of refused events, each with its place, and of a raw queue's refused commands."""
    errors: list[dict[str, object]] = []
    for index, problem in arrival.refused:
        title = problem.detail if len(errors) < TOLD else problem.code
        errors.append(
            _error(problem.code, problem.status, title, problem.path)
            | {"report": {"eventIndex": index}}
        )
    # What the tracker refused of a raw queue has no place among the events.
    rows = arrival.bad_rows[: len(arrival.bad_rows) - len(errors)]
    for row in rows[:TOLD]:
        errors.append(_error(row.code, 400, row.message, row.path))
    if len(rows) > TOLD:
        title = f"{len(rows) - TOLD} more commands were refused; the edge's bad rows say why"
        errors.append(_error("body.raw", 400, title, "$.raw.commands"))
    return errors


def _error(code: str, status: int, title: str, path: str) -> dict[str, object]:
    type = f"https://pyrite.dev/problems/{code}"
    return {"type": type, "status": status, "title": title, "detail": path}


def _own_cookies(call: Call, prefix: str) -> str:
    """Of a request's cookies those whose names begin with *prefix*, as far as COOKIES_KEPT lets: others are read past."""
    found: list[str] = []
    room = COOKIES_KEPT
    for name, value in call.scope["headers"]:
        if name == b"cookie":
            for piece in value.decode("latin-1").split(";"):
                own = piece.strip()
                if own.startswith(prefix) and len(own) <= room:
                    room -= len(own)
                    found.append(own)
    return "; ".join(found)


def _joined(chunks: list[bytes]) -> bytes:
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


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
