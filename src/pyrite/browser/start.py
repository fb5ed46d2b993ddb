"""The way in for the loader of the `micropython` lane: one function, which takes every command of every instance."""

from .page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_pages: "dict[str, Page]" = {}


def run(
    instance: str,
    name: str,
    options: str,
    given: Any,
    resolve: Any,
    reject: Any,
    event_id: str,
    age_ms: int,
) -> None:
    """Run the command *name* of *instance*; see Page.call for the rest."""
    if instance not in _pages:
        _pages[instance] = Page(instance)
    _pages[instance].call(name, options, given, resolve, reject, event_id, age_ms)
