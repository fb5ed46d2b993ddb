"""The part that renders: loaded with the first offer, kept from arriving, late, elsewhere, and a page that is left before."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request
from support.site import Site

from pyrite.edge.settings import Edge, Settings

PART = "/lib/render."
DISPLAY = "decisioning.propositionDisplay"
VIEW = "web.webpagedetails.pageViews"
HIDING = {"prehidingStyle": "h1 { visibility: hidden }"}
STARTED = "window.started = alloy('event', {viewStart: true});"


def offered(site: Site) -> None:
    site.render({"type": "setText", "selector": "h1", "content": "new"})


def is_visible(page: Page) -> bool:
    return bool(
        page.evaluate("getComputedStyle(document.querySelector('h1')).visibility === 'visible'")
    )


@pytest.mark.every_lane
def test_a_page_that_gets_an_offer_loads_it_once(site: Site, page: Page) -> None:
    offered(site)
    page.goto(site.tracked(STARTED, **HIDING))
    result = page.evaluate("window.started")
    page.evaluate("alloy('event', {viewStart: true})")

    assert page.inner_text("h1") == "new"
    assert result["propositions"][0]["renderStatus"] == "shown"
    assert is_visible(page)
    site.events(2, DISPLAY)
    assert page.evaluate("document.querySelectorAll('script[src*=\"/lib/render.\"]').length") == 1


def test_a_page_that_gets_none_executes_nothing_of_it(site: Site, page: Page) -> None:
    page.goto(site.tracked(STARTED, **HIDING))
    page.evaluate("window.started")

    assert page.evaluate("typeof __pyrite_render") == "undefined"
    assert page.evaluate("document.querySelectorAll('script[src*=\"/lib/render.\"]').length") == 0
    assert is_visible(page)


def test_where_it_cant_be_had_the_page_is_shown_and_nothing_is_reported(
    site: Site, page: Page, console: list[str]
) -> None:
    offered(site)
    blocked = site.fault(PART, status=404)
    page.goto(site.tracked(STARTED, **HIDING))
    result = page.evaluate("window.started")
    page.evaluate("alloy('event', {viewStart: true})")

    assert result["propositions"][0]["renderAttempted"] is False
    assert page.inner_text("h1") == "Hello"
    assert is_visible(page)
    assert len([line for line in console if "the part 'render' can't be had" in line]) == 1
    assert site.all_events(DISPLAY) == []
    # The next use tries again.
    blocked.release()
    page.evaluate("alloy('event', {viewStart: true})")
    assert page.inner_text("h1") == "new"
    site.events(1, DISPLAY)


def test_one_that_comes_after_the_answer_renders_then(site: Site, page: Page) -> None:
    offered(site)
    late = site.fault(PART)
    page.goto(site.tracked(STARTED, **HIDING), wait_until="commit")
    site.events(1, VIEW)
    site.requests(PART)
    assert page.text_content("h1") == "Hello"
    late.release()
    result = page.evaluate("window.started")

    assert result["propositions"][0]["renderStatus"] == "shown"
    assert page.inner_text("h1") == "new"
    assert is_visible(page)
    site.events(1, DISPLAY)


def test_a_page_that_is_left_before_it_came_loses_nothing(site: Site, page: Page) -> None:
    offered(site)
    held = site.fault(PART)
    page.goto(site.tracked(STARTED, **HIDING), wait_until="commit")
    site.requests(PART)
    page.evaluate("alloy('event', {type: 'last', documentUnloading: true})")
    page.goto("about:blank", wait_until="commit")
    held.release()  # the browser may go on to fetch it for the next page

    assert len(site.events(1, VIEW)) == 1
    assert len(site.events(1, "last")) == 1
    assert site.all_events(DISPLAY) == []


def test_a_copy_of_the_tracker_without_its_parts_takes_them_from_the_edge(
    page: Page, tmp_path: Path, lane: str
) -> None:
    if lane == "micropython":
        pytest.skip("its loader needs its other files beside it as well")
    with Site(tmp_path / "pages", lane=lane) as pages:
        origin = pages.url("", host="localhost")
        with Site(tmp_path / "edge", lane=lane, settings=Settings(edge=Edge(origins=[origin], experiences=str(tmp_path / "edge" / "experiences")))) as edge:  # fmt: skip
            offered(edge)
            pages.fault(PART, status=404)
            pages.tracked(STARTED, edgeDomain=f"127.0.0.1:{edge.server.port}")
            page.goto(pages.url("/page", host="localhost"))
            page.evaluate("window.started")

            assert page.inner_text("h1") == "new"
            assert edge.requests(PART)


def test_an_edge_under_a_prefix_has_it_there(page: Page, tmp_path: Path, lane: str) -> None:
    with Site(tmp_path, lane=lane, prefix="/t") as site:
        offered(site)
        script = "alloy('configure', {datastreamId: 'shop', edgeBasePath: 't/ee'}); window.started = alloy('event', {viewStart: true})"
        tags = '<script src="/t/base.js"></script><script async src="/t/alloy.js"></script>'
        page.goto(site.page(f"{tags}<h1>Hello</h1><script>{script}</script>"))
        page.evaluate("window.started")

        assert page.inner_text("h1") == "new"
        assert site.requests(PART)[0].path.startswith("/t/lib/render.")


def test_what_an_edge_puts_into_a_head_fetches_it_beforehand(site: Site, page: Page) -> None:
    offered(site)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if PART in request.url else None)
    html = f"<!doctype html><head>{site.edge.state.head()}</head><h1>Hello</h1>"
    configure = "alloy('configure', {datastreamId: 'shop'});"
    page.goto(site.page(f"{html}<script>{configure}{STARTED}</script>"))
    page.evaluate("window.started")

    assert page.inner_text("h1") == "new"
    assert 'rel="prefetch"' in site.edge.state.head()
    assert asked
