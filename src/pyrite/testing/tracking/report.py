"""What a failure prints: what was expected, what came nearest, and everything else that may say why.

Pure. What pages sent is printed without characters that a terminal would carry out.
"""

from collections.abc import Sequence

from .matching import Wanted
from .records import TrackedEvent

LINES = 20  # of each kind
LENGTH = 400


def plain(text: object) -> str:
    """*text* on one line that does nothing to a terminal."""
    printable = "".join([one if one.isprintable() else repr(one)[1:-1] for one in str(text)])
    return (
        printable
        if len(printable) <= LENGTH
        else f"{printable[:LENGTH]}… ({len(printable)} characters)"
    )


def nearest(wanted: Wanted, events: list[TrackedEvent]) -> list[str]:
    """The event that comes nearest to what is *wanted*, and a line for each field that differs."""
    event = wanted.nearest(events)
    if event is None:
        return []
    return [
        f"nearest: {plain(event)}",
        *[f"    {plain(line)}" for line in wanted.differences(event)],
    ]


def section(title: str, lines: Sequence[object]) -> list[str]:
    """*lines* below *title*, the last ones of many; nothing where there are none."""
    if not lines:
        return []
    left = len(lines) - LINES
    beginning = [f"    … {left} before"] if left > 0 else []
    return [f"{title}:", *beginning, *[f"    {plain(line)}" for line in lines[-LINES:]]]
