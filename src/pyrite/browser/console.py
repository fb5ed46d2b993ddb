"""Writes to the page's console, if there is one."""

from .bridge import reach, window
from .features import look


def say(level: str, line: str) -> None:
    """Write *line*; *level* is `error`, `warn` or `info`."""
    console = look(window.globalThis, "console")
    function = look(console, level)
    if function is not None:
        reach(function, console, line)
