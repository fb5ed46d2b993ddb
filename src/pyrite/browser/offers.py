"""The offers of one tracker in the page: drawn, given up, clicked, by the part that renders.

Not for how they are drawn: rendering/, in that part.
"""

from ..core.effects import Abandon, Redirect, Render
from ..core.parts import RENDER
from ..core.tracker import Tracker
from ..core.wire import decode_object, encode
from .bridge import callback, text
from .parts import PageParts, is_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .host import Host


class Offers:
    """Passes rendering effects and clicks of one tracker to the part that renders."""

    def __init__(self, page: "Host", tracker: Tracker, parts: PageParts) -> None:
        self._page = page
        self._tracker = tracker
        self._parts = parts

    def effects(self) -> "dict[str, Any]":
        """The handlers of its effects."""
        return {
            "Render": self._render,
            "Abandon": self._abandon,
            "Redirect": self._redirect,
            "Stay": self._stay,
            "Uncover": self._uncover,
        }

    def _render(self, effect: Render) -> None:
        def told(given: Any = None, *_: Any) -> None:
            record = decode_object(text(given))
            results: Any = record["results"]
            step = self._tracker.rendered if record["end"] is True else self._tracker.rendering
            self._page.carry_out(step(effect.plan, results, self._page.moment()))

        self._tell({"do": "draw", "plan": effect.plan}, callback(self._page.safely(told)))

    def _abandon(self, effect: Abandon) -> None:
        self._tell({"do": "abandon", "plan": effect.plan, "keys": effect.keys, "why": effect.why})

    def _uncover(self, effect: Any) -> None:
        if is_there(RENDER):
            self._tell({"do": "uncover"})

    def clicked(self, event: Any) -> "dict[str, object]":
        """The xdm of an interact event for the click *event*; {} if it hit no offer of this tracker."""
        there = is_there(RENDER)
        return decode_object(self._tell({"do": "click"}, None, event)) if there else {}

    def _tell(self, given: "dict[str, object]", told: Any = None, about: Any = None) -> str:
        """What the part that renders answers to *given*; see entry/renderer.py."""
        given["place"] = self._tracker.place
        return self._parts.ask(RENDER, encode(given), told, about)

    def _redirect(self, effect: Redirect) -> None:
        self._tell({"do": "redirect", "url": effect.url, "name": self._tracker.name})

    def _stay(self, effect: Any) -> None:
        self._tell({"do": "stay"})
