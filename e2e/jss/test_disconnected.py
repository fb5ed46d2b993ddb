"""A page that is configured with `disconnected`: nothing leaves, nothing is kept, and the console says so once."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from support.site import Site

Run = Callable[[str], Any]
CALLS = """
window.ends = Promise.all([
  alloy("event", {viewStart: true}), alloy("sendEvent", {}), alloy("getIdentity"), alloy("event", {documentUnloading: true}),
].map((promise) => promise.then(() => "resolved", (error) => error.code)));
"""


def test_nothing_leaves_and_one_line_says_so(
    site: Site, page: Page, console: list[str], run: Run
) -> None:
    page.goto(
        site.tracked(CALLS, "<a href='/next'>next</a>", disconnected=True, prehidingStyle="h1 {}")
    )
    assert page.evaluate("window.ends") == ["tracker.disconnected"] * 4
    assert run("alloy('getLibraryInfo')")["ok"]
    site.page("<title>next</title>", "/next")
    page.get_by_role("link").click()
    page.wait_for_url("**/next")

    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    told = [line for line in console if "disconnected" in line]
    assert told == ["warning: [alloy] configured with disconnected: nothing leaves this page"]


def test_the_first_view_is_not_sent_early_either(site: Site, page: Page) -> None:
    site.fault("/alloy.js", status=404)  # the base code is alone
    page.goto(site.url("/page"))
    html = """<!doctype html><script src="/base-early.js"></script><script>
    alloy("configure", {datastreamId: "shop", disconnected: true});
    alloy("event", {viewStart: true});
    alloy("event", {type: "later"});
    </script>"""
    page.goto(site.page(html, "/early"))
    page.goto(site.page("<title>next</title>", "/next"))

    assert [seen.path for seen in site.seen if "/v1/" in seen.path] == []
