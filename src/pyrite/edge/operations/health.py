"""How an edge does: alive, ready, its counters; and the steady deleting of what is too old."""

import asyncio
import logging
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...stores.contract import Batch, Store, StoreUnavailable
from .metrics import TYPE, Metrics

FULL = 5000  # batches that wait: half of what a store takes
PROBE_S = 2.0
STEP = 500  # rows deleted at once: a commit that nobody waits long for
PAUSE_S = 0.2  # between two steps
IDLE_S = 60.0  # once nothing is too old

log = logging.getLogger("pyrite.edge")


class Health:
    """The endpoints that say how the edge does."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    async def alive(self, request: Request) -> Response:
        """200 while the process answers."""
        return JSONResponse({"ok": True})

    async def ready(self, request: Request) -> Response:
        """200 while events can be stored, which is tried; 503 with the reason while they can't, so that others are asked."""
        state = self._store.state()
        if state.waiting > FULL:
            failure = f"{state.waiting} requests wait to be written"
        else:
            failure = await self._probe()
        if failure:
            return JSONResponse({"ok": False, "reason": failure}, 503, headers={"Retry-After": "2"})
        return JSONResponse({"ok": True, "waiting": state.waiting})

    async def metrics(self, request: Request) -> Response:
        """Everything counted, for Prometheus."""
        return Response(self._metrics.text(), media_type=TYPE)

    async def _probe(self) -> str:
        """Why nothing can be written now; '' where it can. Probes that come together are one write."""
        try:
            written = asyncio.wrap_future(self._store.submit(Batch(probe=True)))
            await asyncio.wait_for(written, PROBE_S)
        except StoreUnavailable as error:
            return str(error)
        except TimeoutError:
            return f"nothing was written within {PROBE_S:g} s"
        return ""


class Keeping:
    """The steady deleting on a loop of its own store: it starts with the app's lifespan, or, where a host has mounted the app
    and runs no lifespan of it, with the first request."""

    def __init__(
        self, store: Store, *, days: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._days = days
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop, unless it has. Costs nothing when it has, or where everything is kept for ever."""
        if self._days and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(
                forget_old(self._store, days=self._days, clock=self._clock)
            )

    def stop(self) -> None:
        """Stop, with the loop."""
        if self._task is not None:
            self._task.cancel()


async def forget_old(store: Store, *, days: float, clock: Callable[[], float] = time.time) -> None:
    """Delete what was received more than *days* ago (0: nothing ever), in steps that nobody notices, until cancelled."""
    while days:
        gone = 0
        try:
            before_ms = int((clock() - days * 86400) * 1000)
            gone = await asyncio.to_thread(store.forget, before_ms=before_ms, limit=STEP)
        except StoreUnavailable as error:
            log.warning("what is too old can't be deleted now: %s", error)
        await asyncio.sleep(PAUSE_S if gone == STEP else IDLE_S)
