"""The base of commands, and the parts of a configured tracker.

Pure. Each command is a file of its own beside this one, and a row of table.py.
"""

from ..collect.routes import Routes
from ..delivery.destinations import destinations
from ..delivery.entry import Entry, Outcome, Request
from ..delivery.outbox import Outbox
from ..delivery.report import Report, handed_on
from ..delivery.request import payloads, unused
from ..delivery.request_builder import RequestBuilder
from ..effects import Effect, Log, Show, rejected
from ..errors import Disconnected, as_error
from ..event import Draft, list_at
from ..moment import Moment
from ..notes import Notes
from ..options.check import read
from ..options.configure import Config
from ..parts import IBEXA, JSS, Parts
from ..tracking.clicks import Clicks
from ..tracking.consents import Consents
from ..tracking.events import Events
from ..tracking.hooks import BEFORE_EVENT, LATE, Hooks
from ..visitor.consent import IN, OUT
from ..visitor.visitor import Visitor
from ..wire import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..effects import Timer
    from ..options.check import Table


class Command:
    """The base of all commands. Trackers share it, so it has no state. *options* is its option table; a command that sends and has
    no table has its options checked by its part."""

    sends = False  # something leaves the page
    outlives_promise = False  # it is run even if the configuration comes too late for its promise

    def __init__(self, options: "Table" = ()) -> None:
        self.options = options

    def run_at_once(self, invocation: "Invocation", notes: Notes) -> list[Effect]:
        """Run a command that needs no configuration; no effects if it needs one. Raises TrackerError."""
        return []

    def run(self, ready: "Configured", invocation: "Invocation", moment: Moment) -> list[Effect]:
        """Run the command with checked options. Raises TrackerError, which rejects the promise."""
        return []

    def on_outcome(
        self, ready: "Configured", invocation: "Invocation", outcome: Outcome, moment: Moment
    ) -> list[Effect]:
        """Effects of the outcome of the command's request; see Configured.send."""
        return []


