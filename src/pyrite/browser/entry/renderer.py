"""The part that renders: what a page does with offers, compiled, for every lane.

A script of its own: one function on the page, for all its trackers. core asks it what becomes of an answer (planner.py); the page
has it carry steps out and tell what a click has met. Only texts cross, and the event of a click.
"""

from ...core.parts import PREFIX, RENDER
from ...core.personalization.interactions import Click
from ...core.personalization.planner import Planner
from ...core.wire import decode_object, encode
from ..bridge import attempt, callback, method, window
from ..console import say
from ..elements import hide
from ..features import look
from ..rendering.arrival import Arrival
from ..rendering.clicks import tell_offer
from ..rendering.lasting import Lasting
from ..rendering.rendering import Rendering, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Renderer:
    """The renderings of one tracker."""

    def __init__(self, place: int) -> None:
        self.planner = Planner(place)
        self._lasting = Lasting(_elements, _complain, _arrival[0].changed)
        self._renderings: dict[str, Rendering] = {}
        self._hidden_body: Any = None

    def draw(self, id: str, told: Any) -> None:
        """Carry out the plan *id*; *told* gets `{plan, results, end}` after the first pass and at the end."""

        def tell(results: "list[str]", end: bool) -> None:
            told(encode({"plan": id, "results": results, "end": end}))

        plan = self.planner.plans[id]

        def keep() -> None:
            if plan.lasts:
                self._lasting.add(id, plan.steps, rendering.traces)

        def started(results: "list[str]") -> None:
            keep()
            tell(results, False)

        def finished(results: "list[str]") -> None:
            self._renderings.pop(id, None)
            keep()
            tell(results, True)

        rendering = Rendering(plan.steps, started, finished, lasts=plan.lasts)
        self._renderings[id] = rendering
        if plan.lasts:
            _arrival[0].when_settled(rendering.begin)
        else:
            rendering.begin()  # the page says itself when

    def outdated(self, given: str) -> str:
        """What of open plans another view has ended (see Planner), after what it has ended of those that are over."""
        answer = self.planner.run(given)
        question = decode_object(given)
        view = str(question.get("view"))
        surface = str(question.get("surface"))
        plans = self.planner.plans
        ended = self.planner.ended
        for id in list(ended):
            if not self._lasting.has(id):
                ended.pop(id)
        for id in list(plans) + list(ended):
            plan = plans[id] if id in plans else ended[id]
            self._lasting.end(id, plan.outdated(view, surface))
        return answer

    def abandon(self, id: str, keys: "list[int]", why: str) -> None:
        """Give up steps of the plan *id*; see Abandon."""
        rendering = self._renderings.get(id)
        if rendering:
            rendering.abandon(keys, why)

    def uncover(self) -> None:
        """Remove the styles that hide elements of single steps."""
        for id in list(self._renderings):
            self._renderings[id].uncover()

    def redirect(self, url: str, name: str) -> None:
        """Hide the body and go to *url*, for the tracker *name*; see Redirect."""
        if self._hidden_body is None:
            self._hidden_body = hide("body")
        location = window.location

        def refused(message: str) -> None:
            say("warn", f"[{name}] redirect to {url!r}: {message}")

        attempt(method(location, "replace"), location, (url,), lambda *_: None, refused)

    def stay(self) -> None:
        """Show the body again; see Stay."""
        style = self._hidden_body
        self._hidden_body = None
        if style is not None:
            style.remove()

    def click(self, event: Any) -> "dict[str, object]":
        """The xdm of an interact event for the click *event*; {} where it belongs to no offer."""
        events: list[dict[str, object]] = []
        interactions = self.planner.interactions

        def told(click: Click) -> None:
            events.append(interactions.event_of(click))

        tell_offer(event, interactions.selectors, told)
        return events[0] if events else {}


_renderers: "dict[int, Renderer]" = {}
_arrival: "list[Arrival]" = []  # the page's


def begin() -> None:
    """Install the function on the page, unless it is installed."""
    if look(window.globalThis, PREFIX + RENDER) is None:
        _arrival.clear()  # tests begin many pages
        _arrival.append(Arrival())
        _arrival[0].watch()
        window.Reflect.set(window.globalThis, PREFIX + RENDER, callback(asked))


def asked(given: str, told: Any = None, about: Any = None) -> str:
    """What is answered to the JSON text *given*: `do` says what it is, `place` which tracker of the page asks."""
    question = decode_object(given)
    number = question.get("place")
    place = number if isinstance(number, int) else 0
    renderer = _renderers.setdefault(place, Renderer(place))
    do = question.get("do")
    id = str(question.get("plan"))
    keys = question.get("keys")
    if do == "draw":
        renderer.draw(id, told)
    elif do == "abandon":
        renderer.abandon(id, keys if isinstance(keys, list) else [], str(question.get("why")))
    elif do == "redirect":
        renderer.redirect(str(question.get("url")), str(question.get("name")))
    elif do == "stay":
        renderer.stay()
    elif do == "uncover":
        renderer.uncover()
    elif do == "outdated":
        return renderer.outdated(given)
    elif do == "click":
        return encode(renderer.click(about))
    else:
        return renderer.planner.run(given)
    return ""


def _elements(selector: str, done: Any) -> None:
    find(selector, done, lambda why: None, lambda root: None)


def _complain(line: str) -> None:
    say("warn", line)
