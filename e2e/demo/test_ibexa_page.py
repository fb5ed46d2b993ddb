"""The demo's page /ibexa: an example for each technique, what it has sent, and what was stored."""

import os
from pathlib import Path

import pytest
from demo.test_jss_page import address, press  # noqa: F401 - the demo, once for both pages' modules
from playwright.sync_api import Browser, Page, expect


def test_each_technique_tells_what_it_sent_and_what_was_stored(
    page: Page,
    address: str,  # noqa: F811
) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.goto(address + "/ibexa")
    for name in ("Send it twice: one event", "Rate a stone", "_trackEvent: click", "Into the basket", "Buy two",
                 "Page bottom", "Asynchronous", "Queued", "To the wishlist"):  # fmt: skip
        press(page, name)
    page.get_by_role("link", name="Stone 131").click()
    rows = page.locator("[data-stored] tr:has(td:nth-child(5))")
    expect(page.locator("[data-sent=time]")).to_contain_text("consume", timeout=15_000)
    expect(rows).to_have_count(15)

    # The text of cells, and not of rows as they are laid out: they may be written anew at this moment.
    found = rows.evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
    )
    told = sorted((kind, item, way) for kind, item, way, _, _ in found)
    assert told == [
        ("basket", "128", "fetch"), ("buy", "128", "fetch"), ("click", "127", "pixel"), ("click", "129", "fetch"),
        ("clickrecommended", "131", "fetch"), *[("consume", "130", "fetch")] * 3, *[("owns", "133", "server")] * 3,
        ("rate", "128", "jsonp"), ("rendered", "131", "fetch"), ("rendered", "132", "fetch"), ("wishlist", "127", "server"),
    ]  # fmt: skip
    assert len({user for _, _, _, user, _ in found}) == 1
    for id in ("pixel", "jsonp", "script", "command", "time", "recommendations"):
        expect(page.locator(f"[data-sent={id}]")).to_contain_text(
            "GET /api/" if id in ("pixel", "jsonp", "script") else 'alloy("ibexa"'
        )
    expect(page.locator("[data-sent=server]")).to_contain_text('technique "queued"')
    expect(page.locator("[data-sent=relay]")).to_contain_text("POST /t/e")
    assert problems == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_each_screen(browser: Browser, address: str, width: int, scheme: str) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + "/ibexa")
    press(page, "Buy two")
    expect(page.locator("[data-sent=command]")).to_contain_text("buy")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    folder = os.environ.get("PYRITE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"ibexa-{width}-{scheme}.png", full_page=True)
    page.close()
