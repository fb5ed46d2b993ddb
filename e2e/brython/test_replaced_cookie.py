"""Pages that have put something of their own in the place of `document.cookie`: consent managers do, and Brython looks up properties by itself."""

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

pytestmark = pytest.mark.lanes("brython")

REPLACED = {
    "wrapped": """const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
      Object.defineProperty(document, "cookie", {get: () => cookie.get.call(document), set: (text) => cookie.set.call(document, text)});""",
    "throwing": """const no = () => { throw new Error("no"); };
      Object.defineProperty(Document.prototype, "cookie", {get: no, set: no});""",
}


@pytest.mark.parametrize("how", REPLACED)
def test_an_event_leaves_whatever_stands_for_the_cookies(page: Page, site: Site, how: str) -> None:
    send = 'alloy("configure", {datastreamId: "shop"}); alloy("event", {type: "sent"});'
    page.goto(
        site.page(
            f"<!doctype html><script>{{{REPLACED[how]}}}</script>{HEAD}<script>{send}</script>"
        )
    )

    assert [event["type"] for event in site.events(1)] == ["sent"]
