"""Loads parts: scripts that put a function (text in, text out) on the page. Each is loaded once for all trackers.

Not for what they are for: core.parts. The function gets a text, and where it has more to say later a function to tell it by, and
an object of the page's that it is about.
"""

from ..core.effects import Foresee, Load
from ..core.parts import PREFIX
from ..core.tracker import Tracker
from ..core.tracking.hooks import LATE
from .bridge import callback, invoke, is_function, reach, text, window
from .console import say
from .elements import give_nonce, head, load, make
from .features import look
from .paths import PATHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .host import Host

DEADLINE_MS = (
    5000  # after which the page does without; one that comes later is there for the next use
)
_place: "list[str]" = []  # the address of the tracker's own script, where it is known
_loading: "dict[str, list[Callable[[str], None]]]" = {}  # by part, who waits for it
_complained: "list[str]" = []
_foreseen: "list[str]" = []


def placed(url: str) -> None:
    """Note the address of the tracker's own script; '' if unknown."""
    if url.startswith("http") or url.startswith("file:"):
        _place.append(url)


class PageParts:
    """The parts that one tracker of the page uses."""

    def __init__(self, page: "Host", tracker: Tracker) -> None:
        self._page = page
        self._tracker = tracker

    def effects(self) -> "dict[str, Any]":
        """The handlers of its effects."""
        return {"Load": self._load, "Foresee": self._foresee}

    def ask(self, name: str, given: str, told: Any = None, about: Any = None) -> str:
        """The answer of the part *name* to the text *given*. Raises ValueError if the part throws."""
        returned, answer = reach(_function(name), None, given, told, about)
        if not returned:
            raise ValueError(text(answer))
        return text(answer)

    def _load(self, effect: Load) -> None:
        name = effect.part

        def ended(why: str) -> None:
            if why and name not in _complained:
                _complained.append(name)
                say("warn", f"[{self._tracker.name}] the part {name!r} can't be had: {why}")
            run = None if why else lambda given: self.ask(name, given)
            self._page.carry_out(self._tracker.loaded(name, run, why, self._page.moment()))

        if is_there(name):
            ended("")
        else:
            _request(name, effect.url, self._page.safely(ended))

    def _foresee(self, effect: Foresee) -> None:
        if effect.part in _foreseen:
            return
        _foreseen.append(effect.part)
        # Not as a preload, of which browsers complain where it is not used.
        link = make("link")
        give_nonce(link)
        link.rel = "prefetch"
        invoke(link, "setAttribute", "as", "script")
        link.href = _addresses(effect.part, effect.url)[0]
        invoke(head(), "appendChild", link)


def is_there(name: str) -> bool:
    """Whether the part *name* is loaded."""
    return is_function(_function(name))


def _request(name: str, url: str, done: "Callable[[str], None]") -> None:
    """Load the part *name* unless that has begun. *done* gets '', or why loading failed, within the deadline."""
    if name in _loading:
        _loading[name].append(done)
        return
    _loading[name] = [done]
    addresses = _addresses(name, url)
    over: list[bool] = []

    def ended(why: str) -> None:
        if not over:
            over.append(True)
            for one in _loading.pop(name):
                one(why)

    def next_one(why: str) -> None:
        if is_there(name):
            ended("")
        elif addresses:
            address = addresses.pop(0)
            load(address, lambda: next_one("it is something else"), next_one)
        else:
            ended(why)

    next_one("")
    window.setTimeout(callback(lambda *_: ended(LATE)), DEADLINE_MS)


def _addresses(name: str, url: str) -> "list[str]":
    """The addresses to try for the part *name*; see Load."""
    if not url.endswith("/"):
        return [url]
    path = PATHS[name]
    folders = [place.partition("?")[0].rpartition("/")[0] + "/" for place in _place[:1]]
    return [folder + path for folder in folders if folder != url] + [url + path]


def _function(name: str) -> Any:
    return look(window.globalThis, PREFIX + name)
