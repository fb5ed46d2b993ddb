"""Decisions in the page: one function, text in and text out, compiled from the Python that the edge decides by.

A script of its own, loaded only by pages that decide themselves; it serves every lane, for only text crosses.
"""

from ...core.decisions.rules import Rules
from ...core.decisions.subject import SHOWN_LIMIT, VISIT_PAUSE_MS, Profile, Subject
from ...core.event import PAGE_VIEW, list_at, part
from ...core.parts import DECIDE, PREFIX
from ...core.personalization.propositions import shown_in
from ...core.wire import decode_object, encode
from ..bridge import callback, text, window
from ..features import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_prepared: "dict[str, Known]" = {}  # the newest, by their text


class Known:
    """Prepared rules, and the visitor as the edge knew them when it sent the rules."""

    def __init__(self, text: str) -> None:
        record = decode_object(text)
        experiences = record.get("experiences")
        holdout = record.get("holdout")
        self.rules = Rules(
            [one for one in experiences if isinstance(one, dict)]
            if isinstance(experiences, list)
            else [],
            holdout=holdout if isinstance(holdout, (int, float)) else 0,
        )
        self.visitor: dict[str, object] = part(record, "visitor")


def begin() -> None:
    """Install the function on the page."""
    window.Reflect.set(window.globalThis, PREFIX + DECIDE, callback(decided))


def decided(given: str, *more: Any) -> str:
    """The propositions, for what is *given*: a question `{event, query, now, history}` in a line, then the rules."""
    question_text, _, rules = given.partition("\n")
    if rules not in _prepared:
        _prepared.clear()
        _prepared[rules] = Known(rules)
    prepared = _prepared[rules]
    question = decode_object(question_text)
    query = part(question, "query")
    event = part(question, "event")
    now_ms = _whole(question.get("now"))
    subject = Subject(
        event=event,
        visitor=build_profile(prepared, list_at(question, "history"), event, now_ms),
        now_ms=now_ms,
        language=text(look(window.navigator, "language")),
        agent=text(look(window.navigator, "userAgent")),
        context=part(query, "decisionContext"),
    )
    return encode(prepared.rules.decide(subject, query))


def build_profile(
    known: Known, history: "list[Any]", event: "dict[str, object]", now_ms: int
) -> Profile:
    """The visitor, with what has left since the rules came, and *event*, counted as the edge's store counts."""
    record = known.visitor
    visits = _whole(record.get("visits"))
    views = _whole(record.get("views"))
    previous_ms = _whole(record.get("previous_ms"))
    displays = part(record, "shown")
    displays_ms: dict[str, list[int]] = {}
    for name in displays:
        displays_ms[name] = [_whole(time) for time in list_at(displays, name)]
    last_ms = (
        _whole(history[0][0]) if history else now_ms
    )  # the first entry is the rules' own arrival
    for entry in history + [[now_ms, {"eventType": part(event, "xdm").get("eventType")}]]:
        at_ms = _whole(entry[0])
        xdm: dict[str, object] = entry[1]
        if at_ms - last_ms > VISIT_PAUSE_MS:
            visits += 1
            previous_ms = last_ms
        last_ms = at_ms
        if xdm.get("eventType") == PAGE_VIEW:
            views += 1
        for name in shown_in(xdm):
            displays_ms[name] = (displays_ms.get(name, []) + [at_ms])[-SHOWN_LIMIT:]
    return Profile(
        id=str(record.get("id")),
        visits=visits,
        views=views,
        first_ms=_whole(record.get("first_ms")),
        previous_ms=previous_ms,
        shown=displays_ms,
        consent=str(record.get("consent") or ""),
    )


def _whole(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0
