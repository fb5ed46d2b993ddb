"""Requests carried out: sendBeacon, fetch with keepalive, plain fetch.

Not for what an answer means: core decides. Limits: the browser shares 64 KiB of keepalive bodies in flight among all
that a page runs (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 9).
"""

from ..core.effects import Send
from ..core.wire import encode
from .bridge import callback, describe, parse, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

KEEPALIVE_LIMIT_BYTES = 64 * 1024  # of one body and of all in flight together
EVERYDAY_LIMIT_BYTES = (
    32 * 1024
)  # what requests that are not unloading may take of it, so that a beacon still fits


class Transport:
    """Sends requests, and tells *answered* and *failed* how each ended."""

    def __init__(
        self, answered: "Callable[[str, int, str, str], None]", failed: "Callable[[str, str], None]"
    ) -> None:
        self._answered = answered
        self._failed = failed
        self._in_flight_bytes = 0
        self.early: Any = None  # the response to the next request, where it is on its way already

    def send(self, effect: Send) -> None:
        """Carry out *effect*: a beacon where the page unloads and the browser takes it, else fetch."""
        early, self.early = self.early, None
        if early is not None:
            # The loader has sent it under the same id; only where that came to nothing does it go again.
            self._follow(early, effect, size=0, failed=lambda _: self.send(effect))
            return
        if not effect.unloading:
            self._fetch(effect, limit=EVERYDAY_LIMIT_BYTES)
            return
        # A text goes as text/plain;charset=UTF-8, which needs no preflight; those can't finish while a page unloads.
        if window.navigator.sendBeacon(effect.url, effect.body) is True:
            self._answered(effect.request, 204, "", "")
        else:
            self._fetch(effect, limit=KEEPALIVE_LIMIT_BYTES)

    def _fetch(self, effect: Send, *, limit: int) -> None:
        size = len(effect.body.encode())

        def gone(message: str) -> None:
            self._failed(effect.request, message)

        def refused(_: str) -> None:
            # Others' bodies in flight may have filled the budget: then it goes without keepalive.
            self._start(effect, keepalive=False, size=0, failed=gone)

        if effect.keepalive and self._in_flight_bytes + size <= limit:
            self._start(
                effect, keepalive=True, size=size, failed=refused if effect.unloading else gone
            )
        else:
            self._start(effect, keepalive=False, size=0, failed=gone)

    def _start(
        self, effect: Send, *, keepalive: bool, size: int, failed: "Callable[[str], None]"
    ) -> None:
        options = {
            "method": "POST",
            "credentials": "include",
            "cache": "no-cache",
            "referrerPolicy": "no-referrer-when-downgrade",
            "keepalive": keepalive,
        }
        self._in_flight_bytes += size
        given = parse(encode(options))
        window.Reflect.set(
            given, "body", effect.body
        )  # as it is: in the options' text it would be escaped
        response = window.fetch(effect.url, given)
        self._follow(response, effect, size=size, failed=failed)

    def _follow(
        self, response: Any, effect: Send, *, size: int, failed: "Callable[[str], None]"
    ) -> None:
        """Tell how the request ends whose *response* (a promise) this is, and give its *size* back to the budget."""
        found: dict[str, Any] = {"status": 0, "retry_after": ""}

        def responded(response: Any, *_: Any) -> Any:
            # The base code gives false or 0 where what it has sent came to nothing.
            if not response:
                return window.Promise.reject("not sent")
            found["status"] = response.status
            found["retry_after"] = text(response.headers.get("Retry-After"))
            return response.text()

        def read(body: Any = "", *_: Any) -> None:
            self._in_flight_bytes -= size
            self._answered(effect.request, found["status"], text(body), found["retry_after"])

        def refused(error: Any = None, *_: Any) -> None:
            self._in_flight_bytes -= size
            failed(describe(error))

        response.then(callback(responded)).then(callback(read), callback(refused))
