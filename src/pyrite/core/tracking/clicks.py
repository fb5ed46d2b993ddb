"""From a click to an event: passed to the page's callbacks, sent with the offers that it belongs to.

Pure. Not for which clicks count and what they say: collect/clicks.py.
"""

from ..collect.clicks import build_event, kept, link_details
from ..effects import Effect, Log
from ..event import part
from ..moment import Moment
from ..options.configure import Config
from ..wire import merge
from .events import Events
from .hooks import BEFORE_CLICK, FILTER_CLICK, Hooks


class Clicks:
    """The clicks of one tracker."""

    def __init__(self, config: Config, events: Events, hooks: Hooks) -> None:
        self._config = config
        self._events = events
        self._hooks = hooks

    def clicked(
        self, facts: dict[str, object], moment: Moment, offer: dict[str, object]
    ) -> list[Effect]:
        """Effects of a click; see Tracker.clicked."""
        details = link_details(facts) if self._config.flag("clickCollectionEnabled") else None
        if details is not None:
            name = self._events.page_name
            details["pageName"] = name or moment.text("url")
            details["pageIDType"] = 1 if name else 0
            if self._config.group("clickCollection").get("filterClickDetails"):
                return self._hooks.ask(FILTER_CLICK, offer, details, moment)
        return self._go_on(FILTER_CLICK, details, offer, moment)

    def hooked(
        self,
        hook: str,
        offer: object,
        value: dict[str, object] | None,
        error: str,
        moment: Moment,
    ) -> list[Effect]:
        """Effects of the answer of *hook* to a click; see Tracker.hooked."""
        if error:
            line = f"{hook} threw: {error}; the click was not sent"
            return [Log(level="error", message=line)]
        return self._go_on(hook, value, offer if isinstance(offer, dict) else {}, moment)

    def _go_on(
        self,
        hook: str,
        value: dict[str, object] | None,
        offer: dict[str, object],
        moment: Moment,
    ) -> list[Effect]:
        """Effects after *hook* has had its say on a click: *value* are its details, then its event; None drops the link.

        What the click means to propositions (*offer*, the xdm of an interact event) goes in the same event.
        """
        filtered = hook == FILTER_CLICK
        if value is not None and filtered:
            value = build_event(value)
        if value is not None and not kept(value, switches=self._config.group("clickCollection")):
            value = None
        if value is not None and filtered and self._config.text(BEFORE_CLICK):
            return self._hooks.ask(BEFORE_CLICK, offer, value, moment)
        if value is None and not offer:
            return []
        options = dict(value or {})
        options["xdm"] = merge(merge({}, part(options, "xdm")), offer)
        options["documentUnloading"] = True
        return self._events.track(options, moment)
