"""Nothing leaves and nothing is stored without consent."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from support.site import Site

Run = Callable[[str], Any]
SET = (
    "alloy('setConsent', {consent: [{standard: 'Adobe', version: '1.0', value: {general: '%s'}}]})"
)
EVENT = "window.sent = alloy('event', {viewStart: true, type: 'waiting'}).then((result) => window.result = result);"


def opened(site: Site, page: Page, script: str = EVENT, **options: Any) -> None:
    page.goto(
        site.tracked(
            script + "alloy('getLibraryInfo').then(() => document.title = 'ready')", **options
        )
    )
    page.wait_for_function("document.title === 'ready'")


def sent(site: Site) -> list[str]:
    return [seen.path for seen in site.seen if "/v1/" in seen.path]


def test_with_consent_pending_nothing_leaves_and_nothing_is_stored(site: Site, page: Page) -> None:
    opened(site, page, defaultConsent="pending")
    page.goto(site.page("<title>next</title>", "/next"))

    assert sent(site) == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_event_waits_until_consent_is_given_and_the_choice_is_kept(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page, defaultConsent="pending")

    assert run(SET % "in")["ok"]
    page.wait_for_function("window.result")
    assert [event["type"] for event in site.all_events()] == ["waiting"]
    opened(site, page, defaultConsent="pending")
    page.wait_for_function("window.result")
    assert len(site.all_events()) == 2


def test_a_declined_consent_resolves_what_waited_and_sends_nothing(
    site: Site, page: Page, run: Run
) -> None:
    opened(site, page, defaultConsent="pending")
    run(SET % "out")
    page.wait_for_function("window.result")

    assert page.evaluate("window.result") == {}
    assert run("alloy('event', {})") == {"ok": True, "value": {}}
    assert sent(site) == ["/ee/v1/privacy/set-consent"]
    assert [cookie["name"] for cookie in page.context.cookies()] == ["kndctr_shop_consent"]
    assert site.all_events() == []


def test_consent_can_be_withdrawn_and_given_again(site: Site, page: Page, run: Run) -> None:
    opened(site, page, script="")
    for choice in ("out", "in"):
        run(SET % choice)
        run(f"alloy('event', {{type: '{choice}'}})")

    assert [event["type"] for event in site.all_events()] == ["in"]


def test_privacy_control_is_honoured_until_the_visitor_says_in(
    site: Site, page: Page, run: Run
) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
    )
    opened(site, page)
    page.wait_for_function("window.result")

    assert sent(site) == []
    run(SET % "in")
    assert run("alloy('event', {type: 'allowed'})")["value"] != {}
    assert [event["type"] for event in site.all_events()] == ["allowed"]


def test_a_consent_that_cant_be_read_rejects(site: Site, page: Page, run: Run) -> None:
    opened(site, page, script="")
    result = run("alloy('setConsent', {consent: [{standard: 'Adobe', value: {general: 'maybe'}}]})")

    assert result["value"]["code"] == "consent.invalid"
    assert "general: 'in' or 'out'" in result["value"]["message"]
