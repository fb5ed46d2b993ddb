"""What the pages of one browser in memory share: cookies, storage, network, and a clock that only moves when it is told to."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .network import Edge, Request, Response


@dataclass(frozen=True)
class Cookie:
    """A cookie's value, and when it ends: None with the browser."""

    value: str
    expires_ms: int | None


class World:
    """One visitor's browser, without its pages; requests go to *edge*.

    All pages are of one site: cookies are told apart by their names alone.
    """

    def __init__(self, edge: Edge, *, now_ms: int) -> None:
        self.edge = edge
        self.now_ms = now_ms
        self.alive: set[str] = set()  # the ids of pages that are open
        self.records: dict[str, dict[str, Any]] = {}  # of every page's outbox, by id
        self.requests: list[Request] = []
        self.jar: dict[str, Cookie] = {}
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def next_number(self) -> int:
        """1, 2, 3, … for ids and names."""
        self._count += 1
        return self._count

    def after(self, delay_ms: int, work: Callable[[], None]) -> None:
        """Call *work* in *delay_ms* milliseconds of this browser's clock."""
        heapq.heappush(self._timers, (self.now_ms + delay_ms, self.next_number(), work))

    def pass_time(self, milliseconds: int = 0) -> None:
        """Let time pass: what is due by then happens in its order."""
        end_ms = self.now_ms + milliseconds
        self.wait_for(lambda: False, milliseconds)
        self.now_ms = end_ms

    def wait_for(self, holds: Callable[[], bool], within_ms: int) -> bool:
        """Let time pass until *holds* is true, but no more than *within_ms*; whether it is."""
        end_ms = self.now_ms + within_ms
        while not holds() and self._timers and self._timers[0][0] <= end_ms:
            due_ms, _, work = heapq.heappop(self._timers)
            self.now_ms = max(self.now_ms, due_ms)
            work()
        return holds()

    def send(self, request: Request) -> Response | None:
        """What the edge answers to *request*, which is noted; None where the network fails."""
        self.requests.append(request)
        return self.edge(request)

    def cookie(self) -> str:
        """What `document.cookie` says now."""
        alive = {
            name: cookie.value
            for name, cookie in self.jar.items()
            if cookie.expires_ms is None or cookie.expires_ms > self.now_ms
        }
        return "; ".join(f"{name}={value}" for name, value in alive.items())

    def set_cookie(self, name: str, value: str, max_age_s: int) -> None:
        """Keep a cookie for *max_age_s* seconds, 0 for as long as the browser is open."""
        self.jar[name] = Cookie(value, self.now_ms + max_age_s * 1000 if max_age_s else None)
