"""What a server has rendered for a framework waits for it: it takes its nodes over as they were sent, and then offers are shown."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support import lanes
from support.server_rendered import APPS, Rendered, react, react_document
from support.site import HEAD, Site

OFFERS: tuple[dict[str, Any], ...] = (
    {"type": "setText", "selector": "h1", "content": "New"},
    {"type": "remove", "selector": "#note", "content": ""},
    {"type": "setHtml", "selector": "ul", "content": "<li class=ours>ours</li>"},
    {"type": "replaceHtml", "selector": "#end", "content": "<p class=ours>the end</p>"},
    {"type": "appendHtml", "selector": "main", "content": "<p class=ours>more</p>"},
    {"type": "setText", "selector": "aside", "content": "at once"},
)
TRACKER = (
    "document.head.append(Object.assign(document.createElement('script'), {src: '/alloy.js'}));"
)
DISPLAY = "decisioning.propositionDisplay"
OURS = "New|ours|the end|more"
THEIRS = "Hello 1|note|1|2|end"
VIEW = """alloy("configure", {datastreamId: "shop"}); alloy("event", {viewStart: true}).then(() => { window.viewed = true; });
  const main = document.querySelector("main"), h1 = main.firstElementChild;
  window.same = () => main.isSameNode(document.querySelector("main")) && h1.isSameNode(document.querySelector("h1"));
  window.seen = () => main.ownerDocument.querySelector("main").innerText.split(/\\s*\\n\\s*/).join("|").trim();
  window.frames = []; window.look = () => { frames.push(seen()); requestAnimationFrame(look); }; look();"""


class Opened:
    """A page whose framework's script is on its way, until it is released."""

    def __init__(self, site: Site, page: Page, app: Rendered, body: str = "") -> None:
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page = page
        site.render(*OFFERS)
        self._fault = site.fault("/app.js")
        site.file("/app.js", app.script)
        given = body or app.body
        html = f"{HEAD}<body>{given}<aside>was</aside><script>{VIEW}</script><script src=/app.js></script></body>"
        page.goto(site.page(html), wait_until="commit")
        # What stands outside of the framework's root waits for nothing.
        page.wait_for_function("document.querySelector('aside')?.innerText === 'at once'")

    def release(self) -> None:
        """Let the script come."""
        self._fault.release()

    def go_on(self) -> None:
        """Let the script come, and wait until the offers are shown."""
        assert self.page.evaluate("seen()") == THEIRS
        self.release()
        self.page.wait_for_function(f"seen() === {OURS!r}")


@pytest.mark.parametrize("lane", lanes.PUBLIC)
@pytest.mark.parametrize("name", APPS)
def test_offers_wait_until_the_framework_has_taken_over(
    name: str, lane: str, page: Page, tmp_path: Path
) -> None:
    with Site(tmp_path, lane=lane) as site:
        opened = Opened(site, page, APPS[name]())
        opened.go_on()
        # The nodes are the server's, and what was seen was either, never a part, nor something else.
        assert page.evaluate("same()")
        assert set(page.evaluate("frames")) <= {OURS, THEIRS}
        # Rendered again: where one text says it all, what it says now is the page's own.
        page.evaluate("set(2)")
        now = OURS.replace("New", "Hello 2") if name == "svelte" else OURS
        page.wait_for_function(f"viewed && seen() === {now!r}")
        page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")

        assert opened.errors == []
        assert len(site.all_events(DISPLAY)) == 1


@pytest.mark.parametrize("lane", lanes.PUBLIC)
def test_offers_wait_where_react_owns_the_whole_document(
    lane: str, page: Page, tmp_path: Path
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    app = react_document("self.__next_f = [];" + TRACKER + VIEW)
    with Site(tmp_path, lane=lane) as site:
        site.render(*OFFERS)
        fault = site.fault("/app.js")
        site.file("/app.js", app.script)
        page.goto(site.page(app.body), wait_until="commit")
        # The promise of the event waits for a second.
        page.wait_for_function("window.viewed === true")
        assert page.evaluate("seen()") == THEIRS
        fault.release()
        page.wait_for_function(f"seen() === {OURS!r}")

        assert page.evaluate("same()")
        assert errors == []


LATE = """<script>addEventListener("load", () => setTimeout(() => {
  const script = document.createElement("script"); script.src = "/late.js"; document.body.append(script); }, 1200));</script>"""
HELPER = """function Hydrated() {
  useEffect(() => { document.getElementById("root").dataset.pyriteHydrated = "true"; }, []);
  return null;
}
"""
SAYS = HELPER + "hydrateRoot(document.getElementById('root'), <><App /><Hydrated /></>);"


@pytest.mark.parametrize("lane", lanes.PUBLIC)
def test_the_page_can_say_itself_when_it_is_hydrated(lane: str, page: Page, tmp_path: Path) -> None:
    app = react(SAYS)
    with Site(tmp_path, lane=lane) as site:
        site.file("/late.js", app.script)
        body = app.body.replace("<div ", '<div data-pyrite-hydrated="false" ') + LATE
        opened = Opened(site, page, app, body)
        # Long after the load event nothing but the page's word is left to wait for.
        site.file("/app.js", "")
        opened.go_on()

        assert page.evaluate("same()")
        assert opened.errors == []


@pytest.mark.parametrize("lane", lanes.PUBLIC)
def test_a_page_that_does_not_want_to_wait_is_rendered_at_once(
    lane: str, page: Page, tmp_path: Path
) -> None:
    app = react()
    with Site(tmp_path, lane=lane) as site:
        body = app.body.replace("<div ", '<div data-pyrite-hydrated="true" ')
        opened = Opened(site, page, app, body)
        page.wait_for_function(f"seen() === {OURS!r}")
        opened.release()
        page.wait_for_function("!!window.set")
        page.wait_for_function(f"seen() === {OURS!r}")

        # That is what waiting spares: React begins anew.
        assert not page.evaluate("same()")
        assert "#418" in opened.errors[0]


def test_the_helper_is_that_of_the_documentation() -> None:
    page = Path(__file__).resolve().parents[2] / "web" / "docs" / "single-page-apps.md"

    assert HELPER in page.read_text()
