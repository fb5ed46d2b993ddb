"""A page of the browser room in the window, configured, and what its promises have become."""

import json
from typing import Any

from fake_window import Window
from js_values import JSON, JsError

from pyrite.browser.facts.page_facts import new_id, read
from pyrite.browser.page import Page
from pyrite.core.wire import encode

OPTIONS = {
    "datastreamId": "shop",
    "edgeDomain": "edge.site.test",
    "clickCollectionEnabled": False,
}


class Opened:
    """*settled* is `[(command, ok, value), …]`, in the order in which promises end."""

    def __init__(self, window: Window, *, hooks: Any = None, **options: Any) -> None:
        self.window = window
        self.world = window.world
        self.settled: list[tuple[str, bool, Any]] = []
        self.page = Page("alloy", read, new_id)
        self.call("configure", {**OPTIONS, **options}, hooks)

    def call(self, command: str, options: Any = None, given: Any = None, **more: Any) -> None:
        """Run *command*; *given* is the page's own object, *more* what else Page.call takes."""

        def resolve(value: Any = None) -> None:
            self.settled.append((command, True, json.loads(JSON.stringify(value) or "null")))

        def reject(error: Any = None) -> None:
            assert isinstance(error, JsError)
            fields = json.loads(JSON.stringify(error) or "null")
            self.settled.append((command, False, fields))

        self.page.call(
            command, "" if options is None else encode(options), given, resolve, reject, **more
        )

    def ended(self, command: str) -> list[tuple[bool, Any]]:
        """How the promises of *command* have ended."""
        return [(ok, value) for name, ok, value in self.settled if name == command]

    def sent(self) -> list[str]:
        """The ids of the events that have left, in order."""
        return [
            event["xdm"]["_id"]
            for request in self.world.requests
            for event in request.json.get("events", [])
        ]


def event(id: str, **more: Any) -> dict[str, Any]:
    return {"type": "t", "xdm": {"_id": id}, **more}
