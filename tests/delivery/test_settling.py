"""Whatever a page calls, its callbacks do, the network does and an edge answers: every promise settles once, and each event is
stored, refused or still waiting.

One tracker as it is, in a page that may fail to carry out whatever it is told, against an edge and what stands between.
"""

from copy import deepcopy
from typing import Any

from given import (
    NOW_MS,
    action,
    decisions,
    moment,
    planned,
    problem,
    proposition,
    steps_of,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from pyrite.core.effects import Effect, Send
from pyrite.core.tracker import Tracker
from pyrite.core.wire import Json, decode, encode

DEEP = Json('{"a":' * 300 + "1" + "}" * 300)
SAID: dict[str, Any] = {
    "well": {},
    "offers": {"handle": [decisions(proposition("p", action("setText"), action("setHtml")))]},
    "deep": {"errors": [DEEP], "handle": [decisions(proposition("p", {"data": DEEP}))]},
    "odd": {
        "errors": [{"report": {"eventIndex": "x"}}, 3],
        "handle": [
            3,
            {"type": "state:store", "payload": [{"key": "kndctr_shop_x", "value": "y", "maxAge": 1e300}]},
            {"type": "identity:result", "payload": [{"namespace": 1}, None]},
            decisions({"id": 1, "scope": None, "items": 3}, {}, {"items": [None, {"schema": 3}]}),
        ],
    },
}  # fmt: skip
# What is no edge's answer: status, text.
BETWEEN = (
    (0, ""), (200, ""), (200, "{}"), (200, "<html>"), (204, ""), (304, ""), (400, "<html>"), (401, '{"error":1}'),
    (403, "<html>"), (404, '{"detail":"Not Found"}'), (408, ""), (413, "<html>"), (429, ""), (431, ""), (500, ""), (503, "busy"),
)  # fmt: skip
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("getIdentity", {}),
    ("getIdentity", {"namespaces": ["ECID", "FPID"]}),
    ("appendIdentityToUrl", {"url": "https://b.test/#x"}),
    ("appendIdentityToUrl", {"url": 3}),
    ("applyPropositions", {"propositions": [proposition("q", action("setText"))]}),
    ("applyPropositions", {"propositions": [{"items": 3}, {"scope": 3}]}),
    ("applyResponse", {"responseBody": {"handle": [decisions({"items": [{}]})]}}),
    ("applyResponse", {"responseBody": {"handle": 3}}),
    ("createEventMergeId", {}),
    ("getDelivery", {}),
    ("getLibraryInfo", {}),
    ("setDebug", {"enabled": True}),
    ("setDebug", {"enabled": 3}),
    ("setConsent", {"consent": [{"standard": "x"}]}),
    ("nope", {}),
    ("__proto__", {}),
)
NOT_SENT = ("hook.failed", "wire.invalid", "options.invalid", "command.unconfigured")


def consent(choice: str) -> dict[str, Any]:
    return {"consent": [{"standard": "Adobe", "version": "1.0", "value": {"general": choice}}]}


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"in": value}
    return value


