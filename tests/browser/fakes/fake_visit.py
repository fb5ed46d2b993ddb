"""A visit whose pages run the browser room over a window in Python, with the real edge behind them."""

import importlib
import json
from pathlib import Path
from typing import Any

from edge_visit import URL, EdgeVisit
from fake_window import Window, clicked, element
from js_values import JSON, Array, JsError
from room import forget
from situations import Settled

from pyrite.core.wire import encode


def changes(event: Any) -> None:
    event.data.hooked = True


def cancels(event: Any) -> bool:
    return False


def throws(event: Any) -> None:
    raise JsError("no")


class FakeVisit(EdgeVisit):
    """A visit whose pages call a base code's function, `alloy`, which the tracker takes over."""

    def __init__(self, folder: Path, window: Window) -> None:
        super().__init__(folder)
        self._window = window
        self._ended: list[Settled | None] = []

    def open(self, hook: str = "", **options: Any) -> None:
        self._window.enter(self.browser, URL)
        forget()
        window = self._window
        for name in ("h1", "a"):
            window.document.body.appendChild(element(name))
        heading, link = window.document.body.children
        heading.id, link.id, link.href, link.textContent = "a", "link", "/next", "Next"
        window.__dict__["__alloyNS"] = Array(["alloy"])

        def alloy() -> None:
            """The base code's function; the tests push to its queue."""

        alloy.q = Array()  # type: ignore[attr-defined]
        window.alloy = alloy
        importlib.import_module("pyrite.browser.entry.standalone").begin()
        given = JSON.parse(
            encode({"datastreamId": "shop", "clickCollectionEnabled": False, **options})
        )
        if hook:
            given.onBeforeEventSend = {"changes": changes, "cancels": cancels}.get(hook, throws)
        self.settled(self._call("configure", given))

    def run(self, command: str, options: dict[str, Any] | None = None) -> Settled:
        return self.settled(self.start(command, options))

    def start(self, command: str, options: dict[str, Any] | None = None) -> int:
        return self._call(command, JSON.parse(encode(options)) if options else None)

    def _call(self, command: str, options: Any) -> int:
        number = len(self._ended)
        self._ended.append(None)

        def resolve(value: Any = None) -> None:
            self._ended[number] = Settled(True, _plain(value))

        def reject(error: Any = None) -> None:
            self._ended[number] = Settled(False, _plain(error) | {"message": error.message})

        self._window.alloy.q.push(Array([resolve, reject, Array([command, options])]))
        return number

    def settled(self, number: int) -> Settled:
        assert self.browser.wait_for(lambda: self._ended[number] is not None, 60_000)
        ended = self._ended[number]
        assert ended is not None
        return ended

    def text(self, selector: str) -> str:
        found = self._window.document.querySelector(selector)
        assert found is not None
        return found.textContent

    def click(self) -> None:
        document = self._window.document
        link = document.querySelector("#link")
        document.dispatch("click", clicked(link, document.body, document.documentElement, document))

    def push(self, path: str) -> None:
        self._window.location.href = URL.replace("/page", path)
        self._window.mutated()

    def leave(self) -> None:
        self._window.dispatch("pagehide")
        self._window.enter(self.browser, "about:blank")

    def leave_with(self, *events: dict[str, Any]) -> None:
        for one in events:
            self.start("event", one)
        self._window.dispatch("pagehide")


def _plain(value: Any) -> dict[str, Any]:
    text = JSON.stringify(value) or "{}"
    found: dict[str, Any] = json.loads(text)
    return found
