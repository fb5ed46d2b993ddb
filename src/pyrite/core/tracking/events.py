"""Where events come from once the tracker is configured: commands, callbacks of the page, the end of the page.

Pure. Not for what becomes of them: lifecycle.py.
"""

from ..collect.context import context, one_time_referrer
from ..delivery.request import payloads
from ..effects import Effect, Show, Uncover
from ..errors import HookFailed
from ..event import Draft, draft, part
from ..moment import Moment
from ..wire import merge
from .hooks import BEFORE_EVENT
from .lifecycle import Lifecycle


class Events(Lifecycle):
    """Every event of one configured tracker."""

    # ---- in ---------------------------------------------------------------------------------------------------------

    def command(
        self, call: object, name: str, options: dict[str, object], moment: Moment, event_id: str
    ) -> list[Effect]:
        """Effects of `event` or `sendEvent`; *event_id* is '' unless the event has its id already."""
        groups = self._config.contexts()
        data = one_time_referrer(groups, moment, self.referrer)
        self.referrer = moment.text("referrer")
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
        return self.guarded(self.begin, event, moment)

    def response(
        self, call: object, options: dict[str, object], answer: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects of `applyResponse`: an *answer* that a server has fetched is rendered."""
        event = self._unsent(call, options, moment)
        propositions = payloads(answer, "personalization:decisions")
        steps = self.renderings.answered(event, moment.new_id(), propositions, moment)
        return self.handed_on(steps, moment)

    def apply(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of `applyPropositions`."""
        shaped: dict[str, object] = {"renderDecisions": True}
        view = options.get("viewName")
        if view:
            shaped["xdm"] = {"web": {"webPageDetails": {"viewName": view}}}
        steps = self.renderings.apply(self._unsent(call, shaped, moment), options, moment)
        return self.handed_on(steps, moment)

    def _unsent(self, call: object, options: dict[str, object], moment: Moment) -> Draft:
        """A draft for a command that only renders. It is never sent."""
        event = draft(call, options, collected={}, data={}, moment=moment, event_id="")
        self.prehidden = self.prehidden or event.renders
        self.renderings.begun(event)
        return event

    def hooked(
        self, event: Draft, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of onBeforeEventSend's answer: *value* as changed, None if it cancelled the event, *error* if it threw."""
        if value is not None and not error:
            event.replace(value)
            return self.admit(event, moment)
        effects = [Show()] + self.page_fetched(event, moment)
        if not error:
            effects.extend(
                self._notes.note(f"{BEFORE_EVENT} returned false; the event was not sent")
            )
            return effects + event.resolved({})
        failure = HookFailed(f"{BEFORE_EVENT} threw: {error}; the event was not sent")
        return effects + self.refused(event, failure)

    # ---- rendering ---------------------------------------------------------------------------------------------------

    def rendering(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan; see Renderings.rendering."""
        return self.handed_on(self.renderings.rendering(plan, results), moment)

    def rendered(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan; see Renderings.rendered."""
        return self.handed_on(self.renderings.rendered(plan, results), moment)

    def release(self, moment: Moment) -> list[Effect]:
        """Re-examine the events that waited for consent or hints."""
        events = self.held
        self.held = []
        return self.admit_all(events, moment)

    # ---- the page ---------------------------------------------------------------------------------------------------

    def hinted(self, moment: Moment) -> list[Effect]:
        """Effects of the high-entropy client hints having come (in the facts), or having been refused."""
        self.hints_busy = False
        if isinstance(moment.facts.get("hints"), dict):
            environment = part(context(self._config.contexts(), moment), "environment")
            for event in self.held:
                merge(event.xdm, {"environment": environment})
        return self.release(moment)

    def leaving(self, moment: Moment) -> list[Effect]:
        """Send the waiting events: the page is being left. Without consent nothing is sent."""
        waiting = self.for_views + self.for_reports
        waiting = waiting + [self.deciding[ticket] for ticket in sorted(self.deciding)]
        self.for_views = []
        self.for_reports = []
        self.deciding = {}
        effects: list[Effect] = []
        for event in waiting:
            event.unloading = True
            effects.extend(self.dispatch(event, moment))
        effects.extend(self.handed_on(self.renderings.leaving(), moment))
        if self.hints_busy:
            for event in self.held:
                event.unloading = True
            effects.extend(self.release(moment))
        return effects

    def on_timer(self, what: str, number: str, moment: Moment) -> list[Effect]:
        """Effects of a timer of an event or a plan."""
        if what == "hints":
            return self.hinted(moment)
        if what == "plan":
            return self.rendered(number, [], moment)
        if what == "redirect":
            return self.handed_on(self.renderings.stayed(number), moment)
        return [Show(), Uncover()]
