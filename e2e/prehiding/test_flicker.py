"""What a visitor on a slow line sees of a page that is about to change: frames counted, layout shifts summed."""

from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

LINE = {
    "offline": False,
    "latency": 100,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}  # "slow 4G" of Chromium's developer tools, a little faster
# Each frame notes what could be read in the heading; shifts are the browser's own measure.
WATCH = """
  window.frames_ = {old: 0, new: 0, hidden: 0};
  window.shift = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
    .observe({type: "layout-shift", buffered: true});
  const look = () => {
    const heading = document.querySelector("h1");
    if (heading) {
      const style = getComputedStyle(heading);
      const seen = style.visibility !== "hidden" && style.opacity !== "0";
      window.frames_[!seen ? "hidden" : heading.textContent.startsWith("old") ? "old" : "new"] += 1;
    }
    if (window.frames_.new < 5) requestAnimationFrame(look); else window.enough();
  };
  window.seen = new Promise((done) => { window.enough = done; });
  requestAnimationFrame(look);
"""
SNIPPET = '<style id="alloy-prehiding">h1, main { visibility: hidden }</style>'
START = "alloy('event', {viewStart: true})"


def opened(site: Site, page: Page, snippet: str) -> Any:
    """`{old, new, hidden, shift}`: frames by what they showed, and the sum of layout shifts."""
    site.render(
        {
            "type": "setHtml",
            "selector": "h1",
            "content": "new<br>two<br>lines",
            "prehidingSelector": "h1",
        }
    )
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    page.goto(site.tracked(START, f"{snippet}<h1>old</h1><main><p>text</p></main>"))
    page.evaluate("window.seen")
    return page.evaluate("({...window.frames_, shift: window.shift})")


def test_a_hidden_page_never_shows_what_is_about_to_change(
    site: Site, page: Page, record_property: Any
) -> None:
    seen = opened(site, page, SNIPPET)
    record_property("frames", seen)
    print(seen)

    assert seen["old"] == 0
    assert seen["hidden"] > 0
    assert seen["shift"] == 0


@pytest.mark.lanes("compiled")
def test_the_measure_sees_flicker_where_nothing_is_hidden(site: Site, page: Page) -> None:
    seen = opened(site, page, "")
    print(seen)

    assert seen["old"] > 0
    assert seen["shift"] > 0
