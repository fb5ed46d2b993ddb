"""The whole tracking of a test as a text that reads well in a diff, and is the same in each run.

Pure. Ids, times, versions, what a browser is, and ports are replaced by what they are; the rest is as it was stored.
"""

import difflib
import json
import re
from typing import Any

from .records import TrackedEvent

STABLE = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I), "<id>"),
    (re.compile(r"(?<!\d)\d{38}(?!\d)"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"(?<!\d)1\d{12}(?!\d)"), "<time>"),
    (re.compile(r"//(127\.0\.0\.1|localhost):\d+"), "//<site>"),
]
BROWSER = ("device", "environment", "placeContext")  # of xdm: sizes, languages, time zones
NAMED = {"_id": "<id>", "timestamp": "<time>", "version": "<version>"}


def snapshot(events: list[TrackedEvent]) -> str:
    """*events* as JSON, in the order in which the page made them; those of one moment by their type."""
    ordered = sorted(events, key=lambda event: (event.made_ms, event.type))
    records = [
        {"type": event.type, "source": event.source, "url": event.url, "data": event.data}
        | {"xdm": {name: part for name, part in event.xdm.items() if name not in BROWSER}}
        for event in ordered
    ]
    return json.dumps(_stable(records), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def changes(before: str, now: str) -> list[str]:
    """The lines of a unified diff from *before* to *now*."""
    pair = before.splitlines(), now.splitlines()
    return list(difflib.unified_diff(*pair, "the snapshot", "this test", n=2, lineterm=""))


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: NAMED.get(name, "")
            if isinstance(inner, str) and name in NAMED
            else _stable(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_stable(inner) for inner in value]
    if isinstance(value, str):
        for pattern, word in STABLE:
            value = pattern.sub(word, value)
    elif type(value) is int and 10**12 < value < 2 * 10**12:
        return "<time>"
    return value
