"""What a test has the edge do, told by what a page makes of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from support.site import Site

from pyrite.testing import Tracking

FPID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SEND = "alloy('event', {type: 'one'}).catch(() => 0)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), lane="compiled") as made:
        yield made


def test_offers_are_answered_and_shown(tracking: Tracking, page: Page, site: Site) -> None:
    tracking.answers("page", [{"type": "setText", "selector": "h1", "content": 'Wärme "1"'}])
    tracking.answers("menu", [{"schema": "json-content-item", "data": {"content": {"a": [1]}}}])
    page.goto(
        site.tracked(
            "alloy('event', {viewStart: true, decisionScopes: ['menu']}).then((told) => window.told = told.propositions)"
        )
    )
    page.get_by_role("heading", name='Wärme "1"').wait_for()

    tracking.expect_event(where=lambda event: "display" in event.type.lower()).check()
    assert [one.scope for one in tracking.shown] == ["__view__"]
    told = page.evaluate(
        "window.told.filter((one) => one.scope === 'menu').map((one) => one.items[0].data.content)"
    )
    assert told == [{"a": [1]}]


@pytest.mark.parametrize("choice", ["in", "out", "pending"])
def test_the_visitor_has_chosen(tracking: Tracking, page: Page, site: Site, choice: str) -> None:
    tracking.consent(choice, org="shop")
    tracking.identify(fpid=FPID)
    page.goto(site.tracked(SEND, defaultConsent="pending"))

    if choice == "in":
        assert tracking.expect_event("one")[0].visitor == FPID
    else:
        tracking.expect_no_event(within=0.3).check()


def test_global_privacy_control_is_on(tracking: Tracking, page: Page, site: Site) -> None:
    tracking.gpc()
    page.goto(site.tracked(SEND))

    tracking.expect_no_event(within=0.3).check()
    assert tracking.requests == []


def test_an_edge_in_trouble_loses_nothing(tracking: Tracking, page: Page, site: Site) -> None:
    for trouble in (tracking.down, lambda: tracking.status(503, retry_after=1), tracking.offline):
        page.goto(site.tracked(""))
        page.wait_for_function("alloy('getDelivery').then(() => true)")
        trouble()
        page.evaluate(f"() => {{ {SEND.replace('one', 'kept')} }}")
        page.wait_for_function("alloy('getDelivery').then((told) => told.waiting > 0)")
        with tracking.expect_event("kept", within=10):
            tracking.back()
            page.goto(site.tracked(""))
    assert {request.status for request in tracking.requests} >= {0, 200, 503} - {0}


def test_a_connection_that_breaks_makes_a_duplicate(
    tracking: Tracking, page: Page, site: Site
) -> None:
    tracking.breaks()
    page.goto(site.tracked(SEND))
    tracking.expect_event("one").check()
    tracking.back()

    page.goto(site.tracked(""))
    tracking.no_more_events()
    assert {event.type for event in tracking.duplicates} == {"one"}
