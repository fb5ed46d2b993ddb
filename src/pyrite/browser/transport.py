"""Requests carried out: sendBeacon, fetch with keepalive, plain fetch.

Not for which of them, nor for what an answer means: core decides.
"""

from ..core.effects import Send
from ..core.wire import encode
from .bridge import callback, describe, optional, parse, text, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Transport:
    """Sends requests, and tells *answered* and *failed* how each ended, *beaconed* whether the browser has taken a beacon."""

    def __init__(
        self,
        answered: "Callable[[str, int, str, str], None]",
        failed: "Callable[[str, str], None]",
        beaconed: "Callable[[str, bool], None]",
    ) -> None:
        self._answered = answered
        self._failed = failed
        self._beaconed = beaconed
        self.early: Any = None  # the response to the next request, where it is on its way already

    def send(self, effect: Send) -> None:
        """Carry out *effect*."""
        early, self.early = self.early, None
        if early is not None:
            # The loader has sent it under the same id; only where that came to nothing does it go again.
            self._follow(early, effect.request, lambda _: self.send(effect))
        elif effect.unloading:
            # A text goes as text/plain;charset=UTF-8, which needs no preflight; those can't finish while a page unloads.
            navigator = window.navigator
            taken = (
                optional(navigator, "sendBeacon") is not None
                and navigator.sendBeacon(effect.url, effect.body) is True
            )
            self._beaconed(effect.request, taken)
        else:
            self._fetch(effect)

    def _fetch(self, effect: Send) -> None:
        options = {
            "method": "POST",
            "credentials": "include",
            "cache": "no-cache",
            "referrerPolicy": "no-referrer-when-downgrade",
            "keepalive": effect.keepalive,
        }
        given = parse(encode(options))
        window.Reflect.set(
            given, "body", effect.body
        )  # as it is: in the options' text it would be escaped
        self._follow(
            window.fetch(effect.url, given),
            effect.request,
            lambda message: self._failed(effect.request, message),
        )

    def _follow(self, response: Any, request: str, failed: "Callable[[str], None]") -> None:
        """Tell how *request* ends, whose *response* (a promise) this is."""
        found: dict[str, Any] = {"status": 0, "retry_after": ""}

        def responded(response: Any, *_: Any) -> Any:
            # The base code gives false or 0 where what it has sent came to nothing.
            if not response:
                return window.Promise.reject("not sent")
            found["status"] = response.status
            found["retry_after"] = text(response.headers.get("Retry-After"))
            return response.text()

        def read(body: Any = "", *_: Any) -> None:
            self._answered(request, found["status"], text(body), found["retry_after"])

        def refused(error: Any = None, *_: Any) -> None:
            failed(describe(error))

        response.then(callback(responded)).then(callback(read), callback(refused))
