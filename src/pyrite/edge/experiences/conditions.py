"""Conditions of an experience file that can never hold, or hold for everybody where nobody is meant: refused, with a remedy.

Not for the form of a file: file.py; nor for what conditions mean: core/decisions/audience.py.
"""

import re
from collections.abc import Callable
from typing import Any

from ...core.decisions import user_agent as agent
from ...core.decisions.audience import pieces_from, text_test
from ...core.options.suggest import did_you_mean

Report = Callable[[list[str], str], Exception]  # makes the mistake at a path of keys

TEXTS = ("url", "path", "referrer", "type")
TABLES = ("query", "data", "xdm", "context")
COUNTS = ("views", "days_since_first", "days_since_last")
DEVICES = {"device": agent.TYPES, "os": agent.SYSTEMS, "browser": agent.BROWSERS}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
HOW = ("is", "contains", "starts", "ends")


def check(audience: dict[str, Any], report: Report) -> None:
    """Raise what *report* makes of the first condition of *audience*, as TOML has it, that can never hold."""
    for name, condition in audience.items():
        keys = ["audience", name]
        if name in TEXTS:
            _check_text(condition, name, keys, report)
        elif name in TABLES:
            check_values(condition, keys, report)
        elif name in COUNTS:
            _check_count(condition, keys, report)
        elif name in DEVICES:
            _check_device(condition, keys, report)
        elif name == "language":
            _check_language(condition, keys, report)
        elif name in ("hours", "days"):
            check_hours(_listed(condition), keys, report, days=name == "days")
        elif name in ("all", "any", "not"):
            _check_inner(condition, keys, report)
    if audience.get("visitor") == "new" and "days_since_last" in audience:
        raise report(
            ["audience", "visitor"],
            "a new visitor has no visit before to count from; leave one out",
        )


def completed(audience: dict[str, Any]) -> dict[str, Any]:
    """*audience* with addresses also as browsers write them: hosts in lower case, and a slash behind a host alone."""
    out = dict(audience)
    for name, condition in audience.items():
        if name in ("url", "referrer"):
            out[name] = _completed_text(condition)
        elif name in ("all", "any", "not"):
            inner = [completed(one) for one in _listed(condition)]
            out[name] = inner if isinstance(condition, list) else inner[0]
    return out


def _completed_text(condition: Any) -> Any:
    if not isinstance(condition, dict):
        return _with_others(condition, "contains")
    return {
        how: _completed_text(value) if how == "not" else _with_others(value, how)
        for how, value in condition.items()
    }


def _with_others(value: Any, how: str) -> Any:
    """The texts *value*, and how browsers write those that are addresses otherwise."""
    texts = _listed(value)
    others = [_as_browsers_write(text, how) for text in texts]
    more = [text for text in dict.fromkeys(others) if text not in texts]
    return [*texts, *more] if more else value


def _as_browsers_write(text: str, how: str) -> str:
    scheme, separator, rest = text.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not separator:
        return text
    path = rest[len(host) :]
    if how == "is" and not path.startswith("/"):
        path = "/" + path
    return f"{scheme.lower()}://{host.lower()}{path}"


def check_values(table: dict[str, Any], keys: list[str], report: Report) -> None:
    """The same for conditions on values by their names."""
    for name, condition in table.items():
        place = [*keys, name]
        if not name:
            raise report(place, "expected the name of a value, got ''")
        if isinstance(condition, list):
            _check_list(condition, place, report)
        elif isinstance(condition, dict):
            ranged = {"min", "max"} & set(condition)
            others = set(condition) - ranged
            if ranged and others:
                raise report(
                    place,
                    f"{', '.join(sorted(ranged))} is for numbers, {', '.join(sorted(others))} for texts; leave one out",
                )
            if ranged:
                _check_range(condition, place, report)
            else:
                _check_text(condition, "", place, report)


def check_hours(spans: list[str], keys: list[str], report: Report, *, days: bool = False) -> None:
    """The same for hours, or days."""
    _check_list(spans, keys, report)
    for span in [] if days else spans:
        start, _, end = span.partition("-")
        if start == end:
            raise report(keys, f"{span!r} ends as it begins; for the whole day say '00:00-24:00'")
        if end > "24:00":
            raise report(
                keys,
                f"expected an end up to 24:00, got {span!r}; over midnight say '{start}-00:{end[3:]}'",
            )


