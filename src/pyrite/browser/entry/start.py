"""The way in for the loader of the `micropython` lane: `start` once, then `run` with every command of every instance."""

from ...core.wire import decode_object
from ..bridge import equip, text
from ..page import Page
from ..parts import placed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_pages: "dict[str, Page]" = {}
_asked: "dict[str, Any]" = {}


def start(facts: "Callable[[bool], str]", new_id: "Callable[[], str]", tools: "Any") -> None:
    """Take the loader's functions: *facts* gives the page's facts as JSON text, *new_id* a fresh UUID, *tools* are the bridge's."""
    equip(tools)
    placed(text(tools.place))
    _asked["facts"] = facts
    _asked["new_id"] = new_id


def run(instance: str, *call: "Any") -> None:
    """Run a command of *instance*; see Page.call for the rest."""
    if instance not in _pages:
        _pages[instance] = Page(
            instance, lambda light: decode_object(_asked["facts"](light)), _asked["new_id"]
        )
    _pages[instance].call(*call)
