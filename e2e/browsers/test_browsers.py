"""A small set of each lane in Firefox and WebKitGTK: `pytest --browsers firefox,webkitgtk`.

What differs from Chromium: neither has `userAgentData` (no high-entropy hints) nor, in WebKitGTK, `navigator.globalPrivacyControl`;
WebKitGTK has no Navigation API, so a pushed address is noticed at the next change of the document.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.site import HEAD, WAIT_S, Site
from support.webdriver import Browser, started

SCRIPT = """
    window.state = {};
    alloy("configure", {datastreamId: "shop"});
    alloy("event", {viewStart: true, data: {key: "ü😀", n: [1, 1.5, 1e21]}}).then(
        ({requestBody, propositions}) => { state.id = requestBody.events[0].xdm._id; state.shown = propositions[0].renderAttempted; },
        (error) => { state.failed = error.message; });
    alloy("evnt").catch((error) => { state.code = error.code; });
    addEventListener("pagehide", () => alloy("event", {documentUnloading: true, type: "left"}));
"""


@pytest.fixture(scope="module")
def driven(engine: str) -> Iterator[Browser]:
    """One browser for all cases of a module."""
    made = started(engine)
    yield made
    made.close()


def settled(site: Site, driven: Browser) -> Any:
    """The page's state once its promises have settled: asked again whenever the site has seen something, and at the end."""

    def look() -> Any:
        state = driven.evaluate("window.state")
        return state if state and "code" in state and ("id" in state or "failed" in state) else None

    return site.poll(look, "a settled page", WAIT_S * 3)


def test_a_view_is_stored_and_rendered_and_what_leaves_with_the_page_arrives(
    site: Site, driven: Browser, engine: str
) -> None:
    site.render({"type": "setText", "selector": "h1", "content": "rendered"})
    driven.open(site.page(f"{HEAD}<h1>old</h1><script>{SCRIPT}</script>"))
    state = settled(site, driven)
    heading = driven.evaluate("document.querySelector('h1').textContent")
    driven.open(site.page("<title>next</title>", "/next"))
    left = site.events(1, "left")[0]
    view = site.all_events("web.webpagedetails.pageViews")[0]

    assert state == {"id": view["id"], "shown": True, "code": "command.unknown"}
    assert view["data"] == {"key": "ü😀", "n": [1, 1.5, 1e21]}
    assert heading == "rendered"
    assert left["visitor"] == view["visitor"]
    assert json.loads(json.dumps(view["xdm"]["placeContext"]))["localTimezoneOffset"] == 0
