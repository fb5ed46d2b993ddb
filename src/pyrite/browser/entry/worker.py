"""Passes commands from a worker to its page, where web/worker.js runs them with the page's `alloy`.

A worker has no cookies, no document, and is not told when the page goes away: what needs them is done there.
"""

from ...core.wire import Json, decode_object, encode
from ..bridge import callback, construct, method, promise, text, window
from ..console import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELPER_TIMEOUT_MS = 5000
NO_HELPER = (
    "this worker has no way to its page: the page needs the base code, alloy.js and worker.js "
    '(<script src="…/worker.js"></script>)'
)


def is_worker() -> bool:
    """Whether this runs in a worker."""
    return window.Reflect.has(window.globalThis, "document") is not True


class Worker:
    """Asks the page; *name* is the instance there."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._connected = False
        self._call = 0
        self._open: dict[str, Any] = {}
        channel = construct(window.MessageChannel)
        self._port = channel.port1
        window.Reflect.set(self._port, "onmessage", callback(self._answered))
        scope = window.globalThis
        window.Reflect.apply(
            method(scope, "postMessage"),
            scope,
            window.Array.of("pyrite", window.Array.of(channel.port2)),
        )

    def ask(self, command: str, body: str) -> Any:
        """The promise of *command* with the options in the JSON text *body*."""
        self._call += 1
        call = str(self._call)

        def begin(resolve: Any, reject: Any, *_: Any) -> None:
            self._open[call] = (resolve, reject)

        answer = promise(begin)
        message = {"call": call, "instance": self._name, "command": command, "options": Json(body)}
        self._port.postMessage(encode(message))
        if not self._connected:
            window.setTimeout(callback(lambda *_: self._give_up(call)), HELPER_TIMEOUT_MS)
        return answer

    def _answered(self, event: Any = None, *_: Any) -> None:
        self._connected = True
        answer = decode_object(text(event.data))
        ends = self._open.pop(str(answer.get("call")), None)
        if ends is None:
            return
        ends[0 if answer.get("ok") is True else 1](_value(answer.get("value")))

    def _give_up(self, call: str) -> None:
        if self._connected:
            return
        ends = self._open.pop(call, None)
        if ends is not None:
            say("error", f"[{self._name}] {NO_HELPER}")
            ends[1](_value({"code": "worker.helper", "message": NO_HELPER, "path": ""}))


def _value(value: object) -> Any:
    return window.JSON.parse(encode(value))
