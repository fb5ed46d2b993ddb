"""The protocol's four endpoints: interact, collect, privacy/set-consent, identity/acquire.

Each answers 2xx only after what it took is on disk. What a body holds is intake.py's, what is answered answers.py's.
"""

import asyncio
import contextlib
import ipaddress
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..core.consent import general
from ..core.errors import ConsentError
from ..stores.contract import Batch, Listener, Receipt, Store, StoreUnavailable, Visit
from . import answers, intake
from .decisions import Decisions
from .metrics import Metrics
from .problems import Problem
from .settings import Datastream, Settings

TEXT_TYPES = (
    "text/plain",
    "application/json",
    "",
)  # text/plain needs no preflight; a beacon without a type has none
RETRY_AFTER_S = 2
DRAINED = 32  # times the limit: a client that is cut off earlier may not see why
HEADER_LIMIT = 512  # characters of a header that decisions look at
_NAME = re.compile(r"[\w.:@-]{1,100}")
_REQUEST_ID = re.compile(r"[\w.-]{1,100}")


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
        self._listener = listener

    async def interact(self, request: Request) -> Response:
        """Store the events, answer what was asked."""
        return await self._serve(request, self._interact)

    async def collect(self, request: Request) -> Response:
        """Store the events, answer nothing (204)."""
        return await self._serve(request, self._collect)

    async def set_consent(self, request: Request) -> Response:
        """Store what the visitor chose, answer with the consent cookie."""
        return await self._serve(request, self._consent)

    async def acquire(self, request: Request) -> Response:
        """Answer with the visitor's identity."""
        return await self._serve(request, self._acquire)

    async def _serve(
        self, request: Request, endpoint: Callable[[intake.Arrival, Request], Awaitable[Response]]
    ) -> Response:
        source = self._source(request)
        content = b""
        try:
            # Read first: what is refused is kept with its body.
            content = await self._read(request)
            content = intake.unpacked(content, self._settings.limits)
            if not source.datastream:
                source = self._source(request, intake.early_stream(content))
            self._check(request, source)
            arrival = intake.read(content, source, self._settings.limits)
            response = await endpoint(arrival, request)
        except Problem as problem:
            response = problem.response(source.request_id)
            kept = problem.content or content
            if problem.status in (400, 413, 415, 422):
                await self._keep(problem, source, kept)
        self._metrics.answered(source.action, response.status_code)
        response.headers["x-request-id"] = source.request_id
        if self._settings.edge.region:
            response.headers["x-adobe-edge"] = f"{self._settings.edge.region};0"
        return response

    async def _interact(self, arrival: intake.Arrival, request: Request) -> Response:
        receipt = await self._commit(arrival)
        handles = answers.interact(arrival, region=self._settings.edge.region)
        decided, warnings = self._decisions.handles(
            arrival,
            agent=request.headers.get("user-agent", "")[:HEADER_LIMIT],
            language=request.headers.get("accept-language", "")[:HEADER_LIMIT],
            root=request.scope.get("root_path", ""),
        )
        return self._answer(arrival, handles + decided, receipt, warnings)

    async def _collect(self, arrival: intake.Arrival, request: Request) -> Response:
        if not arrival.events and not arrival.refused:
            raise Problem(400, "body.events", "expected at least one event", path="$.events")
        receipt = await self._commit(arrival)
        return self._answer(arrival, [], receipt) if arrival.bad_rows else Response(status_code=204)

    async def _consent(self, arrival: intake.Arrival, request: Request) -> Response:
        try:
            chosen = general(arrival.body.get("consent"))
        except ConsentError as error:
            raise Problem(422, error.code, error.message, path="$.consent") from None
        await self._commit(arrival, consent=chosen)
        handles = [answers.state(arrival, region=self._settings.edge.region, consent=chosen)]
        return self._answer(arrival, handles, Receipt())

    async def _acquire(self, arrival: intake.Arrival, request: Request) -> Response:
        handles = [
            *answers.identity(arrival),
            answers.state(arrival, region=self._settings.edge.region),
        ]
        return self._answer(arrival, handles, Receipt())

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
            receipt = await asyncio.wrap_future(self._store.submit(batch))
        except StoreUnavailable as error:
            raise Problem(
                503, "store.unavailable", str(error), retry_after_s=RETRY_AFTER_S
            ) from None
        self._metrics.took(stored=len(receipt.stored), duplicates=receipt.duplicates)
        self._metrics.refused([row.code for row in batch.bad_rows])
        if batch.deliveries:
            self._metrics.delivered(batch.deliveries)
        if self._listener:
            for event in receipt.stored:
                self._listener(event)
        return receipt

    async def _keep(self, problem: Problem, source: intake.Source, content: bytes) -> None:
        # The client has its answer and may send it again: only the row for later study can be lost.
        with contextlib.suppress(StoreUnavailable):
            row = intake.bad_row(problem, source, content)
            await asyncio.wrap_future(self._store.submit(Batch(bad_rows=(row,))))
            self._metrics.refused([row.code])

    def _answer(
        self,
        arrival: intake.Arrival,
        handles: list[answers.Handle],
        receipt: Receipt,
        warnings: Sequence[dict[str, object]] = (),
    ) -> Response:
        body: dict[str, object] = {"requestId": arrival.source.request_id, "handle": handles}
        if warnings:
            body["warnings"] = warnings
        errors: list[dict[str, object]] = [
            {
                "type": f"https://pyrite.dev/problems/{problem.code}",
                "status": problem.status,
                "title": problem.detail,
                "detail": problem.path,
                "report": {"eventIndex": index},
            }
            for index, problem in arrival.refused
        ]
        # What the tracker refused of a raw queue has no place among the events.
        for row in arrival.bad_rows[: len(arrival.bad_rows) - len(errors)]:
            errors.append(
                {
                    "type": f"https://pyrite.dev/problems/{row.code}",
                    "status": 400,
                    "title": row.message,
                    "detail": row.path,
                }
            )
        if errors:
            body["errors"] = errors
        status = 207 if errors else 200
        return Response(msgspec.json.encode(body), status, media_type="application/json")

    def _source(self, request: Request, named: str = "") -> intake.Source:
        """Where a request comes from; *named* is the data stream that its body names where its address doesn't."""
        datastream = named or request.query_params.get("configId", "")
        given = request.query_params.get("requestId", "")
        stream = self._settings.datastreams.get(datastream, Datastream())
        return intake.Source(
            datastream=datastream,
            org=stream.org or datastream,
            request_id=given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4()),
            action=request.url.path.rpartition("/v1/")[2],
            url=f"{request.url.path}?{request.url.query}"[:1000],
            cookie=request.headers.get("cookie", ""),
            client=address_class(request.client.host if request.client else ""),
            received_ms=int(time.time() * 1000),
        )

    def _check(self, request: Request, source: intake.Source) -> None:
        check_datastream(self._settings, source.datastream)
        type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if type not in TEXT_TYPES:
            raise Problem(
                415, "body.type", f"expected text/plain or application/json, got {type!r:.100}"
            )

    async def _read(self, request: Request) -> bytes:
        """The body; of one over the limit the beginning is kept, and the rest read and dropped so that the answer arrives."""
        limit = self._settings.limits.body_bytes
        content = bytearray()
        size = 0
        try:
            async with asyncio.timeout(self._settings.limits.read_seconds):
                async for chunk in request.stream():
                    size += len(chunk)
                    content += chunk[: limit - len(content)]
                    if size > limit * DRAINED:
                        break
        except TimeoutError:
            seconds = self._settings.limits.read_seconds
            detail = f"{len(content)} bytes arrived within {seconds:g} s, and not the whole body"
            raise Problem(408, "body.slow", detail, path="$") from None
        except ClientDisconnect:
            raise Problem(
                400,
                "body.cut",
                f"the connection ended after {len(content)} bytes",
                path="$",
                content=bytes(content),
                cut=True,
            ) from None
        if size > limit:
            raise Problem(
                413,
                "body.too_large",
                f"expected at most {limit} bytes in one body, got {size}",
                path="$",
                content=bytes(content),
                cut=True,
            )
        return bytes(content)


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


def address_class(host: str) -> str:
    """`loopback`, `private` or `public`: all that is kept of where a bad row came from; '' where it can't be told."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if address.is_loopback:
        return "loopback"
    return "private" if address.is_private else "public"
