"""Whatever the order of events, answers, faults, tabs and clocks: nothing is lost, nothing counts twice, every promise settles.

Trackers as they are, in tabs that share a storage, against an edge that answers, fails, is silent, or loses its answer.
"""

from typing import Any

from given import NOW_MS, configured, moment
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pyrite.core.effects import Effect, Send
from pyrite.core.tracker import Tracker
from pyrite.core.wire import decode, encode

COOKIE = "pyrite_fpid=device-1"
BUDGET = 65_536
ANSWERS = st.sampled_from(
    ["taken", "taken", "answer lost", "503", "503 in 7 s", "500", "408", "network", "portal", "400"]
)


class Tab:
    """One page: its tracker, what it has under way, its timers."""

    def __init__(self, world: "Promises", name: str) -> None:
        self.world = world
        self.name = name
        self.flying: list[Send] = []
        self.timers: list[tuple[str, str, object]] = []
        self.let_go: set[str] = set()
        self.budget = BUDGET
        self.net: list[Send] = []  # what the browser sends when the page ends
        self.tracker: Tracker = configured(outbox={"maxEvents": 30})
        self.timers.append(("outbox", "recall", 0))

    def moment(self) -> Any:
        return moment(now_ms=self.world.now_ms, cookie=COOKIE)

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            kind = type(effect).__name__
            handler = getattr(self, f"do_{kind}", None)
            if handler:
                handler(effect)

    def do_Send(self, effect: Any) -> None:  # noqa: N802
        if not effect.unloading:
            self.flying.append(effect)
            return
        size = len(effect.body.encode())
        taken = size <= self.budget
        if taken:
            self.budget -= size
            self.world.arrive(effect)  # or on its way: nobody will ever tell
        self.do(self.tracker.beaconed(effect.request, taken=taken, moment=self.moment()))

    def do_Arm(self, effect: Any) -> None:  # noqa: N802
        self.net, left = [], BUDGET
        for place, one in enumerate(effect.bodies):
            left -= len(one["body"].encode())
            if left >= 0:
                self.net.append(
                    Send(
                        request="",
                        url=one["url"],
                        body=one["body"],
                        unloading=True,
                        keepalive=True,
                        bare=False,
                    )
                )
                self.do(self.tracker.armed(effect.net, place))

    def do_Disarm(self, effect: Any) -> None:  # noqa: N802
        self.net = []

    def do_Keep(self, effect: Any) -> None:  # noqa: N802
        for record in effect.records:
            self.world.kept[record["id"]] = {**record, "page": self.name}

    def do_Forget(self, effect: Any) -> None:  # noqa: N802
        for id in effect.ids:
            self.world.kept.pop(id, None)
            if id not in self.world.store | self.world.refused:
                self.let_go.add(id)
                self.world.dropped.add(id)
        counts = self.tracker._set.outbox.counts.dropped if self.tracker._set else {}
        assert len(self.let_go) <= sum(counts.values()), "dropped, and not counted"

    def do_Recall(self, effect: Any) -> None:  # noqa: N802
        alive = {tab.name for tab in self.world.tabs}
        found = [record for record in self.world.kept.values() if record["page"] not in alive]
        for record in found:
            record["page"] = self.name
        if found:
            self.do(self.tracker.recalled(found, self.moment()))

    def do_Later(self, effect: Any) -> None:  # noqa: N802
        self.timers.append(effect.timer)

    def do_Settle(self, effect: Any) -> None:  # noqa: N802
        if effect.call in self.world.calls:
            id, beacon = self.world.calls[effect.call]
            assert effect.call not in self.world.settled, "a promise settled twice"
            self.world.settled[effect.call] = effect
            if effect.ok and not beacon:
                assert id in self.world.store, "resolved, and not in the store"

    def wind(self, times: int = 1) -> None:
        """Let timers run, those set by others too."""
        for _ in range(times):
            timers, self.timers = self.timers, []
            for timer in timers:
                self.do(self.tracker.on_timer(timer, self.moment()))

    def answer(self, index: int, how: str) -> None:
        """The edge answers one of the requests under way, or does not."""
        if not self.flying:
            return
        send = self.flying.pop(index % len(self.flying))
        status, text, retry_after = 200, encode({"requestId": "r", "handle": []}), ""
        if how in ("taken", "answer lost"):
            self.world.arrive(send)
        if how in ("network", "answer lost"):
            self.do(self.tracker.failed(send.request, message="gone", moment=self.moment()))
            return
        if how == "portal":
            text = "<html>"
        elif how == "400":
            status, text = 400, ""
            self.world.refused.update(ids_of(send))
        elif how != "taken":
            status, text = int(how[:3]), ""
            retry_after = "7" if how.endswith("7 s") else ""
        effects = self.tracker.answered(
            send.request, status=status, text=text, retry_after=retry_after, moment=self.moment()
        )
        self.do(effects)


