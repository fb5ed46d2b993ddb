"""Decisions in the page: one function, text in and text out, compiled from the Python that the edge decides by.

A script of its own, loaded only by pages that decide themselves; it serves every lane, for only text crosses.
"""

from ..core.decide import Rules
from ..core.event import part
from ..core.situation import Situation, Visitor
from ..core.wire import decode_object, encode
from .bridge import callback, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = "__pyriteDecide"  # where the tracker finds it
_prepared: "dict[str, Rules]" = {}  # the newest, by their text


def begin() -> None:
    """Put the function on the page."""
    window.Reflect.set(window, NAME, callback(decided))


def decided(rules: str, asked: str) -> str:
    """The propositions for what is *asked*, `{event, query, visitor, now, language, agent}`, by *rules*, both JSON texts."""
    if rules not in _prepared:
        record = decode_object(rules)
        experiences = record.get("experiences")
        holdout = record.get("holdout")
        _prepared.clear()
        _prepared[rules] = Rules(
            [one for one in experiences if isinstance(one, dict)]
            if isinstance(experiences, list)
            else [],
            holdout=holdout if isinstance(holdout, (int, float)) else 0,
        )
    question = decode_object(asked)
    query = part(question, "query")
    now = question.get("now")
    situation = Situation(
        event=part(question, "event"),
        visitor=_visitor(part(question, "visitor")),
        now_ms=int(now) if isinstance(now, (int, float)) else 0,
        language=str(question.get("language") or ""),
        agent=str(question.get("agent") or ""),
        context=part(query, "decisionContext"),
    )
    return encode(_prepared[rules].decide(situation, query))


def _visitor(record: "dict[str, Any]") -> Visitor:
    return Visitor(
        id=str(record.get("id")),
        visits=int(record.get("visits") or 1),
        views=int(record.get("views") or 1),
        first_ms=int(record.get("first_ms") or 0),
        previous_ms=int(record.get("previous_ms") or 0),
        shown=record.get("shown"),
        consent=str(record.get("consent") or ""),
    )
