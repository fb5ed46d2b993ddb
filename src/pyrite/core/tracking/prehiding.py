"""Hides the page until its decisions are rendered, so that visitors do not see it change.

Pure. Not for showing it again: lifecycle.py and personalization/renderer.py.
"""

from ..effects import Effect, Hide, Later, Show
from ..event import Draft
from ..options.configure import Config

DEFAULT_MS = 3000  # after which the page is shown whatever has come


def prehide(event: Draft, config: Config, *, allowed: bool, first: bool) -> list[Effect]:
    """Hide the page if *event* waits for decisions, and consent *allowed* them; otherwise the *first* event shows it."""
    if not event.renders or not event.query or not allowed:
        return [Show()] if first else []
    timeout = config.values.get("prehidingTimeout")
    delay_ms = int(timeout * 1000) if isinstance(timeout, (int, float)) else DEFAULT_MS
    css = config.text("prehidingStyle")
    hide: list[Effect] = [Hide(css=css)] if css else []
    return hide + [Later(timer=("events", "show", 0), delay_ms=delay_ms)]
