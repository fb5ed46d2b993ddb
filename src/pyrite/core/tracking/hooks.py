"""Calls of the page's callbacks without an answer yet.

Pure. Not for what an answer means: events.py and clicks.py know.
"""

from ..effects import Ask, Effect, Later
from ..moment import Moment

BEFORE_EVENT = "onBeforeEventSend"
BEFORE_CLICK = "onBeforeLinkClickSend"
FILTER_CLICK = "clickCollection.filterClickDetails"
LATE = "no answer in time"
HOOK_MS = 10000  # after which a callback whose promise stays open counts as one that threw


class Hooks:
    """The open callback calls of one tracker, by ticket."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[str, object]] = {}

    def ask(
        self, hook: str, subject: object, value: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects that call the page's callback *hook* with *value*; its answer is about *subject*."""
        ticket = moment.new_id()
        self._asked[ticket] = (hook, subject)
        late = Later(timer=("hooks", "hook", ticket), delay_ms=HOOK_MS)
        return [Ask(ticket=ticket, hook=hook, value=value), late]

    def take(self, ticket: str) -> tuple[str, object]:
        """Close the call *ticket*; returns its `(hook, subject)`, `("", None)` if it was closed before."""
        return self._asked.pop(ticket, ("", None))
