"""Runs one tracker in a page: takes commands from JavaScript, carries out effects, never throws at the host page.

Only text crosses: options come as JSON text, results go as JSON text. What is decided is core's; how it is done is here,
in dom.py, links.py and transport.py.
"""

from ..core.effects import (
    Ask,
    Effect,
    Hide,
    Later,
    Log,
    Serve,
    SetCookie,
    Settle,
    Tell,
    kind,
)
from ..core.errors import as_error
from ..core.moment import Moment
from ..core.tracker import Tracker
from ..core.tracking.hooks import BEFORE_EVENT
from ..core.wire import decode_object, encode
from .bridge import (
    attempt,
    callback,
    is_function,
    json,
    listen,
    method,
    own,
    parse,
    text,
    window,
)
from .clock import clock_ms
from .console import say
from .cookies import write_cookie
from .delivery.delivery import Delivery
from .elements import hide_page, load_image, show_page
from .facts.facts import Facts
from .features import look
from .listeners.watching import Watching
from .monitors import Monitors
from .offers import Offers
from .parts import PageParts
from .promises import Promises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

HOOKS = ("onBeforeEventSend", "onBeforeLinkClickSend", "clickCollection.filterClickDetails")
SLICE_MS = 6  # after so much of one task what is still to be done waits for the next
PROMPT = 4  # calls that don't wait for that: a page that has just begun takes longer for its configuration and first view

_names: "list[str]" = []  # of the trackers of this page, in the order that they came in


