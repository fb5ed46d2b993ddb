"""The part of the command `ibexa`: what such an event may say, and waiting until its item was seen, read or played.

A script of its own: one function on the page, for all its trackers. core asks it what becomes of an event; with a function to
tell it by it waits, and gives the event back to the page's tracker when it has come about, as often as it has steps.
"""

from ...core.errors import as_error
from ...core.ibexa.answer import answer, event_options
from ...core.ibexa.said import spelled_out
from ...core.ibexa.waiting import PLAYED, SCROLLED, TICK_MS, VISIBLE, Waiting, key_of, view_of
from ...core.parts import IBEXA, PREFIX
from ..bridge import (
    callback,
    construct,
    invoke,
    is_nullish,
    listen,
    own,
    parse,
    stringify,
    text,
    window,
)
from ..features import feature, look
from ..listening import stay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HALF = [
    0,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.9,
    1,
]  # shares of a box at which the browser tells

_known: "list[str]" = []  # what waits or was sent in this view, by key_of
_views: "list[str]" = []  # the one that is shown
_watches: "list[Watch]" = []  # what still waits
_clock = [0.0]  # of the last look; 0 while the page is not seen
_timers = [0]  # that have been set


class Watch:
    """One event of the tracker *name* that waits, said so far as *said*; *told* gets what becomes of it."""

    def __init__(self, name: str, said: "dict[str, object]", waiting: Waiting, told: "Any") -> None:
        self.said = said
        self.waiting = waiting
        self._name = name
        self._told = told
        self.view = view_of(_address())
        self.is_seen = waiting.way != VISIBLE  # what is to be seen, while the page is

    def come(self, percentage: int, *, leaving: bool = False) -> None:
        """Tell the tracker of the event, where its next step, *percentage*, is reached."""
        if percentage == 0:
            return
        over = self.waiting.is_over
        if over:
            _watches.remove(self)
        event = self.waiting.event(self.said, percentage)
        if leaving:
            event["documentUnloading"] = True

        def done(result: "Any" = None, *_: "Any") -> None:
            if over:
                self.end(True, result)

        def failed(error: "Any" = None, *_: "Any") -> None:
            if over:
                record = parse(stringify(error))
                record["message"] = text(error.message).partition("] ")[2]
                self.end(False, record)

        command = window.Reflect.get(window.globalThis, self._name)
        invoke(command("ibexa", event), "then", callback(done), callback(failed))

    def cancelled(self) -> None:
        """Its view was left."""
        _watches.remove(self)
        self.end(True, {})

    def end(self, ok: bool, value: "Any") -> None:
        """Settle the promise of the call."""
        self._told(stringify({"ok": ok, "value": value}))


def begin() -> None:
    """Put the function on the page, and listen to what ends or begins its being seen."""
    if look(window.globalThis, PREFIX + IBEXA) is not None:
        return
    window.Reflect.set(window.globalThis, PREFIX + IBEXA, callback(asked))
    stay(window.document, "visibilitychange", callback(_turned))
    stay(window.document, "freeze", callback(_turned))
    stay(window.document, "resume", callback(_turned))
    stay(window.globalThis, "pagehide", callback(lambda *_: _count(True)))
    stay(window.globalThis, "pageshow", callback(_turned))
    moved = callback(_moved)
    stay(window.globalThis, "popstate", moved)
    navigation = feature("navigation", "addEventListener")
    if navigation is not None:
        listen(navigation, "currententrychange", moved)
    for name in ("scroll", "resize"):
        stay(window.globalThis, name, callback(_scrolled), True)


def asked(given: str, told: "Any" = None, about: "Any" = None) -> str:
    """The answer to *given* (core/ibexa/answer.py); with *told*, which gets `{ok, value}` when the last of its events has ended,
    nothing: then *given* is the edge's origin, the options of a call that waits, and the tracker's name, a line each; *about*
    the page's own options."""
    if not told:
        return stringify(answer(parse(given)))
    _origin, options, name = given.split("\n")
    try:
        _moved()
        event = spelled_out(parse(options))
        event_options(event, "")
        waiting = Waiting(event.get("after"))
        key = f"{name} {key_of(event, _address())}"
        if key in _known:
            told(stringify({"ok": True, "value": {}}))
            return ""
        watch = Watch(name, event, waiting, told)
        _begin(watch, look(look(about, "after"), waiting.way))
        _known.append(key)
    except Exception as error:
        told(stringify({"ok": False, "value": as_error(error).as_record()}))
    return ""


