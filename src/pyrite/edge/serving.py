"""How an edge is served by its own command: uvicorn, impatient with clients that never finish a request's head, and little garbage collection."""

import asyncio
import gc
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GARBAGE = (
    100_000,
    50,
    100,
)  # allocations between collections: requests make no cycles, so hardly any has work
SWITCH_S = 0.0001  # that the writing thread waits for the interpreter while requests are read; with Python's 5 ms a commit of tens takes half as long again
DRAIN_S = 10  # that requests under way may take once the server is to stop


def config(app: Any, *, host: str, port: int, head_seconds: float) -> uvicorn.Config:
    """uvicorn's configuration for *app*. A connection whose request's head has not arrived *head_seconds* after it began, or
    after the last answer, is closed."""

    class Impatient(HttpToolsProtocol):
        """Closes what never becomes a request: slow heads and idle connections cost memory, and file descriptors."""

        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._deadline = self.loop.call_later(head_seconds, self._give_up)

        def data_received(self, data: bytes) -> None:
            done = self.cycle is not None and self.cycle.response_complete
            if done and self._deadline is None:
                self._deadline = self.loop.call_later(head_seconds, self._give_up)
            super().data_received(data)

        def on_headers_complete(self) -> None:
            self._stop_waiting()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _stop_waiting(self) -> None:
            deadline, self._deadline = self._deadline, None
            if deadline is not None:
                deadline.cancel()

        def _give_up(self) -> None:
            self._deadline = None
            if not self.transport.is_closing():
                self.transport.close()

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Impatient,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
    )


def settle() -> None:
    """Have the interpreter suit an edge that has started: what is there stays, and the writing thread's turn comes soon."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
