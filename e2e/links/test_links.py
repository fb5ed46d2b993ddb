"""Clicks on links become events that survive the navigation they cause, and no link breaks."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

CLICK = "web.webinteraction.linkClicks"
BODY = """
<header><a id="inside" href="/next"> Read <b>more</b>
 here </a></header>
<div id="shelf"><a id="pdf" href="/files/price-list.PDF?v=2">Prices</a>
<a id="attr" href="/next" download>Save</a></div>
<main><a id="out" href="https://elsewhere.test/" target="_blank">Elsewhere</a>
<a id="image" href="/next"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="Our logo" width=20 height=20></a>
<section role="region" aria-label="Offers"><a id="region" href="/next">Offer</a></section></main>
<a id="js" href="javascript:void 0" onclick="window.scripted = true">Script</a>
<a id="name" href="/next">Plain</a>
<x-card></x-card><div id="later"></div>
<script>
  customElements.define("x-card", class extends HTMLElement {
    constructor() { super(); this.attachShadow({mode: "open"}).innerHTML = '<nav><a href="/next">In the shadow</a></nav>'; }
  });
</script>"""


def opened(site: Site, page: Page, extra: str = "", **options: Any) -> None:
    site.page("<!doctype html><title>next</title>", "/next")
    page.goto(
        site.tracked(
            extra + "alloy('event', {viewStart: true}).then(() => document.title = 'ready')",
            BODY,
            **options,
        )
    )
    page.wait_for_function("document.title === 'ready'")


def clicked(site: Site, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = site.events(number, CLICK)[-1]["xdm"]["web"]["webInteraction"]
    return found


@pytest.mark.parametrize(
    ("selector", "name", "region", "type"),
    [
        ("#inside", "Read more here", "HEADER", "other"),
        ("#pdf", "Prices", "shelf", "download"),
        ("#attr", "Save", "shelf", "download"),
        ("#image", "Our logo", "MAIN", "other"),
        ("#region", "Offer", "Offers", "other"),
        ("#name", "Plain", "BODY", "other"),
        ("x-card a", "In the shadow", "NAV", "other"),
    ],
)
def test_a_click_says_name_region_and_type(
    site: Site, page: Page, selector: str, name: str, region: str, type: str
) -> None:
    opened(site, page)
    page.locator(selector).click()
    found = clicked(site)

    assert (found["name"], found["region"], found["type"], found["linkClicks"]) == (
        name,
        region,
        type,
        {"value": 1},
    )
    assert found["URL"].startswith(site.url("/"))
    assert site.requests("/v1/collect")[0].is_beacon


def test_the_link_works_and_its_event_survives(site: Site, page: Page) -> None:
    opened(site, page)
    page.click("#inside")
    page.wait_for_url("**/next")

    assert len(site.events(1, CLICK)) == 1


def test_a_link_that_leaves_the_site_is_an_exit(site: Site, page: Page) -> None:
    opened(site, page)
    with page.expect_popup():
        page.click("#out")

    assert (clicked(site)["type"], clicked(site)["URL"]) == ("exit", "https://elsewhere.test/")


def test_a_link_that_comes_later_is_tracked_once_however_many_views_there_were(
    site: Site, page: Page
) -> None:
    opened(site, page)
    for _ in range(3):
        page.evaluate("alloy('event', {viewStart: true}).then(() => 1)")
    page.evaluate(
        "document.getElementById('later').innerHTML = '<a id=\"new\" href=\"#here\">New</a>'"
    )
    page.click("#new")
    clicked(site)
    page.evaluate("alloy('event', {type: 'after'}).then(() => 1)")

    assert len(site.all_events(CLICK)) == 1


def test_a_script_link_still_runs_and_is_no_event(site: Site, page: Page) -> None:
    opened(site, page)
    page.click("#js")
    page.evaluate("alloy('event', {type: 'after'}).then(() => 1)")

    assert page.evaluate("window.scripted")
    assert site.all_events(CLICK) == []


def test_types_can_be_switched_off(site: Site, page: Page) -> None:
    opened(site, page, clickCollection={"internalLinkEnabled": False})
    page.click("#inside")
    page.goto(site.url("/page"))
    page.wait_for_function("document.title === 'ready'")
    page.click("#pdf")
    clicked(site)

    assert [event["xdm"]["web"]["webInteraction"]["type"] for event in site.all_events(CLICK)] == [
        "download"
    ]


def test_click_collection_can_be_switched_off(site: Site, page: Page) -> None:
    opened(site, page, clickCollectionEnabled=False)
    page.click("#name")
    page.wait_for_url("**/next")
    page.goto(site.url("/page"))
    page.wait_for_function("document.title === 'ready'")

    assert site.all_events(CLICK) == []


def test_what_counts_as_a_download_can_be_told(site: Site, page: Page) -> None:
    opened(site, page, downloadLinkQualifier="next$")
    page.click("#name")

    assert clicked(site)["type"] == "download"


def test_a_bad_expression_for_downloads_is_told_and_ignored(
    site: Site, page: Page, console: list[str]
) -> None:
    opened(site, page, downloadLinkQualifier="(")
    page.click("#name")

    assert clicked(site)["type"] == "other"
    assert any("downloadLinkQualifier" in line for line in console)


FILTERED = """
<script>
  alloy("configure", {datastreamId: "shop", clickCollection: {filterClickDetails: (details) => {
    window.seen = [details.clickedElement.tagName, details.pageName === location.href, details.pageIDType];
    sessionStorage.seen = JSON.stringify(window.seen);
    if (details.linkRegion === "HEADER") return false;
    if (details.linkName === "Plain") throw new Error("from the page");
    details.linkName = "changed";
  }}, onBeforeLinkClickSend: (event) => { event.data.seen = event.clickedElement.id; }}).then(() => document.title = "ready");
