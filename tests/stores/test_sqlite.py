"""SQLite's files while they are in use: taken away, replaced, of an earlier version, and who may read them."""

import logging
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from pyrite.stores.contract import (
    BadRow,
    Batch,
    Deliveries,
    Event,
    SessionStep,
    StoreUnavailable,
    Visit,
)
from pyrite.stores.sqlite import FILE, SqliteStore, files, session_rows

DATABASES = Path(__file__).parent / "databases"
EVENT = Event(
    datastream="shop", id="e1", type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}"
)


def named(id: str, **more: object) -> Batch:
    values = {name: getattr(EVENT, name) for name in EVENT.__struct_fields__} | {"id": id} | more
    return Batch(events=(Event(**values),))


def ids(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM events ORDER BY seq")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "data")
    made.submit(named("before")).result(5)
    yield made
    made.close()


def taken(store: SqliteStore, id: str) -> bool:
    try:
        store.submit(named(id)).result(5)
    except StoreUnavailable:
        return False
    return True


def remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def remove_database_alone(folder: Path) -> None:
    (folder / FILE).unlink()


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def move(folder: Path) -> None:
    (folder / FILE).rename(folder / "elsewhere")


def move_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def backup_of(folder: Path) -> Path:
    """A database with one event, made elsewhere."""
    made = SqliteStore(folder.with_name("backup"))
    made.submit(named("restored")).result(5)
    made.close()
    return folder.with_name("backup") / FILE


def replace(folder: Path) -> None:
    backup_of(folder).replace(folder / FILE)


def replace_cleanly(folder: Path) -> None:
    backup = backup_of(folder)
    remove(folder)
    shutil.copy(backup, folder / FILE)


def replace_in_place(folder: Path) -> None:
    backup = backup_of(folder)
    for ending in ("-wal", "-shm"):
        (folder / (FILE + ending)).unlink()
    shutil.copyfile(backup, folder / FILE)


def restore_old_version(folder: Path) -> None:
    remove(folder)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript((DATABASES / "version-0.sql").read_text())


def replace_by_nonsense(folder: Path) -> None:
    remove(folder)
    (folder / FILE).write_bytes(b"")


TAKEN_AWAY: list[tuple[Callable[[Path], None], list[str]]] = [
    (remove, []),
    (remove_database_alone, []),
    (remove_folder, []),
    (move, []),
    (move_folder, []),
    (replace, ["restored"]),
    (replace_cleanly, ["restored"]),
    (replace_in_place, ["restored"]),
    (restore_old_version, ["e1", "e2", "e3"]),
    (replace_by_nonsense, []),
]


@pytest.mark.parametrize(
    ("happens", "kept"), TAKEN_AWAY, ids=[happens.__name__ for happens, _ in TAKEN_AWAY]
)
def test_a_database_that_is_taken_away_is_noticed_and_what_is_there_then_is_used(
    store: SqliteStore,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    happens: Callable[[Path], None],
    kept: list[str],
) -> None:
    with caplog.at_level(logging.WARNING, "pyrite.stores"):
        happens(tmp_path / "data")
        answers = [taken(store, id) for id in ("a", "b", "c")]

    assert answers == [False, True, True]
    assert store.state().failure == ""
    assert len(caplog.records) == 1
    assert "was removed, moved or replaced" in caplog.text
    assert store.visitor("shop", "nobody") is None
    store.close()
    assert ids(tmp_path / "data") == [*kept, "b", "c"]
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_database_that_is_moved_is_whole_where_it_is_now(
    store: SqliteStore, tmp_path: Path
) -> None:
    move(tmp_path / "data")
    assert not taken(store, "a")
    store.close()
    with closing(sqlite3.connect(tmp_path / "data" / "elsewhere")) as connection:
        found = connection.execute("SELECT id FROM events ORDER BY seq").fetchall()

    assert found[0] == ("before",)


def test_what_is_only_in_the_log_is_saved_when_the_log_alone_is_removed(
    store: SqliteStore, tmp_path: Path
) -> None:
    (tmp_path / "data" / f"{FILE}-wal").unlink()

    assert [taken(store, id) for id in ("a", "b")] == [False, True]
    store.close()
    # What was refused may be there too: it comes again under the same id.
    assert [id for id in ids(tmp_path / "data") if id != "a"] == ["before", "b"]


def test_a_look_at_the_folder_says_quiet_only_where_nothing_can_have_happened(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / FILE
    path.parent.mkdir()
    watch = files.Watch(path)
    assert not watch.is_quiet()
    assert not watch.is_quiet()  # a file could have come within a tick of the clock
    long_ago = 1_000_000_000
    os.utime(path.parent, (long_ago, long_ago))
    assert [watch.is_quiet() for _ in range(3)] == [False, True, True]
    path.write_text("")
    assert not watch.is_quiet()
    path.parent.rename(tmp_path / "elsewhere")
    assert not watch.is_quiet()


@pytest.mark.parametrize("happens", [remove_database_alone, replace, move_folder])
def test_it_is_noticed_as_well_after_a_long_time_without_a_change(
    store: SqliteStore, tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    os.utime(tmp_path / "data", (1_000_000_000, 1_000_000_000))
    assert [taken(store, id) for id in ("a", "b")] == [True, True]
    happens(tmp_path / "data")

    assert [taken(store, id) for id in ("c", "d")] == [False, True]
    assert ids(tmp_path / "data")[-1] == "d"


def test_an_event_is_not_acknowledged_when_its_file_goes_during_the_commit(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyrite.stores.sqlite import rows

    write = rows.write

    def and_remove(connection: sqlite3.Connection, batches: list[Batch]) -> object:
        receipts = write(connection, batches)
        remove(tmp_path / "data")
        return receipts

    monkeypatch.setattr(rows, "write", and_remove)
    assert not taken(store, "a")
    monkeypatch.undo()
    assert taken(store, "b")
    assert ids(tmp_path / "data") == ["b"]


def test_a_place_where_nothing_can_be_opened_is_told_once_and_tried_with_each_batch(
    store: SqliteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").write_text("a file in its place")
    with caplog.at_level(logging.WARNING, "pyrite.stores"):
        assert [taken(store, id) for id in ("a", "b", "c")] == [False, False, False]
    assert "can't be opened" in store.state().failure
    assert len(caplog.records) == 1
    with pytest.raises(StoreUnavailable):
        store.visitor("shop", "v1")

    (tmp_path / "data").unlink()
    assert taken(store, "d")
    assert ids(tmp_path / "data") == ["d"]


@pytest.mark.parametrize("table", ["events", "visitors", "shown", "bad_rows", "deliveries"])
def test_a_table_that_is_missing_is_found_by_a_probe_and_made_again(
    store: SqliteStore, tmp_path: Path, table: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as other:
        other.execute(f"DROP TABLE {table}")
        other.commit()

    with pytest.raises(StoreUnavailable, match=rf"no such table.*{table}"):
        store.submit(Batch(probe=True)).result(5)
    store.submit(Batch(probe=True)).result(5)
    assert taken(store, "after")


def test_a_probe_leaves_no_row(store: SqliteStore) -> None:
    store.submit(Batch(probe=True)).result(5)

    assert [event.id for event in store.events()] == ["before"]
    assert (list(store.bad_rows()), list(store.deliveries())) == ([], [])
    assert store.visitor("", "") is None
    assert store.submit(named("after")).result(5).stored[0].seq == 2


def test_somebody_who_can_not_be_told_any_more_does_not_end_the_writing(store: SqliteStore) -> None:
    def gone(outcome: object) -> None:
        raise RuntimeError("Event loop is closed")

    store.write(named("a"), gone)
    assert taken(store, "b")


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5])
def test_a_database_of_an_earlier_version_is_taken_over_in_place(
    tmp_path: Path, version: int
) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as old:
        old.executescript((DATABASES / f"version-{version}.sql").read_text())
    store = SqliteStore(tmp_path)
    known = store.visitor("shop", "device-1")
    found = [row.id for row in store.bad_rows_of(["device-1"])]
    row = BadRow(received_ms=1, code="c", path="", message="", url="", body=b"", visitor="device-1")
    store.submit(Batch(bad_rows=(row,))).result(5)

    assert [event.id for event in store.events_of("device-1")] == ["e1", "e2"]
    assert known
    assert (known.events, known.visits, known.ecid) == (2, 1, "1" * 38)
    assert found == [1, 2]
    assert [row.id for row in store.bad_rows_of(["device-1"])] == [1, 2, 4]
    assert taken(store, "new")
    assert {(event.source, event.way, event.session) for event in store.events()} == {
        ("web", "", "")
    }
    assert {row.context for row in store.bad_rows()} == {""}
    assert not [*store.sessions(), *store.links()]
    assert {row.source for row in store.bad_rows()} == {"web"}
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (6,)
    SqliteStore(tmp_path).close()


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as later:
        later.execute("PRAGMA user_version = 99")
    before = (tmp_path / FILE).read_bytes()

    with pytest.raises(StoreUnavailable, match=r"version 99.*update Pyrite"):
        SqliteStore(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_its_owner_can_read_a_database(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = tmp_path / "a" / "data"
        store = SqliteStore(folder)
        store.submit(named("a")).result(5)
        modes = {file.name: mode(file) for file in folder.iterdir()}
    finally:
        os.umask(before)
    store.close()

    assert mode(folder) == 0o700
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_the_rights_of_a_database_that_others_can_read_are_narrowed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = SqliteStore(folder)
    first.submit(named("a")).result(5)
    for file in folder.iterdir():
        file.chmod(0o644)
    folder.chmod(0o755)
    SqliteStore(folder).close()
    modes = {mode(file) for file in folder.iterdir()}
    first.close()

    assert (mode(folder), modes) == (0o700, {0o600})


def test_the_working_directory_keeps_its_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    SqliteStore(Path()).close()

    assert (mode(tmp_path), mode(tmp_path / FILE)) == (0o755, 0o600)


# ---- what no test had noticed -----------------------------------------------------------------------------------------


def test_bytes_that_were_written_do_not_wait_any_longer(store: SqliteStore) -> None:
    for number in range(3):
        store.submit(named(str(number), body="x" * 1000)).result(5)
    store.close()

    assert store.state().bytes == 0


@pytest.mark.parametrize(("word", "level"), [("OFF", 0), ("NORMAL", 1), ("FULL", 2), ("EXTRA", 3)])
def test_how_safely_a_commit_is_written_is_as_the_settings_say(
    tmp_path: Path, word: str, level: int
) -> None:
    store = SqliteStore(tmp_path, synchronous=word)
    with closing(store._connect()) as connection:
        found = connection.execute("PRAGMA synchronous").fetchone()
    store.close()

    assert found == (level,)


def test_deliveries_that_are_too_old_go_too(store: SqliteStore) -> None:
    for seen_ms, page in ((1, "old"), (100, "new")):
        told = Deliveries(datastream="shop", page=page, seen_ms=seen_ms)
        store.submit(Batch(deliveries=told)).result(5)
    store.forget(before_ms=50, limit=100)

    assert [told.page for told in store.deliveries()] == ["new"]


def test_while_a_database_is_locked_whoever_comes_later_hears_of_it_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    patient = SqliteStore._be_patient

    def noted(store: SqliteStore, seconds: float) -> None:
        waits.append(seconds)
        patient(store, seconds)

    monkeypatch.setattr(SqliteStore, "_be_patient", noted)
    for module in ("sqlite", "sqlite.reading"):
        monkeypatch.setattr(f"pyrite.stores.{module}.BUSY_S", 0.02)
    monkeypatch.setattr("pyrite.stores.sqlite.BUSY_AGAIN_S", 0.01)
    store = SqliteStore(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [taken(store, id) for id in ("a", "b")] == [False, False]
        other.execute("ROLLBACK")
    assert taken(store, "c")
    store.close()

    assert waits == [0.01, 0.02, 0.01, 0.02]


# ---- whose a bad row is ------------------------------------------------------------------------------------------------


def test_devices_behind_an_ecid_are_known_from_visits_and_from_bad_rows(store: SqliteStore) -> None:
    visit = Visit(datastream="shop", visitor="device-1", seen_ms=1, ecid="42")
    row = BadRow(
        received_ms=1,
        code="c",
        path="",
        message="",
        url="",
        body=b"",
        visitor="device-2",
        ecid="42",
    )
    store.submit(Batch(visit=visit, bad_rows=(row,))).result(5)

    assert store.names_of("42") == ["42", "device-1", "device-2"]
    assert store.names_of("device-1") == ["device-1"]
    assert store.keys("device-") == ["device-1", "device-2"]
    assert store.keys("4") == ["42"]
    assert store.keys("_") == store.keys("%") == []


QUESTIONS = [
    ("SELECT * FROM events WHERE visitor = 'v' ORDER BY seq", "events_of"),
    ("DELETE FROM events WHERE visitor = 'v' AND session = 's'", "events_of"),
    (session_rows.NEWEST, "sessions_of"),
    ("SELECT * FROM sessions WHERE visitor = 'v' ORDER BY started_ms, id", "sessions_of"),
    (session_rows.TOUCHING, "links_to"),
    ("SELECT visitor FROM visitors WHERE visitor IN (?, ?) ORDER BY first_seen_ms", "visitors_of"),
]


@pytest.mark.parametrize(("question", "index"), QUESTIONS)
def test_what_is_asked_of_one_visitor_costs_what_that_visitor_has(
    tmp_path: Path, question: str, index: str
) -> None:
    SqliteStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        values = ["v"] * (question.count("?") if "?1" not in question else 1)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}", values)]

    assert any(f"INDEX {index}" in step for step in plan), plan
    assert not any(step.startswith("SCAN") for step in plan), plan


def test_two_stores_on_one_database_open_one_session(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path) for _ in range(2)]
    futures = [
        stores[number % 2].submit(
            Batch(
                events=(structs.replace(EVENT, id=f"e{number}"),),
                session=SessionStep(
                    datastream="shop",
                    source="jss",
                    visitor="v1",
                    id=f"s{number}",
                    at_ms=1000,
                    idle_ms=60_000,
                ),
            )
        )
        for number in range(40)
    ]
    found = {future.result(20).session for future in futures}
    sessions = list(stores[0].sessions())
    for store in stores:
        store.close()

    assert len(found) == len(sessions) == 1
    assert sessions[0].events == 40


WRITER = """
import sys
from pathlib import Path
from pyrite.stores.contract import Batch, Event, SessionStep
from pyrite.stores.sqlite import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    id = sys.argv[2] + str(number)
    event = Event(datastream="shop", id=id, type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}")
    step = SessionStep(datastream="shop", source="jss", visitor="v1", id=id, at_ms=1000, idle_ms=60_000)
    store.submit(Batch(events=(event,), session=step)).result(20)
store.close()
"""


def test_two_processes_that_begin_at_once_open_one_session(tmp_path: Path) -> None:
    # Half a second: file locks of one process say nothing about those of two.
    SqliteStore(tmp_path).close()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=30)
    store = SqliteStore(tmp_path)
    sessions = list(store.sessions())
    held = {event.session for event in store.events()}
    store.close()

    assert [writer.returncode for writer in writers] == [0, 0]
    assert [(one.id, one.events) for one in sessions] == [(held.pop(), 40)]
    assert not held
