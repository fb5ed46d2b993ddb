"""Tabs that are opened together at the first visit, before either could know of the other, are one visitor."""

import pytest
from playwright.sync_api import BrowserContext
from support.site import Site

TABS = 3
SCRIPT = 'alloy("event", {viewStart: true}).then(() => { window.told = true; });'


@pytest.mark.parametrize("base", ["base.js", "base-early.js"])
def test_tabs_opened_together_are_one_visitor(
    context: BrowserContext, site: Site, base: str
) -> None:
    site.tracked(SCRIPT)
    html = site.pages["/page"][0].decode().replace("/base.js", f"/{base}")
    address = site.page(html)
    tabs = [context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.evaluate("(address) => { setTimeout(() => { location.href = address; }, 0); }", address)
    for tab in tabs:
        tab.wait_for_url(address)
        tab.wait_for_function("window.told")
    visitors = sorted({event["visitor"] for event in site.events(TABS)})
    # Whoever has lost says so within a second.
    site.poll(
        lambda: set(visitors) <= set(site.store.names_of(visitors[0])), f"{visitors} as one", 15
    )
    tabs[0].evaluate("alloy('event', {type: 'later'}).then(() => 1)")
    tabs[1].evaluate("alloy('event', {type: 'later'}).then(() => 1)")

    assert len({event["visitor"] for event in site.events(2, "later")}) == 1
