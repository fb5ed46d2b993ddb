"""The tracker: a command, an answer, a click or a moment in; effects out.

Pure. It decides what is sent, when, and what becomes of the answer; the browser room carries out what it says.
"""

from .clicks import details_of, event_of, wanted
from .commands import COMMANDS
from .config import UNSUPPORTED, Config, configure
from .consent import IN, OUT, PENDING, general
from .context import VERSION, context, one_time_referrer
from .delivery import Delivery, Outcome
from .effects import Ask, Effect, Hide, Later, Log, Render, Settle, Show, Watch
from .errors import (
    AlreadyConfigured,
    ConsentError,
    HookFailed,
    NotConfigured,
    TrackerError,
    UnknownCommand,
)
from .event import DISPLAY, Draft, draft, part
from .identity import append_to_url
from .moment import Moment
from .nearest import did_you_mean
from .options import read
from .personalization import PAGE_SCOPE, Plan, Views, all_returned, display, query_of, scope_kind
from .request import QUEUE_TIME_LIMIT_MS, Request, payloads, url_of
from .routes import Routes
from .visitor import Visitor
from .wire import encode, merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    # A command that waits: (call, name, options, id of the event or "").
    Waiting = tuple[object, str, dict[str, object], str]

BEFORE_EVENT = "onBeforeEventSend"
FILTER_CLICK = "clickCollection.filterClickDetails"
BEFORE_CLICK = "onBeforeLinkClickSend"


