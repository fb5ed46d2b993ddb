"""Clicks on what was rendered become interact events, with the link in the same event."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.offers import action, apply, item, proposition
from support.site import Site

INTERACT = "decisioning.propositionInteract"
LINK = "web.webinteraction.linkClicks"


def opened(site: Site, page: Page, body: str, **options: Any) -> None:
    page.goto(
        site.tracked(
            "window.ready = alloy('getLibraryInfo');"
            "addEventListener('click', (event) => event.preventDefault());",
            f"<main>{body}</main>",
            **options,
        )
    )
    page.evaluate("window.ready")


def said(event: dict[str, Any]) -> Any:
    """`{ids, action, type}` of an interact event."""
    decisioning = event["xdm"]["_experience"]["decisioning"]
    assert decisioning["propositionEventType"] == {"interact": 1}
    return [one["id"] for one in decisioning["propositions"]], decisioning.get("propositionAction")


@pytest.mark.every_lane
def test_a_click_on_what_a_click_item_names_is_an_interact_event(site: Site, page: Page) -> None:
    opened(site, page, "<p id='a'><i>1</i></p><p id='b'>2</p>")
    apply(
        page,
        proposition(action("click", "", "main p:eq(0)", label="buy"), id="first"),
        proposition(action("click", "", "#b"), id="second"),
    )
    page.click("#a i")
    event = site.events(1, INTERACT)[0]

    assert said(event) == (["first"], {"label": "buy"})
    assert "items" not in event["xdm"]["_experience"]["decisioning"]["propositions"][0]
    assert site.requests("/v1/collect")[0].is_beacon
    page.click("#b")
    assert said(site.events(2, INTERACT)[1]) == (["second"], None)


def test_a_click_item_whose_selector_cant_be_read_is_told_and_others_count(
    site: Site, page: Page, console: list[str]
) -> None:
    opened(site, page, "<p id='a'>1</p>")
    apply(
        page,
        proposition(action("click", "", "###"), id="bad"),
        proposition(action("click", "", "#a"), id="good"),
    )
    page.click("#a")

    assert said(site.events(1, INTERACT)[0]) == (["good"], None)
    assert [line for line in console if "clicks at '###'" in line]


@pytest.mark.every_lane
def test_a_click_inside_what_was_rendered_is_an_interact_event(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'></div><div id='b'></div>")
    apply(
        page,
        proposition(action("setHtml", "<p><i>1</i></p>", id="i1", label="one"), id="outer"),
        proposition(action("setStyle", {"color": "red"}, "#a p", id="i2", label="two"), id="inner"),
        proposition(action("setText", "x", "#b", id="i3"), id="other"),
    )
    page.click("#a i")
    event = site.events(1, INTERACT)[0]

    assert said(event) == (["inner", "outer"], {"label": "two"})
    assert [one["items"] for one in event["xdm"]["_experience"]["decisioning"]["propositions"]] == [
        [{"id": "i2"}],
        [{"id": "i1"}],
    ]


def test_a_link_inside_an_offer_is_one_event_with_both(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'></div>")
    content = '<a href="/next" data-aep-click-token="t1" data-aep-click-label="mine">Next</a>'
    apply(page, proposition(action("setHtml", content, label="item's")))
    page.click("#a a")
    event = site.events(1)[0]

    assert event["type"] == INTERACT
    assert said(event) == (["p"], {"label": "mine", "tokens": ["t1"]})
    assert event["xdm"]["web"]["webInteraction"]["name"] == "Next"
    assert event["xdm"]["web"]["webInteraction"]["linkClicks"] == {"value": 1}
    assert len(site.all_events()) == 1


def test_a_link_that_the_page_filters_out_leaves_the_interaction(site: Site, page: Page) -> None:
    html = """<!doctype html><script src="/base.js"></script><script async src="/alloy.js"></script><main id="a"></main><script>
        addEventListener('click', (event) => event.preventDefault());
        alloy("configure", {datastreamId: "shop", clickCollection: {filterClickDetails: () => false}});
        window.ready = alloy('getLibraryInfo');</script>"""
    page.goto(site.page(html))
    page.evaluate("window.ready")
    apply(page, proposition(action("setHtml", '<a href="/next">Next</a>')))
    page.click("#a a")
    event = site.events(1)[0]

    assert event["type"] == INTERACT
    assert "webInteraction" not in event["xdm"].get("web", {})


def test_links_in_rendered_content_are_links_like_others(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'></div>", autoCollectPropositionInteractions={"PYR": "never"})
    apply(page, proposition(action("setHtml", '<a href="/next">Next</a>')))
    page.click("#a a")

    assert site.events(1)[0]["type"] == LINK
    assert page.get_attribute("#a", "data-aep-interact-id") is None


@pytest.mark.parametrize(
    ("mode", "content", "counts"),
    [
        ("always", "<b>x</b>", True),
        ("never", "<b data-aep-click-label='l'>x</b>", False),
        ("decoratedElementsOnly", "<b>x</b>", False),
        ("decoratedElementsOnly", "<b data-aep-click-label='l'>x</b>", True),
        ("decoratedElementsOnly", "<b data-aep-click-token='t'>x</b>", True),
    ],
)
def test_the_setting_says_which_clicks_count(
    site: Site, page: Page, mode: str, content: str, counts: bool
) -> None:
    opened(site, page, "<div id='a'></div>", autoCollectPropositionInteractions={"TGT": mode})
    apply(page, proposition(action("setHtml", content), provider="TGT"))
    page.click("#a b")
    page.evaluate("alloy('event', {type: 'last'})")

    assert [event["type"] for event in site.all_events()] == ([INTERACT] if counts else []) + [
        "last"
    ]


def test_collect_interactions_marks_without_a_change(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'><b>x</b></div>")
    marked = proposition(
        item("json-content-item", {"content": {}}, id="j"), id="json", scope="hero"
    )
    result = page.evaluate(
        "(options) => alloy('applyPropositions', options)",
        {
            "propositions": [marked],
            "metadata": {"hero": {"selector": "#a", "actionType": "collectInteractions"}},
        },
    )
    page.click("#a b")

    assert result["propositions"][0]["renderAttempted"] is True
    assert said(site.events(1, INTERACT)[0]) == (["json"], None)
    assert page.inner_html("#a") == "<b>x</b>"


def test_the_view_of_an_offer_stands_in_its_interact_event(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'><b>x</b></div>")
    cart = proposition(action("setText", "new", "#a b"), scope="Cart", view=True)
    apply(page, cart)
    page.evaluate("alloy('applyPropositions', {viewName: 'cart'})")
    page.click("#a b")

    assert site.events(1, INTERACT)[0]["xdm"]["web"]["webPageDetails"]["viewName"] == "Cart"


def test_without_consent_no_click_is_told(site: Site, page: Page) -> None:
    opened(site, page, "<div id='a'></div>", defaultConsent="out")
    apply(page, proposition(action("setHtml", "<b>x</b>")))
    page.click("#a b")
    page.evaluate("alloy('event', {type: 'last'})")

    assert site.all_events() == []
    assert [seen for seen in site.seen if "/v1/" in seen.path] == []
