"""Whether something is as expected, and where it is not, field by field.

Pure. Expected values are subsets: of an object only the fields that are named count.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .records import TrackedEvent


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """A line for each field of *actual* that is not as *expected*; none where it matches.

    Expected values may be equal, a compiled pattern (which is searched for), a type, or a function that is given the value.
    A number is no boolean, and the other way round.
    """
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [_line(path, expected, actual)]
        lines: list[str] = []
        for name, value in expected.items():
            inner = f"{path}.{name}" if path else str(name)
            if name in actual:
                lines += differences(value, actual[name], inner)
            else:
                lines.append(f"{inner}: expected {_shown(value)}, got nothing")
        return lines
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        if len(expected) != len(actual):
            return [f"{path}: expected {len(expected)} entries, got {len(actual)}"]
        pairs = zip(expected, actual, strict=True)
        return [
            line
            for index, (one, other) in enumerate(pairs)
            for line in differences(one, other, f"{path}[{index}]")
        ]
    return [] if _fits(expected, actual) else [_line(path, expected, actual)]


def _fits(expected: Any, actual: Any) -> bool:
    if isinstance(expected, re.Pattern):
        return isinstance(actual, str) and expected.search(actual) is not None
    if isinstance(expected, type):
        return isinstance(actual, expected) and (expected is bool or not isinstance(actual, bool))
    if callable(expected):
        return bool(expected(actual))
    return isinstance(expected, bool) == isinstance(actual, bool) and bool(expected == actual)


def _line(path: str, expected: Any, actual: Any) -> str:
    return f"{path}: expected {_shown(expected)}, got {actual!r}"


def _shown(expected: Any) -> str:
    if isinstance(expected, re.Pattern):
        return f"a text with /{expected.pattern}/"
    if isinstance(expected, type):
        return f"a {expected.__name__}"
    if callable(expected):
        return f"what {getattr(expected, '__name__', repr(expected))} accepts"
    return repr(expected)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events are meant; None stands for any."""

    type: str | re.Pattern[str] | None = None
    data: Mapping[str, Any] | None = None
    xdm: Mapping[str, Any] | None = None
    where: Callable[[TrackedEvent], bool] | None = None
    source: str | None = None

    def differences(self, event: TrackedEvent) -> list[str]:
        """What *event* has otherwise; none where it is meant."""
        lines: list[str] = []
        for name in ("type", "source", "data", "xdm"):
            expected = getattr(self, name)
            if expected is not None:
                lines += differences(expected, getattr(event, name), name)
        if not lines and self.where is not None and not self.where(event):
            lines.append(f"where: {_shown(self.where)}, and it did not")
        return lines

    def matches(self, event: TrackedEvent) -> bool:
        """Whether *event* is meant."""
        return not self.differences(event)

    def nearest(self, events: list[TrackedEvent]) -> TrackedEvent | None:
        """Of *events* the one that differs least, the newest of several; one of the same type before all others."""
        if not events:
            return None

        def distance(event: TrackedEvent) -> tuple[bool, int]:
            lines = self.differences(event)
            return any(line.startswith("type:") for line in lines), len(lines)

        return min(reversed(events), key=distance)

    def __str__(self) -> str:
        named = []
        for name in ("type", "source", "data", "xdm", "where"):
            expected = getattr(self, name)
            if isinstance(expected, Mapping):
                fields = ", ".join(f"{key!r}: {_shown(value)}" for key, value in expected.items())
                named.append(f"{name}={{{fields}}}")
            elif expected is not None:
                named.append(f"{name}={_shown(expected)}")
        return ", ".join(named) or "any event"