def _check_text(condition: Any, name: str, keys: list[str], report: Report) -> None:
    if not isinstance(condition, dict):
        _check_pieces(condition, "contains", name, keys, report)
        return
    if not condition:
        raise report(keys, f"expected one of {', '.join((*HOW, 'not'))}, got an empty table")
    for how in HOW:
        if how in condition:
            _check_pieces(condition[how], how, name, [*keys, how], report)
    if "not" in condition:
        _check_text(condition["not"], name, [*keys, "not"], report)
    if "is" in condition:
        test = text_test(condition, name)
        if not any(test(text) for text in pieces_from(name, "is", _listed(condition["is"]))):
            raise report(
                keys, f"nothing that is {condition['is']!r} meets the others; leave one out"
            )


def _check_pieces(condition: Any, how: str, name: str, keys: list[str], report: Report) -> None:
    pieces = _listed(condition)
    _check_list(pieces, keys, report)
    if name == "path":
        for piece in pieces:
            _check_path(piece, how, keys, report)


def _check_path(piece: str, how: str, keys: list[str], report: Report) -> None:
    if "://" in piece:
        raise report(
            keys, f"expected a path such as '/cart', got {piece!r}; for the whole address use url"
        )
    for mark, remedy in (("?", "query"), ("#", "url")):
        if mark in piece:
            raise report(
                keys,
                f"a path has no {mark!r}, got {piece!r}; for what stands behind it use {remedy}",
            )
    if how in ("is", "starts") and not piece.startswith("/"):
        raise report(keys, f"a path begins with '/', got {piece!r}; say {'/' + piece!r}")


def _check_list(listed: list[Any], keys: list[str], report: Report) -> None:
    if not listed:
        raise report(
            keys, "expected at least one, got an empty list; leave it out where anything will do"
        )
    for one in listed:
        if not isinstance(one, str | bool | int | float):
            raise report(keys, f"expected texts, numbers, true or false in a list, got {one!r:.80}")


def _check_count(condition: Any, keys: list[str], report: Report) -> None:
    if isinstance(condition, dict):
        if not condition:
            raise report(keys, "expected a number or min, max, got an empty table")
        _check_range(condition, keys, report)
    least = condition.get("max", 0) if isinstance(condition, dict) else condition
    if least < 0:
        raise report(keys, f"it is never below 0, got {least:g}")
    exact = not isinstance(condition, dict) or condition.get("min") == condition.get("max")
    if exact and least != int(least):
        raise report(keys, f"expected a whole number, or {{ min, max }}, got {least:g}")


def _check_range(condition: dict[str, float], keys: list[str], report: Report) -> None:
    if "min" in condition and "max" in condition and condition["min"] > condition["max"]:
        raise report(keys, f"min {condition['min']:g} is above max {condition['max']:g}; swap them")


def _check_device(condition: Any, keys: list[str], report: Report) -> None:
    known = list(DEVICES[keys[-1]])
    _check_list(_listed(condition), keys, report)
    for one in _listed(condition):
        if one not in known:
            raise report(
                keys, f"expected {', '.join(known)}, got {one!r}{did_you_mean(one, known)}"
            )


def _check_language(condition: Any, keys: list[str], report: Report) -> None:
    _check_list(_listed(condition), keys, report)
    for one in _listed(condition):
        if not LANGUAGE.fullmatch(one):
            raise report(keys, f"expected a language tag such as 'de' or 'en-GB', got {one!r}")


def _check_inner(condition: Any, keys: list[str], report: Report) -> None:
    inner = _listed(condition)
    if not inner:
        raise report(keys, "expected at least one audience, got an empty list; leave it out")
    for one in inner:
        if not one and keys[-1] == "not":
            raise report(
                keys, "an empty audience holds for everybody, so this never does; name a condition"
            )
        check(one, report)


def _listed(condition: Any) -> list[Any]:
    return condition if isinstance(condition, list) else [condition]
