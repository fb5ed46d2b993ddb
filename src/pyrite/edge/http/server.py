"""How an edge is served by its own command: uvicorn, impatient with clients that never finish a request's head, or send one without
end, and little garbage collection.
"""

import asyncio
import gc
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..settings import Limits
from .gateway import COOKIE_BYTES
from .problems import Problem

GARBAGE = (
    100_000,
    50,
    100,
)  # allocations between collections: requests make no cycles, so hardly any has work
SWITCH_S = 0.0001  # that the writing thread waits for the interpreter while requests are read; with Python's 5 ms a commit of tens takes half as long again
HEADS_BYTES = 67_108_864  # of all unfinished heads together
DRAIN_S = 10  # that requests under way may take once the server is to stop


def config(
    app: Any,
    *,
    host: str,
    port: int,
    head_seconds: float = Limits().read_seconds,
    header_bytes: int = Limits().header_bytes,
) -> uvicorn.Config:
    """uvicorn's configuration for *app*.

    A connection is closed whose request's head has not arrived *head_seconds* after it began, or after the last answer; and one
    whose head has more than *header_bytes* and what cookies may have, while it arrives.
    """
    head_bytes = header_bytes + COOKIE_BYTES
    heads = 0  # bytes of unfinished heads, of all connections

    class Impatient(HttpToolsProtocol):
        """Closes what never becomes a request: slow heads, endless ones and idle connections cost memory, and file descriptors."""

        _deadline: asyncio.TimerHandle | None = None
        _unread = 0  # bytes since the parser last made something of them: those of a head, or of what is no body

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._deadline = self.loop.call_later(head_seconds, self._close)

        def data_received(self, data: bytes) -> None:
            is_complete = self.cycle is not None and self.cycle.response_complete
            if is_complete and self._deadline is None:
                self._deadline = self.loop.call_later(head_seconds, self._close)
            self._count(len(data))
            super().data_received(data)
            if self._unread > head_bytes or (self._unread and heads > HEADS_BYTES):
                self._refuse_head()

        def on_headers_complete(self) -> None:
            self._stop_waiting()
            self._count(-self._unread)
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self._count(-self._unread)
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._count(-self._unread)
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            self._count(-self._unread)
            super().connection_lost(exc)

        def _count(self, size: int) -> None:
            nonlocal heads
            self._unread += size
            heads += size

        def _stop_waiting(self) -> None:
            deadline, self._deadline = self._deadline, None
            if deadline is not None:
                deadline.cancel()

        def _refuse_head(self) -> None:
            if self.transport.is_closing():
                return
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_LARGE)
            self._close()

        def _close(self) -> None:
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
        proxy_headers=False,  # the app believes those that its settings name, whatever server runs it
        timeout_graceful_shutdown=DRAIN_S,
    )


def _head_too_large() -> bytes:
    detail = "the request's head is larger than any that is taken"
    response = Problem(431, "headers.too_large", detail).response("")
    headers = [*response.raw_headers, (b"connection", b"close")]
    lines = [name + b": " + value for name, value in headers]
    head = [b"HTTP/1.1 431 Request Header Fields Too Large", *lines, b"", response.body]
    return b"\r\n".join(head)


_TOO_LARGE = _head_too_large()


def settle() -> None:
    """Have the interpreter suit an edge that has started: what is there stays, and the writing thread's turn comes soon."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
