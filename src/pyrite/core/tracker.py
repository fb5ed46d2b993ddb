"""The tracker: a command, an answer, a click or a moment in; effects out.

Pure, and the face of core: the browser room knows only this. What becomes of events stands in commands/event.py, consent and
identity in commands/choices.py.
"""

from .collect.clicks import details_of, event_of, kept
from .collect.context import VERSION
from .collect.routes import Routes
from .commands.choices import Consents, Identities
from .commands.event import BEFORE_EVENT, Events
from .commands.pending import TICK_MS, Pending
from .commands.table import ALLOYS, COMMANDS
from .delivery.destinations import destinations
from .delivery.entry import Entry, Outcome, Request
from .delivery.outbox import Outbox
from .delivery.request import payloads, unused
from .delivery.request_builder import Outgoing
from .effects import (
    Ask,
    Decide,
    Effect,
    Later,
    Log,
    Render,
    Send,
    Show,
    Uncover,
    Watch,
    rejected,
    resolved,
)
from .errors import (
    AlreadyConfigured,
    NotConfigured,
    OptionsError,
    TrackerError,
    UnknownCommand,
    as_error,
)
from .event import Draft, part, text_of
from .moment import Moment
from .options.check import read
from .options.configure import UNSUPPORTED, Config, configure
from .options.suggest import did_you_mean
from .personalization.interactions import Click
from .visitor.consent import IN, OUT, PENDING
from .visitor.identity import in_query
from .visitor.visitor import Visitor
from .wire import encode, merge

FILTER_CLICK = "clickCollection.filterClickDetails"
BEFORE_CLICK = "onBeforeLinkClickSend"
LATE = "no answer in time"
HOOK_MS = 10000  # after which a callback whose promise stays open counts as one that threw
HINTS_MS = 5000  # after which an event leaves without the browser's hints
NO_HOST = (
    "configure: options.edgeDomain: expected the edge's host, for a page at {} has none of its own; "
    "set edgeDomain to where the edge is"
)
WATCHED = (
    ("clickCollectionEnabled", "clicks"),
    ("autoViewStart", "routes"),
)


class Configured:
    """All that a tracker has once it is configured."""

    def __init__(self, tracker: "Tracker", config: Config, moment: Moment) -> None:
        self.config = config
        self.visitor = Visitor(config)
        self.outgoing = Outgoing(config, self.visitor)
        self.consents = Consents(config, self.visitor, self.outgoing)
        self.identities = Identities(config, self.visitor, self.outgoing)
        self.outbox = Outbox(config, self.outgoing, tracker.ended, moment.new_id())
        self.routes = Routes(moment.text("url"), hashes=config.flag("autoViewStartOnHash"))
        self.events = Events(
            config,
            self.visitor,
            self.outgoing,
            self.consents,
            send=self.outbox.add,
            ask=tracker.ask,
            place=tracker.place,
        )

    def send(
        self, request: "Request | None", owner: "Consents | Identities", moment: Moment
    ) -> list[Effect]:
        """Effects that send *request* of *owner*; none for None."""
        if request is None:
            return []
        entry = Entry(
            request.id,
            head={},
            group="",
            text="",
            made_ms=moment.now_ms,
            made=request,
            owner=owner,
        )
        return self.outbox.add(entry, moment)


