"""The tracker: a command, an answer, a click or a moment in; effects out.

Pure, and the face of core: the browser room knows only this. What a command does stands in commands/, what becomes of events
and clicks in tracking/.
"""

from .commands.command import Configured, Invocation, run_all
from .commands.configure import configured
from .commands.pending import TICK_MS, UNSET, Pending, refused
from .commands.table import known, named
from .delivery.report import handed_on
from .effects import Ask, Effect, Later, Load, Render, Send, Show, rejected, resolved
from .errors import AlreadyConfigured, TrackerError, as_error
from .moment import Moment
from .notes import Notes
from .options.configure import Config
from .visitor.consent import OUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .effects import Timer


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
        """Effects of starting the tracker: the timeout for commands that wait for a configuration."""
        return [Later(timer=UNSET, delay_ms=TICK_MS)]

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
            command = named(name)
            invocation = Invocation(command, call, name, options, event_id, moment.made_ms)
            effects = command.run_at_once(invocation, self._notes)
            if effects:
                return effects
        except Exception as error:
            return [rejected(call, as_error(error))]
        if self._set:
            return invocation.run(self._set, moment)
        if self._refused:
            return refused([invocation], self._refused)
        return self._pending.add(invocation)

    def _configure(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        if self._set:
            raise AlreadyConfigured(
                f"{self.name} is configured already, for data stream {self._set.config.datastream_id!r}"
            )
        try:
            ready, effects = configured(
                options, self._notes, moment, place=self.place, commands=known()
            )
        except Exception as error:
            self._refused = as_error(error)
            effects = [rejected(call, self._refused), Show()]
            return effects + refused(self._pending.take(), self._refused)
        self._set = ready
        self._refused = None
        return effects + [resolved(call, {})] + run_all(self._pending.take(), ready, moment)

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
        """Effects of a network failure of *request*; *message* is the browser's."""
        ready = self._set
        return handed_on(ready.outbox.failed(request, message, moment), moment) if ready else []

    def beaconed(self, request: str, *, taken: bool, moment: Moment) -> list[Effect]:
        """Effects of the browser accepting (*taken*) or refusing a beacon."""
        return self._set.beaconed(request, taken, moment) if self._set else []

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects of the browser holding a deferred body; see Arm."""
        return self._set.outbox.armed(net, place) if self._set else []

    def recalled(self, records: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects of adopted records of other pages; see Recall."""
        return self._set.recalled(records, moment) if self._set else []

    def on_timer(self, timer: "Timer", moment: Moment) -> list[Effect]:
        """Effects of a timer that a Later asked for."""
        if timer[0] == "pending":
            return [] if self._set or self._refused else self._pending.ticked()
        return self._set.on_timer(timer, moment) if self._set else []

    def hooked(
        self, ticket: str, *, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a callback's answer: *value* as the page changed it, None when it returned false; *error* if it threw."""
        return self._set.hooked(ticket, value, error, moment) if self._set else []

    def undone(self, effect: Effect, why: str, moment: Moment) -> list[Effect]:
        """Effects of a failure to carry out *effect*: whatever waits for it continues."""
        if isinstance(effect, Ask):
            return self.hooked(effect.ticket, value=None, error=why, moment=moment)
        if isinstance(effect, Load):
            return self.loaded(effect.part, None, why, moment)
        if isinstance(effect, Render):
            return [Show()] + self.rendered(effect.plan, [], moment)
        if not isinstance(effect, Send):
            return []
        if effect.unloading and not effect.bare:
            return self.beaconed(effect.request, taken=False, moment=moment)
        return self.failed(effect.request, message=why, moment=moment)

    def clicked(
        self,
        facts: dict[str, object],
        moment: Moment,
        offer: dict[str, object] | None = None,
    ) -> list[Effect]:
        """Effects of a click, told by *facts* of a link (see clicks.py), {} for none, and *offer*, the xdm of an interact event
        for the offers that it belongs to."""
        if self._set is None or self._set.visitor.consent(moment) == OUT:
            return []
        return self._set.clicks.clicked(facts, moment, offer or {})

    def routed(self, how: str, moment: Moment) -> list[Effect]:
        """Effects of a change of the address in a single-page app; *how* as in routes.py."""
        if self._set is None or not self._set.routes.changed(moment.text("url"), how=how):
            return []
        return self.command(0, "event", {"viewStart": True}, moment)

    def hinted(self, moment: Moment) -> list[Effect]:
        """Effects of the high-entropy client hints having come (in the facts), or having been refused."""
        return self._set.events.hinted(moment) if self._set else []

    def rendering(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan; see Renderings.rendering."""
        return self._set.events.rendering(plan, results, moment) if self._set else []

    def rendered(self, plan: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan; see Renderings.rendered."""
        return self._set.events.rendered(plan, results, moment) if self._set else []

    def loaded(
        self, part: str, run: "Callable[[str], str] | None", why: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a part having loaded (*run*), or of *why* it did not; see Load."""
        return self._set.parts.loaded(part, run, why, moment) if self._set else []

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page being left: pending events are sent now. Without consent nothing is sent."""
        return self._set.leaving(moment) if self._set else []

    def hidden(self, moment: Moment) -> list[Effect]:
        """Effects of the page being hidden: it may never be seen again."""
        return handed_on(self._set.outbox.hidden(moment), moment) if self._set else []

    def connected(self, moment: Moment) -> list[Effect]:
        """Effects of the network being back, or of the page being unfrozen."""
        return self._set.connected(moment) if self._set else []
