"""What the profile shows of a contact, and when. The clock is an argument."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked import stored
from service import EVENT, FLUSH, GLOBAL, HOME, PAGE, Clock, human, settings, track
from starlette.testclient import TestClient

import pyrite
from pyrite.edge.settings import Edge, JssProcessor, Settings
from pyrite.stores.contract import StoreUnavailable
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
VIEW = {"pageId": HOME, "url": "/"}
PROFILE = "/sitecore/api/jss/track/profile"
DEVELOPMENT = Edge(development=True)


def profile(client: TestClient) -> Any:
    answer = client.get(PROFILE)
    assert answer.status_code == 200
    return answer.json()


def test_the_profile_shows_a_session_once_it_is_over(service: Maker, clock: Clock) -> None:
    client = service(clock=clock, settings=DEVELOPMENT, jss_index_anonymous=True)
    human(client)
    track(client, [GOAL, VIEW])
    track(client, {"outcomeId": "Opportunity", "currencyCode": "USD", "monetaryValue": 1337.5})
    [before] = profile(client)["sessions"]
    clock.wait(20, 1)
    [after] = profile(client)["sessions"]

    assert (before["open"], before["listed"], before["ended"]) == (True, False, "")
    assert (after["open"], after["listed"], after["how"]) == (False, True, "idle")
    assert after["ended"] == "2023-11-14T22:33:20.000Z"
    goal, view, outcome = after["entries"]
    assert (goal["definition"], goal["value"], goal["page"]) == ("Instant Demo", 10, "current")
    assert (view["kind"], view["pageId"]) == ("pageview", HOME)
    assert (outcome["page"], outcome["currencyCode"], outcome["monetaryValue"]) == (HOME, "USD", 1337.5)  # fmt: skip


@pytest.mark.parametrize(
    ("options", "is_human", "is_listed"),
    [
        ({}, True, False),
        ({"jss_index_anonymous": True}, True, True),
        ({"jss_index_anonymous": True}, False, False),
        ({"jss_index_anonymous": True, "jss_robots": "ignore"}, False, True),
    ],
)
def test_robots_and_anonymous_contacts_are_stored_and_not_listed(
    service: Maker, options: dict[str, Any], is_human: bool, is_listed: bool
) -> None:
    client = service(settings=DEVELOPMENT, **options)
    if is_human:
        human(client)
    track(client, GOAL)
    client.get(FLUSH)

    assert [one["listed"] for one in profile(client)["sessions"]] == [is_listed]
    assert len(stored(client)) == 1


def test_a_page_reads_the_profile_only_where_it_may_call(service: Maker) -> None:
    client = service(settings=DEVELOPMENT)

    assert client.get(PROFILE, headers={"origin": PAGE}).status_code == 200
    assert client.get(PROFILE, headers={"origin": "https://evil.example"}).status_code == 403


IDENTIFY = [JssProcessor(use="shop_processors:Identify")]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "pipeline"))


@pytest.mark.usefixtures("shop")
def test_two_sessions_of_one_person_are_one_profile_with_the_older_name(
    service: Maker, clock: Clock
) -> None:
    store = MemoryStore()
    options = {"store": store, "clock": clock, "settings": DEVELOPMENT, "jss_processors": IDENTIFY}
    phone, desk = service(**options), service(**options)
    contacts = []
    for client in (phone, desk):
        human(client)
        track(client, [GOAL, {"crmId": "4711"}])
        client.get(FLUSH)
        contacts.append(client.cookies[GLOBAL].partition("|")[0])
        clock.wait(1)
    both = [profile(client) for client in (phone, desk)]

    assert [one["contact"] for one in both] == [contacts[0]] * 2
    assert [len(one["sessions"]) for one in both] == [2, 2]
    assert all(session["listed"] for one in both for session in one["sessions"])

    store.unlink(contacts[1])
    assert len(profile(desk)["sessions"]) == 1
    assert not profile(desk)["identified"]


@pytest.mark.usefixtures("shop")
def test_an_identity_of_a_refused_event_links_nobody(service: Maker) -> None:
    store = MemoryStore()
    rows = [JssProcessor(use="shop_processors:Raising", before="event")]
    client = service(store=store, jss_processors=rows)
    track(client, [GOAL, {"boom": 1}])

    assert list(store.links()) == []


def test_the_store_of_files_keeps_them_too(built: Path, tmp_path: Path) -> None:
    wanted = Settings(jss=settings(tmp_path), edge=DEVELOPMENT)
    with TestClient(pyrite.edge(settings=wanted, data=tmp_path / "data")) as client:
        human(client)
        track(client, [VIEW, {"goalId": "?"}])
        assert client.get(EVENT.replace("event", "why")).json()["causes"]
        assert len(profile(client)["sessions"]) == 1
    store = SqliteStore(tmp_path / "data")
    assert [one.events for one in store.sessions()] == [1]
    store.close()


@pytest.mark.parametrize("path", [PROFILE, PROFILE.replace("profile", "why")])
def test_while_the_store_can_t_be_read_it_says_so(service: Maker, path: str) -> None:
    class Closed(MemoryStore):
        def names_of(self, visitor: str) -> list[str]:
            raise StoreUnavailable("the disk is gone")

    client = service(store=Closed(), settings=DEVELOPMENT)
    client.cookies[GLOBAL] = "a" * 32 + "|True"
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (503, "store.unavailable")
