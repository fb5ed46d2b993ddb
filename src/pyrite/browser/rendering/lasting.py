"""Keeps offers rendered: renders them again if the page replaces their element or restores its content.

What the page writes that is neither the offer's nor what it replaced is the page's own will, and so is what a visitor has closed.
Two that rewrite each other never fight: each offer is rendered again so often a second, and in all. One observer for the page,
none where no offer lives.
"""

from ..bridge import array, callback, construct, invoke, listen, parse, text, window
from ..clock import clock_ms
from ..features import look
from .dom import apply
from .in_place import HIDDEN, nodes_in
from .marks import unmark
from .offer import (
    AGAIN,
    LEFT,
    LOST,
    SECOND_MS,
    TIMES,
    VALUES,
    Offer,
    attributes_of,
    is_copy,
    state_of,
    value_in,
    value_of,
)
from .trace import STANDS, Trace, is_in, join, show_owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Find = Callable[[str, Callable[[list[Any]], None]], None]


class Lasting:
    """The offers of this page that live. *find* gives the elements of a selector, *told* gets a line for one that is given up,
    *changed* the time of each change of the document while any lives."""

    def __init__(
        self, find: "Find", told: "Callable[[str], None]", changed: "Callable[[int], None]"
    ) -> None:
        self._find = find
        self._told = told
        self._tell_change = changed
        self._offers: dict[str, list[Offer]] = {}  # by plan
        self._known: dict[str, Offer] = {}  # by what it does
        self._observer: Any = None
        self._looks = False
        self._listens = False
        self._names: list[str] = []  # of attributes

    def has(self, plan: str) -> bool:
        """Whether an offer of *plan* lives."""
        return plan in self._offers

    def add(self, plan: str, steps: "list[dict[str, object]]", traces: "list[list[Trace]]") -> None:
        """Let what the *steps* of *plan* have done last, of which *traces* tell."""
        path = text(window.location.pathname)
        offers = self._offers.get(plan, [])
        there = [offer.step["key"] for offer in offers]
        for index in range(len(steps)):
            if traces[index] and index not in there:
                offer = Offer(steps[index], traces[index], path)
                offers.append(offer)
                self._take_over(offer)
        for offer in offers:
            self._note_names(offer)
            for trace in offer.traces:
                trace.after = value_in(offer, trace.element)
        if offers:
            self._offers[plan] = offers
            self._observe()

    def end(self, plan: str, keys: "list[int]") -> None:
        """The steps of *plan* with these numbers belong to a view or page that was left."""
        offers = self._offers.pop(plan, [])
        others = []
        for offer in offers:
            if offer.step["key"] in keys:
                offer.end()
                self._forget(offer)
            else:
                others.append(offer)
        if others:
            self._offers[plan] = others
        self._stop_if_none()

    def _take_over(self, offer: Offer) -> None:
        """Let *offer* take the place of the same of an earlier answer: what elements were before that counts."""
        old = self._known.get(offer.name)
        self._known[offer.name] = offer
        if old is None:
            return
        for trace in offer.traces:
            for was in old.traces:
                if invoke(trace.element, "isSameNode", was.element) is True:
                    join(trace, was)
        old.traces = []  # it is let go of at the next change

    def _forget(self, offer: Offer) -> None:
        if self._known.get(offer.name) is offer:
            self._known.pop(offer.name)

    def _note_names(self, offer: Offer) -> None:
        names = attributes_of(offer) if offer.type in VALUES else []
        if any([trace.hidden for trace in offer.traces]):
            names = names + [HIDDEN]
        for name in names:
            if name not in self._names:
                self._names.append(name)

    def _observe(self) -> None:
        if self._observer is None:
            self._observer = construct(window.MutationObserver, callback(self._changed))
        wishes = parse('{"childList":true,"subtree":true,"characterData":true}')
        if self._names:
            window.Reflect.set(wishes, "attributeFilter", array(*self._names))
        invoke(self._observer, "observe", window.document, wishes)
        if not self._listens:
            self._listens = True
            listen(window.document, "click", callback(self._clicked), True)

    def _stop_if_none(self) -> None:
        if self._observer is not None and not self._offers:
            invoke(self._observer, "disconnect")
            self._observer = None
            self._names = []

    def _clicked(self, event: Any = None, *_: Any) -> None:
        target = look(event, "target")
        for plan in self._offers:
            for offer in self._offers[plan]:
                for trace in offer.traces:
                    if any([invoke(node, "contains", target) is True for node in trace.nodes]):
                        trace.clicked_ms = clock_ms()

    def _changed(self, *_: Any) -> None:
        """The document has changed: whether each offer still stands; before the browser paints."""
        now_ms = clock_ms()
        self._tell_change(now_ms)
        path = text(window.location.pathname)
        for plan in list(self._offers):
            offers = []
            acted = False
            for offer in self._offers[plan]:
                # On another address the same selectors choose what is not the offer's.
                if offer.path != path:
                    offers.append(offer)
                    continue
                times = offer.times
                if self._restore(offer, now_ms):
                    offers.append(offer)
                acted = acted or offer.times != times
            if acted:
                _look_again(offers)
            if offers:
                self._offers[plan] = offers
            else:
                self._offers.pop(plan)
        if self._observer is not None:
            invoke(self._observer, "takeRecords")  # our own
        self._stop_if_none()

    def _restore(self, offer: Offer, now_ms: int) -> bool:
        """Render *offer* again where it does not stand; whether it lives on."""
        for trace in offer.traces:
            trace.state = state_of(offer, trace, now_ms)
        for trace in offer.traces:
            if trace.state == LEFT and (trace.hidden or trace.texts):
                show_owned(trace)
        offer.traces = [trace for trace in offer.traces if trace.state != LEFT]
        if not offer.traces:
            self._forget(offer)
            return False
        again = [trace for trace in offer.traces if trace.state == AGAIN]
        lost = [trace for trace in offer.traces if trace.state == LOST]
        fresh = self._found(offer, lost) if lost else []
        if not again and not fresh:
            return True
        if offer.times >= TIMES:
            self._told(
                f"{offer.type} at {offer.step['selector']!r} was rendered again {TIMES} times: it is left as the page has it"
            )
            self._forget(offer)
            return False
        if not offer.may_again(now_ms):
            self._look_later()
            return True
        for trace in again:
            self._again(offer, trace.element, trace)
        for element in fresh:
            self._again(offer, element, lost[0])
        if fresh:
            offer.traces = [trace for trace in offer.traces if trace.state != LOST]
        return True

    def _found(self, offer: Offer, lost: "list[Trace]") -> "list[Any]":
        """The elements that have come in the place of those that are *lost*."""
        matches: list[Any] = []
        self._find(str(offer.step["selector"]), lambda elements: matches.extend(elements))
        traced = [trace.element for trace in offer.traces]
        fresh = []
        for element in matches:
            ours = any([invoke(node, "contains", element) is True for node in lost[0].nodes])
            if ours or is_in(element, traced):
                continue
            fresh.append(element)
        return fresh

    def _again(self, offer: Offer, element: Any, was: Trace) -> None:
        """Carry the step out on *element* again, in the place of *was*."""
        same = invoke(element, "isSameNode", was.element) is True
        if offer.step["once"] and same:
            unmark(element, str(offer.step["item"]))
        if not same and is_copy(offer, element, was):
            trace = Trace(element, offer.step)
            trace.before = was.before
            trace.after = was.after
            trace.nodes = nodes_in(element) if offer.type == "setHtml" else []
            offer.traces = offer.traces + [trace]
            return
        replaced: list[Any] = []
        traces: list[Trace] = []
        carry_out(offer.step, [element], replaced, lambda problem: None, traces)
        for node in replaced:
            invoke(node, "remove")
        for trace in traces:
            trace.again = was.again or not same
            if same:
                join(trace, was)
        if same:
            offer.traces = [trace for trace in offer.traces if trace is not was]
        offer.traces = offer.traces + traces

    def _look_later(self) -> None:
        if not self._looks:
            self._looks = True
            window.setTimeout(callback(self._look), SECOND_MS)

    def _look(self, *_: Any) -> None:
        self._looks = False
        self._changed()


def carry_out(
    step: "dict[str, object]",
    elements: "list[Any]",
    replaced: "list[Any]",
    done: "Callable[[str], None]",
    traces: "list[Trace]",
) -> None:
    """Carry *step* out, and add to *traces* what it has done, with what each element was before and is after."""
    type = str(step["type"])

    def keep(trace: Trace) -> None:
        trace.before = value_of(type, step, trace.element)
        traces.append(trace)

    def ended(problem: str) -> None:
        for trace in traces:
            trace.after = value_of(type, step, trace.element)
        done(problem)

    apply(step, elements, replaced, ended, keep)


def _look_again(offers: "list[Offer]") -> None:
    """Note what elements are once several offers have changed the same."""
    for offer in offers:
        for trace in offer.traces:
            if trace.state == STANDS:
                trace.after = value_in(offer, trace.element)