class Invocation:
    """One call of a command: *call* stands for its promise, *event_id* is the id that its event has already, or ''."""

    def __init__(
        self,
        command: Command,
        call: object,
        name: str,
        given: dict[str, object],
        event_id: str,
        made_ms: int,
    ) -> None:
        self.command = command
        self.call = call
        self.name = name
        self.given = given  # the options as they came
        self.options = given  # checked, defaults filled in
        self.event_id = event_id
        self.made_ms = made_ms
        self.ticks = 0  # that it has waited for a configuration
        self._ready: Configured | None = None

    def run(self, ready: "Configured", moment: Moment) -> list[Effect]:
        """Check the options and run the command."""
        self._ready = ready
        try:
            if self.command.sends and ready.config.flag("disconnected"):
                raise Disconnected("configured with disconnected: nothing leaves this page")
            if self.command.options or not self.command.sends:
                self.options = read(self.given, self.command.options, of=self.name)
            return self.command.run(ready, self, moment)
        except Exception as error:
            return [rejected(self.call, as_error(error))]

    def on_outcome(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects of the outcome of the command's request."""
        return self.command.on_outcome(self._ready, self, outcome, moment) if self._ready else []


class Configured:
    """The parts of a configured tracker."""

    def __init__(
        self, config: Config, notes: Notes, moment: Moment, *, place: int, commands: list[str]
    ) -> None:
        self.config = config
        self.commands = commands  # the names of all
        self.notes = notes
        self.visitor = Visitor(config)
        self.builder = RequestBuilder(config, self.visitor)
        self.consents = Consents(config, self.visitor, self.builder)
        self.outbox = Outbox(config, self.builder, notes, moment.new_id())
        self.routes = Routes(moment.text("url"), hashes=config.flag("autoViewStartOnHash"))
        self.hooks = Hooks()
        self.parts = Parts()
        self.events = Events(
            config,
            self.visitor,
            self.builder,
            self.consents,
            notes,
            self.outbox,
            self.hooks,
            parts=self.parts,
            place=place,
        )
        self.clicks = Clicks(config, self.events, self.hooks)
        self.held: list[Invocation] = []  # until the visitor has chosen

    def send(
        self, request: "Request | None", invocation: Invocation | None, moment: Moment
    ) -> list[Effect]:
        """Effects that send *request*, none for None; the command of *invocation*, if any, is told how it ended."""
        if request is None:
            return []
        entry = Entry(
            request.id,
            head={},
            group="",
            text="",
            made_ms=moment.now_ms,
            built=request,
            owner=invocation,
        )
        return handed_on(self.outbox.add(entry, moment), moment)

    def go_on(self, moment: Moment) -> list[Effect]:
        """Run the commands and send the events that waited for consent."""
        invocations = self.held
        self.held = []
        effects = run_all(invocations, self, moment) + self.events.release(moment)
        return effects + handed_on(self.outbox.go_on(moment), moment)

    def chosen(self, moment: Moment) -> list[Effect]:
        """Recall the stored records if consent is in; erase them if it is out."""
        if self.config.flag("disconnected"):
            return [Show()]
        consent = self.visitor.consent(moment)
        if consent == OUT:
            # Nothing will be rendered that anything has to be hidden for.
            return [Show()] + handed_on(self.outbox.declined(), moment)
        return self.outbox.consented() if consent == IN else []

    def reported(self, report: Report, moment: Moment) -> list[Effect]:
        """Hand on a report of the outbox, and learn from its answer."""
        effects = handed_on(report.steps, moment) + self.learned(report.answer, moment)
        effects.extend(handed_on(report.then, moment))
        return effects + handed_on(self.outbox.after(report, moment), moment)

    def beaconed(self, request: str, taken: bool, moment: Moment) -> list[Effect]:
        """Effects of the browser having *taken* a beacon, or refused it."""
        outbox = self.outbox
        return handed_on(
            outbox.taken(request) if taken else outbox.refused(request, moment), moment
        )

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away; see Tracker.leaving."""
        # First, so that what it sends leaves with what waits.
        effects: list[Effect] = []
        for name in (JSS, IBEXA):
            effects.extend(self.parts.loaded(name, None, "the page was left", moment))
        effects.extend(handed_on(self.outbox.leaving(moment), moment))
        return effects + self.events.leaving(moment)

    def connected(self, moment: Moment) -> list[Effect]:
        """Effects of the network being back; see Tracker.connected."""
        allowed = self.visitor.consent(moment) == IN
        steps = self.outbox.connected(moment, allowed=allowed)
        return handed_on(steps, moment) + self.go_on(moment)

    def recalled(self, records: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects of what other pages have left; see Tracker.recalled."""
        consent = self.visitor.consent(moment)
        if consent == OUT:
            return handed_on(self.outbox.declined(), moment)
        return handed_on(self.outbox.restored(records, moment), moment) if consent == IN else []

    def on_timer(self, timer: "Timer", moment: Moment) -> list[Effect]:
        """Pass a timer to its owner."""
        owner, what, number = timer
        if owner == "outbox":
            effects: list[Effect] = []
            if what == "recall":
                if self.visitor.consent(moment) != IN:
                    return []
                effects = self._tell_former(moment)
            return effects + self.reported(self.outbox.on_timer(what, number, moment), moment)
        if owner == "hooks":
            return self.hooked(str(number), None, LATE, moment)
        return self.events.on_timer(what, str(number), moment)

    def _tell_former(self, moment: Moment) -> list[Effect]:
        """Effects that tell the edge of a device id which this page has sent, and another tab's has replaced."""
        effects, head = self.builder.head({}, moment, mints=False)
        if self.visitor.former:
            body: dict[str, object] = {"query": {"identity": {"fetch": ["ECID"]}}}
            request = self.builder.request("identity/acquire", body, head, moment, meta={})
            effects.extend(self.send(request, None, moment))
        return effects

    def hooked(
        self, ticket: str, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a callback's answer; see Tracker.hooked."""
        hook, subject = self.hooks.take(ticket)
        if hook == BEFORE_EVENT and isinstance(subject, Draft):
            return self.events.hooked(subject, value, error, moment)
        return self.clicks.hooked(hook, subject, value, error, moment) if hook else []

    def learned(self, answer: dict[str, object], moment: Moment) -> list[Effect]:
        """Take cookies, identities, warnings and errors from an *answer*."""
        effects: list[Effect] = []
        try:
            effects.extend(self.visitor.store(payloads(answer, "state:store"), moment))
            self.visitor.learn(payloads(answer, "identity:result"))
            if self.consents.allow(moment):
                effects.extend(destinations(answer, moment))
            for type in unused(answer):
                effects.extend(self.notes.note(f"unknown handle {type!r}"))
            for level in ("errors", "warnings"):
                for problem in list_at(answer, level):
                    effects.append(
                        Log(level="warn", message=f"the edge reports: {encode(problem)}")
                    )
        except Exception as unforeseen:
            line = f"the edge's answer can't be used: {unforeseen}"
            effects.append(Log(level="warn", message=line))
        return effects


def run_all(invocations: list[Invocation], ready: Configured, moment: Moment) -> list[Effect]:
    """Run *invocations* that waited, each with the time of its call."""
    now_ms = moment.made_ms
    effects: list[Effect] = []
    for invocation in invocations:
        moment.made_ms = min(invocation.made_ms, now_ms)
        effects.extend(invocation.run(ready, moment))
    moment.made_ms = now_ms
    return effects