def ids_of(send: Send) -> list[str]:
    body = decode(send.body)
    assert isinstance(body, dict)
    return [event["xdm"]["_id"] for event in body["events"]]


class Promises(RuleBasedStateMachine):
    """The world: tabs, their storage, the edge's store."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = NOW_MS
        self.tabs: list[Tab] = []
        self.kept: dict[str, dict[str, Any]] = {}
        self.store: set[str] = set()
        self.made: set[str] = set()
        self.calls: dict[str, tuple[str, bool]] = {}
        self.settled: dict[str, Any] = {}
        self.dropped: set[str] = set()
        self.refused: set[str] = set()
        self.names = 0

    def arrive(self, send: Send) -> None:
        """The edge stores what a request carries, each id once."""
        ids = ids_of(send)
        assert set(ids) <= self.made, "an id that no page has made"
        assert len(ids) == len(set(ids)), "an id twice in one body"
        self.store.update(ids)

    def end(self, tab: Tab) -> None:
        """The page is no more; its browser is."""
        self.tabs.remove(tab)
        for send in tab.net:
            self.arrive(send)

    def tab(self, index: int) -> Tab:
        if not self.tabs:
            self.open()
        return self.tabs[index % len(self.tabs)]

    @rule()
    def open(self) -> None:
        self.names += 1
        self.tabs.append(Tab(self, f"tab-{self.names}"))

    @rule(
        index=st.integers(0, 3),
        kind=st.sampled_from(["plain", "plain", "view", "unloading"]),
        size=st.sampled_from([0, 0, 30_000]),
        count=st.integers(1, 4),
    )
    def event(self, index: int, kind: str, size: int, count: int) -> None:
        tab = self.tab(index)
        for _ in range(count):
            id = f"event-{len(self.made)}"
            self.made.add(id)
            self.calls[id] = (id, kind == "unloading")
            options: dict[str, Any] = {
                "type": "t",
                "xdm": {"_id": id},
                "data": {"text": "x" * size},
            }
            if kind == "view":
                options["viewStart"] = True
            elif kind == "unloading":
                options["documentUnloading"] = True
            tab.do(tab.tracker.command(id, "event", options, tab.moment()))

    @rule(index=st.integers(0, 3), request=st.integers(0, 5), how=ANSWERS)
    def answer(self, index: int, request: int, how: str) -> None:
        self.tab(index).answer(request, how)

    @rule(index=st.integers(0, 3), times=st.integers(1, 8))
    def time(self, index: int, times: int) -> None:
        self.now_ms += 5000 * times
        self.tab(index).wind(times)

    @rule(milliseconds=st.sampled_from([-7_200_000, 5, 7_200_000]))
    def clock(self, milliseconds: int) -> None:
        self.now_ms += milliseconds

    @rule(index=st.integers(0, 3))
    def hidden(self, index: int) -> None:
        tab = self.tab(index)
        tab.do(tab.tracker.hidden(tab.moment()))

    @rule(index=st.integers(0, 3))
    def back(self, index: int) -> None:
        tab = self.tab(index)
        tab.budget = BUDGET
        tab.do(tab.tracker.connected(tab.moment()))

    @rule(index=st.integers(0, 3))
    def leave(self, index: int) -> None:
        tab = self.tab(index)
        tab.do(tab.tracker.leaving(tab.moment()))
        self.end(tab)

    @rule(index=st.integers(0, 3))
    def crashed(self, index: int) -> None:
        self.end(self.tab(index))

    @rule(index=st.integers(0, 3))
    def killed(self, index: int) -> None:
        self.tabs.remove(self.tab(index))

    @invariant()
    def what_is_not_safe_is_kept(self) -> None:
        safe = self.store | self.dropped | self.refused
        assert self.made - safe <= set(self.kept), "neither stored, nor dropped, nor kept"

    def teardown(self) -> None:
        """The edge is well again, and the visitor comes back."""
        self.open()
        for _ in range(60):
            self.now_ms += 70_000
            for tab in list(self.tabs):
                tab.wind()
                tab.do(tab.tracker.connected(tab.moment()))
                while tab.flying:
                    tab.answer(0, "taken")
        assert self.made - self.dropped - self.refused <= self.store
        assert self.kept == {}
        alive = {tab.name for tab in self.tabs}
        assert alive
        waiting = [call for call in self.calls if call not in self.settled and self.lives(call)]
        assert waiting == []

    def lives(self, call: str) -> bool:
        """Whether the page that waits for a promise is still there."""
        return any(call in tab.tracker._set.events._sent for tab in self.tabs if tab.tracker._set)


Promises.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPromises = Promises.TestCase
