"""The tracker where things are not as usual: another host, a prefix, a sandboxed frame, another site's domain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from support.site import Site

from pyrite.edge.settings import Edge, Settings

Run = Callable[[str], Any]


def test_an_edge_on_another_origin_is_reached_with_credentials_and_cookies_travel_as_entries(
    page: Page, tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path / "pages", lane=lane) as pages:
        origin = pages.url("", host="localhost")
        with Site(
            tmp_path / "edge", lane=lane, settings=Settings(edge=Edge(origins=[origin]))
        ) as edge:
            script = "alloy('event', {type: 'one'}).then(() => alloy('event', {type: 'two'})).then(() => window.done = true)"
            pages.tracked(script, edgeDomain=f"127.0.0.1:{edge.server.port}")
            page.goto(pages.url("/page", host="localhost"))
            page.wait_for_function("window.done")

            assert [event["type"] for event in edge.all_events()] == ["one", "two"]
            second = edge.requests("/v1/", 2)[1]
            assert [seen.method for seen in edge.seen] == ["POST", "POST"]
            assert second.json["meta"]["state"]["entries"][0]["key"] == "kndctr_shop_identity"


def test_a_page_of_an_origin_that_is_not_listed_learns_why_at_once(
    page: Page, tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path / "pages", lane=lane) as pages, Site(tmp_path / "edge", lane=lane) as edge:
        script = "alloy('event', {type: 'one'}).catch((error) => { window.got = [error.code, error.status, error.message]; });"
        pages.tracked(script, edgeDomain=f"127.0.0.1:{edge.server.port}")
        page.goto(pages.url("/page", host="localhost"))
        page.wait_for_function("window.got", timeout=5000)
        code, status, message = page.evaluate("window.got")

        assert (code, status) == ("edge.refused", 403)
        assert f"pages of '{pages.url('', host='localhost')}' may not send events here" in message
        assert edge.all_events() == []


def test_an_edge_mounted_under_a_prefix_serves_the_tracker_and_takes_its_events(
    page: Page, tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path, lane=lane, prefix="/t") as site:
        script = "alloy('configure', {datastreamId: 'shop', edgeBasePath: 't/ee'}); alloy('event', {type: 'x'}).then(() => window.done = true)"
        page.goto(
            site.page(
                f'<script src="/t/base.js"></script><script async src="/t/alloy.js"></script><script>{script}</script>'
            )
        )
        page.wait_for_function("window.done")

        assert [event["type"] for event in site.all_events()] == ["x"]


def test_in_a_sandboxed_frame_without_cookies_and_storage_events_still_leave(
    page: Page, tmp_path: Path, lane: str
) -> None:
    with Site(tmp_path, lane=lane, settings=Settings(edge=Edge(origins=["null"]))) as site:
        script = "alloy('event', {type: 'a'}).then(() => alloy('event', {type: 'b'})).then(() => parent.postMessage('done', '*'), (error) => parent.postMessage(error.message, '*'))"
        inner = site.tracked(script, path="/inner")
        page.goto(
            site.page(
                f"<script>addEventListener('message', (event) => window.said = event.data)</script><iframe sandbox='allow-scripts' src='{inner}'></iframe>",
                "/outer",
            )
        )
        page.wait_for_function("window.said")

        assert page.evaluate("window.said") == "done"
        assert [event["type"] for event in site.all_events()] == ["a", "b"]
        assert len({event["visitor"] for event in site.all_events()}) == 1
        assert page.context.cookies() == []


def test_cookies_are_set_for_the_whole_site(site: Site, page: Page) -> None:
    site.tracked("alloy('event', {type: 'x'})", edgeDomain="edge.site.test")
    page.goto(site.url("/page", host="www.site.test"))
    # There is no TLS here, so nothing arrives; the device id was minted before.
    page.wait_for_function("document.cookie.includes('pyrite_fpid')")

    assert [
        cookie["domain"] for cookie in page.context.cookies() if cookie["name"] == "pyrite_fpid"
    ] == [".site.test"]
    assert [cookie["name"] for cookie in page.context.cookies()] == ["pyrite_fpid"]


def test_two_tabs_of_a_visitor_are_one_visitor(site: Site, page: Page, second_page: Page) -> None:
    url = site.tracked("alloy('event', {type: 'x'}).then(() => window.done = true)")
    for tab in (page, second_page):
        tab.goto(url)
        tab.wait_for_function("window.done")

    assert len({event["visitor"] for event in site.events(2)}) == 1