</script>"""


def test_the_pages_filters_may_change_drop_or_break_a_click(
    site: Site, page: Page, console: list[str]
) -> None:
    site.page("<!doctype html><title>next</title>", "/next")
    url = site.page(HEAD + BODY + FILTERED)
    for selector in ("#inside", "#region", "#name"):
        page.goto(url)
        page.wait_for_function("document.title === 'ready'")
        page.click(selector)
        page.wait_for_url("**/next")
    events = site.events(1, CLICK)
    page.goto(url)
    page.evaluate("alloy('event', {type: 'after'}).then(() => 1)")

    assert [
        (event["xdm"]["web"]["webInteraction"]["name"], event["data"]["seen"]) for event in events
    ] == [("changed", "region")]
    assert len(site.all_events(CLICK)) == 1
    assert page.evaluate("JSON.parse(sessionStorage.seen)") == ["A", True, 0]
    assert any("filterClickDetails threw" in line for line in console)
    assert [line for line in console if line.startswith("uncaught")] == []


INNERMOST = """<header><a id="link" href="#here">Read <b><i id="inner">more</i></b></a></header>
<form id="search"><input name="id"><input name="getAttribute"><a id="formed" href="#there">Advanced</a></form>
<script>
  window.seen = [];
  alloy("configure", {datastreamId: "shop", clickCollection: {filterClickDetails: (details) => {
    seen.push(["filter", details.clickedElement.id, details.linkName]);
  }}, onBeforeLinkClickSend: (event) => { seen.push(["before", event.clickedElement.id]); }});
  alloy("sendEvent", {xdm: {web: {webPageDetails: {name: "Home"}}}}).then(() => document.title = "ready");
</script>"""


def test_callbacks_see_the_innermost_element_and_the_activity_map_the_pages_name(
    site: Site, page: Page
) -> None:
    page.goto(site.page(HEAD + INNERMOST))
    page.wait_for_function("document.title === 'ready'")
    page.click("#inner")
    event = site.events(1, CLICK)[0]

    assert page.evaluate("seen") == [["filter", "inner", "Read more"], ["before", "inner"]]
    assert event["xdm"]["web"]["webInteraction"]["region"] == "HEADER"
    assert event["data"]["__adobe"]["analytics"]["contextData"]["a"]["activitymap"] == {
        "page": "Home",
        "link": "Read more",
        "region": "HEADER",
        "pageIDType": 1,
    }


def test_the_region_of_a_link_in_a_form_is_the_forms_id_whatever_its_controls_are_called(
    site: Site, page: Page
) -> None:
    page.goto(site.page(HEAD + INNERMOST))
    page.wait_for_function("document.title === 'ready'")
    # Playwright's own click stumbles over such a form.
    page.evaluate("document.getElementById('formed').click()")

    assert site.events(1, CLICK)[0]["xdm"]["web"]["webInteraction"]["region"] == "search"
