"""The life of an event once the tracker is configured: drafted, admitted, sent, answered.

Pure. Not for how events travel (outbox.py), or rendering (renderer.py).
"""

from ..collect.context import context, one_time_referrer
from ..delivery.entry import Entry, Outcome
from ..delivery.outbox import Outbox
from ..delivery.report import handed_on
from ..delivery.request import payloads
from ..delivery.request_builder import RequestBuilder
from ..effects import Effect, Foresee, Hide, Later, Log, Show, Uncover, rejected
from ..errors import BadAnswer, HookFailed, TrackerError, as_error
from ..event import CARRIED, Draft, draft, part
from ..moment import Moment
from ..notes import Notes
from ..options.configure import Config
from ..parts import DECIDE, RENDER, Parts
from ..personalization.on_device import OnDevice
from ..personalization.propositions import build_query, display, fetches_page, promised
from ..personalization.renderer import Renderings
from ..personalization.rendering import Dispatch, Prepare, Rendering, Track
from ..visitor.consent import OUT, PENDING
from ..visitor.visitor import Visitor
from ..wire import Json, decode, encode, merge
from .consents import Consents
from .hooks import BEFORE_EVENT, Hooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..parts import Run
    from ..personalization.rendering import Steps


class Events:
    """Every event of one configured tracker."""

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
        self._renderings = Renderings(config, place=place)
        self._parts = parts
        self.device = OnDevice(config)
        self._deciding: dict[str, Draft] = {}  # in the page
        self._sent: dict[str, Draft] = {}
        self._held: list[Draft] = []  # until consent, or until the browser has told its hints
        self._for_views: list[Draft] = []  # until the running request has brought the views
        self._for_reports: list[Draft] = []  # until what they report has been rendered
        self._pages_asked = 0  # requests for the page's decisions that have no answer yet
        self._asked_before = False
        self._prehiding_settled = False
        self._referrer: str | None = None
        self.page_name: object = ""  # as the last event that names the page has it
        self._hints_busy = "highEntropyUserAgentHints" in config.contexts()

    # ---- in ---------------------------------------------------------------------------------------------------------

    def command(
        self, call: object, name: str, options: dict[str, object], moment: Moment, event_id: str
    ) -> list[Effect]:
        """Effects of `event` or `sendEvent`; *event_id* is '' unless the event has its id already."""
        groups = self._config.contexts()
        data = one_time_referrer(groups, moment, self._referrer)
        self._referrer = moment.text("referrer")
        event = draft(
            call,
            options,
            collected=context(groups, moment),
            data=data,
            moment=moment,
            event_id=event_id or moment.new_id(),
        )
        event.answers = name == "sendEvent"
        self.page_name = part(event.xdm, "web", "webPageDetails").get("name", self.page_name)
        return self._guarded(self._begin, event, moment)

    def response(
        self, call: object, options: dict[str, object], answer: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects of `applyResponse`: an *answer* that a server has fetched is rendered."""
        event = self._unsent(call, options, moment)
        propositions = payloads(answer, "personalization:decisions")
        steps = self._renderings.answered(event, moment.new_id(), propositions, moment)
        return self._handed_on(steps, moment)

    def apply(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of `applyPropositions`."""
        shaped: dict[str, object] = {"renderDecisions": True}
        view = options.get("viewName")
        if view:
            shaped["xdm"] = {"web": {"webPageDetails": {"viewName": view}}}
        steps = self._renderings.apply(self._unsent(call, shaped, moment), options, moment)
        return self._handed_on(steps, moment)

    def _unsent(self, call: object, options: dict[str, object], moment: Moment) -> Draft:
        """An event that stands for the rendering a command asks for, and never leaves."""
        event = draft(call, options, collected={}, data={}, moment=moment, event_id="")
        self._prehiding_settled = self._prehiding_settled or event.renders
        self._renderings.begun(event)
        return event

    def track(self, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of an automatic event: a click, a display."""
        if self._config.flag("disconnected"):
            return []
        collected = context(self._config.contexts(), moment)
        event = draft(
            None, options, collected=collected, data={}, moment=moment, event_id=moment.new_id()
        )
        return self._guarded(self._begin, event, moment)

    def _guarded(
        self,
        step: "Callable[[Draft, Moment], list[Effect]]",
        event: Draft,
        moment: Moment,
    ) -> list[Effect]:
        """Effects of *step* for *event*. Every way of an event leads through here: an error in it ends this event alone."""
        try:
            return step(event, moment)
        except Exception as error:
            return self._refused(event, as_error(error)) + self._page_fetched(event, moment)

    def _refused(self, event: Draft, error: TrackerError) -> list[Effect]:
        """Effects of *event* having come to nothing."""
        effects: list[Effect] = [Show()] if event.query else []
        if event.call is None:
            return effects + [Log(level="warn", message=error.message)]
        return effects + [rejected(event.call, error)]

    def _begin(self, event: Draft, moment: Moment) -> list[Effect]:
        """Ask for the page's decisions where they are due, hide, let the page's callback have its say, go on."""
        event.query = (
            {} if event.unloading else build_query(event, fetch_page=self._asks_for_page(event))
        )
        if event.query and self.device.asks(moment):
            part(event.query, "personalization")["rules"] = True
        if fetches_page(event):
            self._asked_before = True
            self._pages_asked += 1
        effects = self._prehide(event, moment)
        if event.renders:
            effects = self._renderings.begun(event) + effects
        if self._config.text(BEFORE_EVENT):
            value: dict[str, object] = {"xdm": event.xdm, "data": event.data}
            value.update(part(event.options, CARRIED))
            return effects + self._hooks.ask(BEFORE_EVENT, event, value, moment)
        return effects + self._admit(event, moment)

    def _asks_for_page(self, event: Draft) -> bool:
        if event.call is None:
            return False
        wished = event.personalization().get("defaultPersonalizationEnabled")
        if isinstance(wished, bool):
            return wished
        return event.view_start or (event.answers and not self._asked_before)

    def _prehide(self, event: Draft, moment: Moment) -> list[Effect]:
        if event.call is None or event.unloading:
            return []
        hides = event.renders and bool(event.query) and self._visitor.consent(moment) != OUT
        first = not self._prehiding_settled
        self._prehiding_settled = True
        if not hides:
            return [Show()] if first else []
        timeout = self._config.values.get("prehidingTimeout")
        delay_ms = int(timeout * 1000) if isinstance(timeout, (int, float)) else 3000
        css = self._config.text("prehidingStyle")
        hide: list[Effect] = [Hide(css=css)] if css else []
        return hide + [Later(timer=("events", "show", 0), delay_ms=delay_ms)]

    def hooked(
        self, event: Draft, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of what onBeforeEventSend did: *value* as it left it, None when it cancelled, *error* when it threw."""
        if value is not None and not error:
            event.replace(value)
            return self._admit(event, moment)
        effects = [Show()] + self._page_fetched(event, moment)
        if not error:
            effects.extend(
                self._notes.note(f"{BEFORE_EVENT} returned false; the event was not sent")
            )
            return effects + event.resolved({})
        failure = HookFailed(f"{BEFORE_EVENT} threw: {error}; the event was not sent")
        return effects + self._refused(event, failure)

    # ---- out --------------------------------------------------------------------------------------------------------

    def _admit(self, event: Draft, moment: Moment) -> list[Effect]:
        """Effects of *event* being looked at: it waits, is rendered or decided for, or leaves."""
        return self._guarded(self._admit_now, event, moment)

    def _admit_all(self, events: list[Draft], moment: Moment) -> list[Effect]:
        effects: list[Effect] = []
        for event in events:
            effects.extend(self._admit(event, moment))
        return effects

    def _dispatch(self, event: Draft, moment: Moment) -> list[Effect]:
        """Effects that hand *event* to the outbox."""
        return self._guarded(self._dispatch_now, event, moment)

    def _admit_now(self, event: Draft, moment: Moment) -> list[Effect]:
        consent = self._consents.state(moment)
        if consent == OUT:
            return self._declined(event, moment)
        if consent == PENDING or (self._hints_busy and not event.unloading):
            self._held.append(event)
            return []
        if event.includes_rendered and not event.unloading and self._is_rendering():
            self._for_reports.append(event)
            return []
        if event.renders and event.view and not fetches_page(event):
            if self._pages_asked:
                self._for_views.append(event)
                return []
            return self._handed_on(self._renderings.view(event, moment), moment)
        if event.query and not event.unloading and self.device.is_ready(moment):
            return self._decide(event, moment)
        return self._dispatch(event, moment)

    def _decide(self, event: Draft, moment: Moment) -> list[Effect]:
        """Effects of the page deciding for *event*; where it can't the edge is asked."""
        ticket = moment.new_id()
        self._deciding[ticket] = event
        question = self.device.question(event, moment)
        url = self._config.edge_origin(moment.site()) + self.device.script

        def go(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            if self._deciding.pop(ticket, None) is None:
                return []  # it has left with the page
            if run is not None:
                try:
                    return self._decided(event, _propositions(run(question)), now)
                except Exception as error:
                    why = str(error)
            self.device.give_up()
            line = f"the edge decides, the page can't: {why}"
            return [Log(level="warn", message=line)] + self._dispatch(event, now)

        return self._parts.use(DECIDE, url, go, moment)

    def _decided(
        self, event: Draft, propositions: list[dict[str, object]], moment: Moment
    ) -> list[Effect]:
        steps = self._renderings.decided(event, propositions, moment)
        return self._handed_on(steps, moment) + self._page_fetched(event, moment)

    def on_timer(self, what: str, number: str, moment: Moment) -> list[Effect]:
        """Effects of a timer of an event or a plan having gone off."""
        if what == "hints":
            return self.hinted(moment)
        if what == "plan":
            return self.rendered(number, [], moment)
        if what == "redirect":
            return self._handed_on(self._renderings.stayed(number), moment)
        return [Show(), Uncover()]

    def _is_rendering(self) -> bool:
        """Whether something is rendered, or about to be, whose report waits for the next event that takes it along."""
        awaited = [self._sent[id] for id in self._sent]
        return self._renderings.holds_back() or any(
            [event.renders and not event.displays for event in awaited]
        )

    def _freed(self, moment: Moment) -> list[Effect]:
        """Effects of a plan having ended: events that take along what it has shown are looked at again."""
        waiting = self._for_reports
        self._for_reports = []
        return self._admit_all(waiting, moment)

    def _declined(self, event: Draft, moment: Moment) -> list[Effect]:
        self._page_settled(event)
        why = self._visitor.why_out(moment)
        effects: list[Effect] = [
            Log(level="warn", message=f"{why}; the event was not sent"),
            Show(),
        ]
        return effects + event.resolved({})

    def release(self, moment: Moment) -> list[Effect]:
        """Effects of what was held being looked at again."""
        events = self._held
        self._held = []
        return self._admit_all(events, moment)

    def _dispatch_now(self, event: Draft, moment: Moment) -> list[Effect]:
        if not event.decided:  # else its rendering has done so
            self._renderings.include_rendered(event)
        if event.shown:
            merge(event.xdm, {"_experience": display(event.shown)})
        record: dict[str, object] = {"xdm": Json(encode(event.xdm))}
        if event.data:
            record["data"] = Json(encode(event.data))
        record.update(part(event.options, CARRIED))
        text = encode(record)
        asking = ""
        if event.query and not event.decided and not event.unloading:
            record["query"] = event.query
            asking = encode(record)
        self.device.sent(event.xdm, moment)
        effects, head = self._builder.head(event.options, moment)
        key = str(event.xdm["_id"])
        while key in self._sent:
            key += "+"  # the same event twice: the edge will see to that, but both promises are to settle
        self._sent[key] = event
        entry = Entry(
            key,
            head=head,
            group=encode(head),
            text=text,
            asking=asking,
            made_ms=event.made_ms,
            value=0 if event.call is None else 1,
            answers=event.answers or event.call is None,
            unloading=event.unloading,
            urgent=event.renders,
            owner=self,
        )
        effects.extend(handed_on(self._outbox.add(entry, moment), moment))
        if asking and event.renders and not self._parts.has(RENDER):
            effects.append(Foresee(part=RENDER, url=self._folder(moment)))
        return effects

    # ---- rendering ---------------------------------------------------------------------------------------------------

    def rendering(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan; see Renderings.rendering."""
        return self._handed_on(self._renderings.rendering(plan, results), moment)

    def rendered(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan; see Renderings.rendered."""
        return self._handed_on(self._renderings.rendered(plan, results), moment)

    def _handed_on(self, steps: "Steps", moment: Moment) -> list[Effect]:
        """The effects among *steps*; in the place of each follow-up those that it leads to."""
        effects: list[Effect] = []
        for step in steps:
            if isinstance(step, Effect):
                effects.append(step)
            elif isinstance(step, Dispatch):
                effects.extend(self._dispatch(step.event, moment))
            elif isinstance(step, Track):
                effects.extend(self.track(step.options, moment))
            elif isinstance(step, Prepare):
                effects.extend(self._prepare(step.rendering, moment))
            else:
                effects.extend(self._freed(moment))
        return effects

    def _prepare(self, rendering: Rendering, moment: Moment) -> list[Effect]:
        """Effects of *rendering*, once the part is there."""

        def use(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            allowed = self._consents.allow(now)
            return self._handed_on(
                self._renderings.prepared(rendering, run, now, allowed=allowed), now
            )

        return self._parts.use(RENDER, self._folder(moment), use, moment)

    def _folder(self, moment: Moment) -> str:
        return self._config.edge_folder(moment.site())

    # ---- answers ----------------------------------------------------------------------------------------------------

    def on_outcome(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects for the event that *outcome* is of."""
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
            effects = self._refused(event, error)
        return effects + self._page_fetched(event, moment) + self._freed(moment)

    def _take(self, event: Draft, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects that render what *outcome* brought for *event*, and settle its promise."""
        if not event.answers:
            event.exchanged["requestBody"] = Json(outcome.request.text)
            if outcome.answer:
                event.exchanged["responseBody"] = Json(outcome.text)
        propositions = payloads(outcome.answer, "personalization:decisions")
        self.device.learn(payloads(outcome.answer, "personalization:rules"), moment)
        if not propositions and not event.renders and not event.query:
            # Nothing came to be rendered, and nothing was asked for: no plan for a beacon, or an order.
            return event.resolved(promised(event, [])) + self._freed(moment)
        steps = self._renderings.answered(event, outcome.request.id, propositions, moment)
        return self._handed_on(steps, moment)

    def _page_fetched(self, event: Draft, moment: Moment) -> list[Effect]:
        self._page_settled(event)
        if self._pages_asked:
            return []
        waiting = self._for_views
        self._for_views = []
        return self._admit_all(waiting, moment)

    def _page_settled(self, event: Draft) -> None:
        if fetches_page(event) and not event.page_settled:
            event.page_settled = True
            self._pages_asked -= 1

    # ---- the page ---------------------------------------------------------------------------------------------------

    def hinted(self, moment: Moment) -> list[Effect]:
        """Effects of the browser having told its high-entropy hints (in the facts), or having refused."""
        self._hints_busy = False
        if isinstance(moment.facts.get("hints"), dict):
            environment = part(context(self._config.contexts(), moment), "environment")
            for event in self._held:
                merge(event.xdm, {"environment": environment})
        return self.release(moment)

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away: what waits for an answer, an element or hints leaves now; without consent nothing."""
        waiting = self._for_views + self._for_reports
        waiting = waiting + [self._deciding[ticket] for ticket in sorted(self._deciding)]
        self._for_views = []
        self._for_reports = []
        self._deciding = {}
        effects: list[Effect] = []
        for event in waiting:
            event.unloading = True
            effects.extend(self._dispatch(event, moment))
        effects.extend(self._handed_on(self._renderings.leaving(), moment))
        if self._hints_busy:
            for event in self._held:
                event.unloading = True
            effects.extend(self.release(moment))
        return effects


def _propositions(text: str) -> list[dict[str, object]]:
    propositions = decode(text)
    return (
        [one for one in propositions if isinstance(one, dict)]
        if isinstance(propositions, list)
        else []
    )
