"""A window as pages have one, in Python, over the browser in memory: what the browser room's files run in here.

`window` is one object for all tests, as a bridge has it for good; `window.enter(world, url)` makes it that of a new page.
"""

from collections.abc import Callable
from typing import Any

import js_values as values
from fake_document import Document, Element
from fake_storage import Databases, Locks
from js_values import Array, Obj, Promise, Target

from pyrite.core.urls import parse_host, split_host
from pyrite.testing.network import Request, Response
from pyrite.testing.world import World

BEACON_BYTES = 65_536


class Date:
    """JavaScript's Date."""

    def getTimezoneOffset(self) -> int:
        return 0

    @staticmethod
    def now() -> int:
        return window.world.now_ms


class MutationObserver:
    """Told of changes by `window.mutated()`."""

    prototype = Obj()

    def __init__(self, function: Any) -> None:
        self.function = function

    def observe(self, node: Any, options: Any) -> None:
        if self not in window.observers:
            window.observers.append(self)

    def takeRecords(self) -> Array:
        return Array()

    def disconnect(self) -> None:
        window.observers.remove(self)


class Window(Target):
    """The global object."""

    world: World
    number = 0  # of the page
    observers: list[MutationObserver]
    Date: Any
    Image: Any
    Intl: Any
    Math: Any
    console: Any
    crypto: Any
    navigator: Any
    fetch: Any
    indexedDB: Any
    localStorage: Any

    def enter(self, world: World, url: str = "https://www.site.test/") -> None:
        """Be the window of a new page in *world*; the one before is gone."""
        for name in [name for name in self.__dict__ if name != "number"]:
            del self.__dict__[name]
        self.number += 1
        self.listeners = {}
        self.world = world
        self.globalThis = self
        self.observers = []
        self.lines: list[tuple[str, str]] = []
        self.fetches: list[tuple[str, Any]] = []  # url and options
        self.beacon_bytes = 0
        self.scripts: list[str] = []  # the addresses of those that were asked for
        self.run_script: Callable[[str], bool | None] = self.part
        Promise.later = staticmethod(lambda work: self.later(work, 0))
        self._language()
        self._place(url)
        self.document = Document(self, world)
        self._navigator()
        self.fetch = self._fetch
        self.indexedDB = Databases(self, world)
        self.localStorage = getattr(world, "local", None) or Obj()
        world.local = self.localStorage  # type: ignore[attr-defined]
        _give_methods(self.localStorage)

    def later(self, work: Any, delay_ms: int) -> None:
        """Call *work* in a task of this page, if it is still there."""
        number = self.number
        self.world.after(delay_ms, lambda: work() if self.number == number else None)

    def setTimeout(self, function: Any, delay_ms: int) -> None:
        self.later(function, delay_ms)

    def queueMicrotask(self, function: Any) -> None:
        self.later(function, 0)

    @staticmethod
    def part(url: str) -> bool:
        """Run the part that renders, the only one that there is here."""
        from pyrite.browser.entry import renderer

        if "/lib/render" in url:
            renderer.begin()
        return "/lib/render" in url

    def load_script(self, node: Any) -> None:
        """Run a script of an address; it tells of its end in a later task, or never where None says how it went."""
        self.scripts.append(node.src)

        def load() -> None:
            went = self.run_script(node.src)
            if went is not None:
                node.dispatch("load" if went else "error")

        self.later(load, 0)

    def mutated(self) -> None:
        """The document has changed."""
        for observer in list(self.observers):
            observer.function()

    def _language(self) -> None:
        for name in ("Reflect", "Object", "JSON", "Promise", "Array"):
            setattr(self, name, getattr(values, name))
        self.String = values.string
        self.Error = values.JsError
        self.Date = Date
        self.Math = Obj(random=lambda: 0.5)
        self.MutationObserver = MutationObserver
        self.Image = lambda: Obj()
        self.AbortController = _abort_controller
        self.Intl = Obj(
            DateTimeFormat=lambda: Obj(resolvedOptions=lambda: Obj(timeZone="Europe/Rome"))
        )
        self.console = Obj(
            error=lambda line: self.lines.append(("error", line)),
            warn=lambda line: self.lines.append(("warn", line)),
            info=lambda line: self.lines.append(("info", line)),
        )
        self.crypto = Obj(randomUUID=self._uuid)
        self.screen = Obj(width=1280, height=720, orientation=Obj(type="landscape-primary"))

    def _uuid(self) -> str:
        return f"00000000-0000-4000-8000-{self.world.next_number():012d}"

    def _place(self, url: str) -> None:
        self.origin = "/".join(url.split("/")[:3])
        self.location = Obj(
            href=url,
            hostname=split_host(parse_host(url))[0],
            protocol=url.partition(":")[0] + ":",
            replace=self._redirect,
        )

    def _redirect(self, url: str) -> None:
        self.redirected = url

    def _navigator(self) -> None:
        self.navigator = Obj(
            sendBeacon=self._beacon,
            cookieEnabled=True,
            onLine=True,
            language="de-AT",
            userAgent="Mozilla/5.0",
            globalPrivacyControl=False,
            locks=Locks(self, self.world),
        )

    def _beacon(self, url: str, body: str) -> bool:
        size = len(body.encode())
        if self.beacon_bytes + size > BEACON_BYTES:
            return False
        self.beacon_bytes += size
        self.world.send(self._request(url, body, is_beacon=True, cookies=True))
        return True

    def _fetch(self, url: str, options: Any) -> Promise:
        self.fetches.append((url, options))
        cookies = options.credentials == "include"
        answer = self.world.send(self._request(url, options.body, is_beacon=False, cookies=cookies))

        def executor(resolve: Any, reject: Any) -> None:
            if answer is None:
                reject(values.JsError("Failed to fetch"))
            else:
                resolve(_response(answer))

        return Promise(executor)

    def _request(self, url: str, body: str, *, is_beacon: bool, cookies: bool) -> Request:
        headers = {"origin": self.origin}
        if cookies and self.world.cookie():
            headers["cookie"] = self.world.cookie()
        return Request(url, body, headers, is_beacon)


def _response(answer: Response) -> Obj:
    return Obj(
        status=answer.status,
        text=lambda: Promise.resolve(answer.body),
        headers=Obj(get=lambda name: answer.headers.get(name.lower())),
    )


def _abort_controller() -> Obj:
    signal = Obj(aborted=False)
    return Obj(signal=signal, abort=lambda: setattr(signal, "aborted", True))


def _give_methods(storage: Obj) -> None:
    """localStorage's methods, which are no keys of it."""

    def remove(key: str) -> None:
        storage.__dict__.pop(key, None)

    kind = type("Storage", (Obj,), {"js_class": "Storage"})
    storage.__class__ = kind
    kind.setItem = staticmethod(lambda key, text: setattr(storage, key, text))  # type: ignore[attr-defined]
    kind.getItem = staticmethod(lambda key: getattr(storage, key))  # type: ignore[attr-defined]
    kind.removeItem = staticmethod(remove)  # type: ignore[attr-defined]


def clicked(*path: Any, type: str = "click", button: int = 0) -> Obj:
    """A click event whose path is *path*, the innermost first."""
    return Obj(type=type, button=button, composedPath=lambda: Array(path))


def element(name: str, **attributes: str) -> Element:
    """An element that is in no document."""
    made = Element(window, name)
    for key, value in attributes.items():
        made.setAttribute(key.replace("_", "-"), value)
    return made


window = Window()
