"""The page that played.py plays on: no document, its cookies, storage, clock and network in memory."""

from told import told

from pyrite.core.effects import (
    Arm,
    Ask,
    Call,
    Effect,
    Forget,
    Hide,
    Later,
    Load,
    Recall,
    Redirect,
    Render,
    Send,
    SetCookie,
    Settle,
    Show,
    Stay,
    Watch,
)
from pyrite.core.errors import TrackerError
from pyrite.core.moment import Given, Moment
from pyrite.core.personalization.planner import Planner
from pyrite.core.tracker import Tracker
from pyrite.core.visitor.consent import consent_state
from pyrite.core.visitor.identity import cookies
from pyrite.core.wire import encode

NOW_MS = 1795157627711  # 2026-11-20T06:53:47.711Z
FACTS: dict[str, object] = {
    "url": "https://www.site.test/page?a=1",
    "origin": "https://www.site.test",
    "referrer": "",
    "screenWidth": 1280,
    "screenHeight": 720,
    "screenOrientation": "landscape-primary",
    "viewportWidth": 1280,
    "viewportHeight": 720,
    "timezone": "UTC",
    "timezoneOffset": 0,
    "cookie": "",
    "cookiesEnabled": True,
    "gpc": False,
    "online": True,
    "topDomain": "site.test",
    "device": "",
    "hints": None,
}


class Flight:
    """A request on its way."""

    def __init__(self, send: Send) -> None:
        self.send = send


