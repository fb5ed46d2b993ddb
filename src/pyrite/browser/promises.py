"""The promises of one tracker's calls, each settled once.

Not for when: core says so, by the effect Settle.
"""

from ..core.effects import Settle
from ..core.errors import Disconnected, NetworkFailed, TrackerError, as_error
from ..core.wire import Json, encode
from .bridge import construct, parse, window
from .console import say
from .monitors import Monitors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Promises:
    """The open promises of the tracker *name*."""

    def __init__(self, name: str, monitors: Monitors) -> None:
        self._name = name
        self._monitors = monitors
        # By call: how to resolve, how to reject, its options as text and as the page gave them, its command.
        self._open: dict[Any, tuple[Any, Any, str, Any, str]] = {}
        self._told = False  # that this page is disconnected
        self._lost = ""  # what was told last, of an edge that is gone

    def add(
        self, call: object, resolve: Any, reject: Any, options: str, given: Any, command: str
    ) -> None:
        """Note the promise of *call*, which runs *command*."""
        self._open[call] = (resolve, reject, options, given, command)
        self._monitors.tell("onBeforeCommand", _notice(command, options))

    def options(self, call: object) -> "tuple[str, Any]":
        """The options of an open *call*: as text, and as the page gave them."""
        _, _, options, given, _ = self._open[call]
        return options, given

    def settle(self, effect: Settle) -> None:
        """Resolve or reject the promise of a call, once."""
        ends = self._open.pop(effect.call, None)
        if ends is None:
            return
        notice = _notice(ends[4], ends[2])
        if effect.ok:
            self._lost = ""
            try:
                value = parse(encode(effect.value))
            except Exception as error:
                self._reject(ends[1], as_error(error).as_record(), notice)
                return
            if ends[4] == "configure":
                self._monitors.tell("onInstanceConfigured", {"config": notice["options"]})
            self._monitors.tell("onCommandResolved", notice, "result", value)
            ends[0](value)
        else:
            self._reject(ends[1], effect.value, notice)

    def refuse(self, reject: Any, error: TrackerError) -> None:
        """Reject a promise with *error*."""
        self._reject(reject, error.as_record())

    def _reject(
        self, reject: Any, record: "dict[str, object]", notice: "dict[str, object] | None" = None
    ) -> None:
        message = f"[{self._name}] {record['message']}"
        error = construct(window.Error, message)
        fields = {name: record[name] for name in record if name != "message"}
        window.Object.assign(error, parse(encode(fields)))
        if notice is not None:
            self._monitors.tell("onCommandRejected", notice, "error", error)
        reject(error)
        # A page may stand for days before an edge that is gone, and what it sends meanwhile comes to the same.
        lost = message if record["code"] == NetworkFailed.code else ""
        if (lost == "" or lost != self._lost) and (
            record["code"] != Disconnected.code or not self._told
        ):
            say("warn", message)
        self._lost = lost
        self._told = self._told or record["code"] == Disconnected.code


def _notice(command: str, options: str) -> "dict[str, object]":
    """What monitors are told of a command."""
    return {"commandName": command, "options": Json(options or "{}")}
