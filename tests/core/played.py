"""One sequence of commands, answers, clicks, hooks and clocks, played on a tracker: a text in, all that it did out as a text.

Every lane plays the same (e2e/every_lane/test_sequences.py). Here alone stand the names of the tracker's methods. A sequence is
`{"facts": {…}, "chances": […], "steps": [[name, …], …]}`; the steps are the methods of Player whose names begin with `step_`.
"""

from played_page import PlayedPage

from pyrite.core.errors import TrackerError
from pyrite.core.personalization.interactions import Click
from pyrite.core.wire import decode_object, encode, merge

WELL = '{"requestId":"r","handle":[]}'
NOT_SENT = (
    "hook.failed",
    "wire.invalid",
    "options.invalid",
    "command.unconfigured",
    "configure.missing",
    "tracker",
)
ENDS_MS = 5000  # of a step of the end, and how many there are of them
ENDS = 40
ORDERED_MS = 3600000  # as long as Retry-After may keep things waiting


def run(text: str) -> str:
    """JSON of what the sequence *text* gives: a list of effects for each step, and what is wrong at its end."""
    sequence = decode_object(text)
    player = Player(
        object_of(sequence.get("facts")),
        [int_of(chance) for chance in list_of(sequence.get("chances"))],
    )
    player.begin()
    for step in list_of(sequence.get("steps")):
        player.play(list_of(step))
    player.end()
    return "[" + ",\n".join(player.lines) + "]"


def object_of(value: object) -> dict[str, object]:
    """*value* where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """*value* where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def int_of(value: object) -> int:
    """*value* where it is a whole number, else 0."""
    return int(value) if isinstance(value, (int, float)) else 0


def text_at(step: list[object], place: int) -> str:
    """The text at *place* of *step*, else an empty one."""
    value = step[place] if place < len(step) else ""
    return value if isinstance(value, str) else ""


