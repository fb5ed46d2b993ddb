"""What monitors are told of a page's first view with an offer: the same moments, in the same order, with the same fields, as by the real alloy."""

from typing import Any

import pytest
from alloy_peer.test_alloy_peer import STUB
from alloy_peer.test_same_rendering import OPTIONS
from playwright.sync_api import Browser
from support.lanes import PUBLIC
from support.site import Site

WATCH = """<script>
  const told = window.told = [], names = ["onInstanceCreated", "onInstanceConfigured", "onBeforeCommand", "onCommandResolved",
    "onCommandRejected", "onBeforeNetworkRequest", "onNetworkResponse", "onNetworkError", "onContentHiding", "onContentRendering"];
  window.__alloyMonitors = [Object.fromEntries(names.map((name) => [name, (data) => {
    told.push([name, data.commandName || data.status || "", Object.keys(data), Object.keys(data.payload || {})]);
  }]))];
</script>"""
RUN = """<script>
  alloy("configure", OPTIONS, prehidingStyle: "h1 { visibility: hidden }"});
  window.ended = alloy("sendEvent", {renderDecisions: true, xdm: {}}).then(() => alloy("sendEvent", {xdm: 5}).catch(() => 0));
</script>"""
# Alloy names the component, and gives its own functions.
NOT_OURS = {"componentName", "getHeader", "getLinkDetails"}
# Promises of ours resolve as soon as they can: that of configure at once, that of an event after the first pass over its offers. So
# what ends is compared by itself.
SENT = ("onInstanceCreated", ("onBeforeCommand", "configure"), "onInstanceConfigured", "onContentHiding", "onBeforeNetworkRequest",
        "onNetworkResponse", "onContentRendering")  # fmt: skip
ENDED = ("onCommandResolved", "onCommandRejected")


def told(browser: Browser, url: str) -> list[Any]:
    page = browser.new_page()
    page.goto(url)
    page.evaluate("ended.then(() => 0)")
    page.wait_for_function("told.filter(([name]) => name === 'onNetworkResponse').length >= 2")
    page.wait_for_function("told.some(([name, what]) => what === 'rendering-succeeded')")
    found: list[Any] = page.evaluate("told")
    page.close()
    return found


@pytest.fixture(scope="module")
def theirs(browser_on_site: tuple[Site, Browser]) -> list[Any]:
    site, browser = browser_on_site
    site.render({"type": "setText", "selector": "h1", "content": "new"})
    site.edge.state.experiences.reload()
    run = RUN.replace("OPTIONS", OPTIONS + ", thirdPartyCookiesEnabled: false, idMigrationEnabled: false")  # fmt: skip
    html = f'<!doctype html>{WATCH}<h1>old</h1><script>{STUB}</script><script async src="/peer/alloy.js"></script>{run}'
    site.page(html, "/theirs-told")
    return told(browser, "https://www.site.test/theirs-told")


@pytest.mark.parametrize("lane", PUBLIC)
def test_monitors_are_told_the_same(
    browser_on_site: tuple[Site, Browser], theirs: list[Any], lane: str
) -> None:
    site, browser = browser_on_site
    html = f'<!doctype html>{WATCH}<h1>old</h1><script src="/base.js"></script><script async src="/alloy.{lane}.js"></script>{RUN.replace("OPTIONS", OPTIONS)}'
    site.page(html, f"/told-{lane}")
    ours = told(browser, f"https://www.site.test/told-{lane}")

    for of in (SENT, ENDED):
        expected = [(name, what) for name, what, _, _ in theirs if (name, what) in of or name in of]
        assert [(name, what) for name, what, _, _ in ours if (name, what) in of or name in of] == expected  # fmt: skip
    assert {name for name, *_ in ours} == {name for name, *_ in theirs}
    fields = {(name, what): (set(keys) - NOT_OURS, set(payload)) for name, what, keys, payload in theirs}  # fmt: skip
    for name, what, keys, payload in ours:
        assert (set(keys), set(payload) - {"xdm"}) == fields[name, what], (name, what)
