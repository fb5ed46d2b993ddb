"""The tracker: a command, an answer, a click or a moment in; effects out.

Pure, and the face of core: the browser room knows only this. What a command does stands in commands/, what becomes of events
and clicks in tracking/.
"""

from .commands.command import Configured, Invocation, run_all
from .commands.configure import configured
from .commands.pending import TICK_MS, Pending
from .commands.table import ALLOYS, COMMANDS
from .delivery.report import handed_on
from .effects import Ask, Decide, Effect, Later, Render, Send, Show, Uncover, rejected, resolved
from .errors import (
    AlreadyConfigured,
    NotConfigured,
    TrackerError,
    UnknownCommand,
    as_error,
)
from .event import Draft
from .moment import Moment
from .notes import Notes
from .options.configure import Config
from .options.suggest import did_you_mean
from .personalization.interactions import Click
from .tracking.hooks import BEFORE_EVENT
from .visitor.consent import IN, OUT

LATE = "no answer in time"


class Tracker:
    """One instance, as `alloy` names it on a page; *place* tells it from the page's others."""

    def __init__(self, name: str = "alloy", *, place: int = 0) -> None:
        self.name = name
        self.place = place
        self._set: Configured | None = None
        self._refused: TrackerError | None = None
        self._notes = Notes()
        self._pending = Pending()

    @property
    def config(self) -> Config | None:
        """The configuration, None before there is one."""
        return self._set.config if self._set else None

    def begun(self) -> list[Effect]:
        """Effects of the tracker being there: from now on commands without a configuration wait no longer than they should."""
        return [Later(timer="unset", delay_ms=TICK_MS)]

    # ---- commands ---------------------------------------------------------------------------------------------------

    def command(
        self,
        call: object,
        name: str,
        options: dict[str, object],
        moment: Moment,
        *,
        event_id: str = "",
    ) -> list[Effect]:
        """Effects of the command *name*; the promise of *call* is settled by one of them, now or later.

        *event_id* is the id that an event got before the tracker was there; a fresh one is taken where it is empty.
        """
        try:
            if name == "configure":
                return self._configure(call, options, moment)
            if name not in COMMANDS:
                raise _unknown(name)
            command = COMMANDS[name]
            invocation = Invocation(command, call, name, options, event_id, moment.made_ms)
            effects = command.run_at_once(invocation, self._notes)
            if effects:
                return effects
        except Exception as error:
            return [rejected(call, as_error(error))]
        if self._set:
            return invocation.run(self._set, moment)
        return self._refuse(invocation) if self._refused else self._pending.add(invocation)

    def _configure(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        if self._set:
            raise AlreadyConfigured(
                f"{self.name} is configured already, for data stream {self._set.config.datastream_id!r}"
            )
        try:
            ready, effects = configured(
                options, self._notes, moment, place=self.place, commands=_known()
            )
        except Exception as error:
            self._refused = as_error(error)
            refused = [rejected(call, self._refused), Show()]
            for invocation in self._pending.take():
                refused.extend(self._refuse(invocation))
            return refused
        self._set, self._refused = ready, None
        return effects + [resolved(call, {})] + run_all(self._pending.take(), ready, moment)

    def _refuse(self, invocation: Invocation) -> list[Effect]:
        why = self._refused.message if self._refused else ""
        error = NotConfigured(f"{invocation.name}: configure was refused: {why}")
        return [rejected(invocation.call, error)]

    # ---- answers ----------------------------------------------------------------------------------------------------

    def answered(
        self,
        request: str,
        *,
        status: int,
        text: str,
        retry_after: str,
        moment: Moment,
        edge: str = "",
    ) -> list[Effect]:
        """Effects of the response to *request*; *edge* is its header x-adobe-edge."""
        if self._set is None:
            return []
        self._set.visitor.learn_region(edge)
        report = self._set.outbox.answered(
            request, status=status, text=text, retry_after=retry_after, moment=moment
        )
        return self._set.reported(report, moment)

    def failed(self, request: str, *, message: str, moment: Moment) -> list[Effect]:
        """Effects of *request* having failed in the network; *message* is the browser's."""
        if self._set is None:
            return []
        return handed_on(self._set.outbox.failed(request, message=message, moment=moment), moment)

    def beaconed(self, request: str, *, taken: bool, moment: Moment) -> list[Effect]:
        """Effects of the browser having *taken* a beacon, or refused it."""
        if self._set is None:
            return []
        outbox = self._set.outbox
        return handed_on(
            outbox.taken(request) if taken else outbox.refused(request, moment), moment
        )

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects of the browser having taken charge of a body; see Arm."""
        return self._set.outbox.armed(net, place) if self._set else []

    def recalled(self, records: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects of what pages that are gone have stored and this one has taken over; see Recall."""
        if self._set is None:
            return []
        consent = self._set.visitor.consent(moment)
        if consent == OUT:
            return handed_on(self._set.outbox.declined(), moment)
        return (
            handed_on(self._set.outbox.restored(records, moment), moment) if consent == IN else []
        )

    def woken(self, timer: str, moment: Moment) -> list[Effect]:
        """Effects of a timer that a Later asked for."""
        name, _, rest = timer.partition(":")
        if name == "unset":
            return [] if self._set or self._refused else self._pending.ticked()
        if name == "hook":
            return self.hooked(rest, value=None, error=LATE, moment=moment)
        if name == "hints":
            return self.hinted(moment)
        if name == "decide":
            return self.decided(rest, [], LATE, moment)
        if name == "show" or self._set is None:
            return [Show(), Uncover()]
        if name == "plan":
            return self.rendered(rest, [], moment)
        if name == "redirect":
            return self._set.events.renderings.stayed(rest, moment)
        if name == "tick":
            return self._set.reported(self._set.outbox.ticked(moment), moment)
        if name == "net":
            return self._set.outbox.cast(moment)
        if name == "recall":
            return self._set.outbox.recall() if self._set.visitor.consent(moment) == IN else []
        return handed_on(self._set.outbox.woken(int(rest), moment), moment)

    # ---- the page's callbacks ---------------------------------------------------------------------------------------

    def hooked(
        self, ticket: str, *, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a callback's answer: *value* as the page changed it, None when it returned false; *error* if it threw."""
        if self._set is None:
            return []
        hook, subject = self._set.hooks.take(ticket)
        if hook == BEFORE_EVENT and isinstance(subject, Draft):
            return self._set.events.hooked(subject, value, error, moment)
        return self._set.clicks.hooked(hook, subject, value, error, moment) if hook else []

    def undone(self, effect: Effect, why: str, moment: Moment) -> list[Effect]:
        """Effects of the page having failed to carry out *effect*: what waits for it goes on."""
        if isinstance(effect, Ask):
            return self.hooked(effect.ticket, value=None, error=why, moment=moment)
        if isinstance(effect, Decide):
            return self.decided(effect.ticket, [], why, moment)
        if isinstance(effect, Render):
            return [Show()] + self.rendered(effect.plan, [], moment)
        if not isinstance(effect, Send):
            return []
        if effect.unloading and not effect.bare:
            return self.beaconed(effect.request, taken=False, moment=moment)
        return self.failed(effect.request, message=why, moment=moment)

    # ---- what happens in the page -----------------------------------------------------------------------------------

    def clicked(
        self, facts: dict[str, object], moment: Moment, click: Click | None = None
    ) -> list[Effect]:
        """Effects of a click, told by *facts* of a link (see clicks.py), {} for none, and *click*, what it means to offers."""
        if self._set is None or self._set.visitor.consent(moment) == OUT:
            return []
        return self._set.clicks.clicked(facts, moment, click)

    def click_selectors(self) -> list[str]:
        """The selectors whose clicks are told of."""
        return self._set.events.renderings.interactions.selectors if self._set else []

    def routed(self, how: str, moment: Moment) -> list[Effect]:
        """Effects of a change of the address in a single-page app; *how* as in routes.py."""
        if self._set is None or not self._set.routes.changed(moment.text("url"), how=how):
            return []
        return self.command(0, "event", {"viewStart": True}, moment)

    def hinted(self, moment: Moment) -> list[Effect]:
        """Effects of the browser having told its high-entropy hints (in the facts), or having refused."""
        return self._set.events.hinted(moment) if self._set else []

    def rendering(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan; see Renderings.rendering."""
        return self._set.events.renderings.rendering(plan, results, moment) if self._set else []

    def rendered(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan; see Renderings.rendered."""
        return self._set.events.renderings.rendered(plan, results, moment) if self._set else []

    def decided(
        self, ticket: str, propositions: list[dict[str, object]], error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of the page having decided; see Events.decided."""
        return self._set.events.decided(ticket, propositions, error, moment) if self._set else []

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away: what waits for a retry, an answer or an element leaves now; without consent nothing."""
        if self._set is None:
            return []
        return handed_on(self._set.outbox.leaving(moment), moment) + self._set.events.leaving(
            moment
        )

    def hidden(self, moment: Moment) -> list[Effect]:
        """Effects of the page being hidden, and perhaps never seen again."""
        return handed_on(self._set.outbox.hidden(moment), moment) if self._set else []

    def connected(self, moment: Moment) -> list[Effect]:
        """Effects of the network being back, or of the page being back from where it was frozen."""
        if self._set is None:
            return []
        allowed = self._set.visitor.consent(moment) == IN
        steps = self._set.outbox.connected(moment, allowed=allowed)
        return handed_on(steps, moment) + self._set.go_on(moment)


def _known() -> list[str]:
    return ["configure"] + sorted(COMMANDS)


def _unknown(name: str) -> UnknownCommand:
    if name in ALLOYS:
        return UnknownCommand(f"{name}: alloy has it, this build does not")
    known = _known()
    hint = did_you_mean(name, known)
    return UnknownCommand(f"unknown command {name!r}; commands are {', '.join(known)}{hint}")