class Player(PlayedPage):
    """A page on which steps are carried out."""

    # ---- steps ------------------------------------------------------------------------------------------------------

    def play(self, step: list[object]) -> None:
        """Carry out one step; what escapes the tracker is told."""
        name = text_at(step, 0)
        try:
            if name == "command":
                self.step_command(step)
            elif name in ("answer", "fail"):
                self.step_answer(step)
            elif name == "hook":
                self.step_hook(step)
            elif name == "render":
                self.step_render(step)
            elif name == "decide":
                self.step_decide(step)
            elif name == "click":
                self.step_click(step)
            elif name in ("time", "late", "clock"):
                self.step_time(step)
            else:
                self.step_page(step)
        except Exception as error:
            # What a lane calls its own errors is its own: only that one escaped is compared.
            self.step.append(["escaped"])
            self.wrong.append(["escaped", name, str(error)])
        self.close()

    def step_command(self, step: list[object]) -> None:
        """`["command", name, options, age, event id]`."""
        name, options = text_at(step, 1), object_of(step[2])
        self.calls += 1
        call = self.calls
        effects = self.tracker.command(
            call,
            name,
            options,
            self.moment(int_of(step[3])),
            event_id=text_at(step, 4),
        )
        config = self.tracker.config
        if config is not None:
            self.default = config.text("defaultConsent")
            self.prefix = config.cookie_prefix
            self.gpc_counts = config.flag("globalPrivacyControlEnabled")
        if name in ("event", "sendEvent"):
            id = object_of(options.get("xdm")).get("_id")
            self.ids[str(call)] = id if isinstance(id, str) and id else text_at(step, 4)
        self.do(effects)

    def step_answer(self, step: list[object]) -> None:
        """`["answer", which, status, text, Retry-After, x-adobe-edge]` or `["fail", which, message]`."""
        if not self.flying:
            return
        flight = self.flying.pop(int_of(step[1]) % len(self.flying))
        request = flight.send.request
        if text_at(step, 0) == "fail":
            self.do(self.tracker.failed(request, message=text_at(step, 2), moment=self.moment()))
            return
        self.do(
            self.tracker.answered(
                request,
                status=int_of(step[2]),
                text=text_at(step, 3),
                retry_after=text_at(step, 4),
                moment=self.moment(),
                edge=text_at(step, 5),
            )
        )

    def step_hook(self, step: list[object]) -> None:
        """`["hook", which, how, value, error]`; how: merge, replace, cancel, undone."""
        if not self.asked:
            return
        ask = self.asked.pop(int_of(step[1]) % len(self.asked))
        how, value = text_at(step, 2), object_of(step[3])
        if how == "undone":
            self.do(self.tracker.undone(ask, text_at(step, 4), self.moment()))
            return
        left: dict[str, object] | None = value
        if how == "merge":
            try:
                left = merge(decode_object(encode(ask.value)), value)
            except TrackerError as error:  # as where a page is given what has no JSON form
                self.do(self.tracker.undone(ask, error.message, self.moment()))
                return
        elif how == "cancel":
            left = None
        self.do(
            self.tracker.hooked(
                ask.ticket, value=left, error=text_at(step, 4), moment=self.moment()
            )
        )

    def step_render(self, step: list[object]) -> None:
        """`["render", which, how, words]`; how: first (it stays), end, both, undone."""
        if not self.plans:
            return
        at = int_of(step[1]) % len(self.plans)
        plan, how = self.plans[at], text_at(step, 2)
        words = [str(word) for word in list_of(step[3])] or ["shown"]
        results = [words[place % len(words)] for place in range(len(self.steps_of(plan)))]
        if how != "first":
            self.plans.pop(at)
        if how == "undone":
            self.do(self.tracker.undone(plan, "broken", self.moment()))
            return
        if how != "end":
            self.do(self.tracker.rendering(plan.plan, results, self.moment()))
        if how != "first":
            self.do(self.tracker.rendered(plan.plan, results, self.moment()))

    def step_decide(self, step: list[object]) -> None:
        """`["decide", which, propositions, error]`."""
        if not self.deciding:
            return
        self.deciding.pop(int_of(step[1]) % len(self.deciding))
        self.decisions = encode([object_of(one) for one in list_of(step[2])])
        why = text_at(step, 3)
        run = None if why else self.decide
        self.do(self.tracker.loaded("decide", run, why, self.moment()))

    def step_click(self, step: list[object]) -> None:
        """`["click", facts of a link, marks, label, token, [[selector, distance], …]]`; the marks null for no offer."""
        offer: dict[str, object] = {}
        if isinstance(step[2], list):
            interactions = self.planner.interactions
            known = len(interactions.selectors)
            met: list[tuple[int, int]] = []
            for pair in list_of(step[5]):
                place = list_of(pair)
                if int_of(place[0]) < known:
                    met.append((int_of(place[0]), int_of(place[1])))
            offer = interactions.event_of(
                Click(
                    marks=[int_of(mark) for mark in step[2]],
                    label=text_at(step, 3),
                    token=text_at(step, 4),
                    met=met,
                )
            )
        self.do(self.tracker.clicked(object_of(step[1]), self.moment(), offer))

    def step_time(self, step: list[object]) -> None:
        """`["time", ms]`: timers run. `["late", ms]`: none does in time. `["clock", ms]`: the computer's clock is set."""
        name, milliseconds = text_at(step, 0), int_of(step[1])
        if name == "time":
            self.wind(milliseconds)
            return
        self.now_ms += milliseconds
        if name == "late":
            self.passed_ms += milliseconds

    def step_page(self, step: list[object]) -> None:
        """`["facts", {…}]`, `["route", url, how]`, `["cookie", name, value]`, `["stored", records]`, `["transport", how]`, or what happens."""
        name = text_at(step, 0)
        if name == "facts":
            self.facts.update(object_of(step[1]))
            if self.facts.get("cookiesEnabled") is False:
                self.facts["cookie"] = ""
        elif name == "route":
            self.facts["url"] = text_at(step, 1)
            self.do(self.tracker.routed(text_at(step, 2), self.moment()))
        elif name == "cookie" and self.facts.get("cookiesEnabled") is True:
            self.set_cookie(text_at(step, 1), text_at(step, 2))
        elif name == "stored":
            self.stored.extend([object_of(record) for record in list_of(step[1])])
        elif name == "transport":
            self.transport = text_at(step, 1)
        elif name == "hidden":
            self.do(self.tracker.hidden(self.moment()))
        elif name == "connected":
            self.do(self.tracker.connected(self.moment()))
        elif name == "leaving":
            self.do(self.tracker.leaving(self.moment()))
        elif name == "hinted":
            self.do(self.tracker.hinted(self.moment()))

    # ---- the end ----------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """All is well again: what waits is answered, the visitor consents, time passes; then what is wrong is told."""
        self.facts["online"] = True
        self.transport = "taken"
        if self.tracker.config is None:
            for _ in range(8):
                self.wind(ENDS_MS)
            for call in range(1, self.calls + 1):
                if str(call) not in self.settled:
                    self.wrong.append(["open without a configuration", call])
            options: dict[str, object] = {"datastreamId": "shop", "edgeDomain": "edge.site.test"}
            self.play(["command", "configure", options, 0, ""])
        choice: dict[str, object] = {
            "standard": "Adobe",
            "version": "1.0",
            "value": {"general": "in"},
        }
        self.play(["command", "setConsent", {"consent": [choice]}, 0, ""])
        self.play(["connected"])
        for _ in range(ENDS):
            self.answer_all()
            self.play(["time", ENDS_MS])
        self.play(["time", ORDERED_MS])
        for _ in range(8):
            self.answer_all()
            self.play(["time", ENDS_MS])
        self.answer_all()
        self.play(["command", "getDelivery", {}, 0, ""])
        self.check()
        self.step = list(self.wrong)
        self.close()

    def answer_all(self) -> None:
        """Answer every callback, plan, decision and request."""
        turns = 0
        while (self.flying or self.asked or self.plans or self.deciding) and turns < 100:
            turns += 1
            self.play(["hook", 0, "merge", {}, ""])
            self.play(["render", 0, "both", []])
            self.play(["decide", 0, [], ""])
            self.play(["answer", 0, 200, WELL, "", ""])

    def check(self) -> None:
        """Note promises that are open, events that nobody accounts for, and a page that stays hidden."""
        for call in range(1, self.calls + 1):
            if str(call) not in self.settled:
                self.wrong.append(["open", call])
        report = object_of(list_of(self.settled.get(str(self.calls)))[1])
        if report.get("waiting") != 0:
            self.wrong.append(["waiting", report.get("waiting")])
        dropped = object_of(report.get("dropped"))
        counted = int_of(report.get("acknowledged"))
        for reason in sorted(dropped):
            counted += int_of(dropped[reason])
        if counted != self.let_go:
            self.wrong.append(["counted", counted, "let go", self.let_go])
        for call in sorted(self.ids):
            if not self.is_accounted_for(call):
                self.wrong.append(["lost", call, self.ids[call], self.settled.get(call)])
        if self.hidden or self.away:
            self.wrong.append(["hidden", self.hidden, self.away])

    def is_accounted_for(self, call: str) -> bool:
        """Whether the event of *call* was acknowledged, or counted with a reason, or its promise says why it never left."""
        id = self.ids[call]
        if isinstance(id, str) and id in self.forgotten:
            return True
        end = list_of(self.settled.get(call))
        value = object_of(end[1]) if len(end) > 1 else {}
        if end and end[0] is True:
            # Declined, cancelled by the page's callback, rendered from what was there or decided in the page; or without an
            # id of its own, and then the counts tell.
            return "requestBody" not in value or not id
        code = str(value.get("code"))
        return code in NOT_SENT or code.startswith("outbox.") or not id