def _begin(watch: Watch, element: "Any") -> None:
    """Wait for what *watch* waits for: of the page, or of the *element* that it names. Raises what the page throws."""
    way = watch.waiting.way
    if way in (PLAYED, VISIBLE):
        element = _element(watch.waiting.target, element)
    _watches.append(watch)
    if way == PLAYED:
        for name in ("timeupdate", "ended"):
            invoke(element, "addEventListener", name, callback(lambda *_: _played(watch, element)))
    if way == VISIBLE:
        _observe(watch, element)
    if way == SCROLLED:
        _scrolled()
    _turned()


def _element(selector: "Any", given: "Any") -> "Any":
    """The element that was *given*, or that *selector* names. Raises ValueError."""
    if look(given, "nodeType") == 1:
        return given
    element = None
    if isinstance(selector, str):
        element = invoke(window.document, "querySelector", selector)
    if is_nullish(element):
        raise ValueError(f"after: expected an element, or a selector of one, got {selector!r}")
    return element


# ---- time -----------------------------------------------------------------------------------------------------------


def _turned(*_: "Any") -> None:
    """The page is seen, or no longer: what was spent until now counts."""
    _count()
    if _is_seen() and _clock[0] == 0:
        _clock[0] = _now()
    _scrolled()
    _set_timer()


def _moved(*_: "Any") -> None:
    """Where the page shows another view, what waited for the one before is over; who comes back to that begins anew."""
    view = view_of(_address())
    if [view] == _views:
        return
    _views.clear()
    _views.append(view)
    _known.clear()
    _count()


def _count(leaving: bool = False) -> None:
    """Count the time since the last look."""
    now = _now()
    spent = now - _clock[0] if _clock[0] else 0
    visible = _is_seen() and not leaving
    _clock[0] = now if visible else 0
    for watch in list(_watches):
        if watch.view != view_of(_address()):
            watch.cancelled()
        elif watch.waiting.is_timed and watch.is_seen:
            watch.come(watch.waiting.spent(spent), leaving=leaving)


def _set_timer() -> None:
    """Look again when the next step may be due, and no later than in a second."""
    delays_ms = [
        watch.waiting.left_ms() for watch in _watches if watch.waiting.is_timed and watch.is_seen
    ]
    if not delays_ms or _clock[0] == 0:
        return
    _timers[0] += 1
    number = _timers[0]

    def look_again(*_: "Any") -> None:
        if number == _timers[0]:
            _count()
            _set_timer()

    window.setTimeout(callback(look_again), max(1, min(TICK_MS, min(delays_ms))))


def _is_seen() -> bool:
    return text(own(window.document, "visibilityState")) == "visible"


def _now() -> float:
    now: float = window.performance.now()
    return now


def _address() -> str:
    return text(window.location.href)


# ---- what is read, played, seen -------------------------------------------------------------------------------------


def _scrolled(*_: "Any") -> None:
    waiting = [watch for watch in _watches if watch.waiting.way == SCROLLED]
    if not waiting or not _is_seen():
        return
    root = own(window.document, "scrollingElement") or own(window.document, "documentElement")
    whole = max(own(root, "scrollHeight"), 1)
    share = 100 * (window.scrollY + window.innerHeight) / whole
    for watch in waiting:
        if watch.view == view_of(_address()):
            watch.come(watch.waiting.come(share / watch.waiting.target))


def _played(watch: Watch, element: "Any") -> None:
    """Tell of the share of *element* that was played, wherever in it."""
    duration = element.duration
    if watch not in _watches or not window.Number.isFinite(duration) or duration <= 0:
        return
    ranges = element.played
    seconds = 0.0
    for place in range(ranges.length):
        seconds += ranges.end(place) - ranges.start(place)
    watch.come(watch.waiting.come(seconds / duration))


def _observe(watch: Watch, element: "Any") -> None:
    if feature("IntersectionObserver", "prototype") is None:
        raise ValueError("after.visible: this browser has no IntersectionObserver")

    def told(entries: "Any", observer: "Any") -> None:
        entry = entries[entries.length - 1]
        # Of a box that is higher than the screen half of the screen will do.
        fills = entry.intersectionRect.height * 2 >= window.innerHeight
        visible = entry.isIntersecting and (entry.intersectionRatio >= 0.5 or fills)
        if watch not in _watches:
            invoke(observer, "disconnect")
            return
        _count()
        if not visible:
            watch.waiting.begun_anew()
        watch.is_seen = visible
        _set_timer()

    observer = construct(window.IntersectionObserver, callback(told), {"threshold": HALF})
    invoke(observer, "observe", element)
