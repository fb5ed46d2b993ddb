"""The events of one `trackEvent`: each as options of the command `event`, or refused beside the others.

Pure. Not for a service at another host: request.py.
"""

from ..errors import OptionsError, TrackerError
from ..event import CARRIED
from .events import check, event_kind, event_type

MOST = 1000  # events in one call
_HEX = "0123456789abcdef"
_TAIL = 8  # hexadecimal digits of an id by which the events of one call differ


class Batch:
    """The events of a call: *options* of those to be sent, whose *places* in the call are listed beside them, and *errors* of
    the others, as `{index, code, message, path}`."""

    def __init__(self) -> None:
        self.options: list[dict[str, object]] = []
        self.places: list[int] = []
        self.errors: list[dict[str, object]] = []


def build_batch(given: object, *, base: str, unloading: bool = False) -> Batch:
    """The events of the option `events`, one or a list; their ids come of *base*, a UUID.

    Raises OptionsError where *given* is neither, or more than 1,000.
    """
    events = given if isinstance(given, list) else [given]
    if not isinstance(given, (list, dict)) or len(events) > MOST:
        description = f"{len(events)} events" if isinstance(given, list) else repr(given)[:100]
        expected = f"expected an event, or a list of at most {MOST}"
        raise OptionsError(
            f"trackEvent: options.events: {expected}, got {description}", path="events"
        )
    batch = Batch()
    for index in range(len(events)):
        try:
            options = _options(events[index], index, id_at(base, index))
            if unloading:
                options["documentUnloading"] = True
            batch.options.append(options)
            batch.places.append(index)
        except TrackerError as error:
            record = error.as_record()
            record["index"] = index
            batch.errors.append(record)
    return batch


def id_at(base: str, index: int) -> str:
    """The id of the event at *index*: *base*, a UUID, counted up at its end; the same whenever a call is run again."""
    value = 0
    for digit in base[-_TAIL:].lower():
        value = value * 16 + max(_HEX.find(digit), 0)
    value += index
    tail = ""
    for _ in range(_TAIL):
        tail = _HEX[value % 16] + tail
        value = value // 16
    return base[:-_TAIL] + tail


def _options(event: object, index: int, id: str) -> dict[str, object]:
    check(event, f"events[{index}]")
    kind = event_kind(event) if isinstance(event, dict) else ""
    return {"xdm": {"_id": id, "eventType": event_type(kind)}, CARRIED: {"jss": event}}