class PlayedPage:
    """A page without a document, its cookies, storage, clock and network in memory."""

    def __init__(self, facts: dict[str, object], chances: "list[int]") -> None:
        self.tracker = Tracker("alloy", place=1)
        self.facts = dict(FACTS)
        self.facts.update(facts)
        self.chances = chances
        self.chanced = 0
        self.made = 0
        self.passed_ms = 0  # of a clock that only goes forward: timers follow it
        self.now_ms = NOW_MS
        self.default = ""  # consent, once configured
        self.prefix = ""
        self.gpc_counts = True
        self.calls = 0
        self.settled: dict[str, object] = {}
        self.flying: list[Flight] = []
        self.asked: list[Ask] = []
        self.plans: list[Render] = []
        self.planner = Planner(1)
        self.deciding: list[Load] = []
        self.decisions = "[]"
        self.timers: list[tuple[int, int, tuple[str, str, object]]] = []
        self.timers_made = 0
        self.stored: list[dict[str, object]] = []  # by pages that are gone
        self.transport = "taken"
        self.hidden = False
        self.away = False
        self.wrong: list[object] = []
        self.lines: list[str] = []
        self.step: list[object] = []
        self.forgotten: dict[str, object] = {}  # ids of events that the outbox has let go of
        self.let_go = 0  # how many there were, ids that came twice counted twice
        self.ids: dict[str, object] = {}  # of events, by call

    # ---- the page ---------------------------------------------------------------------------------------------------

    def moment(self, age_ms: int = 0) -> Moment:
        """Now."""
        return Moment(
            now_ms=self.now_ms,
            facts=Given(self.facts),
            new_id=self.new_id,
            chance=self.chance,
            age_ms=age_ms,
        )

    def new_id(self) -> str:
        """Ids that count."""
        self.made += 1
        return f"00000000-0000-4000-8000-{self.made:012d}"

    def chance(self) -> float:
        """The next of the given chances, in thousandths."""
        self.chanced += 1
        if not self.chances:
            return 0.5
        return self.chances[self.chanced % len(self.chances)] / 1000

    def begin(self) -> None:
        """The tracker is there."""
        self.step = []
        self.do(self.tracker.begun())
        self.close()

    def close(self) -> None:
        """One line for the step that has ended."""
        parts = []
        for one in self.step:
            try:
                parts.append(encode(one))
            except TrackerError as error:
                parts.append(encode(["unsayable", error.message]))
        self.lines.append("[" + ",".join(parts) + "]")
        self.step = []

    def do(self, effects: list[Effect]) -> None:
        """Carry out each effect."""
        for effect in effects:
            self.step.append(told(effect))
            self.carry_out(effect)

    def carry_out(self, effect: Effect) -> None:
        """Do what a page does for *effect*."""
        if isinstance(effect, Send):
            self.send(effect)
        elif isinstance(effect, Settle):
            self.settle(effect)
        elif isinstance(effect, Ask):
            self.asked.append(effect)
        elif isinstance(effect, Render):
            self.plans.append(effect)
            self.step.append(self.steps_of(effect))
        elif isinstance(effect, Load):
            self.load(effect)
        elif isinstance(effect, Later):
            self.timers_made += 1
            self.timers.append((self.passed_ms + effect.delay_ms, self.timers_made, effect.timer))
        elif isinstance(effect, SetCookie):
            if self.facts.get("cookiesEnabled") is True:
                self.set_cookie(effect.name, effect.value)
        elif isinstance(effect, Arm):
            self.arm(effect)
        elif isinstance(effect, Recall):
            records, self.stored = self.stored, []
            if records:
                self.do(self.tracker.recalled(records, self.moment()))
        elif isinstance(effect, Call):
            self.must_be_allowed("image " + effect.url)
        elif isinstance(effect, Forget):
            for id in effect.ids:
                self.forgotten[id] = True
            self.let_go += len(effect.ids)
        elif isinstance(effect, Watch):
            if effect.what == "hints" and self.facts.get("hints") != "never":
                self.do(self.tracker.hinted(self.moment()))
        else:
            self.show(effect)

    def show(self, effect: Effect) -> None:
        """Hide or show the page for *effect*."""
        if isinstance(effect, Hide):
            self.hidden = True
        elif isinstance(effect, Show):
            self.hidden = False
        elif isinstance(effect, Redirect):
            self.away = True
        elif isinstance(effect, Stay):
            self.away = False

    def send(self, effect: Send) -> None:
        """A request leaves, or the browser refuses it."""
        if "/privacy/" not in effect.url:
            self.must_be_allowed("request " + effect.url)
        if self.transport == "broken":
            self.do(self.tracker.undone(effect, "broken", self.moment()))
        elif effect.unloading and not effect.bare:
            taken = self.transport == "taken"
            self.do(self.tracker.beaconed(effect.request, taken=taken, moment=self.moment()))
        else:
            self.flying.append(Flight(effect))

    def load(self, effect: Load) -> None:
        """A part is loaded, what decides when a step says so."""
        if effect.part != "render":
            self.deciding.append(effect)
        elif self.transport == "broken":
            self.do(self.tracker.undone(effect, "broken", self.moment()))
        else:
            self.do(self.tracker.loaded("render", self.planner.run, "", self.moment()))

    def decide(self, text: str) -> str:
        """The part that decides: it says what the last step of its kind has given."""
        self.step.append(["decides", text])
        return self.decisions

    def steps_of(self, effect: Render) -> list[dict[str, object]]:
        """The steps of a plan, none of one that has ended."""
        plan = self.planner.plans.get(effect.plan)
        return plan.steps if plan else []

    def arm(self, effect: Arm) -> None:
        """The browser takes charge of all bodies but the last of many."""
        self.must_be_allowed("net")
        if self.transport == "broken":
            return
        for place in range(len(effect.bodies)):
            if place < 2:
                self.do(self.tracker.armed(effect.net, place))

    def settle(self, effect: Settle) -> None:
        """A promise ends, once."""
        call = str(effect.call)
        if call == "0":
            return  # of no promise
        if call in self.settled:
            self.wrong.append(["settled twice", call])
        self.settled[call] = [effect.ok, effect.value]

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the page's."""
        found = cookies(str(self.facts["cookie"]))
        found[name] = value
        self.facts["cookie"] = "; ".join([f"{one}={found[one]}" for one in sorted(found)])

    def must_be_allowed(self, what: str) -> None:
        """Note where something leaves without consent."""
        choice = cookies(str(self.facts["cookie"])).get(self.prefix + "consent", "")
        gpc = self.facts.get("gpc") is True and self.gpc_counts
        consent = consent_state(cookie=choice, gpc=gpc, default=self.default)
        if consent != "in" and self.facts.get("cookiesEnabled") is True:
            self.wrong.append(["without consent", consent, what])

    def wind(self, milliseconds: int) -> None:
        """Let time pass; of timers for the same moment the one that was set first runs first."""
        end_ms = self.passed_ms + milliseconds
        while True:
            due = [timer for timer in self.timers if timer[0] <= end_ms]
            if not due:
                break
            first = due[0]
            for timer in due:
                if timer[0] < first[0] or (timer[0] == first[0] and timer[1] < first[1]):
                    first = timer
            self.timers = [timer for timer in self.timers if timer[1] != first[1]]
            ahead = max(first[0] - self.passed_ms, 0)
            self.passed_ms += ahead
            self.now_ms += ahead
            self.step.append(["woken", list(first[2])])
            self.do(self.tracker.on_timer(first[2], self.moment()))
        self.now_ms += end_ms - self.passed_ms
        self.passed_ms = end_ms
