"""Content Security Policies: what each lane needs, and nothing more."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

SCRIPT = """alloy("configure", {datastreamId: "shop"});
    window.settled = alloy("event", {viewStart: true}).catch((error) => error.code);"""
STRICT = "default-src 'none'; script-src 'self'; style-src 'nonce-abc'; connect-src 'self'"


def opened(site: Site, page: Page, policy: str, base: str = "/base.js") -> Any:
    site.render({"type": "setText", "selector": "h1", "content": "rendered"})
    site.file("/page.js", SCRIPT)
    html = f"""<!doctype html><title>strict</title><h1>Hello</h1><script src="{base}"></script>
        <script async src="/alloy.js"></script><script src="/page.js"></script>"""
    page.goto(site.page(html, Content_Security_Policy=policy))
    return page.evaluate("window.settled")  # waiting by polling would need eval


@pytest.mark.lanes("compiled")
@pytest.mark.parametrize("base", ["/base.js", "/base-early.js"])
def test_the_compiled_lane_needs_no_exception_at_all(
    site: Site, page: Page, console: list[str], base: str
) -> None:
    result = opened(site, page, STRICT, base)

    assert "responseBody" in result
    assert page.inner_text("h1") == "rendered"
    assert [line for line in console if "Content Security Policy" in line] == []


@pytest.mark.lanes("micropython")
def test_the_micropython_lane_needs_webassembly_and_no_eval(
    site: Site, page: Page, console: list[str]
) -> None:
    policy = STRICT.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")

    assert "responseBody" in opened(site, page, policy)
    assert page.inner_text("h1") == "rendered"
    assert [line for line in console if "Content Security Policy" in line] == []


@pytest.mark.lanes("micropython")
def test_without_webassembly_the_micropython_lane_gives_up_in_order(site: Site, page: Page) -> None:
    page.add_init_script("delete window.WebAssembly")
    policy = STRICT.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")

    assert opened(site, page, policy) == "runtime.failed"


@pytest.mark.lanes("compiled")
def test_without_webassembly_the_compiled_lane_does_not_notice(site: Site, page: Page) -> None:
    page.add_init_script("delete window.WebAssembly")

    assert "responseBody" in opened(site, page, STRICT)


@pytest.mark.parametrize("second", ["compiled", "micropython"])
def test_two_lanes_on_one_page_count_once_and_the_second_says_so(
    site: Site, page: Page, console: list[str], lane: str, second: str
) -> None:
    expected = 0 if lane == second else 1
    html = f"""<!doctype html><title>two</title><script src="/base.js"></script><script src="/alloy.js"></script>
        <script src="/alloy.{second}.js"></script><script>{SCRIPT}</script>"""
    page.goto(site.page(html))
    page.evaluate("window.settled.then(() => 1)")
    page.evaluate("alloy('event', {type: 'after'}).then(() => 1)")
    said = [line for line in console if f"the {second} lane steps back" in line]

    assert len(said) == expected
    assert [event["type"] for event in site.events(2)] == [
        "web.webpagedetails.pageViews",
        "after",
    ]


def test_where_storage_and_cookies_are_blocked_events_leave_all_the_same(
    site: Site, page: Page, console: list[str]
) -> None:
    page.add_init_script("""
        for (const name of ["localStorage", "sessionStorage", "indexedDB"])
            Object.defineProperty(window, name, {get() { throw new DOMException("blocked", "SecurityError"); }});
        Object.defineProperty(document, "cookie", {get: () => "", set: () => {}});
        Object.defineProperty(navigator, "cookieEnabled", {get: () => false});""")
    result = opened(site, page, "default-src 'self' 'wasm-unsafe-eval'")

    assert "responseBody" in result
    assert [line for line in console if line.startswith(("uncaught", "error: [alloy]"))] == []
