"""The terminal: everything that comes from outside is printed by these functions, and can't act on it.

A page says what its events hold, and a terminal obeys control characters: they are written as escapes, like `\\x1b`, and so are
those that turn the direction of a line round. Rich's markup is never read from a value, because values are no markup here.
"""

import json
import re
import sys
from typing import Any

from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from rich.text import Text

out = Console(highlight=False)
_COLORS = COLOR_SYSTEMS.get(out.color_system or "")  # None where it is no terminal, or has none
problems = Console(stderr=True, highlight=False, soft_wrap=True)

Part = str | tuple[str, str]  # a text, or a text with its style

# C0, DEL and C1, marks of direction and their isolates, the separators of lines, halves of surrogate pairs.
_ACTING = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_ACTS = re.compile(f"[{_ACTING}]")


def visible(text: str) -> str:
    """*text* with escapes in place of what a terminal would obey."""
    return _ACTS.sub(lambda found: ascii(found[0])[1:-1], text)


def line(*parts: Part) -> Text:
    """One line, for the console or for a cell of a table; only what stands in a style's place is a style."""
    styled = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        styled.append(visible(text), style)
    return styled


def say(*parts: Part) -> None:
    """Print one line; not by a Text of rich's, which takes a tenth of a millisecond for each."""
    sys.stdout.write("".join([_painted(part) for part in parts]) + "\n")


def _painted(part: Part) -> str:
    if isinstance(part, str):
        return visible(part)
    text, style = part
    return Style.parse(style).render(visible(text), color_system=_COLORS)


def complain(problem: object) -> None:
    """Print one line of the problem to the error stream."""
    problems.print(line((str(problem), "red")))


def note(*parts: Part) -> None:
    """Print one line to the error stream: what is no part of the output."""
    problems.print(line(*parts))


def write_json(record: dict[str, Any]) -> None:
    """Print *record* as JSON in one line; what a terminal would obey is escaped there as JSON has it."""
    sys.stdout.write(json_text(record) + "\n")


def json_text(value: Any) -> str:
    """*value* as JSON in one line, with escapes for what a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False)
    return _ACTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
