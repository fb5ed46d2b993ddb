"""Offers with markup: scripts, styles and images as a page with a policy of its own would write them."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.offers import action, answer, proposition
from support.site import Site

NONCE = "default-src 'none'; script-src 'nonce-abc' 'self'; style-src 'nonce-abc'; connect-src 'self'; img-src 'self'"
OPTIONS = "{renderDecisions: true, responseBody: ANSWER, personalization: {untilRendered: true}}"


def opened(site: Site, page: Page, content: str, policy: str, type: str = "setHtml") -> Any:
    """The result of an offer with *content* on a page with *policy*."""
    import json

    body = json.dumps(answer(proposition(action(type, content))))
    site.file(
        "/page.js",
        'alloy("configure", {datastreamId: "shop"});'
        f'window.settled = alloy("applyResponse", {OPTIONS.replace("ANSWER", body)});',
    )
    html = """<!doctype html><title>strict</title><div id="a">old</div><script nonce="abc" src="/base.js"></script>
        <script nonce="abc" async src="/alloy.js"></script><script nonce="abc" src="/page.js"></script>"""
    page.goto(site.page(html, Content_Security_Policy=policy), wait_until="commit")
    page.wait_for_load_state("domcontentloaded")
    return page.evaluate("window.settled")


def with_python(policy: str, lane: str) -> str:
    return (
        policy.replace("script-src", "script-src 'wasm-unsafe-eval'")
        if lane == "micropython"
        else policy
    )


def test_scripts_run_once_in_order_with_the_pages_nonce(
    site: Site, page: Page, lane: str, console: list[str]
) -> None:
    site.file("/one.js", "window.ran = [...(window.ran || []), 'one'];")
    slow = site.fault("/one.js")
    content = """<b>new</b><script>window.ran = [...(window.ran || []), 'zero'];</script>
        <script src="/one.js" id="remote" crossorigin="anonymous" data-x="1"></script>
        <div><script>window.ran.push('two'); window.done();</script></div>
        <script type="application/json">{"not": "run"}</script>"""
    page.add_init_script("window.finished = new Promise((done) => { window.done = done; });")
    opened(site, page, content, with_python(NONCE, lane))
    site.requests("/one.js")
    assert page.evaluate("window.ran") == ["zero"]
    slow.release()
    page.evaluate("window.finished")

    assert page.evaluate("window.ran") == ["zero", "one", "two"]
    assert page.evaluate(
        "(() => { const s = document.head.querySelector('#remote'); return [s.crossOrigin, s.dataset.x, s.nonce]; })()"
    ) == ["anonymous", "1", "abc"]
    assert [line for line in console if "Content Security Policy" in line] == []


def test_an_async_script_holds_nothing_up(site: Site, page: Page, lane: str) -> None:
    site.fault("/slow.js")
    content = '<script async src="/slow.js"></script><script>window.ran = true;</script>'
    opened(site, page, content, with_python(NONCE, lane))

    assert page.evaluate("window.ran") is True


def test_a_script_that_cant_be_loaded_does_not_keep_the_next_from_running(
    site: Site, page: Page, lane: str
) -> None:
    page.add_init_script("window.finished = new Promise((done) => { window.done = done; });")
    content = '<script src="/none.js"></script><script>window.done(1);</script>'
    opened(site, page, content, with_python(NONCE, lane))

    assert page.evaluate("window.finished") == 1


def test_styles_get_the_nonce_and_images_begin_to_load(site: Site, page: Page, lane: str) -> None:
    content = '<style>#a { color: rgb(1, 2, 3) }</style><img src="/picture.png"><p>x</p>'
    opened(site, page, content, with_python(NONCE, lane))

    assert page.evaluate("getComputedStyle(document.querySelector('#a')).color") == "rgb(1, 2, 3)"
    assert site.requests("/picture.png")


def test_a_page_that_enforces_trusted_types_gets_its_offers(
    site: Site, page: Page, lane: str, console: list[str]
) -> None:
    policy = with_python(NONCE, lane) + "; require-trusted-types-for 'script'; trusted-types pyrite"
    site.file("/one.js", "window.remote = true; window.done();")
    page.add_init_script("window.finished = new Promise((done) => { window.done = done; });")
    result = opened(
        site,
        page,
        "<b>new</b><script>window.ran = true;</script><script src='/one.js'></script>",
        policy,
    )
    page.evaluate("window.finished")

    assert result["propositions"][0]["renderStatus"] == "shown"
    assert page.inner_text("#a b") == "new"
    assert page.evaluate("window.ran && window.remote")
    assert [line for line in console if "TrustedHTML" in line or "Trusted Type" in line] == []


@pytest.mark.lanes("compiled")
def test_a_page_that_lists_other_trusted_types_says_why_an_offer_is_not_shown(
    site: Site, page: Page, console: list[str]
) -> None:
    policy = NONCE + "; require-trusted-types-for 'script'; trusted-types other"
    result = opened(site, page, "<b>new</b>", policy)

    # The part that renders is a script, which such a page does not take from us either.
    assert result["propositions"][0]["renderAttempted"] is False
    assert page.inner_text("#a") == "old"
    assert [line for line in console if "the part 'render'" in line and "TrustedScriptURL" in line]
