"""Conditions of an experience file that can never hold, or hold for everybody where nobody is meant: refused, with a remedy.

Not for the form of a file: file.py; nor for what conditions mean: core/decisions/audience.py.
"""

import re
from collections.abc import Callable
from typing import Any

from ...core.decisions import user_agent as agent
from ...core.decisions.audience import pieces_of, text_test
from ...core.options.suggest import did_you_mean

Told = Callable[[list[str], str], Exception]  # makes the mistake at a path of keys

TEXTS = ("url", "path", "referrer", "type")
TABLES = ("query", "data", "xdm", "context")
COUNTS = ("views", "days_since_first", "days_since_last")
DEVICES = {"device": agent.TYPES, "os": agent.SYSTEMS, "browser": agent.BROWSERS}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
HOW = ("is", "contains", "starts", "ends")


def check(audience: dict[str, Any], told: Told) -> None:
    """Raise what *told* makes of the first condition of *audience*, as TOML has it, that can never hold."""
    for name, condition in audience.items():
        keys = ["audience", name]
        if name in TEXTS:
            _check_text(condition, name, keys, told)
        elif name in TABLES:
            check_values(condition, keys, told)
        elif name in COUNTS:
            _check_count(condition, keys, told)
        elif name in DEVICES:
            _check_device(condition, keys, told)
        elif name == "language":
            _check_language(condition, keys, told)
        elif name in ("hours", "days"):
            check_hours(_listed(condition), keys, told, days=name == "days")
        elif name in ("all", "any", "not"):
            _check_inner(condition, keys, told)
    if audience.get("visitor") == "new" and "days_since_last" in audience:
        raise told(
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
        how: _completed_text(wanted) if how == "not" else _with_others(wanted, how)
        for how, wanted in condition.items()
    }


def _with_others(wanted: Any, how: str) -> Any:
    """The texts *wanted*, and how browsers write those that are addresses otherwise."""
    texts = _listed(wanted)
    others = [_as_browsers_write(text, how) for text in texts]
    more = [text for text in dict.fromkeys(others) if text not in texts]
    return [*texts, *more] if more else wanted


def _as_browsers_write(text: str, how: str) -> str:
    scheme, separator, rest = text.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not separator:
        return text
    path = rest[len(host) :]
    if how == "is" and not path.startswith("/"):
        path = "/" + path
    return f"{scheme.lower()}://{host.lower()}{path}"


def check_values(table: dict[str, Any], keys: list[str], told: Told) -> None:
    """The same for conditions on values by their names."""
    for name, condition in table.items():
        place = [*keys, name]
        if not name:
            raise told(place, "expected the name of a value, got ''")
        if isinstance(condition, list):
            _check_list(condition, place, told)
        elif isinstance(condition, dict):
            ranged = {"min", "max"} & set(condition)
            others = set(condition) - ranged
            if ranged and others:
                raise told(
                    place,
                    f"{', '.join(sorted(ranged))} is for numbers, {', '.join(sorted(others))} for texts; leave one out",
                )
            if ranged:
                _check_range(condition, place, told)
            else:
                _check_text(condition, "", place, told)


def check_hours(spans: list[str], keys: list[str], told: Told, *, days: bool = False) -> None:
    """The same for hours, or days."""
    _check_list(spans, keys, told)
    for span in [] if days else spans:
        start, _, end = span.partition("-")
        if start == end:
            raise told(keys, f"{span!r} ends as it begins; for the whole day say '00:00-24:00'")
        if end > "24:00":
            raise told(
                keys,
                f"expected an end up to 24:00, got {span!r}; over midnight say '{start}-00:{end[3:]}'",
            )


def _check_text(condition: Any, name: str, keys: list[str], told: Told) -> None:
    if not isinstance(condition, dict):
        _check_pieces(condition, "contains", name, keys, told)
        return
    if not condition:
        raise told(keys, f"expected one of {', '.join((*HOW, 'not'))}, got an empty table")
    for how in HOW:
        if how in condition:
            _check_pieces(condition[how], how, name, [*keys, how], told)
    if "not" in condition:
        _check_text(condition["not"], name, [*keys, "not"], told)
    if "is" in condition:
        test = text_test(condition, name)
        if not any(test(text) for text in pieces_of(name, "is", _listed(condition["is"]))):
            raise told(keys, f"nothing that is {condition['is']!r} meets the others; leave one out")


def _check_pieces(condition: Any, how: str, name: str, keys: list[str], told: Told) -> None:
    pieces = _listed(condition)
    _check_list(pieces, keys, told)
    if name == "path":
        for piece in pieces:
            _check_path(piece, how, keys, told)


def _check_path(piece: str, how: str, keys: list[str], told: Told) -> None:
    if "://" in piece:
        raise told(
            keys, f"expected a path such as '/cart', got {piece!r}; for the whole address use url"
        )
    for mark, remedy in (("?", "query"), ("#", "url")):
        if mark in piece:
            raise told(
                keys,
                f"a path has no {mark!r}, got {piece!r}; for what stands behind it use {remedy}",
            )
    if how in ("is", "starts") and not piece.startswith("/"):
        raise told(keys, f"a path begins with '/', got {piece!r}; say {'/' + piece!r}")


def _check_list(listed: list[Any], keys: list[str], told: Told) -> None:
    if not listed:
        raise told(
            keys, "expected at least one, got an empty list; leave it out where anything will do"
        )
    for one in listed:
        if not isinstance(one, str | bool | int | float):
            raise told(keys, f"expected texts, numbers, true or false in a list, got {one!r:.80}")


def _check_count(condition: Any, keys: list[str], told: Told) -> None:
    if isinstance(condition, dict):
        if not condition:
            raise told(keys, "expected a number or min, max, got an empty table")
        _check_range(condition, keys, told)
    least = condition.get("max", 0) if isinstance(condition, dict) else condition
    if least < 0:
        raise told(keys, f"it is never below 0, got {least:g}")
    exact = not isinstance(condition, dict) or condition.get("min") == condition.get("max")
    if exact and least != int(least):
        raise told(keys, f"expected a whole number, or {{ min, max }}, got {least:g}")


def _check_range(condition: dict[str, float], keys: list[str], told: Told) -> None:
    if "min" in condition and "max" in condition and condition["min"] > condition["max"]:
        raise told(keys, f"min {condition['min']:g} is above max {condition['max']:g}; swap them")


def _check_device(condition: Any, keys: list[str], told: Told) -> None:
    known = list(DEVICES[keys[-1]])
    _check_list(_listed(condition), keys, told)
    for one in _listed(condition):
        if one not in known:
            raise told(keys, f"expected {', '.join(known)}, got {one!r}{did_you_mean(one, known)}")


def _check_language(condition: Any, keys: list[str], told: Told) -> None:
    _check_list(_listed(condition), keys, told)
    for one in _listed(condition):
        if not LANGUAGE.fullmatch(one):
            raise told(keys, f"expected a language tag such as 'de' or 'en-GB', got {one!r}")


def _check_inner(condition: Any, keys: list[str], told: Told) -> None:
    inner = _listed(condition)
    if not inner:
        raise told(keys, "expected at least one audience, got an empty list; leave it out")
    for one in inner:
        if not one and keys[-1] == "not":
            raise told(
                keys, "an empty audience holds for everybody, so this never does; name a condition"
            )
        check(one, told)


def _listed(condition: Any) -> list[Any]:
    return condition if isinstance(condition, list) else [condition]
