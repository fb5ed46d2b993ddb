"""What Playwright tells of the browser of a test: its pages, their console, and the trackers' requests that they made.

Sync and async Playwright have the same events; only what is asked of a page differs, and that is steps.py. A request that a page
made, and that never came through the test's port, would be missed: it is noted here.
"""

from typing import Any

CONSOLE_LINES = 200


class Watching:
    """One test's browser contexts."""

    def __init__(self, trackers: Any) -> None:
        self._trackers = trackers
        self.contexts: list[Any] = []
        self.console: list[str] = []
        self._made: dict[str, Any] = {}  # what pages have asked a tracker's edge for, by address
        self._gone: set[str] = set()  # of those what ended before it left the browser

    def attach(self, values: dict[str, Any]) -> None:
        """Follow every context that a test's fixtures *values* lead to, and those that are made later."""
        for value in list(values.values()):
            if not type(value).__module__.startswith("playwright."):
                continue
            kind = type(value).__name__
            context = (
                value.context if kind == "Page" else value if kind == "BrowserContext" else None
            )
            browser = value if kind == "Browser" else context.browser if context else None
            if context:
                self._follow(context)
            if browser:
                browser.on("context", self._follow)

    @property
    def pages(self) -> list[Any]:
        """The pages that are open."""
        return [page for context in self.contexts for page in context.pages if not page.is_closed()]

    def missed(self, seen: set[str]) -> list[str]:
        """Addresses that a page asked for, and that are not among those *seen*."""
        return [url for url in self._made if url not in seen and url not in self._gone]

    def told(self, missed: list[str]) -> None:
        """Say nothing more about *missed*: the test has failed with it."""
        self._gone.update(missed)

    def _follow(self, context: Any) -> None:
        if context in self.contexts:
            return
        self.contexts.append(context)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", lambda request: self._gone.add(request.url))
        context.on("close", lambda _: self.contexts.remove(context))

    def _said(self, message: Any) -> None:
        self._note(f"{message.type}: {message.text}")

    def _note(self, line: str) -> None:
        self.console.append(line)
        del self.console[:-CONSOLE_LINES]

    def _asked(self, request: Any) -> None:
        path, _, query = request.url.partition("?")
        if self._trackers.path("/" + path.split("/", 3)[-1], query):
            self._made[request.url] = request
