"""Sessions of JSS clients: opened, continued, ended, classified; and what the profile shows of them. The clock is an argument."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asked import event, post, stored
from service import (
    FLUSH,
    GLOBAL,
    HOME,
    HUMAN,
    KEY,
    PAGE,
    SESSION,
    Clock,
    human,
    sessions,
    settings,
    track,
)
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.jss.callers.identity import hashed
from pyrite.edge.settings import Limits, Settings
from pyrite.stores.contract import Session
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
VIEW = {"pageId": HOME, "url": "/"}
SPRING = "{4C01DA97-0000-4000-8000-000000000001}"
DEVICE = "d997fe05-1111-4222-8333-444455556666"
CRAWLER = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


def test_calls_of_one_caller_are_one_session(service: Maker, clock: Clock) -> None:
    client = service(clock=clock)
    for _ in range(3):
        track(client, [VIEW, GOAL])
        clock.wait(10)
    [session] = sessions(client)

    assert {one.session for one in stored(client)} == {session.id}
    assert (session.visitor, session.source, session.datastream) == (
        client.cookies[GLOBAL].partition("|")[0],
        "jss",
        "jss",
    )
    assert (session.pages, session.events, session.value) == (3, 6, 30)
    assert session.last_ms - session.started_ms == 20 * 60_000


def test_a_session_cookie_is_stored_hashed(service: Maker) -> None:
    client = service()
    track(client, GOAL)
    [session] = sessions(client)

    assert session.key == hashed(client.cookies[SESSION])
    assert client.cookies[SESSION] not in str(session)


@pytest.mark.parametrize(("minutes", "seconds", "count"), [(19, 59, 1), (20, 1, 2)])
def test_after_twenty_minutes_without_an_event_the_next_opens_another_of_the_same_contact(
    service: Maker, clock: Clock, minutes: int, seconds: int, count: int
) -> None:
    client = service(clock=clock)
    track(client, GOAL)
    clock.wait(minutes, seconds)
    track(client, GOAL)

    assert len(sessions(client)) == count
    assert len({one.visitor for one in stored(client)}) == 1


def test_the_settings_say_how_long(service: Maker, clock: Clock) -> None:
    client = service(clock=clock, jss_session_minutes=0.5)
    track(client, GOAL)
    clock.wait(0, 31)
    track(client, GOAL)

    assert len(sessions(client)) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_flush_ends_the_callers_own_session_and_a_second_one_nothing(
    service: Maker, clock: Clock, method: str
) -> None:
    client = service(clock=clock)
    other = service(store=client.app.state.store, clock=clock)  # type: ignore[attr-defined]
    for one in (client, other):
        track(one, GOAL)
    clock.wait(1)
    key = f"?sc_apikey={KEY}" if method == "POST" else ""
    answers = [client.request(method, FLUSH + key) for _ in range(2)]
    clock.wait(1)
    track(client, GOAL)

    assert [one.status_code for one in answers] == [204, 204]
    first, second, third = sorted(sessions(client), key=lambda one: (one.started_ms, not one.how))
    assert (first.how, second.how, third.how) == ("flushed", "", "")
    assert first.ended_ms - first.started_ms == 60_000
    assert (first.visitor, first.events) == (third.visitor, 1)


def test_who_has_no_session_is_told_nothing_by_a_flush(service: Maker) -> None:
    client = service()
    answers = [client.get(FLUSH), track(client, [], path=FLUSH)]

    assert [one.status_code for one in answers] == [204, 204]
    assert not [one for one in answers if "set-cookie" in one.headers]
    assert sessions(client) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"sec-fetch-site": "none"}, 204),
        ({"sec-fetch-site": "same-site", "origin": "https://app.edge.test"}, 204),
        ({"sec-fetch-site": "cross-site"}, 401),
        ({"origin": PAGE}, 401),
    ],
)
def test_visiting_the_address_of_flush_needs_no_key_but_from_another_site(
    service: Maker, headers: dict[str, str], status: int
) -> None:
    assert service().get(FLUSH, headers=headers).status_code == status


def test_events_in_a_flush_are_taken_and_end_with_it(service: Maker) -> None:
    client = service()
    track(client, [VIEW, GOAL], path=FLUSH)
    [session] = sessions(client)

    assert (session.events, session.how) == (2, "flushed")


def test_a_campaign_becomes_the_sessions(service: Maker) -> None:
    client = service()
    track(client, [GOAL, {"campaignId": "Spring"}])
    track(client, GOAL)

    assert [one.campaign for one in sessions(client)] == [SPRING]


def test_a_retry_counts_once_in_its_session_too(service: Maker) -> None:
    client = service()
    for _ in range(2):
        track(client, GOAL, query="eid=f47ac10b-58cc-4372-a567-0e02b2c3d479")

    assert [(one.events, one.value) for one in sessions(client)] == [(1, 10)]


def test_requests_at_once_are_one_session(built: Path, tmp_path: Path) -> None:
    app = pyrite.edge(settings=Settings(jss=settings(tmp_path)), data=tmp_path / "data")
    with TestClient(app) as client:
        track(client, GOAL)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: track(client, GOAL), range(24)))

        assert [one.events for one in sessions(client)] == [25]


def test_two_processes_on_one_database_and_a_restart_know_the_same_session(
    built: Path, tmp_path: Path, clock: Clock
) -> None:
    def process() -> TestClient:
        wanted = Settings(jss=settings(tmp_path))
        return TestClient(pyrite.edge(settings=wanted, data=tmp_path / "data", clock=clock))

    with process() as one, process() as two:
        track(one, GOAL)
        two.cookies.update(one.cookies)
        clock.wait(5)
        track(two, GOAL)
    with process() as three:
        three.cookies.update(one.cookies)
        clock.wait(15)
        track(three, GOAL)

        assert [(one.events, one.how) for one in sessions(three)] == [(3, "")]


def test_a_newcomer_is_unclassified_until_a_human_sign_which_counts_as_no_view(
    service: Maker, clock: Clock
) -> None:
    client = service(clock=clock)
    track(client, VIEW)
    assert (sessions(client)[0].robot, client.cookies[GLOBAL][-6:]) == (None, "|False")
    clock.wait(19)
    human(client)
    clock.wait(19)
    track(client, VIEW)
    [session] = sessions(client)

    assert (session.robot, session.events, session.pages) == (False, 2, 2)
    assert client.cookies[GLOBAL].endswith("|True")


def test_a_human_stays_one_in_the_next_session(service: Maker, clock: Clock) -> None:
    client = service(clock=clock)
    human(client)
    for _ in range(2):
        track(client, GOAL)
        clock.wait(30)

    assert [one.robot for one in sessions(client)] == [False, False]
    assert len({one.visitor for one in sessions(client)}) == 1


def test_a_known_crawler_is_always_a_robot(service: Maker) -> None:
    client = service()
    for _ in range(2):
        track(client, GOAL, headers=CRAWLER)
        client.get(HUMAN, headers=CRAWLER)

    assert [one.robot for one in sessions(client)] == [True]
    assert client.cookies[GLOBAL].endswith("|False")


def test_in_development_all_are_human(service: Maker) -> None:
    client = service(jss_robots="ignore")
    track(client, GOAL, headers=CRAWLER)

    assert [one.robot for one in sessions(client)] == [False]


def test_the_trackers_visitor_and_the_contact_are_one(service: Maker) -> None:
    store = MemoryStore()
    client = service(store=store)
    client.cookies["pyrite_fpid"] = DEVICE
    body = {"events": [event("e1")], "xdm": {"identityMap": {"FPID": [{"id": DEVICE}]}}}
    post(client, "collect", body)
    track(client, GOAL)
    contact = client.cookies[GLOBAL].partition("|")[0]

    assert store.names_of(contact) == sorted([contact, DEVICE]) == store.names_of(DEVICE)
    assert store.canonical(contact) == DEVICE


def test_a_session_goes_on_when_the_tracker_comes(service: Maker) -> None:
    client = service()
    track(client, GOAL)
    client.cookies["pyrite_fpid"] = DEVICE
    track(client, GOAL)
    human(client)
    client.get(FLUSH)

    assert [(one.events, one.robot, one.how) for one in sessions(client)] == [(2, False, "flushed")]


def test_the_trackers_own_jss_events_are_in_the_same_session(service: Maker) -> None:
    client = service()
    client.cookies["pyrite_fpid"] = DEVICE
    human(client)
    body = {
        "events": [event("e1"), {**event("e2"), "jss": VIEW}, {**event("e3"), "jss": {"goalId": "?"}}],
        "xdm": {"identityMap": {"FPID": [{"id": DEVICE}]}},
    }  # fmt: skip
    answer = post(client, "collect", body)
    track(client, GOAL)

    assert answer.status_code == 207
    assert [(one["report"]["eventIndex"], one["type"].rpartition("/")[2]) for one in answer.json()["errors"]] == [(2, "jss.unknown")]  # fmt: skip
    [session] = sessions(client)
    assert (session.robot, session.pages, session.value) == (False, 1, 10)
    view = stored(client)[1]
    assert (view.type, view.source, view.visitor) == ("web.webpagedetails.pageViews", "web", DEVICE)
    assert json.loads(view.body)["jss"]["pageId"] == HOME


class Asked(MemoryStore):
    """A store that counts how often it is asked for a session."""

    asked = 0

    def session(self, datastream: str, source: str, visitor: str) -> Session | None:
        self.asked += 1
        return super().session(datastream, source, visitor)


def test_of_the_events_of_one_body_the_session_is_looked_up_once_and_each_link_made_once(
    service: Maker,
) -> None:
    client = service(store=Asked(), limits=Limits())
    client.cookies["pyrite_fpid"] = DEVICE
    human(client)
    campaigns = [{"campaignId": name} for name in ("Spring", SPRING)]
    items = [VIEW, *campaigns, *[GOAL] * 40]
    body = {
        "events": [{**event(f"e{number}"), "jss": item} for number, item in enumerate(items)],
        "xdm": {"identityMap": {"FPID": [{"id": DEVICE}]}},
    }
    store = client.app.state.store  # type: ignore[attr-defined]
    before = store.asked
    answer = post(client, "collect", body)

    assert answer.status_code == 204
    assert store.asked - before <= 2  # for the call, and by the store itself, which opens it
    [session] = sessions(client)
    assert (session.events, session.value) == (len(items), 400)
    assert session.campaign == SPRING
    assert [link.datastream for link in store.links()] == ["jss", "shop"]
