"""Today's commands, for pages written for alloy.js 2.x."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

pytestmark = pytest.mark.every_lane

Run = Callable[[str], Any]


@pytest.fixture(autouse=True)
def ready(site: Site, page: Page) -> None:
    page.goto(
        site.tracked(
            "alloy('getLibraryInfo').then(() => document.title = 'ready')", orgId="ORG@AdobeOrg"
        )
    )
    page.wait_for_function("document.title === 'ready'")


def test_send_event_gives_propositions_and_decisions(site: Site, run: Run) -> None:
    site.experience(
        "hero",
        'scope = "hero"\n[[variants]]\nid = "a"\n[[variants.items]]\nschema = "json-content-item"\ncontent = { price = 3 }\n',
    )
    result = run("alloy('sendEvent', {type: 't', xdm: {k: 1}, decisionScopes: ['hero']})")["value"]

    assert sorted(result) == ["decisions", "propositions"]
    assert result["propositions"][0]["scope"] == "hero"
    assert result["propositions"][0]["renderAttempted"] is False
    assert result["decisions"][0]["items"][0]["data"] == {"content": {"price": 3}}
    assert site.all_events("t")[0]["xdm"]["k"] == 1


def test_the_identity_is_acquired_once_and_then_known(site: Site, run: Run) -> None:
    first = run("alloy('getIdentity')")["value"]
    second = run("alloy('getIdentity', {namespaces: ['ECID', 'FPID']})")["value"]

    assert len(first["identity"]["ECID"]) == 38
    assert second["identity"]["ECID"] == first["identity"]["ECID"]
    assert len(second["identity"]["FPID"]) == 36
    assert len(site.requests("identity/acquire")) == 1


def test_an_identity_travels_to_another_site_in_the_address(run: Run) -> None:
    ecid = run("alloy('getIdentity')")["value"]["identity"]["ECID"]
    url = run("alloy('appendIdentityToUrl', {url: 'https://other.test/a?b=1#c'})")["value"]["url"]

    assert f"MCMID%3D{ecid}%7CMCORGID%3DORG%40AdobeOrg#c" in url


def test_merge_ids_library_info_and_debugging(run: Run, console: list[str]) -> None:
    assert len(run("alloy('createEventMergeId')")["value"]["eventMergeId"]) == 36
    info = run("alloy('getLibraryInfo')")["value"]["libraryInfo"]
    assert {"configure", "event", "sendEvent", "setConsent"} <= set(info["commands"])
    assert info["configs"]["datastreamId"] == "shop"
    assert run("alloy('setDebug', {enabled: true})") == {"ok": True, "value": {}}
    run("alloy('event', {type: 'shown'})")
    assert any('"eventType":"shown"' in line for line in console)


def test_high_entropy_hints_are_collected_when_asked_for(site: Site, page: Page) -> None:
    page.goto(
        site.tracked(
            "alloy('event', {}).then(() => window.done = true)",
            context=["environment", "highEntropyUserAgentHints"],
            path="/hints",
        )
    )
    page.wait_for_function("window.done")
    hints = site.all_events()[0]["xdm"]["environment"]["browserDetails"].get("userAgentClientHints")

    assert sorted(hints) == ["architecture", "bitness", "model", "platformVersion", "wow64"]


def test_the_analytics_referrer_is_sent_once(site: Site, page: Page) -> None:
    script = "alloy('event', {}); alloy('event', {}).then(() => window.done = true)"
    page.goto(
        site.tracked(script, context=["oneTimeAnalyticsReferrer"], path="/referrer"),
        referer=site.url("/before"),
    )
    page.wait_for_function("window.done")
    told = [event["data"]["__adobe"]["analytics"]["referrer"] for event in site.all_events()]

    assert sorted(told) == ["", site.url("/before")]
