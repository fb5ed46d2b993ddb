"""The same tracker in a PyScript page: imported, awaited, and callable from the page's own scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.packs import WEB, pack
from support.site import Site

pytestmark = pytest.mark.lanes("micropython")

HERE = Path(__file__).parent


@pytest.fixture
def opened(site: Site, page: Page, console: list[str]) -> list[str]:
    site.folders["/core"] = pack("@pyscript/core") / "dist"
    site.folders["/runtime"] = (
        WEB / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
    )
    site.render({"type": "setText", "selector": "h1", "content": "rendered"})
    page.goto(site.page((HERE / "page.html").read_text()))
    try:
        page.wait_for_function("document.title.startsWith('command.unknown')", timeout=20000)
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


def test_a_refused_command_raises_with_its_code(page: Page, opened: list[str]) -> None:
    assert "did you mean 'event'?" in page.title()


def test_the_pages_own_scripts_have_the_function_too(
    site: Site, page: Page, opened: list[str]
) -> None:
    result = page.evaluate("alloy('event', {type: 'from-javascript', data: {n: 1}})")
    code = page.evaluate("alloy('event', {viewstart: true}).catch((error) => error.code)")

    assert site.all_events("from-javascript")[0]["data"] == {"n": 1}
    assert result["requestBody"]["events"][0]["data"] == {"n": 1}
    assert code == "options.invalid"


def test_clicks_are_tracked_there_as_well(site: Site, page: Page, opened: list[str]) -> None:
    page.click("#link")

    assert (
        site.events(1, "web.webinteraction.linkClicks")[0]["xdm"]["web"]["webInteraction"]["name"]
        == "Next"
    )
