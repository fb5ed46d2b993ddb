"""The page's console, where there is one: a line for who reads it, nothing for a page without."""

from .bridge import attempt, optional, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def say(level: str, line: str) -> None:
    """Write *line*; *level* is `error`, `warn` or `info`."""
    console = window.Object(optional(window, "console"))
    function = optional(console, level)
    if function is not None:
        attempt(function, console, (line,), _nothing, _nothing)


def _nothing(*_: Any) -> None:
    pass
