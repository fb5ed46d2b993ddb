"""What is stored of whom: consent, crawlers, and the sign of a human."""

from collections.abc import Callable

import pytest
from asked import stored
from service import GLOBAL, HUMAN, rows, track
from starlette.testclient import TestClient

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
UNKNOWN = {"goalId": "Instant Dmo"}


def test_the_sign_of_a_human_is_a_style_sheet_without_a_key(service: Maker) -> None:
    client = service()
    track(client, GOAL)
    contact = client.cookies[GLOBAL].partition("|")[0]
    for path in (HUMAN, "/layouts/system/VIChecker.aspx"):
        answer = client.get(f"{path}?tstamp=1700000000000&sc_site=app")
        assert (answer.status_code, answer.content) == (200, b":root{--pyrite-human:1}")
        assert answer.headers["content-type"].startswith("text/css")
        assert answer.headers["cache-control"] == "no-store"
    assert client.cookies[GLOBAL] == f"{contact}|True"
    assert len(stored(client)) == 1


def test_a_sign_that_may_overtake_the_first_event_makes_no_contact_of_its_own(
    service: Maker,
) -> None:
    client = service()
    client.cookies["pyrite_fpid"] = "device-1"
    early = client.get(f"{HUMAN}?tstamp=1700000000000&early=1")
    assert (early.status_code, early.content, "set-cookie" in early.headers) == (200, b"", False)

    track(client, GOAL)
    known = client.get(f"{HUMAN}?tstamp=1700000000000&early=1")
    assert known.content == b":root{--pyrite-human:1}"
    assert client.cookies[GLOBAL].endswith("|True")


def test_a_crawler_is_no_human_whatever_it_asks_for(service: Maker) -> None:
    client = service()
    client.headers["user-agent"] = "Mozilla/5.0 (compatible; Googlebot/2.1)"
    client.get(HUMAN)

    assert client.cookies[GLOBAL].endswith("|False")


def test_robots_that_are_dropped_are_answered_and_nothing_is_stored(service: Maker) -> None:
    client = service(jss_robots="drop")
    crawler = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
    answer = track(client, [GOAL, UNKNOWN], headers=crawler)

    assert (answer.status_code, stored(client), rows(client)) == (204, [], [])
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("explicit", "headers", "is_stored"),
    [
        (False, {}, True),
        (False, {"sec-gpc": "1"}, False),
        (False, {"sec-gpc": "0"}, True),
        (False, {"sec-gpc": "1", "cookie": "kndctr_ORG_AdobeOrg_consent=general=in"}, True),
        (True, {}, False),
        (True, {"cookie": "kndctr_ORG_AdobeOrg_consent=general%3Din"}, True),
        (True, {"cookie": "kndctr_OTHER_consent=general=in"}, False),
        (False, {"cookie": "kndctr_ORG_AdobeOrg_consent=general=out"}, False),
    ],
)
def test_without_a_consent_that_is_asked_for_nothing_is_stored_and_no_cookie_set(
    service: Maker, explicit: bool, headers: dict[str, str], is_stored: bool
) -> None:
    client = service(jss_explicit_consent=explicit)
    answers = [track(client, body, headers=headers) for body in (GOAL, [GOAL, UNKNOWN])]
    probe = client.get(HUMAN, headers=headers)

    assert [one.status_code for one in answers] == ([204, 207] if is_stored else [204, 204])
    assert probe.status_code == 200
    assert len(stored(client)) == (2 if is_stored else 0)
    assert len(rows(client)) == (1 if is_stored else 0)
    assert [("set-cookie" in one.headers) for one in (answers[0], probe)] == [is_stored] * 2


def test_a_consent_that_the_tracker_was_given_counts(service: Maker) -> None:
    from pyrite.stores.contract import Batch, Visit

    client = service(jss_explicit_consent=True)
    device = "d997fe05-1111-4222-8333-444455556666"
    consent = Visit(datastream="shop", visitor=device, seen_ms=1, consent="in")
    client.app.state.store.submit(Batch(visit=consent)).result()  # type: ignore[attr-defined]

    assert track(client, GOAL, headers={"cookie": f"pyrite_fpid={device}"}).status_code == 204
    assert len(stored(client)) == 1