class Page:
    """The tracker *name* in this page."""

    def __init__(
        self,
        name: str,
        read: "Callable[[bool], dict[str, object]]",
        new_id: "Callable[[], str]",
    ) -> None:
        """*read* gives the page's facts (see facts.py), *new_id* a fresh UUID."""
        _names.append(name)
        self.tracker = Tracker(name, place=len(_names))
        self.monitors = Monitors(name)
        self._read = read
        self._new_id = new_id
        # Calls that wait for the next task, or for the page to be seen.
        self._backlog: list[Any] = []
        self._task_began = 0
        self._ran = 0  # calls, in this task
        self.promises = Promises(name, self.monitors)
        self._hooks: dict[str, object] = {}
        self._last_call = 0
        self._parts = PageParts(self, self.tracker)
        self._offers = Offers(self, self.tracker, self._parts)
        self._watching = Watching(self, self.tracker, self._offers.clicked)
        self._do = {
            "Settle": self.promises.settle,
            "Ask": self._ask,
            "Serve": self._serve,
            "SetCookie": self._set_cookie,
            "Call": load_image,
            "Later": self._later,
            "Hide": self._hide,
            "Show": self._show,
            "Watch": self._watching.watch,
            "Log": self._log,
            "Tell": self._tell_monitors,
        }
        document = window.document
        self.prerendering = own(document, "prerendering") is True
        self._delivery = Delivery(self, self.tracker, new_id(), self.monitors)
        self._do.update(self._delivery.effects())
        self._do.update(self._parts.effects())
        self._do.update(self._offers.effects())
        if self.prerendering:
            listen(document, "prerenderingchange", callback(self.safely(self._seen)))
        self.monitors.tell("onInstanceCreated", {}, "instance", look(window.globalThis, name))
        self.carry_out(self.tracker.begun())

    def call(
        self,
        name: str,
        options: str,
        given: Any,
        resolve: Any,
        reject: Any,
        event_id: str = "",
        age_ms: int = 0,
        early: Any = None,
    ) -> None:
        """Run a command: *options* is JSON text, *given* the page's own object (for its callbacks), then the promise's ends.

        *event_id* is '' unless the event got its id before the tracker was there; *age_ms* is how long it has waited; *early*
        is the promise of the edge's response where the loader has sent the event already.
        """
        waiting = (name, options, given, resolve, reject, event_id, age_ms, early)
        if self._task_began == 0:
            self._begin_task()
        late = self._ran >= PROMPT and clock_ms() - self._task_began > SLICE_MS
        if late or self._backlog or self.prerendering:
            self._backlog.append(waiting)
        else:
            self._ran += 1
            self._run(*waiting)

    def _begin_task(self) -> None:
        self._task_began = clock_ms()
        window.setTimeout(callback(self.safely(self._next_task)), 0)

    def _next_task(self, *_: Any) -> None:
        """Run the queued calls in a new task, so that no task gets long."""
        self._task_began = self._ran = 0
        if not self._backlog or self.prerendering:
            return
        self._begin_task()
        while self._backlog and clock_ms() - self._task_began <= SLICE_MS:
            self._run(*self._backlog.pop(0))

    def _run(
        self,
        name: str,
        options: str,
        given: Any,
        resolve: Any,
        reject: Any,
        event_id: str,
        age_ms: int,
        early: Any,
    ) -> None:
        self._last_call += 1
        call = self._last_call
        self.promises.add(call, resolve, reject, options, given, name)
        try:
            values = decode_object(options) if options not in ("", "null") else {}
            if name == "configure":
                self._take_hooks(values, given)
            self._delivery.transport.early = early
            self.carry_out(
                self.tracker.command(
                    call, name, values, self.moment(age_ms, whole=True), event_id=event_id
                )
            )
        except Exception as error:
            self.promises.settle(Settle(call=call, ok=False, value=as_error(error).as_record()))
        self._delivery.transport.early = None

    def carry_out(self, effects: "list[Effect]") -> None:
        """Carry out each effect, in order. If one fails, core is told, and the others are still carried out."""
        for effect in effects:
            try:
                carry: Any = self._do[kind(effect)]
                carry(effect)
            except Exception as error:
                self.report(error)
                self.safely(self._undone)(effect, str(error))

    def _undone(self, effect: Effect, why: str) -> None:
        self.carry_out(self.tracker.undone(effect, why, self.moment()))

    def drain(self) -> None:
        """Run all queued calls now."""
        while self._backlog:
            self._run(*self._backlog.pop(0))

    def guarded(self, function: "Callable[[], list[Effect]]") -> Any:
        """A callback for JavaScript: carries out what *function* returns, and never throws."""
        return callback(self.safely(lambda *_: self.carry_out(function())))

    def report(self, error: Exception) -> None:
        """Log an error of ours to the console."""
        say("error", f"[{self.tracker.name}] {type(error).__name__}: {error}")

    # ---- what the page is like --------------------------------------------------------------------------------------

    def moment(self, age_ms: int = 0, *, whole: bool = False) -> Moment:
        """The current moment, for a command that waited *age_ms*. *whole*: read all facts at once."""
        return Moment(
            now_ms=clock_ms(),
            facts=Facts(self._read, self._watching.hints, whole=whole),
            new_id=self._new_id,
            chance=window.Math.random,
            age_ms=age_ms,
        )

    def _take_hooks(self, values: "dict[str, object]", given: Any) -> None:
        """Keep the page's callbacks, which JSON can't carry, and tell core that they exist."""
        for name in HOOKS:
            group, _, last = name.rpartition(".")
            function = look(look(given, group) if group else given, last)
            if not is_function(function):
                continue
            self._hooks[name] = function
            target = values.setdefault(group, {}) if group else values
            if isinstance(target, dict):
                target[last] = "function"

    # ---- effects ----------------------------------------------------------------------------------------------------

    def _ask(self, effect: Ask) -> None:
        value = parse(encode(effect.value))
        if effect.hook != BEFORE_EVENT:
            window.Reflect.set(value, "clickedElement", self._watching.clicked)

        def done(answer: Any = None, *_: Any) -> None:
            if answer is False:
                answered(None)
                return
            window.Reflect.deleteProperty(value, "clickedElement")
            attempt(method(json(), "stringify"), json(), (value,), read, threw)

        def read(left: Any = None, *_: Any) -> None:
            answered(decode_object(text(left)))

        def answered(left: "dict[str, object] | None", error: str = "") -> None:
            self.carry_out(
                self.tracker.hooked(effect.ticket, value=left, error=error, moment=self.moment())
            )

        def threw(message: str) -> None:
            answered(None, message)

        attempt(
            self._hooks[effect.hook],
            None,
            (value,),
            callback(self.safely(done)),
            self.safely(threw),
        )

    def safely(self, function: Any) -> Any:
        """*function* as one that never throws."""

        def called(*args: Any) -> None:
            try:
                function(*args)
            except Exception as error:
                self.report(error)

        return called

    def _serve(self, effect: Serve) -> None:
        """Have a part carry out a call. It gets the page's JSON unchanged."""

        def told(given: Any = None, *_: Any) -> None:
            record = decode_object(text(given))
            value: Any = record["value"]
            self.promises.settle(Settle(call=effect.call, ok=record["ok"] is True, value=value))

        options, about = self.promises.options(effect.call)
        given = f"{effect.origin}\n{options}\n{self.tracker.name}"
        self._parts.ask(effect.part, given, callback(self.safely(told)), about)

    def _set_cookie(self, effect: SetCookie) -> None:
        if self.moment().facts.get("cookiesEnabled") is True:
            write_cookie(effect)

    def _later(self, effect: Later) -> None:
        timer = effect.timer
        window.setTimeout(
            self.guarded(lambda: self.tracker.on_timer(timer, self.moment())), effect.delay_ms
        )

    def _hide(self, effect: Hide) -> None:
        if hide_page(effect):
            self.monitors.tell("onContentHiding", {"status": "hide-containers"})

    def _show(self, effect: Any) -> None:
        if show_page():
            self.monitors.tell("onContentHiding", {"status": "show-containers"})

    def _tell_monitors(self, effect: Tell) -> None:
        notice: dict[str, object] = {"status": effect.status, "payload": effect.payload}
        self.monitors.tell("onContentRendering", notice)

    def _log(self, effect: Log) -> None:
        self.monitors.tell("onBeforeLog", {"level": effect.level, "arguments": [effect.message]})
        say(effect.level, f"[{self.tracker.name}] {effect.message}")

    def _seen(self, *_: Any) -> None:
        """The prerendered page is shown now: run its calls with the current time."""
        self.prerendering = False
        waiting = self._backlog
        self._backlog = []
        for name, options, values, resolve, reject, event_id, _, early in waiting:
            self.call(name, options, values, resolve, reject, event_id, 0, early)