class Tracker:
    """One instance, as `alloy` names it on a page."""

    def __init__(self, name: str = "alloy") -> None:
        self.name = name
        self.config: Config | None = None
        self._refused: TrackerError | None = None
        self._waiting: list[Waiting] = []
        self._delivery = Delivery()
        self._views = Views()
        self._pages_asked = 0  # requests for the page's decisions that have no answer yet
        self._asked_before = False
        self._prehiding_settled = False
        self._referrer: str | None = None
        self._held: list[Draft] = []  # until consent, or until the browser has told its hints
        self._for_views: list[Draft] = []  # until the running request has brought the views
        self._plans: dict[str, Plan] = {}
        self._unreported: list[dict[str, object]] = []
        self._events: dict[str, Draft] = {}
        self._calls: dict[str, tuple[object, str, dict[str, object]]] = {}
        self._tickets: dict[str, tuple[str, Draft | None, dict[str, object]]] = {}
        self._consent_calls: list[tuple[object, dict[str, object]]] = []
        self._consent_busy = False
        self._hints_busy = False
        self._debug = False

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
                known = ["configure"] + sorted(COMMANDS)
                raise UnknownCommand(
                    f"unknown command {name!r}; commands are {', '.join(known)}{did_you_mean(name, known)}"
                )
            if name == "setDebug":
                self._debug = read(options, COMMANDS[name], of=name)["enabled"] is True
                return [_resolve(call, {})]
            if self._refused:
                raise NotConfigured(f"{name}: configure was refused: {self._refused.message}")
            if self.config is None:
                self._waiting.append((call, name, options, event_id))
                return []
            return self._run(call, name, options, moment, event_id)
        except TrackerError as error:
            return [_reject(call, error)]

    def _configure(self, call: object, options: dict[str, object], moment: Moment) -> list[Effect]:
        if self.config:
            raise AlreadyConfigured(
                f"{self.name} is configured already, for data stream {self.config.datastream_id!r}"
            )
        waiting, self._waiting = self._waiting, []
        try:
            self.config = configure(options)
        except TrackerError as error:
            self._refused = error
            effects: list[Effect] = [_reject(call, error), Show()]
            for waiting_call, name, _, _ in waiting:
                refusal = NotConfigured(f"{name}: configure was refused: {error.message}")
                effects.append(_reject(waiting_call, refusal))
            return effects
        config = self._config
        self._refused = None
        self._visitor = Visitor(config)
        self._routes = Routes(moment.text("url"), hashes=config.flag("autoViewStartOnHash"))
        effects = []
        self._debug = self._debug or config.flag("debugEnabled")
        for option in [name for name in UNSUPPORTED if name in options]:
            effects.extend(
                self._note(f"configure: {option} is accepted and has no effect in this build")
            )
        if config.flag("clickCollectionEnabled"):
            effects.append(Watch(what="clicks"))
        if config.flag("autoViewStart"):
            effects.append(Watch(what="routes"))
        if "highEntropyUserAgentHints" in config.contexts():
            self._hints_busy = True
            effects.append(Watch(what="hints"))
        effects.append(_resolve(call, {}))
        for waiting_call, name, given, event_id in waiting:
            effects.extend(self.command(waiting_call, name, given, moment, event_id=event_id))
        return effects

    def _run(
        self, call: object, name: str, given: dict[str, object], moment: Moment, event_id: str
    ) -> list[Effect]:
        options = read(given, COMMANDS[name], of=name)
        if name in ("event", "sendEvent"):
            return self._event(call, name, options, moment, event_id)
        if name == "setConsent":
            return self._set_consent(call, options, moment)
        if name in ("getIdentity", "appendIdentityToUrl"):
            if (PENDING if self._consent_busy else self._visitor.consent(moment)) == PENDING:
                self._waiting.append((call, name, given, ""))
                return []
            return self._identity(call, name, options, moment)
        if name == "createEventMergeId":
            return [_resolve(call, {"eventMergeId": moment.new_id()})]
        return [_resolve(call, {"libraryInfo": self._library_info()})]

    def _library_info(self) -> dict[str, object]:
        return {
            "name": "pyrite",
            "version": VERSION,
            "commands": ["configure"] + sorted(COMMANDS),
            "configs": self._config.values,
        }

    # ---- events -----------------------------------------------------------------------------------------------------

    def _event(
        self, call: object, name: str, options: dict[str, object], moment: Moment, event_id: str
    ) -> list[Effect]:
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
        if event.view_start:
            self._routes.viewed(event.page_url)
        return self._begin(event, moment)

    def _begin(self, event: Draft, moment: Moment) -> list[Effect]:
        """Ask for the page's decisions where they are due, hide, let the page's callback have its say, go on."""
        event.query = (
            {} if event.unloading else query_of(event, fetch_page=self._asks_for_page(event))
        )
        if self._fetches_page(event):
            self._asked_before = True
            self._pages_asked += 1
        effects = self._prehide(event, moment)
        if self._config.text(BEFORE_EVENT):
            return effects + self._ask(
                BEFORE_EVENT, event, {"xdm": event.xdm, "data": event.data}, moment
            )
        return effects + self._admit(event, moment)

    def _asks_for_page(self, event: Draft) -> bool:
        if event.call is None:
            return False
        wished = event.personalization().get("defaultPersonalizationEnabled")
        if isinstance(wished, bool):
            return wished
        return event.view_start or (event.answers and not self._asked_before)

    def _fetches_page(self, event: Draft) -> bool:
        scopes = part(event.query, "personalization").get("decisionScopes")
        return isinstance(scopes, list) and PAGE_SCOPE in scopes

    def _prehide(self, event: Draft, moment: Moment) -> list[Effect]:
        if event.call is None or event.unloading:
            return []
        hides = event.renders and bool(event.query) and self._visitor.consent(moment) != OUT
        if not hides:
            first = not self._prehiding_settled
            self._prehiding_settled = True
            return [Show()] if first else []
        self._prehiding_settled = True
        timeout = self._config.values.get("prehidingTimeout")
        delay_ms = int(timeout * 1000) if isinstance(timeout, (int, float)) else 3000
        css = self._config.text("prehidingStyle")
        hide: list[Effect] = [Hide(css=css)] if css else []
        return hide + [Later(timer="show", delay_ms=delay_ms)]

    def _admit(self, event: Draft, moment: Moment) -> list[Effect]:
        consent = PENDING if self._consent_busy else self._visitor.consent(moment)
        if consent == OUT:
            return self._declined(event)
        if consent == PENDING or (self._hints_busy and not event.unloading):
            self._held.append(event)
            return []
        if event.renders and event.view and not self._fetches_page(event):
            if self._pages_asked:
                self._for_views.append(event)
                return []
            return self._render_view(event, moment)
        return self._dispatch(event, moment)

    def _declined(self, event: Draft) -> list[Effect]:
        self._page_settled(event)
        effects: list[Effect] = [
            Log(level="warn", message="the visitor declined consent; the event was not sent"),
            Show(),
        ]
        return effects + ([_resolve(event.call, {})] if event.call is not None else [])

    def _release(self, moment: Moment) -> list[Effect]:
        held, self._held = self._held, []
        waiting, self._waiting = self._waiting, []
        effects: list[Effect] = []
        for call, name, options, event_id in waiting:
            effects.extend(self.command(call, name, options, moment, event_id=event_id))
        for event in held:
            effects.extend(self._admit(event, moment))
        return effects

    def _dispatch(self, event: Draft, moment: Moment) -> list[Effect]:
        if event.shown:
            merge(event.xdm, {"_experience": display(event.shown)})
        if event.personalization().get("includeRenderedPropositions") is True and self._unreported:
            merge(event.xdm, {"_experience": display(event.shown + self._unreported)})
            self._unreported = []
        record: dict[str, object] = {"xdm": event.xdm}
        if event.data:
            record["data"] = event.data
        if event.query:
            record["query"] = event.query
        answers = (
            event.answers
            or bool(event.query)
            or event.call is None
            or not self._visitor.ecid(moment)
        )
        action = "interact" if answers and not event.unloading else "collect"
        body: dict[str, object] = {"events": [record]}
        if action == "interact":
            body["query"] = {"identity": {"fetch": ["ECID"]}}
        age = max(0, min(moment.now_ms - event.made_ms, QUEUE_TIME_LIMIT_MS))
        effects, request = self._request(
            action, body, event.options, moment, meta={"queueTimeMillis": age}
        )
        request.unloading = event.unloading
        self._events[request.id] = event
        return effects + self._send(request)

    def _request(
        self,
        action: str,
        body: dict[str, object],
        options: dict[str, object],
        moment: Moment,
        *,
        meta: dict[str, object],
    ) -> "tuple[list[Effect], Request]":
        """The request for *body*, completed with identity, state and overrides; with the effects of minting an id."""
        fpid, effects = self._visitor.fpid(moment)
        meta["state"] = self._visitor.state(moment)
        overrides = dict(self._config.group("edgeConfigOverrides"))
        overrides.update(part(options, "edgeConfigOverrides"))
        datastream = overrides.pop("datastreamId", None)
        if overrides:
            meta["configOverrides"] = overrides
        if isinstance(datastream, str) and datastream:
            meta["sdkConfig"] = {"datastream": {"original": self._config.datastream_id}}
        body["meta"] = meta
        body["xdm"] = {"identityMap": self._visitor.identity_map(moment, fpid)}
        id = moment.new_id()
        url = url_of(
            self._config.edge_root(moment.text("url")),
            hint=self._visitor.region(moment),
            action=action,
            datastream=datastream
            if isinstance(datastream, str) and datastream
            else self._config.datastream_id,
            request_id=id,
        )
        return effects, Request(id=id, action=action, url=url, body=body, text=encode(body))

    def _send(self, request: Request) -> list[Effect]:
        log = self._note(f"{request.action} {request.id}: {request.text}") if self._debug else []
        return log + self._delivery.send(request)

    def _note(self, message: str) -> list[Effect]:
        """A line for those who debug a page; nothing otherwise."""
        return [Log(level="info", message=message)] if self._debug else []

    # ---- answers ----------------------------------------------------------------------------------------------------

    def answered(
        self, request: str, *, status: int, text: str, retry_after: str, moment: Moment
    ) -> list[Effect]:
        """Effects of the response to *request*; a beacon that the browser took counts as status 204 without a text."""
        effects, outcome = self._delivery.answered(
            request, status=status, text=text, retry_after=retry_after, moment=moment
        )
        return effects + (self._ended(outcome, moment) if outcome else [])

    def failed(self, request: str, *, message: str, moment: Moment) -> list[Effect]:
        """Effects of *request* having failed in the network; *message* is the browser's."""
        outcome = self._delivery.failed(request, message=message)
        return self._ended(outcome, moment) if outcome else []

    def _ended(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        answer = outcome.answer
        effects = self._visitor.store(payloads(answer, "state:store"), moment)
        self._visitor.learn(payloads(answer, "identity:result"))
        for level in ("errors", "warnings"):
            said = answer.get(level)
            for problem in said if isinstance(said, list) else []:
                effects.append(Log(level="warn", message=f"the edge reports: {encode(problem)}"))
        id = outcome.request.id
        event = self._events.pop(id, None)
        if event:
            return effects + self._event_ended(event, outcome, moment)
        call = self._calls.pop(id, None)
        if call is None:
            return effects
        if call[1] == "setConsent":
            return effects + self._consent_ended(call, outcome, moment)
        return effects + self._identity_ended(call, outcome, moment)

    def _event_ended(self, event: Draft, outcome: Outcome, moment: Moment) -> list[Effect]:
        propositions = payloads(outcome.answer, "personalization:decisions")
        self._views.keep(propositions)
        if outcome.error:
            effects: list[Effect] = [Show()] if event.query else []
            if event.call is not None:
                effects.append(_reject(event.call, outcome.error))
            else:
                effects.append(Log(level="warn", message=outcome.error.message))
            return effects + self._page_fetched(event, moment)
        plan = Plan(outcome.request.id)
        plan.event = event
        plan.reports = event.personalization().get("sendDisplayEvent") is not False
        returned: list[dict[str, object]] = []
        for proposition in propositions:
            kind = scope_kind(proposition)
            if kind == "view" and str(proposition.get("scope")).lower() != event.view:
                continue
            if event.renders and kind != "scope":
                returned.extend(plan.add(proposition))
            else:
                returned.append(all_returned(proposition))
        if (
            event.renders
            and event.view
            and self._fetches_page(event)
            and "items" not in self._views.of(event.view)[0]
        ):
            plan.shown.extend(self._views.of(event.view))
        plan.answer = _result(event, outcome, returned)
        return self._render(plan, moment) + self._page_fetched(event, moment)

    def _page_fetched(self, event: Draft, moment: Moment) -> list[Effect]:
        self._page_settled(event)
        if self._pages_asked:
            return []
        waiting, self._for_views = self._for_views, []
        effects: list[Effect] = []
        for waiting_event in waiting:
            effects.extend(self._admit(waiting_event, moment))
        return effects

    def _page_settled(self, event: Draft) -> None:
        if self._fetches_page(event):
            self._pages_asked -= 1

    # ---- rendering --------------------------------------------------------------------------------------------------

    def _render_view(self, event: Draft, moment: Moment) -> list[Effect]:
        """Render a view from what earlier answers brought; the event leaves after the first pass and reports it."""
        plan = Plan(moment.new_id())
        plan.event = event
        returned: list[dict[str, object]] = []
        for proposition in self._views.of(event.view):
            if "items" in proposition:
                returned.extend(plan.add(proposition))
            else:
                plan.shown.append(proposition)
        event.options["_propositions"] = returned
        plan.reports = event.personalization().get("sendDisplayEvent") is not False
        return self._render(plan, moment)

    def _render(self, plan: Plan, moment: Moment) -> list[Effect]:
        self._plans[plan.id] = plan
        if plan.steps:
            return [Render(plan=plan.id, steps=plan.steps)]
        return self.rendering(plan.id, [], moment) + self.rendered(plan.id, [], moment)

    def rendering(self, id: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects after the first pass over a plan: *results* has a word for each step: shown, waiting or what failed."""
        plan = self._plans.get(id)
        if plan is None or plan.event is None:
            return []
        event = plan.event
        plan.finish(results)
        effects: list[Effect] = [Show()] if event.query or plan.steps else []
        if plan.answer:
            return effects + ([_settle(event, plan.answer)] if event.call is not None else [])
        if plan.reports:
            event.shown, plan.shown = plan.shown, []
            plan.reported.extend(event.shown)
        plan.answer = {"sent": True}
        return effects + self._dispatch(event, moment)

    def rendered(self, id: str, results: list[str], moment: Moment) -> list[Effect]:
        """Effects at the end of a plan: one display event for all that was shown and nothing that was not."""
        plan = self._plans.pop(id, None)
        if plan is None or plan.event is None:
            return []
        plan.finish(results)
        effects: list[Effect] = []
        for index in range(min(len(results), len(plan.steps))):
            if results[index] != "shown":
                step = plan.steps[index]
                effects.append(
                    Log(
                        level="warn",
                        message=f"{step['type']} at {step['selector']!r} was not shown: {results[index]}",
                    )
                )
        return effects + self._report(plan, moment, unloading=False)

    def _report(self, plan: Plan, moment: Moment, *, unloading: bool) -> list[Effect]:
        """Effects that tell the edge what *plan* has shown and no event has told yet."""
        shown, plan.shown = plan.shown, []
        plan.reported.extend(shown)
        if not shown:
            return []
        if not plan.reports:
            self._unreported = self._unreported + shown
            return []
        xdm: dict[str, object] = {"eventType": DISPLAY, "_experience": display(shown)}
        return self._own_event({"xdm": xdm, "documentUnloading": unloading}, moment)

    def _own_event(self, options: dict[str, object], moment: Moment) -> list[Effect]:
        collected = context(self._config.contexts(), moment)
        event = draft(
            None, options, collected=collected, data={}, moment=moment, event_id=moment.new_id()
        )
        return self._begin(event, moment)

    # ---- the page's callbacks ---------------------------------------------------------------------------------------

    def _ask(
        self, hook: str, event: Draft | None, value: dict[str, object], moment: Moment
    ) -> list[Effect]:
        ticket = moment.new_id()
        self._tickets[ticket] = (hook, event, value)
        return [Ask(ticket=ticket, hook=hook, value=value)]

    def hooked(
        self, ticket: str, *, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a callback's answer: *value* as the page changed it, None when it returned false; *error* if it threw."""
        hook, event, asked = self._tickets.pop(ticket, ("", None, {}))
        if hook == BEFORE_EVENT and event:
            return self._hooked_event(event, value, error, moment)
        if error:
            return [
                Log(level="error", message=f"{hook} threw: {error}; the click is sent as it was")
            ] + self._click_on(hook, asked, moment)
        return self._click_on(hook, value, moment) if value is not None else []

    def _hooked_event(
        self, event: Draft, value: dict[str, object] | None, error: str, moment: Moment
    ) -> list[Effect]:
        if value is not None and not error:
            event.xdm, event.data = part(value, "xdm"), part(value, "data")
            return self._admit(event, moment)
        effects = [Show()] + self._page_fetched(event, moment)
        if error:
            failure = HookFailed(f"{BEFORE_EVENT} threw: {error}; the event was not sent")
            return effects + [
                _reject(event.call, failure)
                if event.call is not None
                else Log(level="error", message=failure.message)
            ]
        effects.extend(self._note(f"{BEFORE_EVENT} returned false; the event was not sent"))
        return effects + ([_resolve(event.call, {})] if event.call is not None else [])

    # ---- clicks, routes, hints --------------------------------------------------------------------------------------

    def clicked(self, facts: dict[str, object], moment: Moment) -> list[Effect]:
        """Effects of a click on a link, told by *facts* (see clicks.py)."""
        if self.config is None or self._visitor.consent(moment) == OUT:
            return []
        details = details_of(facts)
        switches = self._config.group("clickCollection")
        if details is None or not wanted(details, switches=switches):
            return []
        if switches.get("filterClickDetails"):
            return self._ask(FILTER_CLICK, None, details, moment)
        return self._click_on(FILTER_CLICK, details, moment)

    def _click_on(self, hook: str, value: dict[str, object], moment: Moment) -> list[Effect]:
        if hook == FILTER_CLICK:
            value = event_of(value, page=moment.text("url"))
            if self._config.text(BEFORE_CLICK):
                return self._ask(BEFORE_CLICK, None, value, moment)
        options = dict(value)
        options["documentUnloading"] = True
        return self._own_event(options, moment)

    def routed(self, how: str, moment: Moment) -> list[Effect]:
        """Effects of a change of the address in a single-page app; *how* as in routes.py."""
        if self.config is None or not self._routes.changed(moment.text("url"), how=how):
            return []
        return self.command(0, "event", {"viewStart": True}, moment)

    def hinted(self, moment: Moment) -> list[Effect]:
        """Effects of the browser having told its high-entropy hints (in the facts), or having refused."""
        self._hints_busy = False
        hints = moment.facts.get("hints")
        for event in self._held:
            if isinstance(hints, dict):
                merge(
                    event.xdm,
                    {"environment": part(context(self._config.contexts(), moment), "environment")},
                )
        return self._release(moment)

    def woken(self, timer: str, moment: Moment) -> list[Effect]:
        """Effects of a timer that a Later asked for."""
        name, _, rest = timer.partition(":")
        if name == "show":
            return [Show()]
        if name == "retry":
            return self._delivery.retry(rest)
        id, _, attempt = rest.partition(":")
        outcome = self._delivery.gave_up(id, int(attempt))
        return self._ended(outcome, moment) if outcome else []

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away: what waits for a retry, an answer or an element leaves now; without consent nothing."""
        waiting, self._for_views = self._for_views, []
        effects = self._delivery.leave()
        for event in waiting:
            event.unloading = True
            effects.extend(self._dispatch(event, moment))
        for id in sorted(self._plans):
            effects.extend(self._report(self._plans[id], moment, unloading=True))
        if self._hints_busy:
            for event in self._held:
                event.unloading = True
            effects.extend(self._release(moment))
        return effects

    # ---- consent and identity ---------------------------------------------------------------------------------------

    def _set_consent(
        self, call: object, options: dict[str, object], moment: Moment
    ) -> list[Effect]:
        if self._consent_busy:
            self._consent_calls.append((call, options))
            return []
        general(options["consent"])
        self._consent_busy = True
        body: dict[str, object] = {
            "consent": options["consent"],
            "query": {"consent": {"operation": "update"}},
        }
        effects, request = self._request("privacy/set-consent", body, options, moment, meta={})
        identities = options.get("identityMap")
        if isinstance(identities, dict):
            merge(part(body, "xdm", "identityMap"), identities)
        body["identityMap"] = part(body, "xdm", "identityMap")
        body.pop("xdm")
        request.text = encode(body)
        self._calls[request.id] = (call, "setConsent", options)
        return effects + self._send(request)

    def _consent_ended(
        self, call: "tuple[object, str, dict[str, object]]", outcome: Outcome, moment: Moment
    ) -> list[Effect]:
        self._consent_busy = False
        if outcome.error:
            effects: list[Effect] = [_reject(call[0], outcome.error)]
        else:
            effects = []
            name = self._config.cookie_prefix + "consent"
            if not [
                entry
                for entry in payloads(outcome.answer, "state:store")
                if entry.get("key") == name
            ]:
                chosen = {
                    "key": name,
                    "value": "general=" + general(call[2]["consent"]),
                    "maxAge": 15552000,
                }
                effects.extend(self._visitor.store([chosen], moment))
            effects.append(_resolve(call[0], {}))
        if self._consent_calls:
            next_call, options = self._consent_calls.pop(0)
            try:
                return effects + self._set_consent(next_call, options, moment)
            except ConsentError as error:
                effects.append(_reject(next_call, error))
        return effects + self._release(moment)

    def _identity(
        self, call: object, name: str, options: dict[str, object], moment: Moment
    ) -> list[Effect]:
        if self._visitor.consent(moment) != IN:
            raise ConsentError(
                f"{name}: the visitor declined consent; identities are handed out only with it"
            )
        if self._visitor.ecid(moment):
            return [_resolve(call, self._identities(name, options, moment))]
        body: dict[str, object] = {"query": {"identity": {"fetch": ["ECID"]}}}
        effects, request = self._request("identity/acquire", body, options, moment, meta={})
        self._calls[request.id] = (call, name, options)
        return effects + self._send(request)

    def _identity_ended(
        self, call: "tuple[object, str, dict[str, object]]", outcome: Outcome, moment: Moment
    ) -> list[Effect]:
        if outcome.error:
            return [_reject(call[0], outcome.error)]
        return [_resolve(call[0], self._identities(call[1], call[2], moment))]

    def _identities(
        self, name: str, options: dict[str, object], moment: Moment
    ) -> dict[str, object]:
        ecid = self._visitor.ecid(moment)
        if name == "appendIdentityToUrl":
            url = str(options["url"])
            if not ecid:
                return {"url": url}
            return {
                "url": append_to_url(
                    url, ecid=ecid, org_id=self._config.org_id, now_ms=moment.now_ms
                )
            }
        wanted = options.get("namespaces")
        identity: dict[str, object] = {}
        if isinstance(wanted, (list, tuple)) and "ECID" in wanted:
            identity["ECID"] = ecid
        if isinstance(wanted, (list, tuple)) and "FPID" in wanted:
            identity["FPID"] = self._visitor.fpid(moment)[0]
        return {"identity": identity, "edge": {"regionId": self._visitor.region(moment)}}

    @property
    def _config(self) -> Config:
        assert self.config is not None
        return self.config


def _resolve(call: object, value: dict[str, object]) -> Settle:
    return Settle(call=call, ok=True, value=value)


def _reject(call: object, error: TrackerError) -> Settle:
    return Settle(call=call, ok=False, value=error.as_record())


def _settle(event: Draft, value: dict[str, object]) -> Settle:
    return _resolve(event.call, value)


def _result(event: Draft, outcome: Outcome, returned: list[dict[str, object]]) -> dict[str, object]:
    """What the promise of *event* resolves with."""
    kept = event.options.get("_propositions")
    propositions = returned + (kept if isinstance(kept, list) else [])
    decisions = []
    for proposition in propositions:
        if proposition.get("renderAttempted") is not True:
            decisions.append(
                {key: proposition[key] for key in proposition if key != "renderAttempted"}
            )
    result: dict[str, object] = {"propositions": propositions, "decisions": decisions}
    if not event.answers:
        result["requestBody"] = outcome.request.body
        if outcome.answer:
            result["responseBody"] = outcome.answer
    return result
