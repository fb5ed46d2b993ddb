"""Pages that run the tracker come back from the back/forward cache, and what they send meanwhile is stored once."""

from cached.turning import LAUNCH, Turning
from playwright.sync_api import BrowserType
from support.site import Site

TURNS = 8  # e2e/bench/turning.py makes fifty


def test_two_pages_change_places_in_the_cache_and_nothing_is_lost_or_stored_twice(
    browser_type: BrowserType, site: Site
) -> None:
    browser = browser_type.launch(**LAUNCH)
    turning = Turning(site, browser.new_page())
    for _ in range(TURNS):
        turning.turn()

    assert turning.refusals == []
    site.events(TURNS, "turn")
    stored = sorted(event["data"]["turn"] for event in site.all_events("turn"))
    assert stored == list(range(TURNS))
    browser.close()
