"""What comes again: retries with an id, and bad rows once they can be taken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asked import stored
from msgspec.structs import replace
from service import (
    DEFINITIONS,
    GLOBAL,
    HOME,
    Clock,
    human,
    rows,
    sessions,
    settings,
    track,
)
from starlette.testclient import TestClient

from pyrite.edge.replay import replay
from pyrite.edge.settings import Limits, Settings
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}
VIEW = {"pageId": HOME, "url": "/a?b=%20ü#c"}


def test_a_retry_with_the_same_eid_counts_once(service: Maker) -> None:
    client = service(limits=Limits())
    eid = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
    for body in (GOAL, [VIEW, GOAL, GOAL]):
        for _ in range(2):
            assert track(client, body, query=f"eid={eid}").status_code == 204
    ids = [one.id for one in stored(client)]

    assert len(ids) == len(set(ids)) == 4
    assert ids[0] == eid


def test_calls_without_one_are_events_of_their_own(service: Maker) -> None:
    client = service()
    for _ in range(2):
        track(client, GOAL)

    assert len(stored(client)) == 2


def test_a_bad_row_is_taken_once_its_definition_is_there(service: Maker, tmp_path: Any) -> None:
    store = MemoryStore()
    client = service(store=store)
    track(client, [VIEW, {"goalId": "Later", "more": 1}])
    contact = client.cookies[GLOBAL].partition("|")[0]
    [row] = store.bad_rows()
    known = Settings(jss=settings(tmp_path))

    [stays] = replay(store, [row], known)
    assert stays.problem
    assert stays.problem.code == "jss.unknown"
    path = tmp_path / "definitions.toml"
    path.write_text(DEFINITIONS + '[goals.Later]\nid = "{AAAAAAAA-1111-4000-8000-000000000001}"\n')
    outcomes = [next(iter(replay(store, [row], known))) for _ in range(2)]
    assert [(one.stored, one.duplicates) for one in outcomes] == [(1, 0), (0, 1)]

    later = stored(client)[-1]
    assert (later.source, later.type, later.visitor) == ("jss", "jss.goal", contact)
    assert later.received_ms == row.received_ms
    assert json.loads(later.body)["jss"]["extra"] == {"more": 1}
    assert rows(client) == []


def test_a_whole_body_is_mended_and_replayed(service: Maker, tmp_path: Any) -> None:
    store = MemoryStore()
    client = service(store=store)
    track(client, '[{"goalId": "Instant Demo"}')
    [row] = store.bad_rows()

    [outcome] = replay(store, [replace(row, body=row.body + b"]")], Settings(jss=settings(tmp_path)))  # fmt: skip
    assert outcome.stored == 1
    assert stored(client)[0].visitor == client.cookies[GLOBAL].partition("|")[0]


def test_a_replayed_row_is_of_the_same_caller(service: Maker, tmp_path: Path, clock: Clock) -> None:
    store = MemoryStore()
    client = service(store=store, clock=clock)
    human(client)
    track(client, [VIEW, {"goalId": "Later"}, GOAL])
    [row] = store.bad_rows()
    context = json.loads(row.context)
    assert (context["page"], context["first"], context["robot"]) == (HOME, 1, False)
    path = Path(settings(tmp_path).definitions)
    path.write_text(path.read_text() + '[goals.Later]\nid = "{AAAAAAAA-1111-4000-8000-000000000001}"\n')  # fmt: skip

    assert [one.stored for one in replay(store, [row], Settings(jss=settings(tmp_path)))] == [1]
    later = stored(client)[-1]
    assert json.loads(later.body)["jss"]["page"] == HOME
    assert [(one.events, one.robot) for one in sessions(client)] == [(3, False)]
    assert later.session == sessions(client)[0].id
