"""The fixture `tracking`: a page's tracking reaches it, whatever the page configures and however it is left."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.packs import pack
from support.site import Site

from pyrite.testing import Tracking

GOAL = "28a7c944-b8b6-45ad-a635-6f72e8f81f69"
KEY = "9d2b1c57-6b86-4c5c-9d54-6d1d1a9f7a11"


@pytest.fixture(scope="session")
def tracking_settings() -> dict[str, Any]:
    """All protocols, as a site with all of them would say in its conftest.py."""
    return {
        "jss": {"enabled": True, "keys": {KEY: {"origins": "*"}}},
        "ibexa": {"enabled": True, "customers": {"00000": {}}},
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site under test, whose own edge is not to get anything."""
    with Site(tmp_path_factory.mktemp("site"), lane="compiled") as made:
        made.folders["/peer"] = pack("@adobe/alloy") / "dist"
        yield made
        assert made.all_events() == []


def test_from_its_own_edge_and_from_one_that_does_not_exist(
    tracking: Tracking, page: Page, site: Site
) -> None:
    page.goto(site.tracked("alloy('event', {type: 'own', data: {sku: 'A-1', price: 12}})"))
    own = tracking.expect_event("own", data={"sku": re.compile("^A"), "price": int})
    assert own[0].data == {"sku": "A-1", "price": 12}
    assert own[0].way == "fetch"

    options = "{datastreamId: 'x', edgeDomain: 'edge.example.com', edgeBasePath: 'a/b'}"
    page.goto(site.tracked(f"alloy('configure', {options}); alloy('event', {{type: 'other'}})"))
    assert "https://edge.example.com/a/b/v1/" in tracking.requests[-1].url or tracking.expect_event(
        "other"
    )


def test_from_adobes_own_client_to_adobes_domain(
    tracking: Tracking, page: Page, site: Site
) -> None:
    script = """<script>!function(n,o){o.forEach(function(o){n[o]||((n.__alloyNS=n.__alloyNS||[]).push(o),n[o]=function(){
        var u=arguments;return new Promise(function(i,l){n[o].q.push([i,l,u])})},n[o].q=[])})}(window,["alloy"]);</script>
        <script src="/peer/alloy.min.js"></script><script>
        alloy("configure", {datastreamId: "ds-1", orgId: "ORG@AdobeOrg", thirdPartyCookiesEnabled: false});
        alloy("sendEvent", {renderDecisions: true, xdm: {eventType: "peer"}, data: {by: "alloy"}}).then(() => {
            window.addEventListener("pagehide", () => alloy("sendEvent", {documentUnloading: true, xdm: {eventType: "peer.left"}}))
            window.done = true});
        </script>"""
    with tracking.expect_event("peer", data={"by": "alloy"}) as found:
        page.goto(site.page(script, "/peer-page"))
    assert tracking.requests[0].url.startswith("https://edge.adobedc.net/ee/v1/interact?")
    assert found[0].visitor

    page.wait_for_function("window.done")
    page.close()
    tracking.expect_event("peer.left")


def test_from_jss_and_ibexa_on_their_hosts(tracking: Tracking, page: Page, site: Site) -> None:
    jss = f"https://cm.example.com/sitecore/api/jss/track/event?sc_apikey={KEY}"
    ibexa = "https://event.perso.ibexa.co/api/00000/click/johndoe/1/11"
    script = f"""fetch("{jss}", {{method: "POST", credentials: "include", headers: {{"content-type": "application/json"}},
        body: JSON.stringify([{{eventId: "Download", url: location.href}}])}}); fetch("{ibexa}", {{mode: "no-cors"}})"""
    with tracking.expect_event(source="ibexa"):
        page.goto(site.page(f"<script>{script}</script>", "/others"))
    tracking.expect_no_event(source="jss").check()
    [asked] = [request for request in tracking.requests if request.url == jss]
    assert asked.status == 422
    assert [row.code for row in tracking.bad] == ["jss.unknown"]


@pytest.mark.parametrize("how", ["close", "leave"])
def test_what_leaves_with_the_page(tracking: Tracking, page: Page, site: Site, how: str) -> None:
    url = f"{site.url('')}/ee/v1/collect?configId=shop&requestId="
    script = """
        const body = (id) => JSON.stringify({events: [{xdm: {_id: crypto.randomUUID(), eventType: id}}]});
        if (window.fetchLater) fetchLater(URL + "1", {method: "POST", body: body("later")});
        addEventListener("pagehide", () => {
            navigator.sendBeacon(URL + "2", body("beacon"));
            fetch(URL + "3", {method: "POST", body: body("keepalive"), keepalive: true});
        });"""
    page.goto(site.page(f"<script>{script.replace('URL', repr(url))}</script>", "/left"))
    has_later = page.evaluate("'fetchLater' in window")
    if how == "leave":
        page.goto("about:blank")
    else:
        page.close()
    for type in ["beacon", "keepalive", *["later"] * has_later]:
        tracking.expect_event(type)


def test_a_context_that_goes_around_it_fails_the_test(
    tracking: Tracking, page: Page, browser: Browser, site: Site
) -> None:
    with Site(site.folder / "around", lane="compiled") as around:
        around.tracked("alloy('event', {type: 'around'})")
        stranger = browser.new_context()
        stranger.new_page().goto(around.url("/page"))
        around.events(1)
        with pytest.raises(
            AssertionError, match="tracking was missed; make contexts with"
        ) as failed:
            tracking.finish()
        assert around.url("/ee/v1/") in str(failed.value)
        stranger.close()
