"""Sessions and links between visitors, the same in every store; the clock is an argument."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pyrite.stores.contract import (
    IDENTIFY,
    LOGIN,
    Batch,
    Event,
    Link,
    Receipt,
    Session,
    SessionStep,
    Store,
    Visit,
)
from pyrite.stores.contract.sessions import LINKED, reached
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore

MINUTE_MS = 60_000
IDLE_MS = 20 * MINUTE_MS
EVENT = Event(
    datastream="shop", id="e1", type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}"
)
STEP = SessionStep(datastream="shop", source="jss", visitor="v1", id="s1", at_ms=0, idle_ms=IDLE_MS)
MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": SqliteStore,
}


@pytest.fixture(params=sorted(MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MAKERS[request.param](tmp_path / "data")
    yield made
    made.close()


def event(id: str, **more: object) -> Event:
    return replace(EVENT, id=id, **more)


def write(store: Store, *events: Event, **step: object) -> Receipt:
    given = {name: step.pop(name) for name in ("links", "visit") if name in step}
    session = replace(STEP, **step) if step else None
    return store.submit(Batch(events=events, session=session, **given)).result(5)  # type: ignore[arg-type]


def test_the_first_event_opens_a_session_and_the_next_continues_it(store: Store) -> None:
    first = write(store, event("e1", is_view=True), at_ms=0, id="s1", key="hash")
    second = write(store, event("e2", value=2.5), event("e3"), at_ms=MINUTE_MS, id="s2")

    assert (first.session, second.session) == ("s1", "s1")
    assert [one.session for one in store.events()] == ["s1", "s1", "s1"]
    assert [one.session for one in second.stored] == ["s1", "s1"]
    assert list(store.sessions()) == [
        Session(
            id="s1", datastream="shop", source="jss", visitor="v1", started_ms=0, last_ms=MINUTE_MS, idle_ms=IDLE_MS,
            key="hash", pages=1, events=3, value=2.5,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(("later_ms", "session"), [(IDLE_MS - 1000, "s1"), (IDLE_MS + 1000, "s2")])
def test_a_session_is_over_when_it_has_been_idle_beyond_its_limit(
    store: Store, later_ms: int, session: str
) -> None:
    write(store, event("e1"), at_ms=0, id="s1")
    before = store.session("shop", "jss", "v1")
    receipt = write(store, event("e2"), at_ms=later_ms, id="s2")

    assert before
    assert before.is_open(later_ms) is (session == "s1")
    assert before.end(later_ms) == ((0, "") if session == "s1" else (IDLE_MS, "idle"))
    assert receipt.session == session
    found = store.session("shop", "jss", "v1")
    assert found
    assert found.id == session


def test_it_can_be_ended_and_the_next_event_opens_another(store: Store) -> None:
    write(store, event("e1"), at_ms=0, id="s1")
    ended = write(store, event("e2"), at_ms=MINUTE_MS, id="s2", end="flushed")
    again = write(store, at_ms=2 * MINUTE_MS, id="s3", end="flushed", opens=False)
    after = write(store, event("e3"), at_ms=3 * MINUTE_MS, id="s4")

    assert (ended.session, again.session, after.session) == ("s1", "", "s4")
    first, second = store.sessions()
    assert first.end(5 * MINUTE_MS) == (MINUTE_MS, "flushed")
    assert (first.events, second.events) == (2, 1)
    assert second.is_open(3 * MINUTE_MS)


def test_what_was_stored_before_opens_no_session_and_counts_once(store: Store) -> None:
    write(store, event("e1", value=1), at_ms=0, id="s1")
    write(store, event("e1", value=1), at_ms=1, id="s2")
    write(store, at_ms=2, end="flushed", id="s3", opens=False)
    repeated = write(store, event("e1", value=1), at_ms=3, id="s4")

    assert (repeated.duplicates, repeated.session) == (1, "")
    assert [(one.id, one.events, one.value) for one in store.sessions()] == [("s1", 1, 1.0)]


def test_a_session_is_classified_and_has_its_campaign(store: Store) -> None:
    write(store, event("e1"), at_ms=0, id="s1", robot=True)
    write(store, event("e2"), at_ms=1, campaign="{C1}")
    write(store, at_ms=2, robot=False, opens=False)
    write(store, event("e3"), at_ms=3)

    (session,) = store.sessions()
    assert (session.robot, session.campaign, session.last_ms) == (False, "{C1}", 3)


def test_visitors_sources_and_data_streams_have_sessions_of_their_own(store: Store) -> None:
    for number, more in enumerate(
        ({}, {"visitor": "v2"}, {"source": "ibexa"}, {"datastream": "x"})
    ):
        write(store, event(f"e{number}"), id=f"s{number}", **more)

    assert len(list(store.sessions())) == 4
    assert [one.id for one in store.sessions("v2")] == ["s1"]


def test_requests_at_once_open_one_session(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda n: write(store, event(f"e{n}"), id=f"s{n}", at_ms=n), range(40))
        )

    assert len({receipt.session for receipt in found}) == 1
    (session,) = store.sessions()
    assert (session.events, session.last_ms) == (40, 39)


def test_a_session_goes_on_after_a_restart(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path)
    write(first, event("e1"), at_ms=0, id="s1")
    first.close()

    second = SqliteStore(tmp_path)
    assert write(second, event("e2"), at_ms=MINUTE_MS, id="s2").session == "s1"
    second.close()


def test_a_session_can_be_dropped_with_its_events(store: Store) -> None:
    write(store, event("e1"), event("e2"), at_ms=0, id="s1", end="ended")
    write(store, event("e3"), at_ms=1, id="s2")

    assert store.drop(next(store.sessions())) == 2
    assert [one.id for one in store.events()] == ["e3"]
    assert [one.id for one in store.sessions()] == ["s2"]


def link(source: str, target: str, how: str = IDENTIFY, made_ms: int = 0) -> Link:
    return Link(datastream="shop", source=source, target=target, how=how, made_ms=made_ms)


def seen(visitor: str, at_ms: int) -> Visit:
    return Visit(datastream="shop", visitor=visitor, seen_ms=at_ms)


def test_visitors_who_are_identified_alike_are_one_person_with_the_older_name(store: Store) -> None:
    write(store, visit=seen("old", 1))
    write(store, visit=seen("new", 2), links=(link("new", "crm:4711"),))
    assert store.canonical("new") == "new"
    write(store, visit=seen("old", 3), links=(link("old", "crm:4711", made_ms=3),))

    assert store.names_of("new") == ["crm:4711", "new", "old"]
    assert [store.canonical(key) for key in ("new", "old", "crm:4711", "other")] == ["old"] * 3 + [
        "other"
    ]

    assert store.unlink("new") == 1
    assert store.canonical("new") == "new"
    assert store.names_of("old") == ["crm:4711", "old"]


def test_a_login_makes_the_sources_history_the_targets_and_not_the_other_way_round(
    store: Store,
) -> None:
    write(store, links=(link("device", "user-1", LOGIN), link("device", "user-2", LOGIN, 5)))
    write(store, links=(link("device", "user-1", LOGIN, 9),))

    assert store.names_of("user-1") == ["device", "user-1"]
    assert store.names_of("device") == ["device"]
    assert [(one.target, one.made_ms) for one in store.links("device")] == [
        ("user-1", 0),
        ("user-2", 5),
    ]
    assert store.unlink("device") == 0


def test_links_in_a_circle_have_an_end(store: Store) -> None:
    write(store, links=(link("a", "b"), link("b", "c"), link("c", "a"), link("a", "a")))

    assert store.names_of("a") == ["a", "b", "c"]


def test_who_is_erased_leaves_no_session_and_no_link(store: Store) -> None:
    write(store, event("e1"), at_ms=0, id="s1", links=(link("v1", "crm:1"), link("v2", "crm:2")))

    erased = store.erase(["v1"])

    assert (erased.events, erased.sessions, erased.links) == (1, 1, 1)
    assert list(store.sessions()) == []
    assert [one.source for one in store.links()] == ["v2"]


def test_old_sessions_and_links_go_with_the_events(store: Store) -> None:
    write(
        store,
        event("e1"),
        at_ms=0,
        id="s1",
        links=(link("v1", "crm:1"), link("v9", "crm:9", made_ms=10**9)),
    )
    write(store, event("e2", visitor="v2", received_ms=10**9), visitor="v2", at_ms=10**9, id="s2")

    store.forget(before_ms=10**8, limit=100)

    assert [one.id for one in store.sessions()] == ["s2"]
    assert [one.source for one in store.links()] == ["v9"]


def test_no_more_is_deleted_at_once_than_is_asked_for(store: Store) -> None:
    for number in range(3):
        links = (link(f"v{number}", f"crm:{number}"),)
        write(store, event(f"e{number}"), visitor=f"v{number}", id=f"s{number}", links=links)

    # Three events of one visitor, three sessions, and three links; then nothing is left.
    assert [store.forget(before_ms=10**8, limit=4) for _ in range(4)] == [4, 4, 1, 0]
    assert not [*store.events(), *store.sessions(), *store.links()]


def test_what_is_not_over_yet_is_not_forgotten(store: Store) -> None:
    write(store, event("e1"), at_ms=0, id="s1", links=(link("v1", "crm:1"),))
    store.forget(before_ms=1, limit=100)

    assert [one.id for one in store.sessions()] == ["s1"]
    assert [one.source for one in store.links()] == ["v1"]


def test_keys_of_links_are_found_by_their_beginning(store: Store) -> None:
    write(store, links=(link("device-1", "crm:4711"),))

    assert store.keys("crm:") == ["crm:4711"]


STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcd"),
            "event": st.sampled_from(["", "1", "2", "3", "4"]),
            "visitor": st.sampled_from(["v1", "v2"]),
            "at_ms": st.sampled_from([0, 1, IDLE_MS, IDLE_MS + 2, 3 * IDLE_MS]),
            "end": st.sampled_from(["", "", "flushed"]),
            "robot": st.sampled_from([None, True, False]),
            "opens": st.booleans(),
        }
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_both_stores_say_the_same_whatever_is_done(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, object]]
) -> None:
    sqlite = SqliteStore(tmp_path_factory.mktemp("data"), synchronous="OFF")
    found = []
    for store in (MemoryStore(), sqlite):
        said: list[object] = []
        for number, step in enumerate(steps):
            given = dict(step, id=f"{step['id']}{number}")
            name = str(given.pop("event"))
            events = [event(f"e{name}", visitor=str(given["visitor"]))] if name else []
            said.append(write(store, *events, **given).session)
        events = [replace(one, seq=0) for one in store.events()]
        found.append((said, sorted(store.sessions(), key=lambda one: one.id), events))
    sqlite.close()

    assert found[0] == found[1]


def test_a_walk_over_links_ends_with_a_thousand_keys_and_asks_for_no_more() -> None:
    asked: list[str] = []

    def next_to(key: str) -> list[str]:
        asked.append(key)
        return [f"{key}/{number}" for number in range(600)]

    assert len(reached("a", next_to)) == LINKED
    assert len(asked) == 2
