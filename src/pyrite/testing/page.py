"""A page in memory: a tracker whose effects are carried out without a browser.

It does in plain Python what browser/page.py does in a real page, and passes the same contract (tests/contract/situations.py).
What it has not: documents (it renders into a table of elements) and decisions in the page.
"""

from collections.abc import Callable
from typing import Any

from ..core.effects import (
    Abandon,
    Ask,
    Call,
    Effect,
    Later,
    Load,
    Log,
    Redirect,
    Render,
    Serve,
    SetCookie,
    Settle,
    Watch,
    kind,
)
from ..core.errors import as_error
from ..core.jss.answer import answer as jss_answer
from ..core.moment import Given, Moment
from ..core.parts import JSS, RENDER
from ..core.personalization.interactions import Click
from ..core.personalization.planner import Planner
from ..core.tracker import Tracker
from ..core.urls import parse_host, split_host
from ..core.wire import decode_object, encode
from .delivery import Delivery
from .rendering import Rendering
from .world import World

PROMISE_MS = 60_000  # twice the time within which every promise settles
HOOKS = ("onBeforeEventSend", "onBeforeLinkClickSend")
FILTER = "filterClickDetails"


class Promise:
    """What a command gives: *value* is its result, or what it was rejected with once *ok* is False; *ok* is None before."""

    def __init__(self) -> None:
        self.ok: bool | None = None
        self.value: dict[str, Any] = {}


