"""The promises of one tracker's calls, each settled once.

Not for when: core says so, by the effect Settle.
"""

from ..core.effects import Settle
from ..core.errors import Disconnected, NetworkFailed, TrackerError, as_error
from ..core.wire import encode
from .bridge import construct, parse, window
from .console import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Promises:
    """The open promises of the tracker *name*."""

    def __init__(self, name: str) -> None:
        self._name = name
        # By call: how to resolve, how to reject, its options as text and as the page gave them.
        self._open: dict[Any, tuple[Any, Any, str, Any]] = {}
        self._told = False  # that this page is disconnected
        self._lost = ""  # what was told last, of an edge that is gone

    def add(self, call: object, resolve: Any, reject: Any, options: str, given: Any) -> None:
        """Note the promise of *call*."""
        self._open[call] = (resolve, reject, options, given)

    def options(self, call: object) -> "tuple[str, Any]":
        """The options of an open *call*: as text, and as the page gave them."""
        _, _, options, given = self._open[call]
        return options, given

    def settle(self, effect: Settle) -> None:
        """Resolve or reject the promise of a call, once."""
        ends = self._open.pop(effect.call, None)
        if ends is None:
            return
        if effect.ok:
            self._lost = ""
            try:
                value = parse(encode(effect.value))
            except Exception as error:
                self.refuse(ends[1], as_error(error))
                return
            ends[0](value)
        else:
            self._reject(ends[1], effect.value)

    def refuse(self, reject: Any, error: TrackerError) -> None:
        """Reject a promise with *error*."""
        self._reject(reject, error.as_record())

    def _reject(self, reject: Any, record: "dict[str, object]") -> None:
        message = f"[{self._name}] {record['message']}"
        error = construct(window.Error, message)
        fields = {name: record[name] for name in record if name != "message"}
        reject(window.Object.assign(error, parse(encode(fields))))
        # A page may stand for days before an edge that is gone, and what it sends meanwhile comes to the same.
        lost = message if record["code"] == NetworkFailed.code else ""
        if (lost == "" or lost != self._lost) and (
            record["code"] != Disconnected.code or not self._told
        ):
            say("warn", message)
        self._lost = lost
        self._told = self._told or record["code"] == Disconnected.code