class Tracker:
    """One instance, as `alloy` names it on a page; *place* tells it from the page's others."""

    def __init__(self, name: str = "alloy", *, place: int = 0) -> None:
        self.name = name
        self.place = place
        self._set: Configured | None = None
        self._refused: TrackerError | None = None
        # Until setDebug, the page's address or the configuration says.
        self._debug: bool | None = None
        self._pending = Pending()
        self._tickets: dict[str, tuple[str, object]] = {}

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
                if name in ALLOYS:
                    raise UnknownCommand(f"{name}: alloy has it, this build does not")
                known = ["configure"] + sorted(COMMANDS)
                hint = did_you_mean(name, known)
                raise UnknownCommand(
                    f"unknown command {name!r}; commands are {', '.join(known)}{hint}"
                )
            if name == "setDebug":
                return self._set_debug(call, options)
            if self._refused:
                raise NotConfigured(f"{name}: configure was refused: {self._refused.message}")
            if self._set is None:
                return self._pending.add(call, name, options, event_id, moment)
            return self._run(self._set, call, name, options, moment, event_id)
        except Exception as error:
            return [rejected(call, as_error(error))]

    def _configure(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        if self._set:
            raise AlreadyConfigured(
                f"{self.name} is configured already, for data stream {self._set.config.datastream_id!r}"
            )
        try:
            effects = self._set_up(options, moment)
        except Exception as error:
            self._set = None
            self._refused = as_error(error)
            # Each waiting command is refused by being run now.
            return [rejected(call, self._refused), Show()] + self._run_pending(moment)
        self._refused = None
        return effects + [resolved(call, {})] + self._run_pending(moment)

    def _set_up(self, options: dict[str, object], moment: Moment) -> list[Effect]:
        config = configure(options)
        if not config.text("edgeDomain") and not moment.site():
            raise OptionsError(NO_HOST.replace("{}", moment.text("url")[:80]))
        self._set = Configured(self, config, moment)
        wish = in_query(moment.text("url"), "alloy_debug").lower()
        if self._debug is None:
            self._debug = wish == "true" if wish else config.flag("debugEnabled")
        self._set.outgoing.debug = self._debug
        effects: list[Effect] = []
        for option in UNSUPPORTED:
            if option in options:
                line = f"configure: {option} is accepted and has no effect in this build"
                effects.extend(self._set.outgoing.note(line))
        for flag, what in WATCHED:
            if config.flag(flag):
                effects.append(Watch(what=what))
        if moment.text("unread"):
            effects.extend(self._set.outgoing.note(f"configure: {moment.text('unread')}"))
        if "highEntropyUserAgentHints" in config.contexts():
            effects.append(Watch(what="hints"))
            effects.append(Later(timer="hints", delay_ms=HINTS_MS))
        return effects + self._chosen(self._set, moment)

    def _set_debug(self, call: object, options: dict[str, object]) -> list[Effect]:
        self._debug = read(options, COMMANDS["setDebug"], of="setDebug")["enabled"] is True
        if self._set:
            self._set.outgoing.debug = self._debug
        return [resolved(call, {})]

    def _run_pending(self, moment: Moment) -> list[Effect]:
        now_ms = moment.made_ms
        effects: list[Effect] = []
        for one in self._pending.take():
            moment.made_ms = min(one.made_ms, now_ms)
            effects.extend(self.command(one.call, one.name, one.options, moment, event_id=one.id))
        moment.made_ms = now_ms
        return effects

    def _run(
        self,
        ready: Configured,
        call: object,
        name: str,
        given: dict[str, object],
        moment: Moment,
        event_id: str,
    ) -> list[Effect]:
        options = read(given, COMMANDS[name], of=name)
        if name in ("event", "sendEvent"):
            if options.get("viewStart") is True:
                ready.routes.viewed(moment.text("url"))
            return ready.events.command(call, name, options, moment, event_id)
        if name == "applyPropositions":
            return ready.events.apply(call, options, moment)
        if name == "applyResponse":
            answer = part(options, "responseBody")
            told = text_of(part(options, "responseHeaders"), "x-adobe-edge")
            ready.visitor.learn_region(told)
            # Cookies only with consent; the page may render what it has fetched without.
            allowed = ready.visitor.consent(moment) == IN
            effects = self._learned(ready, answer, moment) if allowed else []
            return effects + ready.events.response(call, options, answer, moment)
        if name == "setConsent":
            effects, request = ready.consents.set(call, options, moment)
            return effects + ready.send(request, ready.consents, moment)
        if name in ("getIdentity", "appendIdentityToUrl"):
            if ready.consents.state(moment) == PENDING:
                return self._pending.add(call, name, given, "", moment)
            effects, request = ready.identities.run(call, name, options, moment)
            return effects + ready.send(request, ready.identities, moment)
        if name == "getDelivery":
            return [resolved(call, ready.outbox.report())]
        if name == "createEventMergeId":
            return [resolved(call, {"eventMergeId": moment.new_id()})]
        info: dict[str, object] = {
            "name": "pyrite",
            "version": VERSION,
            "commands": ["configure"] + sorted(COMMANDS),
            "configs": ready.config.values,
        }
        return [resolved(call, {"libraryInfo": info})]

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
        return self._set.outbox.answered(
            request, status=status, text=text, retry_after=retry_after, moment=moment
        )

    def failed(self, request: str, *, message: str, moment: Moment) -> list[Effect]:
        """Effects of *request* having failed in the network; *message* is the browser's."""
        return self._set.outbox.failed(request, message=message, moment=moment) if self._set else []

    def beaconed(self, request: str, *, taken: bool, moment: Moment) -> list[Effect]:
        """Effects of the browser having *taken* a beacon, or refused it."""
        if self._set is None:
            return []
        outbox = self._set.outbox
        return outbox.taken(request, moment) if taken else outbox.refused(request, moment)

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects of the browser having taken charge of a body; see Arm."""
        return self._set.outbox.armed(net, place) if self._set else []

    def recalled(self, records: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects of what pages that are gone have stored and this one has taken over; see Recall."""
        if self._set is None:
            return []
        consent = self._set.visitor.consent(moment)
        if consent == OUT:
            return self._set.outbox.declined(moment)
        return self._set.outbox.restored(records, moment) if consent == IN else []

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
            return self._set.outbox.ticked(moment)
        if name == "net":
            return self._set.outbox.cast(moment)
        if name == "recall":
            return self._set.outbox.recall() if self._set.visitor.consent(moment) == IN else []
        return self._set.outbox.woken(int(rest), moment)

    def ended(
        self, outcomes: list[Outcome], answer: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects of what an *answer* tells, and of its *outcomes*."""
        ready = self._set
        if ready is None:
            return []
        effects = self._learned(ready, answer, moment)
        for outcome in outcomes:
            owner = outcome.entry.owner
            if owner is not None:
                effects.extend(owner.ended(outcome, moment))
            if owner is ready.consents:
                more, request = ready.consents.next(moment)
                effects.extend(more + ready.send(request, ready.consents, moment))
                effects.extend(self._chosen(ready, moment) + self._run_pending(moment))
                effects.extend(ready.events.release(moment))
        return effects

    def _chosen(self, ready: Configured, moment: Moment) -> list[Effect]:
        """Effects of the visitor's choice on what is kept, by pages before this one too."""
        consent = ready.visitor.consent(moment)
        if consent == OUT:
            # Nothing will be rendered that anything has to be hidden for.
            return [Show()] + ready.outbox.declined(moment)
        return ready.outbox.consented() if consent == IN else []

    def _learned(
        self, ready: Configured, answer: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects of what an *answer* tells beside decisions: cookies, identity, what the edge complains of."""
        effects: list[Effect] = []
        try:
            effects.extend(ready.visitor.store(payloads(answer, "state:store"), moment))
            ready.visitor.learn(payloads(answer, "identity:result"))
            if ready.consents.allow(moment):
                effects.extend(destinations(answer, moment))
            for type in unused(answer):
                effects.extend(ready.outgoing.note(f"unknown handle {type!r}"))
            for level in ("errors", "warnings"):
                said = answer.get(level)
                for problem in said if isinstance(said, list) else []:
                    effects.append(
                        Log(level="warn", message=f"the edge reports: {encode(problem)}")
                    )
        except Exception as unforeseen:
            line = f"the edge's answer can't be used: {unforeseen}"
            effects.append(Log(level="warn", message=line))
        return effects

    # ---- the page's callbacks ---------------------------------------------------------------------------------------

    def ask(
        self, hook: str, subject: object, value: dict[str, object], moment: Moment
    ) -> list[Effect]:
        """Effects that call the page's callback *hook* with *value*; `hooked` gets what it did, in time or for want of that."""
        ticket = moment.new_id()
        self._tickets[ticket] = (hook, subject)
        late = Later(timer="hook:" + ticket, delay_ms=HOOK_MS)
        return [Ask(ticket=ticket, hook=hook, value=value), late]

    def hooked(
        self, ticket: str, *, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a callback's answer: *value* as the page changed it, None when it returned false; *error* if it threw."""
        hook, subject = self._tickets.pop(ticket, ("", None))
        if self._set is None or not hook:
            return []
        if hook == BEFORE_EVENT and isinstance(subject, Draft):
            return self._set.events.hooked(subject, value, error, moment)
        if error:
            line = f"{hook} threw: {error}; the click was not sent"
            return [Log(level="error", message=line)]
        return self._click_on(self._set, hook, value, _record(subject), moment)

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
        offers = self._set.events.renderings.interactions
        offer = offers.event_of(click) if click else {}
        details = details_of(facts) if self._set.config.flag("clickCollectionEnabled") else None
        if details is not None:
            name = self._set.events.page_name
            details["pageName"] = name or moment.text("url")
            details["pageIDType"] = 1 if name else 0
            if self._set.config.group("clickCollection").get("filterClickDetails"):
                return self.ask(FILTER_CLICK, offer, details, moment)
        return self._click_on(self._set, FILTER_CLICK, details, offer, moment)

    def click_selectors(self) -> list[str]:
        """The selectors whose clicks are told of."""
        return self._set.events.renderings.interactions.selectors if self._set else []

    def _click_on(
        self,
        ready: Configured,
        hook: str,
        value: dict[str, object] | None,
        offer: dict[str, object],
        moment: Moment,
    ) -> list[Effect]:
        """Effects after *hook* has had its say on a click: *value* are its details, then its event; None drops the link.

        What the click means to propositions (*offer*, the xdm of an interact event) goes in the same event.
        """
        filtered = hook == FILTER_CLICK
        if value is not None and filtered:
            value = event_of(value)
        if value is not None and not kept(value, switches=ready.config.group("clickCollection")):
            value = None
        if value is not None and filtered and ready.config.text(BEFORE_CLICK):
            return self.ask(BEFORE_CLICK, offer, value, moment)
        if value is None and not offer:
            return []
        options = dict(value or {})
        options["xdm"] = merge(merge({}, part(options, "xdm")), offer)
        options["documentUnloading"] = True
        return ready.events.own(options, moment)

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
        return self._set.outbox.leaving(moment) + self._set.events.leaving(moment)

    def hidden(self, moment: Moment) -> list[Effect]:
        """Effects of the page being hidden, and perhaps never seen again."""
        return self._set.outbox.hidden(moment) if self._set else []

    def connected(self, moment: Moment) -> list[Effect]:
        """Effects of the network being back, or of the page being back from where it was frozen."""
        if self._set is None:
            return []
        allowed = self._set.visitor.consent(moment) == IN
        return self._set.outbox.connected(moment, allowed=allowed)


def _record(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
