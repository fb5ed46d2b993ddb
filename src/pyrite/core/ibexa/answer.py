"""What the part answers the tracker: an event, as options of the command `event`.

Pure, and without wire.py: the part reads and writes its texts by the page's own JSON. Not for what an event may say: said.py.
"""

from ..errors import TrackerError
from ..event import CARRIED, part, text_at
from .said import event_of, spelled_out, text_in

# Of the call, not of the event.
CALLS = ("after", "documentUnloading", "eid")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


def answer(asked: dict[str, object]) -> dict[str, object]:
    """`{options: [{xdm, carried}]}` for *asked*, `{options, id}`; or `{error}` where the event is refused."""
    try:
        return {"options": [event_options(part(asked, "options"), text_at(asked, "id"))]}
    except TrackerError as error:
        return {"error": error.as_record()}


def event_options(given: dict[str, object], id: str) -> dict[str, object]:
    """Options of `event` for the event *given*, with this *id* unless it has one. Raises Refused.

    A code that is not known here may be one of the customer's own, and ids of items may be texts: the edge knows.
    """
    spelled = spelled_out(given)
    code = text_in(spelled, "event") or text_in(spelled, "kind")
    own = (code,) if code and all([char in _LETTERS for char in code]) else ()
    event = event_of(spelled, customer="0", custom=own, numeric=False)
    fields = {
        name: spelled[name] for name in spelled if name not in CALLS and spelled[name] is not None
    }
    return {
        "xdm": {"_id": event.eid or id, "eventType": "ibexa." + event.kind},
        CARRIED: {"ibexa": fields},
    }
