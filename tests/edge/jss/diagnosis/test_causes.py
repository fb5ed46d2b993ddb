"""Why nothing is there: each of the eleven causes alone, by the endpoint and by doctor, and that one and no other."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from service import FLUSH, GLOBAL, HUMAN, KEY, LAYOUT_KEY, PAGE, settings, track
from starlette.testclient import TestClient

from pyrite.edge.jss.diagnosis.causes import REMEDIES, causes
from pyrite.edge.jss.diagnosis.facts import facts_of_service
from pyrite.edge.settings import Edge, Jss, Settings
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
WHY = "/sitecore/api/jss/track/why"
UNKNOWN_KEY = KEY.replace("A", "B")


def goal(client: TestClient, **headers: str) -> None:
    track(client, GOAL, headers={name.replace("_", "-"): one for name, one in headers.items()})


def human(client: TestClient) -> None:
    client.get(HUMAN)
    goal(client)


def human_flushed(client: TestClient) -> None:
    human(client)
    client.get(FLUSH)


def nothing(client: TestClient) -> None:
    pass


def refused(client: TestClient) -> None:
    client.get(HUMAN)
    track(client, {"goalId": "?"})


def alien(client: TestClient) -> None:
    """A browser that keeps no cookie of another site."""
    goal(client, origin=PAGE, sec_fetch_site="cross-site")
    client.cookies.clear()


# What is done before, the settings, what the endpoint is asked with, and what doctor is told.
CASES: dict[str, tuple[Any, dict[str, Any], dict[str, str], dict[str, str]]] = {
    "service_off": (nothing, {"enabled": False}, {}, {}),
    "key_unknown": (nothing, {}, {"sc_apikey": UNKNOWN_KEY}, {"key": UNKNOWN_KEY}),
    "service_not_allowed": (nothing, {}, {"sc_apikey": LAYOUT_KEY}, {"key": LAYOUT_KEY}),
    "origin_refused": (
        nothing,
        {},
        {"sc_apikey": KEY, "origin": "https://evil.example"},
        {"key": KEY, "origin": "https://evil.example"},
    ),
    "cookies_missing": (alien, {"index_anonymous": True}, {"sec-fetch-site": "cross-site"}, {}),
    "robot": (goal, {}, {}, {}),
    "consent": (goal, {"explicit_consent": True}, {}, {}),
    "session_open": (human, {}, {}, {}),
    "not_indexed": (human_flushed, {}, {}, {}),
    "bad_row": (refused, {}, {}, {}),
    "disconnected": (nothing, {}, {"sc_apikey": KEY}, {"key": KEY, "origin": PAGE}),
}


def test_each_cause_has_its_case_and_its_remedy() -> None:
    assert list(CASES) == list(CASES.keys() & REMEDIES.keys() | set()) or set(CASES) == set(REMEDIES)  # fmt: skip
    assert len(REMEDIES) == 11


def asked(client: TestClient, told: dict[str, str]) -> Any:
    key = told.get("sc_apikey", "")
    headers = {name: value for name, value in told.items() if name != "sc_apikey"}
    answer = client.get(f"{WHY}?sc_apikey={key}", headers=headers)
    assert answer.status_code == 200
    return answer.json()["causes"]


@pytest.mark.parametrize("cause", CASES)
def test_the_endpoint_names_the_cause_and_no_other(service: Maker, cause: str) -> None:
    done, wanted, told, _ = CASES[cause]
    options = {f"jss_{name}": value for name, value in wanted.items()}
    client = service(settings=Edge(development=True), **options)
    done(client)
    found = asked(client, told)

    assert [one["cause"] for one in found] == [cause]
    assert found[0]["remedy"] == REMEDIES[cause]


@pytest.mark.parametrize("cause", CASES)
def test_doctor_names_the_cause_and_no_other(service: Maker, tmp_path: Path, cause: str) -> None:
    done, wanted, _, told = CASES[cause]
    store = MemoryStore()
    client = service(store=store, **{f"jss_{name}": value for name, value in wanted.items()})
    done(client)
    jss = settings(tmp_path, **wanted)

    assert doctor(store, jss, **told) == [cause]


def doctor(store: MemoryStore, jss: Jss, *, visitor: str = "", key: str = "", origin: str = "") -> list[str]:  # fmt: skip
    now_ms = int(time.time() * 1000)
    facts = facts_of_service(
        Settings(jss=jss), store, visitor=visitor, key=key, origin=origin, now_ms=now_ms
    )
    return [one.cause for one in causes(facts)]


def test_doctor_looks_at_the_visitor_it_is_told(service: Maker, tmp_path: Path) -> None:
    store = MemoryStore()
    first, second = service(store=store), service(store=store)
    human(first)
    goal(second)
    keys = [client.cookies[GLOBAL].partition("|")[0] for client in (first, second)]
    jss = settings(tmp_path)

    assert [doctor(store, jss, visitor=key) for key in keys] == [["session_open"], ["robot"]]
    assert doctor(store, jss) == ["robot"]
    assert doctor(store, jss, visitor="stranger") == ["disconnected"]


def test_where_all_is_well_nothing_is_named(service: Maker, tmp_path: Path) -> None:
    store = MemoryStore()
    client = service(store=store, settings=Edge(development=True), jss_index_anonymous=True)
    human_flushed(client)

    assert asked(client, {"sc_apikey": KEY, "origin": PAGE}) == []
    assert doctor(store, settings(tmp_path, index_anonymous=True), key=KEY, origin=PAGE) == []


def test_several_that_hold_are_all_named(service: Maker, tmp_path: Path) -> None:
    store = MemoryStore()
    client = service(store=store, settings=Edge(development=True))
    goal(client)
    track(client, {"goalId": "?"})
    off = replace(settings(tmp_path), enabled=False)

    assert [one["cause"] for one in asked(client, {})] == ["bad_row", "robot"]
    assert doctor(store, off, key=UNKNOWN_KEY, origin="") == ["service_off", "key_unknown"]


def test_the_reason_of_a_bad_row_is_told(service: Maker) -> None:
    client = service(settings=Edge(development=True))
    refused(client)

    assert asked(client, {})[0]["detail"].startswith("jss.unknown: unknown goal '?'")


def test_global_privacy_control_is_a_missing_consent(service: Maker) -> None:
    client = service(settings=Edge(development=True))
    goal(client, sec_gpc="1")

    assert [one["cause"] for one in asked(client, {"sec-gpc": "1"})] == ["consent"]


def test_a_page_may_read_why_its_origin_is_refused(service: Maker) -> None:
    client = service(settings=Edge(development=True))
    answer = client.get(WHY, headers={"origin": "https://evil.example"})

    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
