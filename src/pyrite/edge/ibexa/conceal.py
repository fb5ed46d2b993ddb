"""Users taken out of what is kept of a refused body, whatever it holds; and an edge that takes none of their events.

Pure. Not for addresses: users.py. The dialect's other files cost time, which such an edge need not spend.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from ...core.ibexa.events import NOBODY
from ...stores.contract import Event
from ..http.call import Call
from ..http.problems import Problem
from ..ingest.arrival import Arrival

PART = "ibexa"
KEYS = ("user", "target")
Stand = Callable[[str, Any], str]  # what stands for a user of a customer ('' where it names none)
_MEMBER = re.compile(rb'("(?:user|target)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}\]]+)')


def conceal(content: bytes, stand: Stand) -> bytes:
    """*content*, a body of the tracker's protocol, whole or not, without the users of Ibexa's events in it."""
    if f'"{PART}"'.encode() not in content:
        return content
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _MEMBER.sub(lambda found: found[1] + _unread(found[2], stand), content)
    if not isinstance(body, dict):
        return content
    hidden = [hide(said, stand) for said in _saids(body)]
    return msgspec.json.encode(body) if any(hidden) else content


def hide(said: Any, stand: Stand) -> bool:
    """Whether *said* had users, which are hidden now."""
    if not isinstance(said, dict):
        return False
    customer = said.get("customer")
    names = [name for name in KEYS if said.get(name) is not None]
    for name in names:
        said[name] = stand(customer if isinstance(customer, str) else "", said[name])
    return bool(names)


class Off:
    """See Claim in ingest/claims.py: refuses all, and keeps them without their users, for which it has no secret."""

    def __call__(self, found: Any, event: Event, arrival: Arrival, call: Call) -> list[Event]:
        """See Claim; refuses."""
        hide(found, _nobody)
        remedy = "switch it on by enabled = true under [ibexa] in pyrite.toml"
        raise Problem(422, "ibexa.off", f"Ibexa's events are not taken here; {remedy}")

    def hides(self, content: bytes) -> bytes:
        """See Claim."""
        return conceal(content, _nobody)


def _nobody(customer: str, user: Any) -> str:
    return NOBODY


def _saids(body: dict[str, Any]) -> list[Any]:
    """What the events and the waiting commands of a body say of Ibexa."""
    events = body.get("events")
    listed = events if isinstance(events, list) else []
    records = [event.get(PART) for event in listed if isinstance(event, dict)]
    raw = body.get("raw")
    commands = raw.get("commands") if isinstance(raw, dict) else None
    if isinstance(raw, list) and len(raw) > 1:
        commands = raw[1]
    for command in commands if isinstance(commands, list) else []:
        if isinstance(command, list) and len(command) > 1 and command[0] == PART:
            records.append(command[1])
    return records


def _unread(value: bytes, stand: Stand) -> bytes:
    return json.dumps(stand("", [value.decode("utf-8", "replace")])).encode()
