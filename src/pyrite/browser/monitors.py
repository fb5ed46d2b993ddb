"""The page's monitors: objects in its list `__alloyMonitors`, told of what a tracker does, as Alloy tells them.

The list is read each time: a page may add to it whenever it likes. Source: Adobe's Web SDK 2.33 ("Monitoring hooks"), whose names and
fields these are.
"""

from ..core.effects import Send
from ..core.wire import Json, encode
from .bridge import attempt, callback, construct, is_function, json, method, parse, window
from .console import say
from .features import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MONITORS = "__alloyMonitors"

MONITOR_LIMIT = 100  # what stands under Alloy's name may be anything, also with a length


class Monitors:
    """What the tracker *name* tells."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sent: dict[str, dict[str, object]] = {}  # requests that monitors know, by id

    def tell(self, name: str, notice: "dict[str, object]", key: str = "", value: "Any" = None) -> None:  # fmt: skip
        """Call the function *name* of each monitor that has it with a copy of *notice*; *value* is JavaScript's, and stands there under *key*."""
        monitors = look(window.globalThis, MONITORS)
        count = look(monitors, "length")
        if not isinstance(count, int):
            return
        notice["instanceName"] = self._name
        for place in range(min(count, MONITOR_LIMIT)):
            monitor = look(monitors, str(place))
            function = look(monitor, name)
            if is_function(function):
                copy = parse(encode(notice))
                if key:
                    window.Reflect.set(copy, key, value)
                attempt(function, monitor, (copy,), _nothing, self._complain)

    def sending(self, effect: Send) -> None:
        """A request leaves."""
        notice: dict[str, object] = {
            "requestId": effect.request,
            "url": effect.url,
            "payload": Json(effect.body),
        }
        if look(window.globalThis, MONITORS) is not None:
            self._sent[effect.request] = notice
        self.tell("onBeforeNetworkRequest", notice)

    def answered(self, request: str, status: int, body: str) -> None:
        """A request was answered, or (204) taken as a beacon."""
        notice = self._sent.pop(request, None)
        if notice is not None:
            notice["statusCode"] = status
            notice["body"] = body
            notice["retriesAttempted"] = 0
            name = "onNetworkResponse"

            def parsed(value: Any = None, *_: Any) -> None:
                self.tell(name, notice, "parsedBody", value)

            def no_json(_: str) -> None:
                self.tell(name, notice)

            attempt(method(json(), "parse"), json(), (body,), callback(parsed), no_json)

    def failed(self, request: str, message: str) -> None:
        """A request came to nothing."""
        notice = self._sent.pop(request, None)
        if notice is not None:
            self.tell("onNetworkError", notice, "error", construct(window.Error, message))

    def _complain(self, message: str) -> None:
        say("error", f"[{self._name}] a monitor threw: {message}")


def _nothing(*_: "Any") -> None:
    pass
