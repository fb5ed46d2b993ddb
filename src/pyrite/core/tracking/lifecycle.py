"""The life of an event: begun, held, rendered, sent, answered.

Pure. Not for where events come from: events.py. Not for how they travel (outbox.py), or rendering (renderer.py).
"""

from ..collect.context import context
from ..delivery.entry import Outcome
from ..delivery.outbox import Outbox
from ..delivery.report import handed_on
from ..delivery.request import payloads
from ..delivery.request_builder import RequestBuilder
from ..effects import Effect, Foresee, Log, Show, rejected
from ..errors import BadAnswer, TrackerError, as_error
from ..event import CARRIED, Draft, draft, part
from ..moment import Moment
from ..notes import Notes
from ..options.configure import Config
from ..parts import DECIDE, RENDER, Parts
from ..personalization.on_device import OnDevice, propositions_in
from ..personalization.propositions import build_query, display, fetches_page, promised, wants_page
from ..personalization.renderer import Renderings
from ..personalization.rendering import Rendering, Track
from ..visitor.consent import OUT, PENDING
from ..visitor.visitor import Visitor
from ..wire import Json, merge
from .consents import Consents
from .entries import build_entry, written
from .hooks import BEFORE_EVENT, Hooks
from .prehiding import prehide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..parts import Run
    from ..personalization.rendering import Steps


