"""A consent is told to the edge once, and what an answer has for others is carried out with consent alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import HEAD, Site

Run = Callable[[str], Any]
SET = "alloy('setConsent', {consent: [{standard: 'Adobe', version: '2.0', value: {collect: {val: '%s'}}}]})"


def opened(site: Site, page: Page, **options: Any) -> None:
    page.goto(
        site.tracked("alloy('getLibraryInfo').then(() => document.title = 'ready')", **options)
    )
    page.wait_for_function("document.title === 'ready'")


def told(site: Site) -> int:
    return len([seen for seen in site.seen if "/v1/privacy/set-consent" in seen.path])


@pytest.mark.every_lane
def test_the_same_consent_again_makes_no_request_after_a_reload_too(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page, defaultConsent="pending")
    page.evaluate(f"window.both = Promise.all([{SET % 'y'}, {SET % 'y'}])")
    assert page.evaluate("window.both") == [{}, {}]
    opened(site, page, defaultConsent="pending")
    assert run(SET % "y") == {"ok": True, "value": {}}
    assert told(site) == 1

    assert run(SET % "n")["ok"]
    assert told(site) == 2


def test_a_stored_choice_ends_prehiding_by_configure_alone(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page)
    run(SET % "n")
    hidden = '<style id="alloy-prehiding">body { opacity: 0 }</style>'
    page.goto(
        site.page(HEAD + hidden + '<script>alloy("configure", {datastreamId: "shop"})</script>')
    )

    page.wait_for_selector("#alloy-prehiding", state="detached")


PUSHED = {
    "handle": [
        {
            "type": "activation:push",
            "payload": [
                {"type": "cookie", "spec": {"name": "segment", "value": "a b", "ttlDays": 1}},
                {"type": "url", "spec": {"url": "/pushed.gif", "hideReferrer": True}},
            ],
        },
        {
            "type": "identity:exchange",
            "payload": [{"type": "url", "spec": {"url": "/exchanged.gif", "hideReferrer": False}}],
        },
    ]
}


@pytest.mark.every_lane
def test_what_an_answer_has_for_others_is_carried_out_with_consent(
    site: Site, page: Page, run: Run
) -> None:
    apply = f"alloy('applyResponse', {{responseBody: {json.dumps(PUSHED)}}})"
    opened(site, page, defaultConsent="pending")
    run(apply)
    assert page.context.cookies() == []
    run(SET % "y")
    run(apply)
    pushed = site.requests("/pushed.gif")
    exchanged = site.requests("/exchanged.gif")

    assert [(len(pushed), len(exchanged)), pushed[0].headers.get("referer")] == [(1, 1), None]
    assert exchanged[0].headers["referer"] == site.url("/page")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies["segment"] == "a%20b"


def test_the_region_is_the_number_in_the_edges_header(site: Site, page: Page, run: Run) -> None:
    identity = [{"id": "4" * 38, "namespace": {"code": "ECID"}}]
    answer = {"handle": [{"type": "identity:result", "payload": identity}]}
    headers = {"x-adobe-edge": "or2;35", "content-type": "application/json"}
    site.fault("/v1/identity/acquire", body=json.dumps(answer).encode(), headers=headers)
    opened(site, page)

    assert run("alloy('getIdentity')")["value"]["edge"] == {"regionId": 35}
