"""The way in for the loader of the `micropython` lane: one function, which takes every command of every instance."""

from .page import Page

_pages: "dict[str, Page]" = {}


def run(instance: str, name: str, options: str, given: object, resolve: object, reject: object, event_id: str, age_ms: int) -> None:
    """Run the command *name* of *instance*; see Page.call for the rest."""
    if instance not in _pages:
        _pages[instance] = Page(instance)
    _pages[instance].call(name, options, given, resolve, reject, event_id, age_ms)
