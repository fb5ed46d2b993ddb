"""Why a visitor gets an experience or does not, in words.

Pure. What is given is decided by `Rules.decide`, as it is for pages; only what was not given is looked at again, condition by
condition, with the functions that decide. So deciding costs nothing for this, and the two can't differ in what is given.
"""

import json
from typing import Any

import msgspec

from ...core.dates import utc
from ...core.decisions.audience import (
    CONDITIONS,
    NUMBERS,
    TABLES,
    TEXTS,
    at,
    build_check,
    listed,
    weekday,
)
from ...core.decisions.hashing import finished, seed
from ...core.decisions.rules import HOLDOUT, UNIT, Prepared, Rules
from ...core.decisions.subject import DAY_MS, Subject
from ...core.event import part

SEEN = 200  # characters of a value or a condition that are told


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one experience: the `variant` that is given, or '' and the `reason`. `held_out` ones are given nothing, and counted."""

    id: str
    scope: str
    variant: str = ""
    reason: str = ""
    held_out: bool = False


def explain(
    experiences: list[dict[str, Any]], subject: Subject, *, holdout: float = 0
) -> list[Explanation]:
    """What becomes of each of *experiences* for *subject*, whose page asks for all of their scopes; the highest priority first."""
    order = sorted(range(len(experiences)), key=lambda n: (-experiences[n].get("priority", 0), n))
    ranked = [Prepared(experiences[n], rank) for rank, n in enumerate(order)]
    query: dict[str, object] = {"decisionScopes": [one.asked for one in ranked]}
    given: dict[str, str] = {}
    for proposition in Rules(experiences, holdout=holdout).decide(subject, query):
        details = part(proposition, "scopeDetails")
        given[str(part(details, "activity")["id"])] = str(part(details, "experience")["id"])
    slots = {one.slot: one.id for one in ranked if one.id in given}
    reasons = []
    for n, one in zip(order, ranked, strict=True):
        variant = given.get(one.id, "")
        reason = "" if variant else _reason(one, experiences[n], subject, slots)
        held_out = variant == HOLDOUT
        reasons.append(
            Explanation(
                id=one.id,
                scope=one.scope,
                variant="" if held_out else variant,
                reason="held out: given nothing, and counted" if held_out else reason,
                held_out=held_out,
            )
        )
    return reasons


def _reason(one: Prepared, record: dict[str, Any], subject: Subject, slots: dict[str, str]) -> str:
    """The first condition of *one* that fails, in the order in which they decide."""
    place = seed(subject.visitor.id)
    if not one.enabled:
        return "it is not enabled"
    if one.scheduled and not one.runs(subject.now_ms):
        return _off(one, subject.now_ms)
    if one.check is not None and not one.check(subject):
        return _missed(record.get("audience", {}), subject, "audience.")
    if one.share is not None:
        own = finished(place ^ one.group_seed) * 100 / UNIT
        if not one.share[0] <= own < one.share[1]:
            return f"group {one.group!r}: it has the visitors from {one.share[0]:g} to {one.share[1]:g} %, and this one is at {own:.2f} %"
    elif one.percentage < 100:
        own = finished(place ^ one.in_seed) * 100 / UNIT
        if own >= one.percentage:
            return f"percentage: it has {one.percentage:g} % of all visitors, and this one is at {own:.2f} %"
    if one.cap and one.is_worn(subject):
        times = len(subject.visitor.shown.get(one.id, []))
        within = f" within {one.cap_ms / 3_600_000:g} hours" if one.cap_ms else ""
        return f"cap: expected fewer than {one.cap} displays{within}, saw {times} in all"
    if one.slot in slots:
        return f"group {one.group!r}: {slots[one.slot]!r} goes before it"
    return "no variant has a weight"


def _off(one: Prepared, now_ms: int) -> str:
    if one.start_ms and now_ms < one.start_ms:
        return f"schedule: it starts {utc(int(one.start_ms))}"
    if one.end_ms and now_ms >= one.end_ms:
        return f"schedule: it ended {utc(int(one.end_ms))}"
    return f"schedule: its days and hours leave out {utc(now_ms)}"


def _missed(audience: dict[str, Any], subject: Subject, where: str) -> str:
    """The first condition of *audience* that does not hold; '' where all do."""
    for name in CONDITIONS:
        if name in audience and not _holds({name: audience[name]}, subject):
            return _told(name, audience[name], subject, where + name)
    return ""


def _holds(audience: dict[str, Any], subject: Subject) -> bool:
    check = build_check(audience)
    return check is None or check(subject)


def _told(name: str, condition: Any, subject: Subject, where: str) -> str:
    if name in ("all", "any"):
        misses = [
            _missed(one, subject, f"{where}[{n}].")
            for n, one in enumerate(listed(condition))
            if isinstance(one, dict)
        ]
        return next(filter(None, misses), "") if name == "all" else f"{where}: none holds: " + "; ".join(misses)  # fmt: skip
    if name == "not":
        return f"{where}: expected not {_json(condition)}, and that holds"
    if name in TABLES:
        for path in sorted(condition):
            if not _holds({name: {path: condition[path]}}, subject):
                return f"{where}.{path}: expected {_json(condition[path])}, saw {_json(_entry(name, path, subject))}"
    return f"{where}: expected {_json(condition)}, saw {_json(_seen(name, subject))}"


def _entry(name: str, path: str, subject: Subject) -> object:
    if name == "query":
        return subject.query().get(path)
    return at(subject.context if name == "context" else subject.event.get(name), path)


def _seen(name: str, subject: Subject) -> object:
    visitor = subject.visitor
    if name in TEXTS:
        return subject.texts[name]
    if name in NUMBERS:
        if name == "views":
            return visitor.views
        since_ms = visitor.first_ms if name == "days_since_first" else visitor.previous_ms
        return round((subject.now_ms - since_ms) / DAY_MS, 2) if since_ms else None
    minutes = subject.local_ms % DAY_MS // 60_000
    others: dict[str, object] = {
        "visitor": "returning" if visitor.visits > 1 else "new",
        "consent": visitor.consent,
        "language": subject.language,
        "days": weekday(subject.local_ms),
        "hours": f"{minutes // 60:02d}:{minutes % 60:02d}",
        **subject.device(),
    }
    return others[name]


def _json(value: object) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SEEN else text[: SEEN - 1] + "…"
