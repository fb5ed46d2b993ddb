"""Requests on their way: how many bytes of them may outlive the page, and how long they have been without an answer.

Pure. Not for what they carry or what an answer means: outbox.py.
"""

from .entry import Request

IN_FLIGHT_BYTES = 65536  # https://fetch.spec.whatwg.org/#http-network-or-cache-fetch: of all that may outlive the page
EVERYDAY_BYTES = 32768  # what is not unloading may take of them, so that a beacon still fits
ANSWER_TICKS = 4  # an attempt without an answer by then counts as failed


class InFlight:
    """The requests of one outbox without an answer."""

    def __init__(self) -> None:
        self._requests: dict[str, Request] = {}
        self._bytes = 0
        self._last = 0  # number of the newest

    def get(self, id: str) -> Request | None:
        """The request *id*; None if it is not in flight."""
        return self._requests.get(id)

    def start(self, request: Request, *, unloading: bool, first: bool) -> None:
        """*request* leaves; a *first* attempt outlives the page where there is room for that, an *unloading* one should."""
        request.ticks = 0
        self._last += 1
        request.number = self._last
        request.size = len(request.text.encode())
        # After a failure without keepalive: others may have filled the budget, and the browser tells that like any failure.
        fits = self._bytes + request.size <= EVERYDAY_BYTES
        self._take_off(request, unloading or (fits and first))

    def by_fetch(self, request: Request) -> None:
        """Mark *request*, a refused beacon, as sent by fetch."""
        self._take_off(request, request.size <= self.room())

    def _take_off(self, request: Request, keepalive: bool) -> None:
        request.keepalive = keepalive
        self._requests[request.id] = request
        if keepalive:
            self._bytes += request.size

    def room(self) -> int:
        """Bytes left in the keepalive budget, as far as this page knows."""
        return IN_FLIGHT_BYTES - self._bytes

    def finished(self, id: str) -> Request | None:
        """Remove and return the request *id*; None if it is not in flight."""
        request = self._requests.pop(id, None)
        if request is not None and request.keepalive:
            self._bytes -= request.size
        return request

    def ticked(self) -> list[Request]:
        """Time has passed: those that have now been without an answer for too long. They stay: a late answer counts."""
        late = []
        for id in list(self._requests):
            request = self._requests[id]
            request.ticks += 1
            if request.ticks == ANSWER_TICKS and not request.taken:
                late.append(request)
        return sorted(late, key=_number)  # MicroPython's dicts keep no order

    def release_beacons(self, ticks: int) -> bool:
        """Whether there were beacons of so many *ticks*, whose entries now wait again."""
        released = False
        for id in list(self._requests):
            request = self._requests[id]
            if request.taken and request.ticks >= ticks:
                released = True
                self.finished(id)
                _release(request)
        return released

    def release_mortal(self) -> None:
        """The page is left: requests that would end with it are given up, and their entries wait again."""
        for id in list(self._requests):
            if not self._requests[id].keepalive:
                _release(self._requests[id])


def _number(request: Request) -> int:
    return request.number


def _release(request: Request) -> None:
    for entry in request.entries:
        if entry.request == request.id:
            entry.request = ""
