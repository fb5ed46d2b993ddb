"""What personalization may change is hidden until it has, and never for good."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

STYLE = "h1 { opacity: 0 }"
START = (
    "alloy('event', {viewStart: true}).then(() => window.done = true, () => window.done = true);"
)
IS_HIDDEN = (
    "document.querySelector('h1') && getComputedStyle(document.querySelector('h1')).opacity === '0'"
)
IS_SHOWN = IS_HIDDEN.replace("'0'", "'1'")


def opened(site: Site, page: Page, script: str = START, **options: Any) -> None:
    page.goto(
        site.tracked(script, "<h1>old</h1>", prehidingStyle=STYLE, **options), wait_until="commit"
    )


def test_content_is_hidden_while_the_edge_decides_and_shown_changed(site: Site, page: Page) -> None:
    site.render({"type": "setText", "selector": "h1", "content": "new"})
    held = site.fault("/v1/interact")
    opened(site, page)
    site.requests("/v1/interact")
    page.wait_for_function(IS_HIDDEN)
    page.evaluate("""() => { window.flashes = []; const h1 = document.querySelector('h1');
        new MutationObserver(() => { if (!document.getElementById('alloy-prehiding')) window.flashes.push(h1.textContent); })
          .observe(document, {childList: true, subtree: true, characterData: true}); }""")
    held.release()
    page.wait_for_function(IS_SHOWN)

    assert page.inner_text("h1") == "new"
    assert set(page.evaluate("window.flashes")) == {"new"}


@pytest.mark.every_lane
def test_content_is_shown_when_there_is_nothing_to_change(site: Site, page: Page) -> None:
    opened(site, page)
    page.wait_for_function("window.done")

    assert page.evaluate(IS_SHOWN)


@pytest.mark.every_lane
def test_content_is_shown_when_the_edge_refuses(site: Site, page: Page) -> None:
    site.fault("/v1/", status=403)
    opened(site, page)
    page.wait_for_function("window.done")

    assert page.evaluate(IS_SHOWN)


@pytest.mark.every_lane
def test_content_is_shown_when_the_edge_takes_too_long(site: Site, page: Page) -> None:
    site.fault("/v1/")
    opened(site, page, prehidingTimeout=0.3)
    page.wait_for_function(IS_HIDDEN)

    page.wait_for_function(IS_SHOWN, timeout=3000)


@pytest.mark.every_lane
def test_content_is_shown_when_consent_is_out(site: Site, page: Page) -> None:
    opened(site, page, defaultConsent="out")
    page.wait_for_function("window.done")

    assert page.evaluate(IS_SHOWN)


@pytest.mark.every_lane
def test_content_is_shown_when_the_answer_has_a_bad_selector(site: Site, page: Page) -> None:
    site.render({"type": "setText", "selector": "###", "content": "x"})
    opened(site, page)
    page.wait_for_function("window.done")

    assert page.evaluate(IS_SHOWN)


def test_the_pages_own_snippet_is_taken_over_and_ended(site: Site, page: Page) -> None:
    snippet = f'<style id="alloy-prehiding">{STYLE}</style><h1>old</h1>'
    page.goto(
        site.tracked("alloy('event', {type: 'first'}).then(() => window.done = true)", snippet)
    )
    page.wait_for_function("window.done")

    assert page.locator("#alloy-prehiding").count() == 0


@pytest.mark.parametrize("status", [404, 0], ids=["missing", "never answered"])
def test_the_edges_own_snippet_ends_even_where_the_tracker_never_comes(
    site: Site, page: Page, status: int
) -> None:
    head = site.edge.state.head(hide=STYLE + "</style><h1>")
    site.fault("/alloy.js", status=status)
    page.goto(site.page(f"<!doctype html>{head}<h1>old</h1>"), wait_until="commit")
    page.wait_for_function(IS_HIDDEN)
    page.wait_for_function(IS_SHOWN, timeout=6000)

    assert page.locator("h1").count() == 1


def test_the_edges_own_snippet_hides_from_the_first_frame_and_ends_with_the_answer(
    site: Site, page: Page
) -> None:
    head = site.edge.state.head(hide=STYLE)
    site.render({"type": "setText", "selector": "h1", "content": "new"})
    script = f'<script>alloy("configure", {{datastreamId: "shop"}}); {START}</script>'
    page.goto(site.page(f"<!doctype html>{head}<h1>old</h1>{script}"))
    page.wait_for_function("window.done")

    assert page.evaluate(IS_SHOWN)
    assert page.inner_text("h1") == "new"


def test_the_timeout_ends_what_single_items_hide_as_well(site: Site, page: Page) -> None:
    site.render(
        {"type": "setText", "selector": "#late", "content": "new", "prehidingSelector": "h1"}
    )
    opened(site, page, prehidingTimeout=1)
    page.wait_for_function("window.done")

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).visibility") == "hidden"
    page.wait_for_function(
        "getComputedStyle(document.querySelector('h1')).visibility === 'visible'", timeout=3000
    )


def test_an_items_own_selector_is_hidden_until_that_item_is_done(site: Site, page: Page) -> None:
    site.render(
        {"type": "setText", "selector": "#late", "content": "new", "prehidingSelector": "#box"},
        {"type": "setText", "selector": "h1", "content": "now", "prehidingSelector": "h1"},
    )
    page.goto(site.tracked(START, "<h1>old</h1><div id=box>box</div>"))
    page.wait_for_function("window.done")

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).visibility") == "visible"
    assert page.evaluate("getComputedStyle(document.getElementById('box')).visibility") == "hidden"
    page.evaluate("document.getElementById('box').innerHTML = '<b id=late>x</b>'")
    page.wait_for_function(
        "getComputedStyle(document.getElementById('box')).visibility === 'visible'"
    )
