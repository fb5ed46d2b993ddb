"""A visitor who goes back and forward between two pages that both run the tracker, with the back/forward cache as visitors have it."""

from typing import Any

from playwright.sync_api import Page
from support.chromium import ARGUMENTS, executable
from support.site import Site

# Playwright switches the cache off by a flag of its own.
LAUNCH: dict[str, Any] = {
    "executable_path": executable(),
    "args": ARGUMENTS,
    "ignore_default_args": ["--disable-back-forward-cache"],
}
PATHS = ("/one", "/two")
SCRIPT = """
addEventListener("pageshow", (event) => { window.shown = event.persisted ? "cache" : "network"; });
alloy("event", {viewStart: true}).then(() => { window.viewed = true; });
"""
STATE = """() => [shown, performance.getEntriesByType("navigation")[0].notRestoredReasons]"""


class Turning:
    """Both pages, the second one open; `turn` goes to the other."""

    def __init__(self, site: Site, page: Page) -> None:
        self._page = page
        self._places = [site.tracked(SCRIPT, path=path) for path in PATHS]
        self.turns = 0
        self.refusals: list[Any] = []  # why the browser has loaded a page anew, by its own account
        for place in self._places:
            page.goto(place)
            page.wait_for_function("window.viewed")

    def turn(self) -> None:
        """Go to the other page, and have it send `turn` with its number; nobody waits for an acknowledgement."""
        # In a task of its own: the call is answered before the page is left.
        self._page.evaluate(
            f"() => {{ delete window.shown; setTimeout(() => history.{('back', 'forward')[self.turns % 2]}(), 0); }}"
        )
        self._page.wait_for_url(self._places[self.turns % 2], wait_until="commit")
        self._page.wait_for_function("window.shown")
        shown, reasons = self._page.evaluate(STATE)
        if shown != "cache":
            self.refusals.append(reasons)
        self._page.evaluate(
            "(turn) => { alloy('event', {type: 'turn', data: {turn}}); }", self.turns
        )
        self.turns += 1