class MemoryPage:
    """The page at *url* in *browser*, with the tracker *name*.

    *elements* is what it shows, text or HTML by selector; *console* every line `(level, line)`; *images* what was loaded
    as an image; *watched* what the tracker listens for; *location* where it was redirected.
    """

    def __init__(self, browser: World, url: str, *, name: str = "alloy") -> None:
        self.browser = browser
        self.url = url
        self.referrer = ""
        self.id = f"page-{browser.next_number()}"
        self.tracker = Tracker(name, place=1)
        self.gpc = False
        self.elements: dict[str, str] = {}
        self.console: list[tuple[str, str]] = []
        self.images: list[str] = []
        self.watched: list[str] = []
        self.location = ""
        self.hidden = ""  # the prehiding style that is there
        self.is_open = True
        self._last_call = 0
        self._promises: dict[object, Promise] = {}
        self._hooks: dict[str, Callable[[Any], Any]] = {}
        self._renderings: dict[str, Rendering] = {}
        self._planner = Planner(self.tracker.place)  # the part that renders
        self._do: dict[str, Callable[[Any], None]] = {
            "Settle": self._settle,
            "Ask": self._ask,
            "Load": self._load,
            "Foresee": self._foresee,
            "Serve": self._serve,
            "Render": self._render,
            "Abandon": self._abandon,
            "Redirect": self._redirect,
            "Stay": self._stay,
            "Uncover": self._uncover,
            "SetCookie": self._set_cookie,
            "Call": self._call,
            "Later": self._later,
            "Hide": self._hide,
            "Show": self._show,
            "Watch": self._watch,
            "Log": self._log,
            "Tell": self._tell_monitors,
        }
        self._delivery = Delivery(self, browser)
        self._do.update(self._delivery.effects())
        browser.alive.add(self.id)

    # ---- what a test does -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The tracker is there."""
        self.carry_out(self.tracker.begun())

    def start(self, command: str, options: dict[str, Any] | None = None) -> Promise:
        """The promise of *command*; callbacks among *options* are Python functions."""
        self._last_call += 1
        promise = self._promises[self._last_call] = Promise()
        values = dict(options or {})
        if command == "configure":
            self._take_hooks(values)
        own_options = decode_object(encode(values))  # only text reaches a tracker in a page
        self.carry_out(self.tracker.command(self._last_call, command, own_options, self.moment()))
        return promise

    def run(self, command: str, options: dict[str, Any] | None = None) -> Promise:
        """The promise of *command* once it has settled; time passes until then."""
        promise = self.start(command, options)
        assert self.browser.wait_for(lambda: promise.ok is not None, PROMISE_MS), (
            f"{command}: its promise did not settle within {PROMISE_MS // 1000} s"
        )
        return promise

    def click(
        self, url: str, text: str, *, region: str = "BODY", offer: Click | None = None
    ) -> None:
        """The visitor clicks on a link; *offer* is what of an offer the click has met."""
        facts: dict[str, object] = {
            "url": url,
            "host": parse_host(url),
            "pageHost": parse_host(self.url),
            "protocol": url.partition(":")[0] + ":",
            "text": text,
            "names": [],
            "region": region,
            "download": False,
            "qualified": None,
            "scripted": False,
        }
        xdm = self._planner.interactions.event_of(offer) if offer else {}
        self.carry_out(self.tracker.clicked(facts, self.moment(), xdm))

    def navigate(self, url: str, how: str = "push") -> None:
        """The address changes without a new document; *how* is push, replace, traverse or restore."""
        self.url = url
        if "routes" in self.watched:
            self.carry_out(self.tracker.routed(how, self.moment()))

    def hide(self) -> None:
        """The visitor looks at another tab."""
        self.carry_out(self.tracker.hidden(self.moment()))

    def reconnect(self) -> None:
        """The network is back, or the page from the back/forward cache."""
        self.is_open = True
        self.browser.alive.add(self.id)
        self.carry_out(self.tracker.connected(self.moment()))

    def leave(self) -> None:
        """The visitor goes elsewhere."""
        self.carry_out(self.tracker.leaving(self.moment()))
        self.crash()

    def crash(self) -> None:
        """The page ends without knowing; the browser sends what it was given for that."""
        self.is_open = False
        self.browser.alive.discard(self.id)
        self._delivery.end()

    def add(self, selector: str, content: str = "") -> None:
        """An element appears that *selector* chooses."""
        self.elements[selector] = content
        for rendering in list(self._renderings.values()):
            rendering.look()

    def moment(self) -> Moment:
        """Now, in this page."""
        host = split_host(parse_host(self.url))[0]
        facts: dict[str, object] = {
            "url": self.url,
            "origin": "/".join(self.url.split("/")[:3]),
            "referrer": self.referrer,
            "screenWidth": 1280,
            "screenHeight": 720,
            "screenOrientation": "landscape-primary",
            "viewportWidth": 1280,
            "viewportHeight": 720,
            "timezone": "UTC",
            "timezoneOffset": 0,
            "cookie": self.browser.cookie(),
            "cookiesEnabled": True,
            "gpc": self.gpc,
            "online": True,
            "topDomain": ".".join(host.split(".")[-2:]),
            "device": "",
            "hints": None,
        }
        return Moment(
            now_ms=self.browser.now_ms, facts=Given(facts), new_id=self._new_id, chance=lambda: 0.5
        )

    def carry_out(self, effects: list[Effect]) -> None:
        """Do each effect, in order; core is told of one that fails, which does not keep the others from being done."""
        for effect in effects:
            try:
                self._do[kind(effect)](effect)
            except Exception as error:
                self.console.append(("error", f"{type(error).__name__}: {error}"))
                self.carry_out(self.tracker.undone(effect, str(error), self.moment()))

    # ---- promises and callbacks -------------------------------------------------------------------------------------

    def _settle(self, effect: Settle) -> None:
        promise = self._promises.pop(effect.call, None)
        if promise is not None:
            promise.ok, promise.value = effect.ok, decode_object(encode(effect.value))

    def _take_hooks(self, values: dict[str, Any]) -> None:
        """Note the page's callbacks; core is told that they are there."""
        for name in HOOKS:
            if callable(values.get(name)):
                self._hooks[name], values[name] = values[name], "function"
        clicks = values.get("clickCollection")
        if isinstance(clicks, dict) and callable(clicks.get(FILTER)):
            self._hooks["clickCollection." + FILTER] = clicks[FILTER]
            values["clickCollection"] = {**clicks, FILTER: "function"}

    def _ask(self, effect: Ask) -> None:
        value: dict[str, object] | None = decode_object(encode(effect.value))
        problem = ""
        try:
            if self._hooks[effect.hook](value) is False:
                value = None
        except Exception as error:
            value, problem = None, as_error(error).message
        self.carry_out(
            self.tracker.hooked(effect.ticket, value=value, error=problem, moment=self.moment())
        )

    # ---- parts ------------------------------------------------------------------------------------------------------

    def _load(self, effect: Load) -> None:
        parts = {
            RENDER: self._planner.run,
            JSS: lambda given: encode(jss_answer(decode_object(given))),
        }
        if effect.part not in parts:
            raise NotImplementedError(
                f"a page in memory has no part {effect.part!r}; leave it to the edge"
            )
        run = parts[effect.part]
        self.carry_out(self.tracker.loaded(effect.part, run, "", self.moment()))

    def _serve(self, effect: Serve) -> None:
        raise NotImplementedError("a page in memory speaks to its edge alone: no host, no action")

    def _foresee(self, effect: Effect) -> None:
        """Nothing to do: what is needed is there."""

    # ---- rendering --------------------------------------------------------------------------------------------------

    def _render(self, effect: Render) -> None:
        plan = effect.plan

        def started(results: list[str]) -> None:
            self.carry_out(self.tracker.rendering(plan, results, self.moment()))

        def finished(results: list[str]) -> None:
            self._renderings.pop(plan, None)
            self.carry_out(self.tracker.rendered(plan, results, self.moment()))

        rendering = Rendering(self._planner.plans[plan].steps, self.elements, started, finished)
        self._renderings[plan] = rendering
        rendering.begin(self.browser.after)

    def _abandon(self, effect: Abandon) -> None:
        if effect.plan in self._renderings:
            self._renderings[effect.plan].abandon(effect.keys, effect.why)

    def _uncover(self, effect: Effect) -> None:
        """Nothing to do: single steps hide nothing here."""

    def _redirect(self, effect: Redirect) -> None:
        self.location = effect.url

    def _tell_monitors(self, effect: Effect) -> None:
        """Nobody listens here."""

    def _stay(self, effect: Effect) -> None:
        self.location = ""

    def _hide(self, effect: Any) -> None:
        self.hidden = self.hidden or effect.css

    def _show(self, effect: Effect) -> None:
        self.hidden = ""

    # ---- the rest of the page ---------------------------------------------------------------------------------------

    def _set_cookie(self, effect: SetCookie) -> None:
        self.browser.set_cookie(effect.name, effect.value, effect.max_age_s)

    def _call(self, effect: Call) -> None:
        self.images.append(effect.url)

    def _later(self, effect: Later) -> None:
        def due() -> None:
            if self.is_open:
                self.carry_out(self.tracker.on_timer(effect.timer, self.moment()))

        self.browser.after(effect.delay_ms, due)

    def _watch(self, effect: Watch) -> None:
        if effect.what not in self.watched:
            self.watched.append(effect.what)
        if effect.what == "hints":
            self.carry_out(self.tracker.hinted(self.moment()))

    def _log(self, effect: Log) -> None:
        self.console.append((effect.level, effect.message))

    def _new_id(self) -> str:
        return f"00000000-0000-4000-8000-{self.browser.next_number():012d}"
