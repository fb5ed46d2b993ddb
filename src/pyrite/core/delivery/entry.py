"""One thing that waits for the edge's acknowledgement, the request that carries it, and how that ended.

Pure. Not for when it is sent: outbox.py. Not for what its end means: its owner knows.
"""

from ..errors import TrackerError
from ..event import text_at
from ..wire import decode_object, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ..effects import Effect
    from ..moment import Moment

    class Owner(Protocol):
        """Puts entries into the outbox and receives their outcomes."""

        def on_outcome(self, outcome: "Outcome", moment: Moment) -> list[Effect]:
            """Effects of the *outcome* of one of its entries."""


class Request:
    """One request on its way, and the entries that it carries."""

    def __init__(
        self, *, id: str, action: str, url: str, body: dict[str, object], text: str
    ) -> None:
        self.id = id
        self.action = action
        self.url = url
        self.body = body
        self.text = text
        self.entries: list[Entry] = []  # what it carries
        self.size = 0  # of the text, in bytes
        self.keepalive = False  # it may outlive the page
        self.taken = False  # a beacon, on its way without an acknowledgement
        self.bare = False  # it travels without cookies
        self.ticks = 0  # of the outbox, since it was sent
        self.number = 0  # its place among those that were sent


class Entry:
    """An event, or a *built* request of another kind. A built request is not stored or counted, and has no size or age limit.

    *head*: what events must share to travel in one body (see request_builder.py). *text*: the event's JSON. *asking*: the same with
    its query; sent alone, and only by the page that asks. *value*: entries of lower value are dropped first. *urgent* entries are
    not batched.
    """

    def __init__(
        self,
        id: str,
        *,
        head: dict[str, object],
        group: str,
        text: str,
        made_ms: int,
        owner: "Owner | None" = None,
        built: Request | None = None,
        value: int = 1,
        asking: str = "",
        answers: bool = False,
        unloading: bool = False,
        urgent: bool = False,
    ) -> None:
        self.id = id
        self.head = head
        self.group = group  # the text of head
        self.text = text
        self.size = len(text.encode())
        self.made_ms = made_ms
        self.value = value
        self.asking = asking
        self.answers = answers
        self.unloading = unloading
        self.urgent = urgent
        self.built = built
        self.is_event = built is None
        self.owner = owner  # None for an adopted entry: nobody here waits for it
        self.request = ""  # the one that it is in; empty while it waits
        self.number = 0  # its place in line
        self.attempts = 0
        self.ticks = 0
        self.rest = 0  # ticks before the next attempt: a proxy has refused it alone
        self.apart = ""  # "!" from then on: it travels with its like, and takes no others along
        self.settled = False  # its promise: an entry may outlive that
        self.error: TrackerError | None = None  # of its last attempt

    def record(self, stream: str) -> dict[str, object]:
        """Its stored record: `{id, stream, made, value, head, text}`."""
        return {
            "id": self.id,
            "stream": stream,
            "made": self.made_ms,
            "value": self.value,
            "head": self.group,
            "text": self.text,
        }


def restored(record: dict[str, object]) -> Entry | None:
    """The entry stored in *record* by an earlier page; None if the record can't be read."""
    id = text_at(record, "id")
    text = text_at(record, "text")
    try:
        decode_object(text)
        head = decode_object(text_at(record, "head"))
        group = encode(head)
    except TrackerError:
        return None
    if not id:
        return None
    made_ms = whole(record.get("made"))
    value = whole(record.get("value"))
    entry = Entry(id, head=head, group=group, text=text, made_ms=made_ms, value=value)
    entry.settled = True
    return entry


def nothing(entry: Entry) -> Request:
    """A placeholder for the request of *entry*, for outcomes without a request."""
    return Request(id="", action="", url="", body={}, text=entry.text)


def whole(value: object) -> int:
    """*value* as a whole number; 0 if it is no number."""
    return int(value) if isinstance(value, (int, float)) and -1e300 < value < 1e300 else 0


class Outcome:
    """The outcome of one entry: the *answer* to its *request* (raw: *text*) or an *error*. *index* is its place in the request."""

    def __init__(
        self,
        entry: Entry,
        request: Request,
        *,
        answer: dict[str, object],
        error: TrackerError | None,
        text: str = "",
        index: int = 0,
    ) -> None:
        self.entry = entry
        self.request = request
        self.answer = answer
        self.text = text
        self.error = error
        self.index = index
