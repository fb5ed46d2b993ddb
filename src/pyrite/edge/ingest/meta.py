"""What is kept of how an event came: `meta` in its body, beside `xdm` and `data`.

Pure. `{queue_ms, skew_ms, attempt, agent}`: how long the oldest event of its request had waited in the page, what its page's clock
lacked, which attempt it was, and the class of browser. What says nothing (0, the first attempt) is left out. Not for the way: Event has it.
"""

from functools import lru_cache
from typing import Any

import msgspec

from ...core.decisions.user_agent import parse_device

META_BYTES = 60  # of an event: it is stored with each
QUEUE_LIMIT_MS = 999_999_999  # eleven days; the tracker tells five minutes at most
SKEW_LIMIT_MS = 99_999_999_999  # three years, either way
ATTEMPT_LIMIT = 99


def meta_of(stated: dict[str, Any], *, skew_ms: int, agent: str) -> msgspec.Raw | None:
    """The JSON of `meta`, by what a body has *stated* of itself; None where there is nothing to say. *agent* is a class; see agent_of.

    What a client states is no more than a number within limits; the agent is left out where all would be longer than META_BYTES.
    """
    queue_ms = stated.get("queueTimeMillis")
    attempt = stated.get("attempt")
    if not queue_ms and not skew_ms and not attempt:
        return _with_agent(agent)
    members: list[str] = []
    if type(queue_ms) is int and queue_ms > 0:
        members.append(f'"queue_ms":{min(queue_ms, QUEUE_LIMIT_MS)}')
    if skew_ms:
        members.append(f'"skew_ms":{max(-SKEW_LIMIT_MS, min(skew_ms, SKEW_LIMIT_MS))}')
    if type(attempt) is int and attempt > 1:
        members.append(f'"attempt":{min(attempt, ATTEMPT_LIMIT)}')
    if agent:
        members.append(f'"agent":"{agent}"')
    if not members:
        return None
    text = ",".join(members)
    if len(text) + 2 > META_BYTES:
        text = ",".join(members[:-1])
    return msgspec.Raw(b"{" + text.encode() + b"}")


@lru_cache(1024)
def agent_of(header: bytes) -> str:
    """The class of browser that a User-Agent names, one of BROWSERS in core/decisions/user_agent.py; '' for no header."""
    return parse_device(header[:512].decode("latin-1"))["browser"] if header else ""


@lru_cache(16)
def _with_agent(agent: str) -> msgspec.Raw | None:
    return msgspec.Raw(f'{{"agent":"{agent}"}}'.encode()) if agent else None
