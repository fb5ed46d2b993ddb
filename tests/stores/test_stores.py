"""The store's contract, on every store."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from pyrite.stores.contract import (
    SHOWN_READ,
    BadRow,
    Batch,
    Deliveries,
    Erased,
    Event,
    Experiment,
    Store,
    StoreUnavailable,
    Visit,
)
from pyrite.stores.memory import MemoryStore
from pyrite.stores.sqlite import FILE, SqliteStore

EVENT = Event(
    datastream="shop",
    id="e1",
    type="t",
    url="https://a.test/",
    visitor="v1",
    made_ms=1,
    received_ms=2,
    body='{"xdm":{"_id":"e1"}}',
)
VISIT = Visit(datastream="shop", visitor="v1", seen_ms=10)
BAD = BadRow(
    received_ms=3, code="body.json", path="$", message="expected JSON", url="/ee", body=b"\xff{"
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


def test_what_is_stored_comes_back_in_order_with_a_sequence(store: Store) -> None:
    assert store.last_seq() == 0
    second = replace(EVENT, id="e2", body='{"ü":"😀"}')
    receipt = store.submit(Batch(events=(EVENT, second))).result(5)

    assert list(store.events()) == list(receipt.stored)
    assert store.last_seq() == 2
    assert [(event.id, event.seq) for event in store.events()] == [("e1", 1), ("e2", 2)]
    assert list(store.events())[1].body == '{"ü":"😀"}'
    assert [event.id for event in store.events(after=1)] == ["e2"]
    assert [event.id for event in store.events(limit=1)] == ["e1"]


def test_events_and_bad_rows_say_in_which_dialect_they_came(store: Store) -> None:
    events = (EVENT, replace(EVENT, id="e2", source="pixel"))
    rows = (BAD, replace(BAD, source="pixel", visitor="v1"))
    receipt = store.submit(Batch(events=events, bad_rows=rows)).result(5)

    assert [event.source for event in receipt.stored] == ["web", "pixel"]
    assert [event.source for event in store.events()] == ["web", "pixel"]
    assert [event.source for event in store.events_of("v1")] == ["web", "pixel"]
    assert [row.source for row in store.bad_rows()] == ["web", "pixel"]
    assert [row.source for row in store.bad_rows_of(["v1"])] == ["pixel"]


def test_an_id_is_stored_once_within_a_data_stream(store: Store) -> None:
    store.submit(Batch(events=(EVENT,))).result(5)
    receipt = store.submit(
        Batch(events=(replace(EVENT, type="again"), replace(EVENT, datastream="other"), EVENT))
    ).result(5)

    assert receipt.duplicates == 2
    assert [event.datastream for event in receipt.stored] == ["other"]
    assert [(event.datastream, event.type) for event in store.events()] == [
        ("shop", "t"),
        ("other", "t"),
    ]


def test_visits_views_and_displays_are_counted_once(store: Store) -> None:
    view = replace(EVENT, is_view=True, shown=("offer",), received_ms=100)
    minute = 60_000
    for id, seen_ms in (("e1", 0), ("e1", 0), ("e2", 20 * minute), ("e3", 60 * minute)):
        event = replace(view, id=id, received_ms=seen_ms)
        store.submit(Batch(events=(event,), visit=replace(VISIT, seen_ms=seen_ms))).result(5)
    known = store.visitor("shop", "v1")

    assert known
    assert (known.visits, known.views, known.previous_ms) == (2, 3, 20 * minute)
    assert known.shown == {"offer": (0, 20 * minute, 60 * minute)}


def test_the_last_hundred_displays_are_kept(store: Store) -> None:
    for number in range(103):
        event = replace(EVENT, id=str(number), shown=("offer",), received_ms=number)
        store.submit(Batch(events=(event,), visit=VISIT)).result(5)
    known = store.visitor("shop", "v1")

    assert known
    assert known.shown == {"offer": tuple(range(3, 103))}


def test_however_many_displays_are_claimed_a_bounded_number_is_read(store: Store) -> None:
    names = [f"e{number:05d}" for number in range(SHOWN_READ + 600)]
    events = [
        replace(EVENT, id=str(start), shown=tuple(names[start : start + 500]), received_ms=7)
        for start in range(0, len(names), 500)
    ]
    store.submit(Batch(events=tuple(events), visit=VISIT)).result(5)
    known = store.visitor("shop", "v1")

    assert known
    assert list(known.shown.items()) == [(name, (7,)) for name in names[:SHOWN_READ]]


def test_a_database_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as old:
        old.execute(
            "CREATE TABLE visitors (datastream TEXT NOT NULL, visitor TEXT NOT NULL, first_seen_ms INTEGER NOT NULL,"
            " last_seen_ms INTEGER NOT NULL, events INTEGER NOT NULL, ecid TEXT NOT NULL, consent TEXT NOT NULL,"
            " PRIMARY KEY (datastream, visitor)) WITHOUT ROWID"
        )
        old.execute("INSERT INTO visitors VALUES ('shop', 'v1', 1, 2, 3, '42', 'in')")
    old.close()
    store = SqliteStore(tmp_path)
    known = store.visitor("shop", "v1")
    store.close()

    assert known
    assert (known.events, known.visits, known.views, known.shown) == (3, 1, 0, {})


def test_several_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def opened(folder: Path) -> SqliteStore:
        together.wait()
        return SqliteStore(folder)

    with ThreadPoolExecutor(8) as pool:
        for number in range(12):
            for store in pool.map(opened, [tmp_path / str(number)] * 8):
                store.close()


def test_a_database_that_another_process_is_writing_to_can_be_opened_and_read(
    tmp_path: Path,
) -> None:
    first = SqliteStore(tmp_path)
    first.submit(Batch(events=(EVENT,))).result(5)
    first.close()
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        second = SqliteStore(tmp_path)
        found = [event.id for event in second.events()]
        second.close()

    assert found == [EVENT.id]


def test_bad_rows_are_kept_with_reason_and_bytes(store: Store) -> None:
    store.submit(Batch(bad_rows=(BAD, BAD))).result(5)

    assert [row.id for row in store.bad_rows()] == [1, 2]
    assert list(store.bad_rows(after=1)) == [replace(BAD, id=2)]


def test_a_visitor_is_remembered_and_counted(store: Store) -> None:
    store.submit(Batch(events=(EVENT,), visit=replace(VISIT, ecid="42"))).result(5)
    store.submit(
        Batch(
            events=(EVENT, replace(EVENT, id="e2")), visit=replace(VISIT, seen_ms=30, consent="in")
        )
    ).result(5)
    known = store.visitor("shop", "v1")

    assert known is not None
    assert (known.first_seen_ms, known.last_seen_ms, known.events, known.ecid, known.consent) == (
        10,
        30,
        2,
        "42",
        "in",
    )
    assert store.visitor("other", "v1") is None


def test_many_threads_may_submit_at_once(store: Store) -> None:
    def submit(number: int) -> None:
        for index in range(20):
            store.submit(Batch(events=(replace(EVENT, id=f"{number}-{index}"),))).result(10)

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({event.id for event in store.events()}) == 160


def test_a_closed_store_refuses(store: Store) -> None:
    store.close()
    store.close()

    with pytest.raises(StoreUnavailable, match="closed"):
        store.submit(Batch(events=(EVENT,))).result(5)


def test_closing_writes_what_was_submitted(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    waiting = [
        store.submit(Batch(events=(replace(EVENT, id=str(number)),))) for number in range(300)
    ]
    store.close()

    assert all(future.done() for future in waiting)
    again = SqliteStore(tmp_path)
    assert len(list(again.events())) == 300
    again.close()


def test_a_batch_is_on_disk_when_its_future_is_done(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.submit(Batch(events=(EVENT,))).result(5)
    other = sqlite3.connect(tmp_path / FILE)
    found = other.execute("SELECT id FROM events").fetchall()
    with closing(store._connect()) as own:
        mode, level = (
            other.execute("PRAGMA journal_mode").fetchone(),
            own.execute("PRAGMA synchronous").fetchone(),
        )
    other.close()
    store.close()

    assert found == [("e1",)]
    assert (mode, level) == (("wal",), (2,))


def test_a_locked_database_refuses_the_batch_and_recovers_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sqlite", "sqlite.reading"):
        monkeypatch.setattr(f"pyrite.stores.{module}.BUSY_S", 0.05)
    store = SqliteStore(tmp_path)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match="locked"):
        store.submit(Batch(events=(EVENT,))).result(5)
    other.execute("ROLLBACK")
    other.close()
    assert store.submit(Batch(events=(EVENT,))).result(5).stored
    store.close()


def test_a_folder_that_cant_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable, match="can't be opened"):
        SqliteStore(tmp_path / "file")


def test_a_full_database_refuses_and_recovers_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite answers as it does on a full disk; e2e/edge_faults has a real one.
    connect = SqliteStore._connect

    def limited(store: SqliteStore, *, shared: bool = False) -> sqlite3.Connection:
        connection = connect(store, shared=shared)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    monkeypatch.setattr(SqliteStore, "_connect", limited)
    store = SqliteStore(tmp_path)
    large = tuple(replace(EVENT, id=f"large-{n}", body="x" * 20_000) for n in range(50))

    with pytest.raises(StoreUnavailable, match="full"):
        store.submit(Batch(events=large)).result(5)
    assert "full" in store.state().failure
    assert store.submit(Batch(events=(EVENT,))).result(5).stored
    assert store.state().failure == ""
    store.close()


def test_a_batch_that_nobody_can_write_does_not_share_its_fate_with_others(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # so that they gather
    broken = replace(EVENT, id="broken", type="\ud800")
    waiting = [
        store.submit(Batch(events=(one,))) for one in (EVENT, broken, replace(EVENT, id="e3"))
    ]
    other.execute("ROLLBACK")
    other.close()

    assert waiting[0].result(5).stored
    with pytest.raises(StoreUnavailable, match="can't write"):
        waiting[1].result(5)
    assert waiting[2].result(5).stored
    store.close()


def test_what_waits_is_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyrite.stores.sqlite.QUEUE_BYTES", 100_000)
    store = SqliteStore(tmp_path)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    large = [
        store.submit(Batch(events=(replace(EVENT, id=str(n), body="x" * 60_000),)))
        for n in range(3)
    ]
    with pytest.raises(StoreUnavailable, match="waiting to be written"):
        large[1].result(1)
    assert store.state().bytes <= 100_000
    other.execute("ROLLBACK")
    other.close()

    assert large[0].result(5).stored
    assert store.submit(Batch(events=(EVENT,))).result(5).stored
    store.close()


def test_a_batch_that_is_being_written_cant_be_taken_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for number in range(100):
        store.submit(Batch(events=(replace(EVENT, id=str(number)),))).cancel()

    assert store.submit(Batch(events=(replace(EVENT, id="last"),))).result(5).stored
    store.close()


def test_each_commit_is_told_with_its_size_and_time(tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    store = SqliteStore(
        tmp_path, committed=lambda batches, seconds: told.append((batches, seconds))
    )
    store.submit(Batch(events=(EVENT,))).result(5)
    store.close()

    assert [batches for batches, _ in told] == [1]
    assert 0 < told[0][1] < 5


def test_what_a_page_tells_of_its_deliveries_replaces_what_it_told_before(store: Store) -> None:
    first = Deliveries(datastream="shop", page="p1", seen_ms=1, sent=3, dropped={"full": 1})
    later = replace(first, seen_ms=2, sent=9, retried=2, dropped={"full": 4})
    for told in (first, later, replace(first, page="p2"), replace(first, datastream="other")):
        store.submit(Batch(deliveries=told)).result(5)

    assert sorted(store.deliveries("shop"), key=lambda one: one.page) == [
        later,
        replace(first, page="p2"),
    ]
    assert len(list(store.deliveries())) == 3


def test_a_mended_row_goes_with_the_events_that_came_of_it(store: Store) -> None:
    store.submit(Batch(bad_rows=(BAD, BAD))).result(5)
    store.submit(Batch(events=(EVENT,), mended=(1,))).result(5)

    assert [row.id for row in store.bad_rows()] == [2]


def test_what_is_too_old_goes_in_steps_oldest_first(store: Store) -> None:
    for number in range(5):
        event = replace(EVENT, id=str(number), received_ms=number)
        row = replace(BAD, received_ms=number)
        store.submit(Batch(events=(event,), bad_rows=(row,))).result(5)

    assert store.forget(before_ms=3, limit=2) == 2
    assert [event.id for event in store.events()] == ["2", "3", "4"]
    assert store.forget(before_ms=3, limit=100) == 4
    assert store.forget(before_ms=3, limit=100) == 0
    assert [row.received_ms for row in store.bad_rows()] == [3, 4]
    store.submit(Batch(events=(replace(EVENT, id="new"),))).result(5)
    assert [event.seq for event in store.events()] == [4, 5, 6]


def test_everything_of_one_visitor_is_found_and_erased_by_any_of_their_ids(store: Store) -> None:
    other = replace(EVENT, id="theirs", visitor="v2")
    row = replace(BAD, body=b'{"events": [1], "fpid": "v1"}')
    store.submit(
        Batch(events=(EVENT,), bad_rows=(row, BAD), visit=replace(VISIT, ecid="42"))
    ).result(5)
    store.submit(Batch(events=(other,), visit=replace(VISIT, visitor="v2"))).result(5)

    assert store.names_of("42") == ["42", "v1"]
    assert [event.id for event in store.events_of("v1")] == ["e1"]
    assert [found.id for found in store.bad_rows_of(["42", "v1"])] == [1]
    assert store.erase(["42", "v1"]) == Erased(events=1, bad_rows=1, visitors=1)
    assert [event.id for event in store.events()] == ["theirs"]
    assert [found.id for found in store.bad_rows()] == [2]
    assert store.visitor("shop", "v1") is None
    assert store.visitor("shop", "v2")


def test_what_was_erased_is_not_in_the_file_any_longer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    secret = replace(EVENT, body='{"secret": "a word that nobody else says"}')
    store.submit(Batch(events=(secret,))).result(5)
    store.erase(["v1"])
    store.close()

    assert all(b"nobody else says" not in file.read_bytes() for file in tmp_path.iterdir())


def test_what_an_experience_was_is_kept_once_until_it_changes(store: Store) -> None:
    one = Experiment(id="e", since_ms=1, record='{"goal":1}')
    other = replace(one, id="f")
    for batch in (
        (one, other),
        (replace(one, since_ms=2),),
        (replace(one, since_ms=3, record="{}"),),
    ):
        store.submit(Batch(experiments=batch)).result(5)
    store.submit(Batch(experiments=(replace(one, since_ms=4),))).result(5)

    assert sorted((kept.id, kept.since_ms) for kept in store.experiments()) == [
        ("e", 1),
        ("e", 3),
        ("e", 4),
        ("f", 1),
    ]
    assert [kept.record for kept in store.experiments()][-1] == '{"goal":1}'
