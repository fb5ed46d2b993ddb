"""Hides the page until its decisions are rendered, so that visitors do not see it change.

Pure. Not for showing it again: lifecycle.py and personalization/renderer.py.
"""

from ..effects import Effect, Hide, Later, Show
from ..event import Draft
from ..moment import Moment
from ..options.configure import Config
from ..visitor.consent import OUT
from ..visitor.visitor import Visitor

DEFAULT_MS = 3000  # after which the page is shown whatever has come


class Prehiding:
    """The prehiding of one page. *settled*: an event has hidden or shown it already."""

    def __init__(self, config: Config, visitor: Visitor) -> None:
        self._config = config
        self._visitor = visitor
        self.settled = False

    def begun(self, event: Draft, moment: Moment) -> list[Effect]:
        """Hide the page if *event* waits for decisions; otherwise the first event shows it."""
        if event.call is None or event.unloading:
            return []
        hides = event.renders and bool(event.query) and self._visitor.consent(moment) != OUT
        first = not self.settled
        self.settled = True
        if not hides:
            return [Show()] if first else []
        timeout = self._config.values.get("prehidingTimeout")
        delay_ms = int(timeout * 1000) if isinstance(timeout, (int, float)) else DEFAULT_MS
        css = self._config.text("prehidingStyle")
        hide: list[Effect] = [Hide(css=css)] if css else []
        return hide + [Later(timer=("events", "show", 0), delay_ms=delay_ms)]
