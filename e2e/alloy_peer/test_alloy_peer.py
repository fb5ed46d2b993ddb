"""The real @adobe/alloy bundle, unchanged, against our edge over TLS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.chromium import ARGUMENTS, executable
from support.packs import pack
from support.server import certificate
from support.site import Site

from pyrite.edge.settings import Datastream, Edge, Settings

STUB = (
    "!function(n,o){o.forEach(function(o){n[o]||((n.__alloyNS=n.__alloyNS||[]).push(o),n[o]=function(){var u=arguments;"
    'return new Promise(function(i,l){n[o].q.push([i,l,u])})},n[o].q=[])})}(window,["alloy"]);'
)
PAGE = f"""<!doctype html><title>alloy</title><h1 id="a">old</h1><a id="link" href="/next">Next</a>
<script>{STUB}</script><script async src="/peer/alloy.js"></script>
<script>
  alloy("configure", {{datastreamId: "ds-1", orgId: "ORG_TEST@AdobeOrg", edgeDomain: "EDGE", edgeBasePath: "ee",
    thirdPartyCookiesEnabled: false, idMigrationEnabled: false}});
  alloy("sendEvent", {{renderDecisions: true, type: "first", xdm: {{k: 1}}, data: {{foo: 1}}}}).then((result) => window.result = result);
</script>"""


@pytest.fixture(params=["edge.site.test", "edge.other.test"], ids=["same site", "another site"])
def peer(
    request: pytest.FixtureRequest, tmp_path: Path, browser_type: Any
) -> Iterator[tuple[Site, Page]]:
    """A site over TLS and a page of `https://www.site.test` in a browser that finds it at port 443."""
    pem = certificate(tmp_path, "*.site.test", "*.other.test")
    settings = Settings(
        edge=Edge(origins=["https://www.site.test"], region="or2"),
        datastreams={"ds-1": Datastream(org="ORG_TEST@AdobeOrg")},
    )
    with Site(tmp_path, certificate=pem, settings=settings) as site:
        site.folders["/peer"] = pack("@adobe/alloy") / "dist"
        site.page(PAGE.replace("EDGE", request.param), "/page")
        site.page("<!doctype html><title>next</title>", "/next")
        site.render({"type": "setText", "selector": "#a", "content": "new"})
        arguments = [argument for argument in ARGUMENTS if "resolver" not in argument]
        arguments += [
            "--ignore-certificate-errors",
            f"--host-resolver-rules=MAP *:443 127.0.0.1:{site.server.port}",
        ]
        browser = browser_type.launch(executable_path=executable(), args=arguments)
        page = browser.new_page()
        page.goto("https://www.site.test/page")
        page.wait_for_function("window.result")
        yield site, page
        browser.close()


def test_it_sends_renders_and_reports(peer: tuple[Site, Page]) -> None:
    site, page = peer
    first = site.all_events("first")[0]
    page.wait_for_function("document.getElementById('a').textContent === 'new'")
    display = site.events(1, "decisioning.propositionDisplay")[0]

    assert (first["xdm"]["k"], first["data"]) == (1, {"foo": 1})
    assert len(first["id"]) == 36
    assert page.evaluate("window.result.propositions[0].renderAttempted")
    assert display["xdm"]["_experience"]["decisioning"]["propositions"][0]["id"] == "PY:rendered:a"


def test_its_identity_is_kept_and_the_location_hint_used(peer: tuple[Site, Page]) -> None:
    site, page = peer
    identity = page.evaluate("alloy('getIdentity')")
    page.evaluate("alloy('sendEvent', {type: 'second'}).then(() => 1)")
    second = site.all_events("second")[0]

    assert len(identity["identity"]["ECID"]) == 38
    assert identity["edge"]["regionId"] == 0
    assert (
        second["visitor"] == identity["identity"]["ECID"] == site.all_events("first")[0]["visitor"]
    )
    assert site.requests("/ee/or2/v1/interact")


def test_its_unloading_event_and_its_link_click_arrive_as_beacons(peer: tuple[Site, Page]) -> None:
    site, page = peer
    page.evaluate("alloy('sendEvent', {documentUnloading: true, type: 'bye'}).then(() => 1)")
    page.click("#link")
    site.events(1, "bye")
    click = site.events(1, "web.webinteraction.linkClicks")[0]

    assert click["xdm"]["web"]["webInteraction"]["name"] == "Next"
    assert all(request.is_beacon for request in site.requests("/v1/collect", 2))


def test_its_consent_is_stored_and_answered(peer: tuple[Site, Page]) -> None:
    site, page = peer
    page.evaluate(
        "alloy('setConsent', {consent: [{standard: 'Adobe', version: '1.0', value: {general: 'out'}}]})"
    )
    page.evaluate("alloy('sendEvent', {type: 'declined'}).then(() => 1)")

    assert site.all_events("declined") == []
    assert any(
        cookie["name"] == "kndctr_ORG_TEST_AdobeOrg_consent" for cookie in page.context.cookies()
    )


def test_a_refusal_reaches_it_as_a_rejection(peer: tuple[Site, Page]) -> None:
    site, page = peer
    site.fault("/v1/interact", status=422)
    message = page.evaluate("alloy('sendEvent', {type: 'x'}).catch((error) => error.message)")

    assert "422" in message
