"""The tracker in a Brython page: one bundle file beside brython.js, imported by the page's own Python."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.lanes import folders
from support.site import HEAD, Site

HERE = Path(__file__).parent
pytestmark = pytest.mark.lanes("brython")
OWN = """<script type="text/python" id="own">
from browser import document
import mine
document.body.attrs["data-own"] = mine.answer()
</script>
<script>__BRYTHON__.update_VFS({"mine": [".py", "def answer():\\n    return 'own'\\n", []]});</script>"""


@pytest.fixture
def opened(site: Site, page: Page, console: list[str]) -> list[str]:
    site.folders.update(folders("brython"))
    site.render({"type": "setText", "selector": "h1", "content": "rendered"})
    page.goto(site.page((HERE / "page.html").read_text() + OWN))
    try:
        page.wait_for_function("document.title.startsWith('command.unknown')")
    except Exception as error:
        raise AssertionError(f"{error}; console: {console}") from error
    return console


def test_an_awaited_event_is_stored_and_its_answer_rendered(
    site: Site, page: Page, opened: list[str]
) -> None:
    event = site.all_events("web.webpagedetails.pageViews")[0]

    assert event["data"] == {"key": "value", "n": [1, 1.5, "ü😀"], "view_start": 1}
    assert page.inner_text("h1") == "rendered"
    assert (
        page.get_attribute("h1", "title")
        == "['decisions', 'propositions', 'requestBody', 'responseBody']"
    )
    assert "did you mean 'event'?" in page.title()
    assert "options.view_strt: unknown (did you mean 'view_start'?)" in page.title()


def test_nothing_but_brython_the_bundle_and_what_renders_offers_is_asked_for(
    site: Site, page: Page, opened: list[str]
) -> None:
    site.requests("/lib/render.")
    paths = {seen.path for seen in site.seen} - {"/favicon.ico"}
    paths = {"/lib/render.js" if path.startswith("/lib/render.") else path for path in paths}

    assert {path for path in paths if "/v1/" not in path} == {
        "/page",
        "/brython-runtime/brython.min.js",
        "/brython/pyrite.brython.js",
        "/lib/render.js",
    }


def test_the_pages_own_python_and_scripts_go_on_working(
    site: Site, page: Page, opened: list[str]
) -> None:
    code: Any = page.evaluate("alloy('event', {viewstart: true}).catch((error) => error.code)")
    page.evaluate("alloy('event', {type: 'from-javascript', data: {n: 1}}).then(() => 1)")

    assert page.get_attribute("body", "data-own") == "own"
    assert code == "options.invalid"
    assert site.all_events("from-javascript")[0]["data"] == {"n": 1}


def test_clicks_are_tracked_there_as_well(site: Site, page: Page, opened: list[str]) -> None:
    page.click("#link")
    click = site.events(1, "web.webinteraction.linkClicks")[0]

    assert click["xdm"]["web"]["webInteraction"]["name"] == "Next"


def test_brython_keeps_its_translation_for_the_next_page(
    site: Site, page: Page, opened: list[str]
) -> None:
    kept = """async () => {
        const open = indexedDB.open("brython-cache");
        const database = await new Promise((done) => open.onsuccess = () => done(open.result));
        const keys = database.transaction("modules").objectStore("modules").getAllKeys();
        return await new Promise((done) => keys.onsuccess = () => done(keys.result));
    }"""

    assert "pyrite.core.tracker" in page.evaluate(kept)


def test_a_second_lane_on_the_page_says_so_and_steps_back(
    site: Site, page: Page, console: list[str]
) -> None:
    site.folders.update(folders("brython"))
    script = """<script>alloy("configure", {datastreamId: "shop"}); alloy("event", {type: "one"}).then(() => window.one = true);</script>"""
    compiled = HEAD.replace("/alloy.js", "/alloy.compiled.js").replace("async ", "")
    own = (HERE / "page.html").read_text()
    own = own.replace('await alloy.configure(datastream_id="shop")', "pass")
    page.goto(site.page(compiled + script + own))
    page.wait_for_function("document.title.startsWith('command.unknown')")

    assert len([line for line in console if "the brython lane steps back" in line]) == 1
    assert [event["type"] for event in site.events(2)] == ["one", "web.webpagedetails.pageViews"]