class Lifecycle:
    """The lives of the events of one tracker."""

    def __init__(
        self,
        config: Config,
        visitor: Visitor,
        builder: RequestBuilder,
        consents: Consents,
        notes: Notes,
        outbox: Outbox,
        hooks: Hooks,
        *,
        parts: Parts,
        place: int,
    ) -> None:
        self._config = config
        self._visitor = visitor
        self._builder = builder
        self._consents = consents
        self._notes = notes
        self._outbox = outbox
        self._hooks = hooks
        self.renderings = Renderings(config, place=place)
        self._parts = parts
        self.device = OnDevice(config)
        self.deciding: dict[str, Draft] = {}  # in the page
        self._sent: dict[str, Draft] = {}
        self.held: list[Draft] = []  # until consent, or until the browser has told its hints
        self.for_views: list[Draft] = []  # until the running request has brought the views
        self.for_reports: list[Draft] = []  # until what they report has been rendered
        self._pages_asked = 0  # requests for the page's decisions that have no answer yet
        self._asked_before = False
        self.prehidden = False  # or shown, by an event of this page
        self.referrer: str | None = None
        self.page_name: object = ""  # as the last event that names the page has it
        self.hints_busy = "highEntropyUserAgentHints" in config.contexts()

    def track(self, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of an automatic event: a click, a display."""
        if self._config.flag("disconnected"):
            return []
        collected = context(self._config.contexts(), moment)
        event = draft(
            None, options, collected=collected, data={}, moment=moment, event_id=moment.new_id()
        )
        return self.guarded(self.begin, event, moment)

    def guarded(
        self, step: "Callable[[Draft, Moment], list[Effect]]", event: Draft, moment: Moment
    ) -> list[Effect]:
        """Effects of *step* for *event*. An error ends this event alone."""
        try:
            return step(event, moment)
        except Exception as error:
            return self.refused(event, as_error(error)) + self.page_fetched(event, moment)

    def refused(self, event: Draft, error: TrackerError) -> list[Effect]:
        """Reject the promise of *event*, or log the error of an automatic event."""
        effects: list[Effect] = [Show()] if event.query else []
        if event.call is None:
            return effects + [Log(level="warn", message=error.message)]
        return effects + [rejected(event.call, error)]

    def begin(self, event: Draft, moment: Moment) -> list[Effect]:
        """Decide what to ask the edge for, prehide, call onBeforeEventSend if there is one, then admit."""
        event.query = (
            {}
            if event.unloading
            else build_query(event, fetch_page=wants_page(event, first=not self._asked_before))
        )
        if event.query and self.device.asks(moment):
            part(event.query, "personalization")["rules"] = True
        if fetches_page(event):
            self._asked_before = True
            self._pages_asked += 1
        allowed = self._visitor.consent(moment) != OUT
        effects: list[Effect] = []
        if event.call is not None and not event.unloading:
            effects = prehide(event, self._config, allowed=allowed, first=not self.prehidden)
            self.prehidden = True
        if event.renders:
            effects = self.renderings.begun(event) + effects
        if self._config.text(BEFORE_EVENT):
            value: dict[str, object] = {"xdm": event.xdm, "data": event.data}
            value.update(part(event.options, CARRIED))
            return effects + self._hooks.ask(BEFORE_EVENT, event, value, moment)
        return effects + self.admit(event, moment)

    # ---- out --------------------------------------------------------------------------------------------------------

    def admit(self, event: Draft, moment: Moment) -> list[Effect]:
        """Hold *event*, render it from earlier answers, decide for it in the page, or dispatch it."""
        return self.guarded(self._admit_now, event, moment)

    def admit_all(self, events: list[Draft], moment: Moment) -> list[Effect]:
        """Admit each of *events*; see `admit`."""
        effects: list[Effect] = []
        for event in events:
            effects.extend(self.admit(event, moment))
        return effects

    def dispatch(self, event: Draft, moment: Moment) -> list[Effect]:
        """Put *event* into the outbox."""
        return self.guarded(self._dispatch_now, event, moment)

    def _admit_now(self, event: Draft, moment: Moment) -> list[Effect]:
        consent = self._consents.state(moment)
        if consent == OUT:
            return self._declined(event, moment)
        if consent == PENDING or (self.hints_busy and not event.unloading):
            self.held.append(event)
            return []
        if event.includes_rendered and not event.unloading and self._is_rendering():
            self.for_reports.append(event)
            return []
        if event.renders and event.view and not fetches_page(event):
            if self._pages_asked:
                self.for_views.append(event)
                return []
            return self.handed_on(self.renderings.view(event, moment), moment)
        if event.query and not event.unloading and self.device.is_ready(moment):
            return self._decide(event, moment)
        return self.dispatch(event, moment)

    def _decide(self, event: Draft, moment: Moment) -> list[Effect]:
        """Decide for *event* in the page; ask the edge if that fails."""
        ticket = moment.new_id()
        self.deciding[ticket] = event
        question = self.device.question(event, moment)
        url = self._config.edge_origin(moment.site()) + self.device.script

        def go(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            if self.deciding.pop(ticket, None) is None:
                return []  # it has left with the page
            if run is not None:
                try:
                    propositions = propositions_in(run(question))
                    steps = self.renderings.decided(event, propositions, now)
                    return self.handed_on(steps, now) + self.page_fetched(event, now)
                except Exception as error:
                    why = str(error)
            self.device.give_up()
            line = f"the edge decides, the page can't: {why}"
            return [Log(level="warn", message=line)] + self.dispatch(event, now)

        return self._parts.use(DECIDE, url, go, moment)

    def _is_rendering(self) -> bool:
        """Whether a rendering is open, or expected, that the next event with includeRenderedPropositions reports."""
        awaited = [self._sent[id] for id in self._sent]
        return self.renderings.holds_back() or any(
            [event.renders and not event.displays for event in awaited]
        )

    def release_reports(self, moment: Moment) -> list[Effect]:
        """Re-examine the events that waited for renderings to end."""
        waiting = self.for_reports
        self.for_reports = []
        return self.admit_all(waiting, moment)

    def _declined(self, event: Draft, moment: Moment) -> list[Effect]:
        self._page_settled(event)
        line = f"{self._visitor.why_out(moment)}; the event was not sent"
        effects: list[Effect] = [Log(level="warn", message=line), Show()]
        return effects + event.resolved({})

    def _dispatch_now(self, event: Draft, moment: Moment) -> list[Effect]:
        if not event.decided:  # else its rendering has done so
            self.renderings.include_rendered(event)
        if event.shown:
            merge(event.xdm, {"_experience": display(event.shown)})
        texts = written(event)
        self.device.sent(event.xdm, moment)
        effects, head = self._builder.head(event.options, moment)
        key = str(event.xdm["_id"])
        while key in self._sent:
            key += "+"  # the same event twice: the edge will see to that, but both promises are to settle
        self._sent[key] = event
        entry = build_entry(event, key, head, texts, owner=self)
        effects.extend(handed_on(self._outbox.add(entry, moment), moment))
        if entry.asking and event.renders and not self._parts.has(RENDER):
            effects.append(Foresee(part=RENDER, url=self._folder(moment)))
        return effects

    def handed_on(self, steps: "Steps", moment: Moment) -> list[Effect]:
        """The effects among *steps*. Each follow-up is replaced by its effects."""
        effects: list[Effect] = []
        for step in steps:
            if isinstance(step, Effect):
                effects.append(step)
            elif isinstance(step, Draft):
                effects.extend(self.dispatch(step, moment))
            elif isinstance(step, Track):
                effects.extend(self.track(step.options, moment))
            elif isinstance(step, Rendering):
                effects.extend(self._prepare(step, moment))
            else:
                effects.extend(self.release_reports(moment))
        return effects

    def _prepare(self, rendering: Rendering, moment: Moment) -> list[Effect]:
        """Load the part that renders, then prepare *rendering*."""

        def use(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            allowed = self._consents.allow(now)
            return self.handed_on(
                self.renderings.prepared(rendering, run, now, allowed=allowed), now
            )

        return self._parts.use(RENDER, self._folder(moment), use, moment)

    def _folder(self, moment: Moment) -> str:
        return self._config.edge_folder(moment.site())

    # ---- answers ----------------------------------------------------------------------------------------------------

    def on_outcome(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects of the outcome of a dispatched event."""
        event = self._sent.pop(outcome.entry.id, None)
        if event is None:
            return []
        error: TrackerError | None = outcome.error
        effects: list[Effect] = []
        if error is None:
            try:
                effects = self._take(event, outcome, moment)
            except Exception as unforeseen:
                # An answer of a shape that nobody foresaw must not leave a promise open or a page hidden.
                error = BadAnswer(f"the edge's answer can't be used: {unforeseen}")
        if error is not None:
            effects = self.refused(event, error)
        return effects + self.page_fetched(event, moment) + self.release_reports(moment)

    def _take(self, event: Draft, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Render the propositions in *outcome* and settle the promise of *event*."""
        if not event.answers:
            event.exchanged["requestBody"] = Json(outcome.request.text)
            if outcome.answer:
                event.exchanged["responseBody"] = Json(outcome.text)
        propositions = payloads(outcome.answer, "personalization:decisions")
        self.device.learn(payloads(outcome.answer, "personalization:rules"), moment)
        if not propositions and not event.renders and not event.query:
            # Nothing came to be rendered, and nothing was asked for: no plan for a beacon, or an order.
            return event.resolved(promised(event, [])) + self.release_reports(moment)
        steps = self.renderings.answered(event, outcome.request.id, propositions, moment)
        return self.handed_on(steps, moment)

    def page_fetched(self, event: Draft, moment: Moment) -> list[Effect]:
        """Re-examine the events that waited for views: *event* has its page decisions, or will never get them."""
        self._page_settled(event)
        if self._pages_asked:
            return []
        waiting = self.for_views
        self.for_views = []
        return self.admit_all(waiting, moment)

    def _page_settled(self, event: Draft) -> None:
        if fetches_page(event) and not event.page_settled:
            event.page_settled = True
            self._pages_asked -= 1
