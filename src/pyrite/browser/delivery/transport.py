"""Sends requests by sendBeacon, fetch with keepalive, plain fetch or fetchLater.

Not for which of them, nor for what an answer means: core decides. What has time for it is packed with gzip, once the edge has
said (Accept-Encoding in an answer: RFC 9110, 12.5.3) that it reads that.
"""

from ...core.effects import Arm, Send
from ...core.wire import encode
from ..bridge import array, attempt, callback, construct, method, parse, reach, settle, text, window
from ..console import say
from ..features import feature, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PACKED_FROM = 4096  # characters: below that there is little to gain
BY_BEACON = "a request failed and was sent by a beacon: the page's own fetch may add headers that the edge refuses"


class Transport:
    """Sends requests, and tells *answered* and *failed* how each ended, *beaconed* whether the browser has taken a beacon, *armed*
    which bodies it keeps for when the page ends."""

    def __init__(
        self,
        answered: "Callable[[str, int, str, str, str], None]",
        failed: "Callable[[str, str], None]",
        beaconed: "Callable[[str, bool], None]",
        armed: "Callable[[int, int], None]",
    ) -> None:
        self._answered = answered
        self._failed = failed
        self._beaconed = beaconed
        self._armed = armed
        self._unpacks = False  # the edge has said that it does
        self._told = False  # that beacons go in the place of what fetch could not send
        self._net: Any = None  # the AbortController of what is armed
        self.leaving = False  # the page is going away
        self.early: Any = None  # the response to the next request, where it is on its way already

    def send(self, effect: Send) -> None:
        """Carry out *effect*."""
        early = self.early
        self.early = None
        if early is not None:
            # The loader has sent it under the same id; only where that came to nothing does it go again.
            self._follow(early, effect.request, lambda _: self.send(effect))
        elif effect.unloading and not effect.bare:
            # A text goes as text/plain;charset=UTF-8, which needs no preflight; those can't finish while a page unloads.
            beacon = look(window.navigator, "sendBeacon")
            result = reach(beacon, window.navigator, effect.url, effect.body)
            self._beaconed(effect.request, result == (True, True))
        elif effect.keepalive or self.leaving:
            self._fetch(effect, effect.body)  # at once: the page may be gone before it is packed
        else:
            self._packed(effect.body, lambda body: self._fetch(effect, body))

    def _fetch(self, effect: Send, body: Any) -> None:
        # The page's fetch may be a wrapper that throws, or gives anything: short of an answer the network has failed.
        fetch = look(window.globalThis, "fetch")
        options = _options(body, effect.keepalive, effect.bare)

        def failed(message: str) -> None:
            # A wrapper adds headers, for tracing, that an edge may refuse before the request is made: a beacon has none. Nobody
            # acknowledges it, so the events stay. Only the first attempt has keepalive.
            if effect.keepalive and not effect.bare and _is_wrapper(fetch):
                beacon = look(window.navigator, "sendBeacon")
                reach(beacon, window.navigator, effect.url, effect.body)
                if not self._told:
                    self._told = True
                    say("warn", BY_BEACON)
            self._failed(effect.request, message)

        returned, response = reach(fetch, None, effect.url, options)
        if returned:
            self._follow(response, effect.request, failed)
        else:
            failed(response)

    def _packed(self, body: str, then: "Callable[[Any], None]") -> None:
        """Call *then* with *body*, gzipped if that pays and the browser can."""
        kind = feature("CompressionStream", "prototype")
        if not self._unpacks or kind is None or len(body) < PACKED_FROM:
            then(body)
            return
        stream = construct(window.Blob, array(body)).stream()
        packed = construct(window.Response, stream.pipeThrough(construct(kind, "gzip")))
        # A Blob without a type goes without Content-Type: that needs no preflight either.
        packed.blob().then(
            callback(lambda blob=body, *_: then(blob)), callback(lambda *_: then(body))
        )

    def arm(self, effect: Arm) -> None:
        """Defer the bodies of *effect* by fetchLater, in place of earlier ones."""
        self.disarm()
        later = feature("fetchLater", "call")
        if later is None:
            return
        net = self._net = construct(window.AbortController)

        def put(place: int, url: str, body: Any) -> None:
            if self._net is not net:
                return
            options = _options(body, False)
            window.Reflect.set(options, "signal", net.signal)
            # Refused where the quota is used up: then a beacon will have to do.
            activated = lambda *_: self._armed(effect.net, place)  # noqa: E731
            attempt(later, None, (url, options), activated, lambda why: None)

        def pack(place: int) -> None:
            one = effect.bodies[place]
            url = text(one["url"])
            self._packed(text(one["body"]), lambda body: put(place, url, body))

        for place in range(len(effect.bodies)):
            pack(place)

    def disarm(self) -> None:
        """Cancel the deferred fetches."""
        net = self._net
        self._net = None
        if net is not None:
            net.abort()

    def _follow(self, response: Any, request: str, failed: "Callable[[str], None]") -> None:
        """Report the outcome of *request* when its *response* (a promise) settles."""
        head: dict[str, Any] = {"status": 0, "retry_after": "", "edge": ""}

        def responded(response: Any = None, *_: Any) -> None:
            # The base code gives false or 0 where what it has sent came to nothing.
            status = look(response, "status")
            if not isinstance(status, int) or look(response, "text") is None:
                failed("the request was given no answer")
                return
            head["status"] = status
            headers = look(response, "headers")
            if look(headers, "get") is not None:
                head["retry_after"] = text(headers.get("Retry-After"))
                head["edge"] = text(headers.get("x-adobe-edge"))
                if "gzip" in text(headers.get("Accept-Encoding")):
                    self._unpacks = True
            returned, body = reach(method(response, "text"), response)
            if returned:
                settle(body, read, failed)
            else:
                failed(body)

        def read(answer: Any = "", *_: Any) -> None:
            self._answered(request, head["status"], text(answer), head["retry_after"], head["edge"])

        settle(response, responded, failed)


def _is_wrapper(function: Any) -> bool:
    """Whether other software has replaced the browser's *function*."""
    returned, code = reach(method(window, "String"), None, function)
    return returned and "[native code]" not in text(code)


def _options(body: Any, keepalive: bool, bare: bool = False) -> Any:
    options = {
        "method": "POST",
        "credentials": "omit" if bare else "include",
        "cache": "no-cache",
        "referrerPolicy": "no-referrer-when-downgrade",
        "keepalive": keepalive,
    }
    fetch_options = parse(encode(options))
    # As it is: in the options' text it would be escaped.
    window.Reflect.set(fetch_options, "body", body)
    return fetch_options
