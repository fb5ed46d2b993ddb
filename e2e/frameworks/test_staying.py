"""Offers stay where the page replaces their element or puts its content back, within bounds; what else it writes is its own."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page
from support import lanes
from support.site import Site

BODY = """<div id="root"><h1>Old</h1><p id="box">was</p><div id="list"><i>1</i></div><b id="gone">bye</b>
  <a id="link" href="/old">link</a></div>"""
OFFERS: tuple[dict[str, Any], ...] = (
    {"type": "setText", "selector": "h1", "content": "New"},
    {"type": "setHtml", "selector": "#box", "content": "<u>is</u>"},
    {"type": "appendHtml", "selector": "#list", "content": "<em>offer</em>"},
    {"type": "remove", "selector": "#gone"},
    {"type": "setAttribute", "selector": "#link", "content": {"href": "/new"}},
)
SHOWN = """() => ["h1", "#box", "#list"].map((css) => document.querySelector(css).innerHTML).join("|")
  + "|" + !!document.querySelector("#gone") + "|" + document.querySelector("#link")?.getAttribute("href")"""
ALL = "New|<u>is</u>|<i>1</i><em>offer</em>|false|/new"
DISPLAY = "decisioning.propositionDisplay"


@pytest.fixture(params=lanes.PUBLIC)
def shown(request: pytest.FixtureRequest, tmp_path: Any, page: Page) -> Any:
    """A page on which the offers are shown, and its site."""
    with Site(tmp_path, lane=request.param) as site:
        site.render(*OFFERS)
        page.goto(site.tracked("alloy('event', {viewStart: true});", BODY))
        page.wait_for_function(f"({SHOWN})() === {ALL!r}")
        site.events(1, DISPLAY)
        yield site, page


def test_offers_stay_until_the_page_has_a_will_of_its_own(shown: tuple[Site, Page]) -> None:
    site, page = shown
    given = json.dumps(BODY)

    def after(script: str) -> Any:
        """What is to be seen once *script* has run and the browser could paint."""
        return page.evaluate(f"async () => {{ {script}; await null; return ({SHOWN})(); }}")

    # Put back as it was, replaced as a whole, morphed: there again before the next frame.
    assert after("document.querySelector('h1').textContent = 'Old'") == ALL
    assert after("document.querySelector('h1').firstChild.data = 'Old'") == ALL
    assert after("document.querySelector('#box').innerHTML = 'was'") == ALL
    assert after("document.querySelector('#list').innerHTML = '<i>1</i>'") == ALL
    assert after("document.querySelector('#link').setAttribute('href', '/old')") == ALL
    assert after(f"document.querySelector('#root').outerHTML = {given}") == ALL
    assert (
        after("const root = document.querySelector('#root'); root.innerHTML = root.innerHTML")
        == ALL
    )
    # The page's own will, and the visitor's: left alone.
    page.evaluate(
        "() => { document.querySelector('#list em').onclick = (event) => event.target.remove(); }"
    )
    page.click("#list em")
    assert after("document.querySelector('h1').textContent = 'Mine'") == ALL.replace(
        "New", "Mine"
    ).replace("<em>offer</em>", "")
    assert after("document.querySelector('#link').href = '/mine'").endswith("/mine")
    # One that never lets go: so often a second, and no more.
    page.evaluate("""() => { window.count = 0; const box = document.querySelector("#box");
      new MutationObserver(() => { if (box.innerHTML !== "was" && window.count++ < 1000) box.innerHTML = "was"; })
        .observe(box, {childList: true}); box.innerHTML = "was"; }""")
    page.wait_for_function("window.count >= 4")
    page.evaluate("alloy('event', {type: 'mark'})")

    assert page.evaluate("window.count") < 12
    assert len(site.all_events(DISPLAY)) == 1


def test_an_address_that_is_left_takes_its_offers_along(shown: tuple[Site, Page]) -> None:
    _, page = shown
    page.evaluate("history.pushState({}, '', '/elsewhere')")

    assert (
        page.evaluate(
            f"async () => {{ document.querySelector('#root').outerHTML = {json.dumps(BODY)}; await null; return document.querySelector('h1').textContent; }}"
        )
        == "Old"
    )
