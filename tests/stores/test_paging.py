"""Pages of events and visitors, and counts over time, the same in every store."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pyrite.stores.contract import (
    BadRow,
    Batch,
    Count,
    Event,
    EventPage,
    Filter,
    SessionStep,
    Store,
    Visit,
)
from pyrite.stores.contract.paging import BUCKET_MS, BUCKETS_MS, NAME_LIMIT, NAMES, OTHERS
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import SqliteStore, paging

EVENT = Event(
    datastream="shop", id="e1", type="t", url="https://a.test/", visitor="v1", made_ms=1, received_ms=2, body="{}"
)  # fmt: skip
BAD = BadRow(received_ms=3, code="body.json", path="$", message="", url="", body=b"")
MAKERS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": SqliteStore,
}


@pytest.fixture(params=sorted(MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MAKERS[request.param](tmp_path / "data")
    yield made
    made.close()


def write(store: Store, *events: Event, **more: Any) -> None:
    store.submit(Batch(events=events, **more)).result(5)


def numbered(count: int, **more: Any) -> tuple[Event, ...]:
    return tuple([replace(EVENT, id=f"e{number}", **more) for number in range(1, count + 1)])


def ids(store: Store, wanted: Filter, **options: Any) -> list[str]:
    return [event.id for event in store.page(wanted, **options).events]


def everything(store: Store, wanted: Filter, limit: int) -> list[str]:
    """The ids of all pages, one after the other."""
    found: list[str] = []
    cursor = 0
    while True:
        page = store.page(wanted, before=cursor, limit=limit)
        assert len(page.events) <= limit
        found += [event.id for event in page.events]
        if not page.cursor:
            return found
        assert not cursor or page.cursor < cursor
        cursor = page.cursor


# ---- events --------------------------------------------------------------------------------------------------------


def test_pages_have_the_newest_first_and_none_twice(store: Store) -> None:
    assert store.page().events == ()
    write(store, *numbered(7))

    assert ids(store, Filter(), limit=3) == ["e7", "e6", "e5"]
    for limit in (1, 2, 3, 7, 50):
        assert everything(store, Filter(), limit) == [f"e{n}" for n in range(7, 0, -1)]


def test_a_page_stays_while_newer_events_come(store: Store) -> None:
    write(store, *numbered(4))
    cursor = store.page(limit=2).cursor
    write(store, replace(EVENT, id="new"))

    assert ids(store, Filter(), before=cursor) == ["e2", "e1"]


MIXED = (
    replace(EVENT, id="a", type="x", source="jss", visitor="v2", received_ms=10),
    replace(EVENT, id="b", type="y", datastream="other", received_ms=20),
    replace(EVENT, id="c", type="x", url="https://a.test/cart?x=1", received_ms=30),
    replace(EVENT, id="d", type="z", source="ibexa", visitor="v3", received_ms=40),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "dcba"),
        (Filter(types=("x",)), "ca"),
        (Filter(types=("x", "y")), "cba"),
        (Filter(sources=("jss", "ibexa")), "da"),
        (Filter(datastream="other"), "b"),
        (Filter(visitors=("v1",)), "cb"),
        (Filter(visitors=("v2", "v3")), "da"),
        (Filter(visitors=("v1",), types=("y",)), "b"),
        (Filter(page="/cart"), "c"),
        (Filter(since_ms=20, until_ms=40), "cb"),
        (Filter(types=("nobody's",)), ""),
        (Filter(visitors=("nobody",)), ""),
        (Filter(session="nobody's"), ""),
        (Filter(datastream="shop", types=("x",), sources=("web",)), "c"),
        (Filter(page="%"), ""),
    ],
    ids=str,
)
def test_a_filter_gives_what_it_takes(wanted: Filter, found: str, store: Store) -> None:
    write(store, *MIXED)

    assert everything(store, wanted, 50) == list(found)
    assert everything(store, wanted, 1) == list(found)
    assert [event.id for event in MIXED if wanted.takes(event)] == list(reversed(found))


def test_the_events_of_a_session_are_found(store: Store) -> None:
    step = SessionStep(datastream="shop", source="web", visitor="v1", id="s1", at_ms=0, idle_ms=1)
    write(store, *numbered(2), session=step)
    write(store, replace(EVENT, id="apart"))

    assert everything(store, Filter(session="s1"), 1) == ["e2", "e1"]


def test_what_was_deleted_leaves_no_page_without_an_end(store: Store) -> None:
    write(store, *numbered(5))
    write(store, replace(EVENT, id="late", received_ms=50, visitor="v2"))
    store.forget(before_ms=10, limit=100)

    assert everything(store, Filter(), 1) == ["late"]
    store.erase(["v2"])
    assert everything(store, Filter(), 1) == []


def test_a_page_looks_at_a_bounded_number_of_rows_and_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LOOKED", 10)
    monkeypatch.setattr(paging, "LOOKED_OF_ONE", 10)
    store = SqliteStore(tmp_path)
    write(store, replace(EVENT, id="rare", type="rare"), *numbered(35))

    assert store.page(Filter(types=("rare",))) == EventPage((), 27)
    assert everything(store, Filter(types=("rare",)), 50) == ["rare"]
    assert everything(store, Filter(types=("rare",), visitors=("v1", "v2")), 50) == ["rare"]
    store.close()


# ---- visitors ------------------------------------------------------------------------------------------------------


def test_visitors_are_found_by_any_part_of_their_key_or_ecid(store: Store) -> None:
    for key, ecid in (("device-b", "42"), ("device-a", "17"), ("other", "4217")):
        visit = Visit(datastream="shop", visitor=key, seen_ms=5, ecid=ecid)
        write(store, replace(EVENT, id=key, visitor=key, shown=("offer",)), visit=visit)

    def found(text: str) -> list[str]:
        return [one.visitor for one in store.visitors(text).visitors]

    assert found("") == ["device-a", "device-b", "other"]
    assert found("vice") == ["device-a", "device-b"]
    assert found("42") == ["device-b", "other"]
    assert found("%") == []
    assert store.visitors("other").visitors[0].events == 1
    assert store.visitors("other").visitors[0].shown == {}


def test_visitors_come_in_pages_also_where_a_key_is_in_several_data_streams(store: Store) -> None:
    for key, stream in (("a", "s1"), ("a", "s2"), ("b", "s1"), ("c", "s1")):
        write(store, visit=Visit(datastream=stream, visitor=key, seen_ms=5))
    found: list[tuple[str, str]] = []
    page = store.visitors(limit=1)
    while page.visitors:
        found += [(one.visitor, one.datastream) for one in page.visitors]
        page = store.visitors(after=found[-1], limit=1)

    assert found == [("a", "s1"), ("a", "s2"), ("b", "s1"), ("c", "s1")]


# ---- counts --------------------------------------------------------------------------------------------------------


def test_what_is_stored_is_counted_by_time_type_and_reason(store: Store) -> None:
    later = replace(EVENT, id="later", type="u", received_ms=BUCKET_MS + 1)
    write(store, EVENT, replace(EVENT, id="e2"), later, bad_rows=(BAD, BAD))
    write(store, EVENT, replace(EVENT, id="e3"))
    first, second = 0, BUCKET_MS

    assert list(store.counts()) == [
        Count(at_ms=first, kind="bad", name="body.json", count=2),
        Count(at_ms=first, kind="duplicate", name="", count=1),
        Count(at_ms=first, kind="event", name="t", count=3),
        Count(at_ms=second, kind="event", name="u", count=1),
    ]
    assert [count.name for count in store.counts(since_ms=second)] == ["u"]
    assert [count.name for count in store.counts(until_ms=second)] == ["body.json", "", "t"]


def test_counts_outlive_what_they_have_counted(store: Store) -> None:
    write(store, EVENT)
    store.erase(["v1"])

    assert [count.count for count in store.counts()] == [1]


def test_however_many_types_are_invented_a_bounded_number_is_told_apart(store: Store) -> None:
    for start in (0, 40):
        write(
            store,
            *[replace(EVENT, id=f"{n}", type=f"type-{n}" + "x" * 500) for n in range(start, start + 40)],
        )  # fmt: skip
    found = list(store.counts())

    assert len(found) == NAMES + 1
    assert sum(one.count for one in found) == 80
    assert [one.count for one in found if one.name == OTHERS] == [80 - NAMES]
    assert max(len(one.name) for one in found) == NAME_LIMIT


def test_old_counts_go_when_new_ones_come(store: Store) -> None:
    write(store, EVENT)
    write(store, replace(EVENT, id="e2", received_ms=BUCKETS_MS + 2 * BUCKET_MS))

    assert [one.at_ms for one in store.counts()] == [BUCKETS_MS + 2 * BUCKET_MS]


def test_an_attempt_to_write_counts_nothing(store: Store) -> None:
    write(store, EVENT)
    write(store, probe=True)

    assert sum(one.count for one in store.counts()) == 1
