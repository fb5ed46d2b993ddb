"""An experiment from the page to its result: decided, shown, clicked, counted."""

import pytest
from playwright.sync_api import Browser
from support.site import Site

from pyrite.edge.experiences.results import Counts

EXPERIMENT = """name = "Buttons"
[[variants]]
id = "plain"
[[variants]]
id = "red"
[[variants.items]]
type = "setHtml"
selector = "#buy"
content = "<b>Buy now</b>"
"""


@pytest.mark.lanes("compiled")
def test_who_was_shown_what_and_who_clicked_is_counted_once(site: Site, browser: Browser) -> None:
    site.experience("buttons", EXPERIMENT)
    address = site.tracked(
        "window.result = alloy('event', {viewStart: true, personalization: {untilRendered: true}})",
        "<p id=buy>Buy</p>",
    )
    clicked = 0
    for visitor in range(12):
        context = browser.new_context()
        page = context.new_page()
        seen = []
        for _ in range(2):  # the same variant on each visit
            page.goto(address)
            (found,) = page.evaluate("window.result")["propositions"]
            seen.append(found["id"])
            assert found["renderStatus"] == "shown"
        assert seen[0] == seen[1]
        assert (page.inner_text("#buy") == "Buy now") == (seen[0] == "PY:buttons:red")
        if page.locator("#buy b").count() and visitor % 2:
            clicked += 1
            page.click("#buy b")
            page.click("#buy b")
            site.events(clicked * 2, "decisioning.propositionInteract")
        context.close()
    site.events(24, "decisioning.propositionDisplay")
    counts = Counts(site.edge.state.experiences.current())
    counts.add(site.store.events())
    (result,) = counts.results()
    by_id = {one.id: one for one in result.variants}

    assert sum(one.visitors for one in result.variants) == 12
    assert 0 < by_id["red"].visitors < 12
    assert (by_id["plain"].conversions, by_id["red"].conversions) == (0, clicked)
    assert "nothing is said of the difference yet" in result.warnings[0]
