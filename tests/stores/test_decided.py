"""What was decided for visitors, the same in every store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from pyrite.stores.contract import DECIDED_KEPT, Batch, Decided, Store
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore

ONE = Decided(
    datastream="shop", visitor="v1", event="e1", experience="x", variant="a", scope="s", at_ms=10
)
MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": SqliteStore,
}


@pytest.fixture(params=sorted(MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MAKERS[request.param](tmp_path / "data")
    yield made
    made.close()


def write(store: Store, *decided: Decided) -> None:
    store.submit(Batch(decided=decided)).result(5)


def test_what_was_decided_comes_back_in_order_and_by_visitor(store: Store) -> None:
    other = replace(ONE, visitor="v2")
    write(store, ONE, other, replace(ONE, scope="t"))
    write(store, replace(ONE, event="e2", variant="holdout", at_ms=11))

    assert list(store.decided("v2")) == [other]
    assert [(one.event, one.scope, one.variant, one.at_ms) for one in store.decided("v1")] == [
        ("e1", "s", "a", 10),
        ("e1", "t", "a", 10),
        ("e2", "s", "holdout", 11),
    ]


def test_an_event_that_is_decided_for_again_is_there_once(store: Store) -> None:
    write(store, ONE)
    write(store, replace(ONE, at_ms=20), replace(ONE, datastream="other"))

    assert list(store.decided("v1")) == [ONE, replace(ONE, datastream="other")]


def test_of_a_visitor_the_newest_are_kept(store: Store) -> None:
    all_of_them = [replace(ONE, event=f"e{number}") for number in range(DECIDED_KEPT + 5)]
    write(store, *all_of_them[:100], replace(ONE, visitor="v2"))
    write(store, *all_of_them[100:])

    assert list(store.decided("v1")) == all_of_them[5:]
    assert len(list(store.decided("v2"))) == 1


def test_old_ones_are_forgotten_and_all_of_a_visitor_erased(store: Store) -> None:
    late = replace(ONE, event="late", at_ms=30)
    write(store, ONE, late, replace(ONE, visitor="v2", at_ms=40))

    assert store.forget(before_ms=30, limit=100) == 1
    assert list(store.decided("v1")) == [late]
    store.erase(["v1"])
    assert list(store.decided("v1")) == []
    assert len(list(store.decided("v2"))) == 1


def test_an_attempt_to_write_keeps_none(store: Store) -> None:
    store.submit(Batch(probe=True)).result(5)

    assert list(store.decided("")) == []
