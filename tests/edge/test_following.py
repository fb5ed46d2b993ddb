"""Events as they are stored, by whichever process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from asked import event, post
from msgspec.structs import replace
from starlette.testclient import TestClient

from pyrite.edge import following
from pyrite.edge.following import Change, Following
from pyrite.stores.contract import BadRow, Batch, Event, Filter, StoreUnavailable
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore

Maker = Callable[..., TestClient]
EVENT = Event(
    datastream="shop", id="e1", type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}"
)
BAD = BadRow(received_ms=3, code="body.json", path="$", message="", url="", body=b"")


def ids(change: Change) -> list[str]:
    return [event.id for event in change.events]


def test_each_event_and_bad_row_is_told_once(tmp_path: Path) -> None:
    edges = [SqliteStore(tmp_path), SqliteStore(tmp_path)]  # as two processes have them
    place = Following(edges[0], after=0, after_row=0)
    edges[0].submit(Batch(events=(EVENT,))).result(5)
    edges[1].submit(Batch(events=(replace(EVENT, id="e2"),), bad_rows=(BAD,))).result(5)
    change = place.read()

    assert (ids(change), len(change.rows), change.after) == (["e1", "e2"], 1, 2)
    assert place.read() == Change(after=2)
    edges[1].submit(Batch(events=(replace(EVENT, id="e3"),))).result(5)
    assert ids(place.read()) == ["e3"]
    for edge in edges:
        edge.close()


def test_one_that_is_not_wanted_is_passed_over(tmp_path: Path) -> None:
    store = MemoryStore()
    place = Following(store, Filter(types=("u",)), after=0, after_row=0)
    store.submit(Batch(events=(EVENT, replace(EVENT, id="e2", type="u")))).result(5)
    store.submit(Batch(events=(replace(EVENT, id="e3"),))).result(5)
    change = place.read()

    assert (ids(change), change.after) == (["e2"], 3)


def test_a_burst_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAGE", 3)
    store = MemoryStore()
    place = Following(store, after=0, after_row=0)
    store.submit(Batch(events=tuple([replace(EVENT, id=f"e{n}") for n in range(4)]))).result(5)
    parts = [place.read(), place.read()]

    assert [ids(part) for part in parts] == [["e0", "e1", "e2"], ["e3"]]
    assert [part.is_full for part in parts] == [True, False]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_erased_is_no_reason_to_begin_again(kind: str, tmp_path: Path) -> None:
    store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path)
    place = Following(store, after=0, after_row=0)
    newest = replace(EVENT, id="e2", visitor="v2")
    store.submit(Batch(events=(EVENT, newest), bad_rows=(BAD,))).result(5)
    place.read()
    store.erase(["v2"])

    assert place.read() == Change(after=2)
    store.submit(Batch(events=(replace(newest, id="e3"),))).result(5)
    assert ids(place.read()) == ["e3"]
    store.close()


def test_another_database_is_followed_from_its_beginning() -> None:
    place = Following(MemoryStore(), after=7, after_row=7)
    place._store.submit(Batch(events=(EVENT,), bad_rows=(BAD,))).result(5)
    change = place.read()

    assert (ids(change), len(change.rows)) == (["e1"], 1)


def test_an_edge_that_tells_of_its_events_is_not_waited_for(
    edge: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_S", 60)
    store = MemoryStore()
    place = Following(store, after=0, after_row=0)
    client = edge(store=store, listener=place.wake)

    async def first_two() -> list[str]:
        found: list[str] = []
        asyncio.get_running_loop().call_later(0.01, post, client)
        async for change in place.changes():
            found += ids(change)
            if len(found) == 2:
                break
            body = {"events": [event("e2")]}
            asyncio.get_running_loop().call_later(0.01, post, client, "interact", body)
        return found

    assert asyncio.run(asyncio.wait_for(first_two(), 20)) == ["e1", "e2"]


def test_a_store_that_can_not_be_read_just_now_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "LOOK_S", 0.001)

    class Locked(MemoryStore):
        looks = 0

        def last_seq(self) -> int:
            self.looks += 1
            if self.looks == 1:
                raise StoreUnavailable("locked")
            return super().last_seq()

    store = Locked()
    store.submit(Batch(events=(EVENT,))).result(5)

    async def first() -> list[str]:
        async for change in Following(store, after=0, after_row=0).changes():
            return ids(change)
        return []

    assert asyncio.run(asyncio.wait_for(first(), 20)) == ["e1"]