class Settling(RuleBasedStateMachine):
    """A page with its tracker, what it has under way, and the edge's store."""

    def __init__(self) -> None:
        super().__init__()
        self.tracker = Tracker("alloy")
        self.now_ms = NOW_MS
        self.cookies = {"pyrite_fpid": "device-1"}
        self.broken = False  # the page's transports
        self.configured = False
        self.hooks = False
        self.flying: list[Send] = []
        self.timers: list[tuple[str, str, object]] = []
        self.asked: list[Any] = []
        self.plans: list[Any] = []
        self.calls = self.made = 0
        self.ids: dict[int, str] = {}  # of events, by call
        self.settled: dict[int, Any] = {}
        self.store: set[str] = set()
        self.refused: set[str] = set()
        self.dropped: set[str] = set()
        self.do(self.tracker.begun())

    # ---- the page -----------------------------------------------------------------------------------------------------

    def moment(self) -> Any:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        now = moment(now_ms=self.now_ms, cookie=cookie)
        now.new_id = self.new_id
        return now

    def new_id(self) -> str:
        self.made += 1
        return f"id-{self.made:04d}"

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            getattr(self, f"do_{type(effect).__name__}", lambda effect: None)(effect)

    def do_Send(self, effect: Any) -> None:  # noqa: N802
        if self.broken:
            self.do(self.tracker.undone(effect, "broken", self.moment()))
        elif effect.unloading and not effect.bare:
            self.arrive(effect)
            self.do(self.tracker.beaconed(effect.request, taken=True, moment=self.moment()))
        else:
            self.flying.append(effect)

    def do_Settle(self, effect: Any) -> None:  # noqa: N802
        if effect.call == 0:
            return  # its page's promise is settled already, or there was none
        assert effect.call not in self.settled, "a promise settled twice"
        self.settled[effect.call] = effect
        # What a page can't be given rejects there (e2e/settling); nothing here is deeper than a promise can carry.
        if effect.ok and effect.call in self.ids and "requestBody" in effect.value:
            assert self.ids[effect.call] in self.store, "resolved, and not in the store"

    def do_Forget(self, effect: Any) -> None:  # noqa: N802
        self.dropped.update(set(effect.ids) - self.store - self.refused)

    def do_SetCookie(self, effect: Any) -> None:  # noqa: N802
        self.cookies[effect.name] = effect.value

    def do_Later(self, effect: Any) -> None:  # noqa: N802
        self.timers.append(effect.timer)

    def do_Ask(self, effect: Any) -> None:  # noqa: N802
        self.asked.append(effect)

    def do_Load(self, effect: Any) -> None:  # noqa: N802
        if self.broken:
            self.do(self.tracker.loaded(effect.part, None, "broken", self.moment()))
        else:
            self.do(planned(self.tracker, self.moment()))

    def do_Render(self, effect: Any) -> None:  # noqa: N802
        self.plans.append(effect)

    def wind(self) -> None:
        """Let every timer run that is set now."""
        self.now_ms += 5000
        timers, self.timers = self.timers, []
        for timer in timers:
            self.do(self.tracker.on_timer(timer, self.moment()))

    def events_of(self, send: Send) -> list[str]:
        body = decode(send.body)
        assert isinstance(body, dict)
        return [event["xdm"]["_id"] for event in body.get("events", [])]

    def arrive(self, send: Send) -> None:
        ids = self.events_of(send)
        assert len(ids) == len(set(ids)), "an id twice in one body"
        self.store.update(ids)

    def answer(self, send: Send, status: int, text: str) -> None:
        effects = self.tracker.answered(
            send.request, status=status, text=text, retry_after="", moment=self.moment()
        )
        self.do(effects)

    def take(self, send: Send, said: str) -> None:
        """The edge takes what *send* brings."""
        self.arrive(send)
        whole = {"requestId": "r", "handle": [], **SAID[said]}
        self.answer(send, 200, encode(whole))

    # ---- what happens -------------------------------------------------------------------------------------------------

    @rule(
        valid=st.sampled_from([True, True, False]),
        hooks=st.booleans(),
        pending=st.booleans(),
        hints=st.booleans(),
    )
    def configure(self, valid: bool, hooks: bool, pending: bool, hints: bool) -> None:
        if self.configured:
            return
        options: dict[str, Any] = {
            "datastreamId": "shop" if valid else 3,
            "outbox": {"maxEvents": 9},
        }
        if hooks:
            options.update(onBeforeEventSend="function", onBeforeLinkClickSend="function")
        if pending:
            options["defaultConsent"] = "pending"
        if hints:
            options["context"] = ["web", "highEntropyUserAgentHints"]
        self.configured, self.hooks = valid, hooks
        self.command("configure", options)

    @rule(
        name=st.sampled_from(["event", "event", "sendEvent"]),
        options=st.fixed_dictionaries(
            {},
            optional={
                "documentUnloading": st.just(True),
                "decisionScopes": st.just(["hero"]),
                "data": st.sampled_from([{"n": 1}, {"n": 2}, nested(230), {"n": float("nan")}]),
                "personalization": st.sampled_from(
                    [{"includeRenderedPropositions": True}, {"sendDisplayEvent": False}]
                ),
                "wrong": st.just(1),
            },
        ),
        view=st.sampled_from(["", "", "start", "cart"]),
        count=st.sampled_from([1, 1, 4]),
    )
    def event(self, name: str, options: dict[str, Any], view: str, count: int) -> None:
        for _ in range(count):
            given = deepcopy(options)
            id = f"event-{self.calls}"
            given["xdm"] = {"_id": id}
            if view and name == "event":
                given["viewStart"] = True
            elif view:
                given["renderDecisions"] = True
            if view == "cart":
                given["xdm"]["web"] = {"webPageDetails": {"viewName": "cart"}}
            self.ids[self.calls + 1] = id
            self.command(name, given)

    def command(self, name: str, options: dict[str, Any]) -> None:
        self.calls += 1
        self.do(self.tracker.command(self.calls, name, options, self.moment()))

    @rule(which=st.sampled_from(COMMANDS))
    def other(self, which: tuple[str, dict[str, Any]]) -> None:
        self.command(*deepcopy(which))

    @rule(choice=st.sampled_from(["in", "in", "out"]))
    def chosen(self, choice: str) -> None:
        self.command("setConsent", consent(choice))

    @rule()
    def click(self) -> None:
        link: dict[str, Any] = {"url": "https://a.test/x", "text": "x", "region": "BODY"}
        self.do(self.tracker.clicked(link, self.moment()))

    @rule(index=st.integers(0, 5), said=st.sampled_from(sorted(SAID)))
    def taken(self, index: int, said: str) -> None:
        if self.flying:
            self.take(self.flying.pop(index % len(self.flying)), said)

    @rule(index=st.integers(0, 5), what=st.sampled_from(BETWEEN))
    def between(self, index: int, what: tuple[int, str]) -> None:
        if not self.flying:
            return
        send = self.flying.pop(index % len(self.flying))
        if what[0] == 204 and "/collect?" in send.url:
            self.arrive(send)
        self.answer(send, *what)

    @rule(
        index=st.integers(0, 5),
        status=st.sampled_from([400, 403, 413, 422]),
        code=st.sampled_from(["event.shape", "body.json", ""]),
    )
    def not_taken(self, index: int, status: int, code: str) -> None:
        if not self.flying:
            return
        send = self.flying.pop(index % len(self.flying))
        ids = self.events_of(send)
        before = len(self.flying)
        if len(ids) == 1 or status == 403:
            self.refused.update(ids)
        self.answer(send, status, problem("no", code))
        if len(self.flying) == before:
            self.refused.update(ids)  # without a code, after many in a row: whoever calls

    @rule(index=st.integers(0, 5))
    def failed(self, index: int) -> None:
        if self.flying:
            send = self.flying.pop(index % len(self.flying))
            self.do(self.tracker.failed(send.request, message="gone", moment=self.moment()))

    @rule(broken=st.booleans())
    def transports(self, broken: bool) -> None:
        self.broken = broken

    @rule(
        index=st.integers(0, 5),
        left=st.sampled_from(
            [{}, {"xdm": None}, {"xdm": {"eventType": "x"}}, {"xdm": 3, "data": []}, {"data": nested(230)}, None]
        ),
        error=st.sampled_from(["", "", "threw"]),
        how=st.sampled_from(["told", "told", "undone"]),
    )  # fmt: skip
    def hook(self, index: int, left: dict[str, Any] | None, error: str, how: str) -> None:
        if not self.asked:
            return
        ask = self.asked.pop(index % len(self.asked))
        now = self.moment()
        if how == "undone":
            self.do(self.tracker.undone(ask, "broken", now))
            return
        value = deepcopy(left)
        self.do(self.tracker.hooked(ask.ticket, value=value, error=error, moment=now))

    @rule(index=st.integers(0, 3), how=st.sampled_from(["shown", "waiting", "undone"]))
    def render(self, index: int, how: str) -> None:
        if not self.plans:
            return
        plan = self.plans.pop(index % len(self.plans))
        if how == "undone":
            self.do(self.tracker.undone(plan, "broken", self.moment()))
            return
        results = [how for _ in steps_of(plan)]
        self.do(self.tracker.rendering(plan.plan, results, self.moment()))
        if how == "shown":
            self.do(self.tracker.rendered(plan.plan, results, self.moment()))

    @rule(times=st.integers(1, 7))
    def time(self, times: int) -> None:
        for _ in range(times):
            self.wind()

    @rule(what=st.sampled_from(["hidden", "connected", "leaving", "hinted"]))
    def page(self, what: str) -> None:
        self.do(getattr(self.tracker, what)(self.moment()))
        if what == "leaving":
            self.do(self.tracker.connected(self.moment()))

    # ---- the end ------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Everything is well again, and the visitor consents where nothing was chosen."""
        self.broken = False
        if not self.configured:
            self.wind_and_answer(8)
            for call in range(1, self.calls + 1):
                assert call in self.settled, "open, without a configuration"
            self.configured = True
            self.command("configure", {"datastreamId": "shop"})
        if "kndctr_shop_consent" not in self.cookies:
            self.wind_and_answer(1)
            self.command("setConsent", consent("in"))
        self.wind_and_answer(30)
        assert [call for call in range(1, self.calls + 1) if call not in self.settled] == []
        for call, id in self.ids.items():
            assert id in self.store or self.is_accounted_for(call, id), (id, self.settled[call])
        report = self.tracker._set.outbox if self.tracker._set else None
        assert report
        assert report.report()["waiting"] == 0
        assert len(self.dropped - set(self.ids.values())) <= sum(report.counts.dropped.values())

    def wind_and_answer(self, times: int) -> None:
        for _ in range(times):
            self.wind()
            while self.flying:
                self.take(self.flying.pop(0), "well")

    def is_accounted_for(self, call: int, id: str) -> bool:
        """Whether somebody was told why the event *id* is not in the store."""
        if id in self.refused or id in self.dropped:
            return True
        end = self.settled[call]
        if end.ok:
            return bool(end.value == {})  # declined, or cancelled by the page's callback
        code: str = end.value["code"]
        later = code == "configure.missing"  # then what came of it has nobody to be told
        return code in NOT_SENT or code.startswith("outbox.") or later


Settling.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestSettling = Settling.TestCase
