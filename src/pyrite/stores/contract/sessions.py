"""Sessions of visitors, and links between visitors: what a batch says of them, and what comes of that.

Pure. A session is over when it was ended or has been idle beyond its limit: whoever reads it compares times. There is no timer, so
a restart changes nothing.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from ...core.dates import utc

IDENTIFY = "identify"  # two keys are one person, from the beginning; or a key and the name that a person has elsewhere
LOGIN = "login"  # what happened to the source is the target's
LINKED = 1000  # keys of one person that are followed: whoever sends links may claim any number


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link between two visitors' keys: *how* is IDENTIFY or LOGIN. No event is rewritten; links are followed on reading."""

    datastream: str
    source: str
    target: str
    made_ms: int
    how: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A visit by one visitor to one source of a data stream. Times are milliseconds since 1970.

    `how` says how it was ended, `ended_ms` when; '' and 0 where nothing has ended it. `robot` is None while nobody knows. `key` is a
    hash of what the client holds of it. `pages`, `events` and `value` are counted from its events.
    """

    id: str
    datastream: str
    source: str
    visitor: str
    started_ms: int
    last_ms: int
    idle_ms: int
    key: str = ""
    ended_ms: int = 0
    how: str = ""
    robot: bool | None = None
    campaign: str = ""
    pages: int = 0
    events: int = 0
    value: float = 0.0

    def is_open(self, now_ms: int) -> bool:
        """Whether an event of now belongs to it."""
        return not self.how and now_ms - self.last_ms <= self.idle_ms

    def end(self, now_ms: int) -> tuple[int, str]:
        """When it ended and how (`idle` where nothing has ended it); `(0, '')` while it is open."""
        if self.is_open(now_ms):
            return 0, ""
        return (self.ended_ms, self.how) if self.how else (self.last_ms + self.idle_ms, "idle")

    def as_record(self, now_ms: int, *, contact: str, listed: bool) -> dict[str, Any]:
        """It as JSON: whose it is (*contact* has its visitor's profile), times in ISO 8601, `ended` and `how` '' while it is open."""
        ended_ms, how = self.end(now_ms)
        return {
            "id": self.id,
            "datastream": self.datastream,
            "source": self.source,
            "visitor": self.visitor,
            "contact": contact,
            "started": utc(self.started_ms),
            "last": utc(self.last_ms),
            "ended": utc(ended_ms) if how else "",
            "how": how,
            "robot": self.robot,
            "campaign": self.campaign,
            "pages": self.pages,
            "events": self.events,
            "value": self.value,
            "listed": listed,
        }

    def is_listed(self, now_ms: int, *, identified: bool) -> bool:
        """Whether profiles show it: it is over, a human's, and its visitor is *identified*, or need not be."""
        return identified and self.robot is False and not self.is_open(now_ms)


class SessionStep(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch does to the session of a visitor: it continues the one that is open at *at_ms*, or opens one with the id *id*.

    *end* says how it ends, after the batch's events; *robot* classifies it; a *campaign* becomes the session's. One that *opens* not
    changes nothing where no session is open.
    """

    datastream: str
    source: str
    visitor: str
    id: str
    at_ms: int
    idle_ms: int
    key: str = ""
    end: str = ""
    robot: bool | None = None
    campaign: str = ""
    opens: bool = True


def stepped(session: Session | None, step: SessionStep) -> Session | None:
    """The session after *step*, of which *session* is the visitor's newest; None where there is none to continue.

    It has another id than *session* where it was opened now.
    """
    if session is None or not session.is_open(step.at_ms):
        if not step.opens:
            return None
        session = Session(
            id=step.id, datastream=step.datastream, source=step.source, visitor=step.visitor,
            started_ms=step.at_ms, last_ms=step.at_ms, idle_ms=step.idle_ms,
        )  # fmt: skip
    return replace(
        session,
        last_ms=max(session.last_ms, step.at_ms),
        idle_ms=step.idle_ms,
        key=step.key or session.key,
        ended_ms=max(session.last_ms, step.at_ms) if step.end else 0,
        how=step.end,
        robot=session.robot if step.robot is None else step.robot,
        campaign=step.campaign or session.campaign,
    )


def neighbours(key: str, links: "Iterable[Link]") -> list[str]:
    """The keys that are one with *key* by *links*, which touch it: both ends of an IDENTIFY, the source of a LOGIN to it."""
    return [
        link.source if link.target == key else link.target
        for link in links
        if link.target == key or link.how == IDENTIFY
    ]


def reached(start: str, next_to: "Callable[[str], Iterable[str]]") -> list[str]:
    """*start* and all keys that lead to it over *next_to*, LINKED at most, in the order of their distance."""
    linked = {start: True}
    queue = [start]
    for key in queue:
        if len(linked) == LINKED:
            break
        for other in next_to(key):
            if other not in linked and len(linked) < LINKED:
                linked[other] = True
                queue.append(other)
    return queue
