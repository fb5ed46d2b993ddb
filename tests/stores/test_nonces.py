"""What is good once only, on every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from pyrite.stores.contract import BadRow, Batch, Event, Link, Nonce, Store, Visit
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore

EVENT = Event(
    datastream="shop", id="e1", type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}"
)
FIRST = Nonce(value="customer/key/1", seen_ms=1000, until_ms=1600)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    yield made
    made.close()


def batch(id: str, nonce: Nonce | None) -> Batch:
    return Batch(events=(replace(EVENT, id=id),), nonce=nonce)


def test_a_batch_whose_nonce_was_there_is_not_stored(store: Store) -> None:
    receipts = [
        store.submit(one).result(5)
        for one in (batch("e1", FIRST), batch("e2", FIRST), batch("e3", replace(FIRST, value="2")))
    ]

    assert [receipt.replayed for receipt in receipts] == [False, True, False]
    assert [event.id for event in store.events()] == ["e1", "e3"]
    assert receipts[1].stored == ()


def test_nothing_else_of_it_is_stored_either(store: Store) -> None:
    store.submit(Batch(nonce=FIRST)).result(5)
    all_kinds = Batch(
        bad_rows=(BadRow(received_ms=1, code="c", path="", message="", url="", body=b""),),
        visit=Visit(datastream="shop", visitor="v1", seen_ms=1),
        links=(Link(datastream="shop", source="a", target="b", made_ms=1, how="login"),),
        nonce=FIRST,
    )

    assert store.submit(all_kinds).result(5).replayed
    assert (list(store.bad_rows()), list(store.links())) == ([], [])
    assert store.visitor("shop", "v1") is None


def test_one_of_many_that_come_together_is_stored(store: Store) -> None:
    futures = [store.submit(batch(f"e{at}", FIRST)) for at in range(20)]
    others = [store.submit(batch(f"f{at}", None)) for at in range(20)]

    assert sum(not future.result(5).replayed for future in futures) == 1
    assert not any(future.result(5).replayed for future in others)
    assert len(list(store.events())) == 21


def test_it_is_forgotten_when_nobody_would_take_it_any_longer(store: Store) -> None:
    store.submit(batch("e1", FIRST)).result(5)
    later = replace(FIRST, value="2", seen_ms=1600, until_ms=2200)
    assert not store.submit(batch("e2", later)).result(5).replayed
    assert store.submit(batch("e3", FIRST)).result(5).replayed
    store.submit(batch("e4", replace(later, value="3", seen_ms=1601))).result(5)

    assert not store.submit(batch("e5", replace(FIRST, seen_ms=1601))).result(5).replayed


def test_several_processes_on_one_database_know_it(tmp_path: Path) -> None:
    one, two = SqliteStore(tmp_path), SqliteStore(tmp_path)
    receipts = [store.submit(batch("e1", FIRST)).result(5) for store in (one, two)]
    one.close()
    two.close()

    assert [receipt.replayed for receipt in receipts] == [False, True]
