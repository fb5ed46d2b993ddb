"""Bad rows taken in again."""

from collections.abc import Callable

from asked import event, post, stored
from msgspec.structs import replace
from starlette.testclient import TestClient

from pyrite.edge.replay import replay
from pyrite.edge.settings import Datastream, Limits, Settings
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

KNOWN = Settings(limits=Limits(depth=20), datastreams={"shop": Datastream(), "later": Datastream()})


def test_what_the_edge_has_learned_to_read_becomes_events_once(edge: Maker) -> None:
    store = MemoryStore()
    client = edge(store=store)
    body = {"events": [event("a")], "xdm": {"identityMap": {"FPID": [{"id": "device"}]}}}
    path = "/ee/v1/collect?configId=later&requestId=r-9"
    assert post(client, body=body, path=path).json()["code"] == "datastream.unknown"
    rows = list(store.bad_rows())

    first = list(replay(store, rows, KNOWN))
    again = list(replay(store, rows, KNOWN))
    assert [(one.stored, one.duplicates) for one in first + again] == [(1, 0), (0, 1)]
    assert list(store.bad_rows()) == []
    found = stored(client)[0]
    assert (found.id, found.datastream, found.visitor) == ("a", "later", "device")
    assert found.received_ms == rows[0].received_ms


def test_a_mended_body_is_taken_and_one_that_is_not_stays_with_its_reason(edge: Maker) -> None:
    store = MemoryStore()
    client = edge(store=store)
    for body in (b'{"events": [{"xdm": {"_id": "a"}]}', b"{"):
        post(client, "collect", body)
    rows = list(store.bad_rows())
    mended = replace(rows[0], body=b'{"events": [{"xdm": {"_id": "a"}}]}')
    results = list(replay(store, [mended, rows[1]], KNOWN))

    assert results[0].problem is None
    assert results[1].problem
    assert results[1].problem.code == "body.json"
    assert [row.id for row in store.bad_rows()] == [rows[1].id]
    assert [one.id for one in stored(client)] == ["a"]


def test_of_a_body_with_good_and_bad_events_the_good_are_taken_and_the_bad_stay(
    edge: Maker,
) -> None:
    store = MemoryStore()
    client = edge(store=store)
    body = {"events": [event("a"), {"xdm": []}, event("b"), event("c")]}
    assert post(client, "collect", body).json()["code"] == "body.too_many"

    assert [one.stored for one in replay(store, list(store.bad_rows()), KNOWN)] == [3]
    assert [(row.code, row.path) for row in store.bad_rows()] == [
        ("event.shape", "$.events[1].xdm")
    ]


def test_a_row_that_was_cut_says_so(edge: Maker) -> None:
    store = MemoryStore()
    post(edge(store=store), "collect", b'{"events": [' + b" " * 6000)
    result = next(replay(store, list(store.bad_rows()), KNOWN))

    assert result.problem
    assert "only the first 5000 bytes were kept" in result.problem.detail
