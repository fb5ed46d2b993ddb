"""The way in for the `compiled` lane: takes over the base code's queues, as web/loader.js does where a runtime is fetched first."""

from ..bridge import LANE, is_nullish, own, text, window
from ..facts.page_facts import new_id, read
from ..page import Page
from ..parts import placed
from .claim import claim
from .queue import queue_of, take_over

_pages: "dict[str, Page]" = {}


def begin() -> None:
    """Adopt every queue of the page, now and whenever another base code or script asks for it."""
    script = own(window.document, "currentScript")
    placed("" if is_nullish(script) else text(own(script, "src")))
    claim(LANE, _adopt)


def _adopt(names: "list[str]") -> None:
    for name in names:
        queue = queue_of(name)
        if queue is not None and name not in _pages:
            _pages[name] = Page(name, read, new_id)
            take_over(_pages[name], queue)
