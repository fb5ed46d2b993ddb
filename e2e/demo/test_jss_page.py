"""The demo's page /jss: a button for each call of the tracking client, and the visitor's own profile."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from support.edge_process import free_port

from pyrite.demo.shop import shop


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    app = shop(data=tmp_path_factory.mktemp("data"))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def meet(page: Page) -> None:
    """Move the pointer until the edge has taken it for the sign of a human; the first sign may have come before the first call."""
    page.wait_for_function(
        "at => performance.now() > at", arg=page.evaluate("performance.now()") + 1000
    )
    page.mouse.move(5, 5)
    while not [one for one in page.context.cookies() if one["value"].endswith("|True")]:
        page.evaluate("() => new Promise(requestAnimationFrame)")


def test_each_call_is_answered_and_the_profile_shows_what_came_of_it(
    page: Page, address: str
) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.goto(address + "/jss")
    said, profile = page.locator("[data-said]"), page.locator("[data-profile]")
    for name in ("Page view", "Event", "Goal", "Outcome", "Campaign"):
        press(page, name)
        expect(said).to_contain_text("resolved")
    expect(profile.locator("li")).to_have_text(
        ["pageview · JSS", "event · Download", "goal · Instant Demo", "outcome · Opportunity · 1337.5 EUR", "campaign · Spring"]
    )  # fmt: skip
    meet(page)
    press(page, "Event")
    expect(profile).to_contain_text("open: not in the profile before it ends; a human")
    expect(profile).to_contain_text("1 page views, 6 events, value 10, campaign Spring")

    press(page, "Batch, one of it misspelt")
    expect(said).to_contain_text("did you mean 'Download'?")
    press(page, "Flush: end the session")
    expect(profile).to_contain_text("ended (flushed); a human")
    press(page, "Goal")
    expect(profile.locator("article")).to_have_count(2)

    assert problems == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_each_screen(browser: Browser, address: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + "/jss")
    press(page, "Outcome")
    expect(page.locator("[data-profile] li")).to_have_count(1)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    folder = os.environ.get("PYRITE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"jss-{width}-{scheme}.png", full_page=True)
    page.close()
