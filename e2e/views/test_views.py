"""Views of a single-page app: kept from the first answer, rendered in order, only while they are there, told in their own event."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

DISPLAY = "decisioning.propositionDisplay"


def view(site: Site, name: str, *items: dict[str, Any]) -> None:
    """Put an experience for the view *name* in force."""
    lines = [f'scope = "view:{name}"', "[[variants]]", 'id = "v"']
    for item in items:
        lines.append("[[variants.items]]")
        lines.extend(f"{key} = {json.dumps(value)}" for key, value in item.items())
    site.experience(name.lower(), "\n".join(lines))


def append(content: str, selector: str = "main") -> dict[str, Any]:
    return {"type": "appendHtml", "selector": selector, "content": content}


def go(name: str) -> str:
    """Script: a route change to the view *name*."""
    xdm = json.dumps({"web": {"webPageDetails": {"viewName": name}}})
    return f"alloy('sendEvent', {{renderDecisions: true, type: {json.dumps('to ' + name)}, xdm: {xdm}}})"


def opened(site: Site, page: Page, first: str = "home") -> None:
    page.goto(site.tracked(f"window.first = {go(first)}", "<main></main>"))


@pytest.mark.every_lane
def test_a_view_is_rendered_from_what_the_first_answer_has_brought(site: Site, page: Page) -> None:
    view(site, "Cart", append("<b>cart</b>"))
    opened(site, page)
    page.evaluate("window.first")
    result = page.evaluate(go("cart"))
    event = site.events(1, "to cart")[0]

    assert page.inner_text("main") == "cart"
    assert [one["id"] for one in result["propositions"]] == ["PY:cart:v"]
    # Its display travels with the view's own event, and nothing was asked for.
    shown = event["xdm"]["_experience"]["decisioning"]["propositions"]
    assert [one["id"] for one in shown] == ["PY:cart:v"]
    sent = [
        event
        for seen in list(site.seen)
        if "/v1/" in seen.path
        for event in seen.json.get("events", [])
        if event["xdm"]["eventType"] == "to cart"
    ]
    assert "query" not in sent[0]


def test_a_view_that_is_seen_again_is_not_doubled(site: Site, page: Page) -> None:
    view(site, "home", append("<i>home</i>"))
    view(site, "cart", append("<b>cart</b>"))
    opened(site, page)
    page.evaluate("window.first")
    for name in ("cart", "home", "cart", "cart"):
        page.evaluate(go(name))

    assert page.inner_text("main") == "homecart"


def test_of_two_quick_changes_only_the_view_that_is_there_is_rendered(
    site: Site, page: Page
) -> None:
    for name in ("home", "list", "cart"):
        view(site, name, append(f"<b>{name}</b>"))
    held = site.fault("/v1/interact")
    opened(site, page)
    site.requests("/v1/interact")
    page.evaluate(f"window.second = {go('list')}; window.third = {go('cart')}; 0")
    held.release()
    page.evaluate("Promise.all([window.first, window.second, window.third])")

    assert page.inner_text("main") == "cart"
    # All three views happened, and only what was shown was told.
    told = {
        event["type"]: [
            one.get("id")
            for one in event["xdm"]
            .get("_experience", {})
            .get("decisioning", {})
            .get("propositions", [])
        ]
        for event in site.events(3)
        if event["type"].startswith("to ")
    }
    assert told == {"to home": [], "to list": [], "to cart": ["PY:cart:v"]}
    assert site.all_events(DISPLAY) == []


def test_what_a_view_still_waits_for_is_given_up_when_another_begins(
    site: Site, page: Page, console: list[str]
) -> None:
    view(site, "cart", append("<b>cart</b>", "#late"))
    opened(site, page)
    page.evaluate("window.first")
    page.evaluate(go("cart"))
    page.evaluate(go("home"))
    page.evaluate("document.querySelector('main').innerHTML = '<p id=late></p>'")
    page.evaluate("new Promise(requestAnimationFrame)")

    assert page.inner_text("#late") == ""
    assert [line for line in console if "was not shown: another view has begun" in line]
