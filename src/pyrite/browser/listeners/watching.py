"""Listens for clicks, route changes and client hints, and passes them to the tracker.

Not for what becomes of it: core decides. links.py and routes.py look.
"""

from ...core.tracker import Tracker
from ...core.wire import decode_object, encode
from ..bridge import array, attempt, callback, method, optional, parse, stringify, window
from ..console import say
from ..features import look
from ..listening import stay
from .links import clicked_link, facts_of
from .routes import watch_routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..host import Host

MIDDLE = 1  # the button that opens a link in another tab; browsers tell it by auxclick alone
HINTS = ["architecture", "bitness", "model", "platformVersion", "wow64"]


class Watching:
    """The listeners of one tracker."""

    def __init__(
        self,
        page: "Host",
        tracker: Tracker,
        offer_of: "Callable[[Any], dict[str, object]]",
    ) -> None:
        """*offer_of* gives what a click event means to offers."""
        self._offer_of = offer_of
        self._page = page
        self._tracker = tracker
        self._watched: list[str] = []
        self._qualifier: Any = None  # of downloads, a RegExp
        self.clicked: Any = None  # the element, while its click is told
        self.hints: Any = None  # of the browser, once it has given them

    def watch(self, effect: Any) -> None:
        """Start the listener that *effect* names."""
        what = effect.what
        if what in self._watched:
            return
        self._watched.append(what)
        if what == "clicks":
            self._watch_clicks()
        elif what == "routes":
            watch_routes(
                lambda how: self._page.carry_out(self._tracker.routed(how, self._page.moment()))
            )
        else:
            self._watch_hints()

    def _watch_clicks(self) -> None:
        pattern = self._tracker.config.text("downloadLinkQualifier") if self._tracker.config else ""
        if pattern:

            def compiled(pattern: Any = None, *_: Any) -> None:
                self._qualifier = pattern

            def refused(message: str) -> None:
                say(
                    "warn",
                    f"[{self._tracker.name}] configure: options.downloadLinkQualifier: {message}",
                )

            attempt(
                method(window.Reflect, "construct"),
                window.Reflect,
                (window.RegExp, array(pattern)),
                compiled,
                refused,
            )

        def clicked(event: Any = None, *_: Any) -> None:
            try:
                self._tell_click(event)
            except Exception as error:
                self._page.report(error)

        listener = callback(clicked)
        stay(window.document, "click", listener, True)
        stay(window.document, "auxclick", listener, True)

    def _tell_click(self, event: Any) -> None:
        if optional(event, "type") == "auxclick" and optional(event, "button") != MIDDLE:
            return  # the right one opens a menu
        innermost = event.composedPath()[0]  # what is in the link: as alloy.js tells callbacks
        link = clicked_link(event)
        facts = {} if link is None else facts_of(link, event, self._qualifier)
        offer = self._offer_of(event)
        if link is not None or offer:
            self.clicked = innermost
            self._page.carry_out(self._tracker.clicked(facts, self._page.moment(), offer))

    def _watch_hints(self) -> None:
        def with_hints(values: Any = None, *_: Any) -> None:
            self.hints = decode_object(stringify(values)) if values is not None else None
            self._page.carry_out(self._tracker.hinted(self._page.moment()))

        source = look(window.navigator, "userAgentData")
        if look(source, "getHighEntropyValues") is None:
            with_hints()
        else:
            failed = self._page.safely(lambda message: with_hints())
            attempt(
                method(source, "getHighEntropyValues"),
                source,
                (parse(encode(HINTS)),),
                self._page.safely(with_hints),
                failed,
            )
