"""Events from a web server: `sender.event(…)` returns at once, and a thread sends them.

    sender = Sender("https://edge.example", customer="00000", queue="/var/lib/shop/tracking")
    sender.event("buy", user="4711", itemtype=1, item=128, fullprice="12.45EUR", quantity=2)

Not for which requests are views: asgi.py and wsgi.py.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .message import Customer, Datastream, Form, Invalid, Message
from .queue import DiskQueue, MemoryQueue, Queue
from .transport import Signer, over_http, redirected
from .worker import Transport, Worker, clock_ms

log = logging.getLogger("pyrite.serverside")

# When an event's sending begins.
BOTTOM = "bottom"  # after the response's last byte has left
ASYNCHRONOUS = "asynchronous"  # with the request, beside it
QUEUED = "queued"  # with the request, in a line that survives an edge that does not answer
THREADS = {BOTTOM: 4, ASYNCHRONOUS: 32, QUEUED: 4}
CLOSE_S = 2.0  # how long a process that ends waits for what is under way

held: ContextVar[list[tuple[Worker, Message]] | None] = ContextVar("pyrite_held", default=None)
"""Messages of the request that is being answered, until its last byte has left; None where there is no such request."""


@dataclass(frozen=True, slots=True)
class Line:
    """What sends in process *process* to *origin* ('': the sender's own edge), and how that ends."""

    worker: Worker
    queue: Queue
    end: Callable[[], None]
    process: int
    origin: str = ""


class Sender:
    """Sends events of one customer or data stream to the edge at *upstream*.

    *customer* is one of Ibexa's tracking, *datastream* one of the tracker's: one of both is given. *technique* is BOTTOM, ASYNCHRONOUS
    or QUEUED. *queue* is the path of a file in which events wait, and survive this process; without it they wait in memory. *limit* is
    how many may wait, and *queue_bytes* how large the file may become (0: as large as it wants); *alone* says that no other process
    uses it. *key* is a server's, `"ID:SECRET"`, for edges that ask for a signature. *strict* has `event` raise Invalid for
    what no edge would take; else that is counted and logged, for a page must not fail for its tracking.

    Raises ValueError for arguments that do not go together, HttpxMissing.
    """

    def __init__(
        self,
        upstream: str,
        *,
        customer: str = "",
        datastream: str = "",
        technique: str = QUEUED,
        queue: str | Path | None = None,
        key: str | Signer | None = None,
        timeout_s: float = 2.0,
        limit: int = 10_000,
        queue_bytes: int = 0,
        alone: bool = False,
        strict: bool = False,
        form: Form | None = None,
        transport: Transport | None = None,
    ) -> None:
        if (customer != "") + (datastream != "") + (form is not None) != 1:
            raise ValueError("expected customer= or datastream=, and not both")
        if technique not in THREADS:
            raise ValueError(f"technique: expected one of {', '.join(THREADS)}, got {technique!r}")
        if not upstream.startswith(("http://", "https://")):
            raise ValueError(
                f"upstream: expected an address such as 'https://edge.example', got {upstream!r}"
            )
        self.technique = technique
        self._form = form or (
            Customer(customer=customer) if customer else Datastream(datastream=datastream)
        )
        self._upstream, self._timeout_s, self._limit = upstream, timeout_s, limit
        self._queue_bytes, self._alone = queue_bytes, alone
        self.signer = _signer(key)
        self._path = Path(queue) if queue is not None else None
        self._strict = strict
        self._given_transport = transport
        self._lock = threading.Lock()
        self._closed = False
        self._invalid = 0
        self._left = 0
        self._line = self._started()
        self._test: Line | None = None
        _open.add(self)

    def event(self, kind: str, **given: Any) -> str:
        """Have an event sent, and its id, which is '' for one that can't be. For a customer: `user`, `itemtype`, `item` or `items`,
        and the kind's parameters; for a data stream: `user` (the device id), `url`, `xdm`, `data`, and what else is to stand in data.
        """
        try:
            message = self._form.message(kind, now_ms=clock_ms(), **given)
        except Invalid as error:
            if self._strict:
                raise
            self._invalid += 1
            if self._invalid == 1:
                log.warning("tracking: an event is not sent (further ones are counted): %s", error)
            return ""
        except TypeError as error:
            raise TypeError(f"Sender.event: {error}") from None
        return message.id if self.put(message) else ""

    def put(self, message: Message) -> bool:
        """Have a message sent that was made elsewhere; False once the sender is closed, which is counted."""
        worker = self._current()
        if worker is None:
            self._left += 1
            return False
        waiting = held.get()
        if self.technique == BOTTOM and waiting is not None:
            waiting.append((worker, message))
        else:
            worker.put(message)
        return True

    def made(self, kind: str, **given: Any) -> Message:
        """The message of an event, as `event` takes it, to be put. Raises Invalid."""
        return self._form.message(kind, now_ms=clock_ms(), **given)

    def put_all(self, messages: list[Message]) -> bool:
        """Have *messages* sent, and push out none for them: False, and none is taken, where the queue has no room for all, or once the
        sender is closed. With `queue=` they are on the disk when it returns. Raises sqlite3.Error where that can't be.
        """
        worker = self._current()
        return worker is not None and worker.put_all(messages)

    def is_full(self, count: int = 1) -> bool:
        """Whether *count* more events would push others out of the queue."""
        return self._counted().queue.is_full(count)

    def counts(self) -> dict[str, Any]:
        """`{queued, sent, failed, dropped: {reason: number}}` of this process; `failed` counts attempts, which are made again."""
        line = self._counted()
        dropped = dict(line.worker.dropped)
        for reason, number in (("invalid", self._invalid), ("closed", self._left)):
            if number:
                dropped[reason] = number
        queued = 0 if self._closed else line.queue.waiting()
        counts = line.worker.counts
        return {
            "queued": queued,
            "sent": counts["sent"],
            "failed": counts["failed"],
            "dropped": dropped,
        }

    def close(self, timeout_s: float = CLOSE_S) -> None:
        """Send what can be sent within *timeout_s*. What is left in a file is sent by the next process; in memory it is lost, and counted."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self.leave_test()
        left = self._line.worker.close(timeout_s)
        self._left = 0 if self._path else left
        if self._left:
            log.warning("tracking: %d events were not sent before the end", self._left)
        self._line.queue.close()
        self._line.end()

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def leave_test(self) -> None:
        """Let go of what a test had sent elsewhere (`redirect`), and of what of it still waits."""
        with self._lock:
            line, self._test = self._test, None
        if line is not None:
            line.worker.close(0)
            line.end()

    def waiting_in_test(self) -> int:
        """How many events wait to be sent to where a test has them go."""
        line = self._test
        return line.queue.waiting() if line is not None else 0

    def _started(self, origin: str = "") -> Line:
        transport, end = self._given_transport, lambda: None
        if transport is None or origin:
            transport, end = over_http(
                origin or self._upstream, timeout_s=self._timeout_s, sign=self.signer
            )
        path = None if origin else self._path
        queue: Queue = (
            DiskQueue(path, self._limit, self._queue_bytes, alone=self._alone)
            if path
            else MemoryQueue(self._limit)
        )
        worker = Worker(queue, transport, threads=THREADS[self.technique])
        if path:
            worker.begin()
        return Line(worker, queue, end, os.getpid(), origin)

    def _counted(self) -> Line:
        test = self._test
        return test if test is not None and redirected() else self._line

    def _current(self) -> Worker | None:
        """The worker of this process: servers fork, and threads, sockets and databases do not come along. None after `close`."""
        origin = redirected()
        if origin and not self._closed:
            return self._redirected(origin).worker
        if self._line.process != os.getpid():
            with self._lock:
                if self._line.process != os.getpid():
                    self._line = self._started()
        return None if self._closed else self._line.worker

    def _redirected(self, origin: str) -> Line:
        with self._lock:
            if self._test is None or self._test.origin != origin:
                self._test = self._started(origin)
            return self._test


def release(waiting: list[tuple[Worker, Message]]) -> None:
    """Send what was held for a response that is over."""
    for worker, message in waiting:
        worker.put(message)
    waiting.clear()


def _signer(key: str | Signer | None) -> Signer | None:
    if key is None or callable(key):
        return key
    id, _, secret = key.partition(":")
    if not id or not secret:
        raise ValueError(
            "key: expected an id and a secret, 'ID:SECRET'"
        )  # what it is instead may be a secret
    from .signing import signed_headers  # brings a library that only those need who sign

    def sign(request: Any) -> None:
        url = str(request.url)
        request.headers.update(
            signed_headers(request.method, url, key=secret, key_id=id, body=request.content)
        )

    return sign


_open: weakref.WeakSet[Sender] = weakref.WeakSet()


def open_senders() -> list[Sender]:
    """The senders of this process that somebody still holds."""
    return list(_open)


@atexit.register
def _close_all() -> None:
    for sender in open_senders():
        if sender._line.process == os.getpid():
            sender.close()
