"""A real page passes the contract of a page, as the one in memory does (tests/testing/test_contract.py)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from situations import SITUATIONS, Settled, Visit
from support.site import HEAD, Fault, Site

HOOKS = {
    "": "undefined",
    "changes": "(event) => { event.data.hooked = true; }",
    "cancels": "() => false",
    "throws": "() => { throw new Error('no'); }",
}
PAGE = """<body><h1 id="a"></h1><a id="link" href="/next">Next</a><script>
const ended = [];
function begin(command, options) {
  const number = ended.push(null) - 1;
  alloy(command, options).then(
    (value) => { ended[number] = {ok: true, value}; },
    (error) => { ended[number] = {ok: false, value: {...error, message: error.message}}; },
  );
  return number;
}
document.getElementById("link").addEventListener("click", (event) => event.preventDefault());
begin("configure", {...OPTIONS, onBeforeEventSend: HOOK});
</script>"""
KEPT = """() => new Promise((done) => {
    const open = indexedDB.open("pyrite", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("outbox", {keyPath: "id"});
    open.onsuccess = () => {
        const all = open.result.transaction("outbox").objectStore("outbox").getAllKeys();
        all.onsuccess = () => { open.result.close(); done(all.result); };
    };
})"""


class RealVisit:
    """A visit to *site* with a browser's *page*."""

    def __init__(self, site: Site, page: Page) -> None:
        self._site = site
        self._page = page
        self._fault: Fault | None = None

    def open(self, hook: str = "", **options: Any) -> None:
        given = {"datastreamId": "shop", "clickCollectionEnabled": False, **options}
        text = PAGE.replace("OPTIONS", json.dumps(given)).replace("HOOK", HOOKS[hook])
        self._page.goto(self._site.page(HEAD + text))
        self.settled(0)

    def run(self, command: str, options: dict[str, Any] | None = None) -> Settled:
        return self.settled(self.start(command, options))

    def start(self, command: str, options: dict[str, Any] | None = None) -> int:
        number: int = self._page.evaluate("(call) => begin(...call)", [command, options])
        return number

    def settled(self, number: int) -> Settled:
        self._page.wait_for_function("(number) => ended[number]", arg=number)
        found = self._page.evaluate("(number) => ended[number]", number)
        return Settled(found["ok"], found["value"])

    def fails(self, status: int, times: int = 1000) -> None:
        if self._fault:
            self._site.faults.remove(self._fault)
        self._fault = self._site.fault("/v1/", status=status, times=times)

    def offer(self, item: dict[str, Any]) -> None:
        self._site.render(item)

    def events(self, count: int) -> list[dict[str, Any]]:
        return self._site.events(count)

    def requests(self) -> list[str]:
        return [
            seen.path.rpartition("/")[2] + ("!" if seen.is_beacon else "")
            for seen in self._site.seen
            if "/v1/" in seen.path
        ]

    def kept(self, count: int) -> list[str]:
        def found() -> list[list[str]]:
            ids: list[str] = self._page.evaluate(KEPT)
            return [ids] if len(ids) == count else []

        ids: list[str] = self._site.poll(found, f"{count} kept events", 10)[0]
        return ids

    def cookies(self) -> list[str]:
        return sorted(cookie["name"] for cookie in self._page.context.cookies())

    def text(self, selector: str) -> str:
        return self._page.inner_text(selector)

    def click(self) -> None:
        self._page.click("#link")

    def push(self, path: str) -> None:
        self._page.evaluate("(path) => history.pushState({}, '', path)", path)

    def leave(self) -> None:
        self._page.goto("about:blank")

    def leave_with(self, *events: dict[str, Any]) -> None:
        self._page.evaluate(
            """(events) => {
                for (const event of events) begin("event", event);
                window.dispatchEvent(new PageTransitionEvent("pagehide"));
            }""",
            list(events),
        )


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_a_real_page(situation: Callable[[Visit], None], site: Site, page: Page) -> None:
    situation(RealVisit(site, page))
