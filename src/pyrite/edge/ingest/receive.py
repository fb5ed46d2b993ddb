"""A call from its first byte to its answer, for every dialect alike: limits, gzip, time, schemas, commit, bad rows, metrics.

A call is answered 2xx only after what it brought is on disk. Not for what it says: its dialect reads it.
"""

import contextlib
import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from ...stores.contract import Batch, Listener, Receipt, Store, StoreUnavailable
from ..http.call import Call
from ..http.gateway import RETRY_AFTER_S
from ..http.problems import UNPROVEN, Problem, unexpected
from ..http.read_timeout import ReadTimeout
from ..operations.metrics import Metrics
from ..settings import Settings
from . import bodies
from .arrival import Arrival, bad_row
from .dialect import Dialect
from .receipts import Receipts
from .schemas import Schemas
from .violations import check_events

KEPT = (400, 413, 414, 415, 422, 500)  # statuses of refusals whose body becomes a bad row
DRAINED = 32  # times the limit: a client that is cut off earlier may not see why
FAILURES = 1000  # bodies that the edge failed with, remembered so that each is kept once, however often it comes again
BODILESS = ("GET", "HEAD")
NOTHING = Batch()

log = logging.getLogger("pyrite.edge")


class Receiver:
    """Takes calls in for one store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        schemas: Schemas,
        metrics: Metrics,
        listener: Listener | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limits = settings.limits
        self._store = store
        self._schemas = schemas
        self._metrics = metrics
        self._listener = listener
        self._clock = clock
        self._acknowledged = Receipts()
        self._read_timeout = ReadTimeout(settings.limits.read_seconds)
        self._in_flight = 0  # bytes of bodies
        self._failures: dict[bytes, bool] = {}

    async def answer(self, dialect: Dialect[Any], call: Call) -> Response:
        """The answer to a *call* at an address of *dialect*, whatever it brings."""
        call.received_ms = int(self._clock() * 1000)
        content = b""
        try:
            # Read first: what is refused is kept with its body.
            content = await self._read(call)
            packed = len(content)
            if call.scope["method"] not in BODILESS:
                call.packed = content
            content = bodies.unpacked(content, self._limits)
            if len(content) != packed:
                self._hold(call, len(content))
            arrival = dialect.read(call, content)
            check_events(arrival, self._schemas.of(arrival.datastream))
            for counter, what in arrival.counted.items():
                self._metrics.counted(counter, what)
            for _, problem in arrival.refused:
                if problem.status in UNPROVEN:
                    self._metrics.turned_away(problem.code)
            response = dialect.answer(arrival, await self._commit(arrival))
        except Exception as error:
            response = await self._refused(error, dialect, call, content)
        finally:
            self._in_flight -= call.held
        self._metrics.answered(call.route.action, response.status_code)
        return response

    async def _refused(
        self, error: Exception, dialect: Dialect[Any], call: Call, content: bytes
    ) -> Response:
        """The answer to a call that ended with *error*; *content* is kept where it may be of use."""
        problem = error if isinstance(error, Problem) else unexpected(error)
        response = dialect.refuse(call, problem)
        if problem.code == "edge.busy" and call.scope["http_version"] == "1.1":
            # What the server holds of the rest of the body goes with the connection.
            response.raw_headers.append((b"connection", b"close"))
        body = problem.content or content if call.kept is None else call.kept
        await self._keep(problem, dialect, call, body)
        return response

    async def _commit(self, arrival: Arrival) -> Receipt:
        batch = Batch(
            events=arrival.everything(),
            bad_rows=tuple(arrival.bad_rows),
            visit=arrival.visit,
            deliveries=arrival.deliveries,
            session=arrival.session,
            links=tuple(arrival.links),
            nonce=arrival.nonce,
        )
        if batch == NOTHING:
            return Receipt()
        try:
            receipt = await self._acknowledged.receipt(self._store, batch)
        except StoreUnavailable as error:
            raise Problem(
                503, "store.unavailable", str(error), retry_after_s=RETRY_AFTER_S
            ) from None
        if receipt.replayed:
            raise Problem(
                401, "auth.replayed", "this request was taken before; each needs a nonce of its own"
            )
        self._metrics.took(stored=len(receipt.new), duplicates=receipt.duplicates)
        if batch.session and receipt.session == batch.session.id:
            self._metrics.opened(batch.session.source)
        if batch.bad_rows:
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

    async def _keep(
        self, problem: Problem, dialect: Dialect[Any], call: Call, content: bytes
    ) -> None:
        if problem.status in UNPROVEN:
            self._metrics.turned_away(problem.code)
        if problem.is_private or not (problem.keep or problem.status in KEPT):
            return
        if problem.status == 500:
            # Whoever sent it tries again and again.
            digest = hashlib.sha256(content).digest()
            if digest in self._failures:
                return
            self._failures[digest] = True
            if len(self._failures) > FAILURES:
                del self._failures[next(iter(self._failures))]
        if call.conceal:
            content = call.conceal(content)
        # The client has its answer and may send it again: only the row for later study can be lost.
        with contextlib.suppress(StoreUnavailable):
            row = problem.row or bad_row(
                problem,
                content,
                source=dialect.name,
                url=call.url,
                client=call.client,
                received_ms=call.received_ms,
                whose=dialect.whose(call, content),
                context=call.context,
            )
            await self._acknowledged.receipt(self._store, Batch(bad_rows=(row,)))
            self._metrics.refused([row.code])

    def _hold(self, call: Call, size: int) -> None:
        """Note *size* more bytes of the body of *call*. Raises Problem where all bodies together have too many."""
        call.held += size
        self._in_flight += size
        if self._in_flight > self._limits.flight_bytes:
            detail = f"bodies of {self._in_flight} bytes are under way"
            raise Problem(503, "edge.busy", detail, retry_after_s=RETRY_AFTER_S)

    async def _read(self, call: Call) -> bytes:
        """The body; of one over the limit the beginning is kept, and the rest read and dropped so that the answer arrives."""
        if call.scope["method"] in BODILESS:
            query: bytes = call.scope["query_string"]
            return query
        limit = self._limits.body_bytes
        chunks: list[bytes] = []
        size = 0
        try:
            with self._read_timeout.for_this_task():
                while size <= limit * DRAINED:
                    message = await call.receive()
                    if message["type"] == "http.disconnect":
                        detail = f"the connection ended after {size} bytes"
                        raise Problem(
                            400, "body.cut", detail, path="$", content=_joined(chunks), cut=True
                        )
                    chunk = message.get("body", b"")
                    if size < limit:
                        beginning = chunk[: limit - size]
                        chunks.append(beginning)
                        self._hold(call, len(beginning))
                    size += len(chunk)
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            seconds = self._limits.read_seconds
            detail = f"{size} bytes arrived within {seconds:g} s, and not the whole body"
            raise Problem(408, "body.slow", detail, path="$") from None
        if size > limit:
            detail = f"expected at most {limit} bytes in one body, got {size}"
            raise Problem(
                413, "body.too_large", detail, path="$", content=_joined(chunks), cut=True
            )
        return _joined(chunks)


def _joined(chunks: list[bytes]) -> bytes:
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
