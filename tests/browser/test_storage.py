"""What outlives a page: its records in the database, its lock, and the local backup."""

from typing import Any

import pytest
from fake_window import Window
from js_values import JsError, Obj

from pyrite.browser.delivery.local_backup import LEASE_MS, PREFIX
from pyrite.browser.delivery.storage import Storage
from pyrite.testing.browser import MemoryBrowser

Records = list[dict[str, object]]


def record(id: str, stream: str = "shop") -> dict[str, object]:
    return {"id": id, "stream": stream}


class Kept:
    """A page's storage, and what it has said."""

    def __init__(self, page: str = "page-1") -> None:
        self.lines: list[str] = []
        self.found: list[list[str]] = []
        self.storage = Storage(page, self.lines.append)

    def recall(self, stream: str = "shop") -> None:
        self.storage.recall(
            stream, lambda records: self.found.append([str(one["id"]) for one in records])
        )


def backups(window: Window) -> list[str]:
    return [name for name in window.localStorage.__dict__ if name.startswith(PREFIX)]


def turn(window: Window, page: str = "page-2") -> Kept:
    """The next page in this browser."""
    window.world.pass_time()
    window.enter(window.world)
    return Kept(page)


def test_records_are_kept_replaced_and_forgotten(world: MemoryBrowser) -> None:
    kept = Kept()
    kept.storage.keep([record("a"), record("b")])
    kept.storage.keep([record("a") | {"new": True}])
    kept.storage.forget(["b"])
    world.pass_time()

    assert list(world.records) == ["a"]
    assert world.records["a"]["new"] is True
    assert (world.records["a"]["page"], world.records["a"]["at"]) == ("page-1", world.now_ms)


def test_what_comes_in_one_task_goes_in_one_transaction(
    page_window: Window, world: MemoryBrowser
) -> None:
    kept = Kept()
    kept.storage.keep([record("first")])
    world.pass_time()
    begun: list[str] = []
    database = page_window.database
    transaction = database.transaction

    def counted(*args: Any) -> Any:
        begun.append("transaction")
        return transaction(*args)

    database.transaction = counted
    kept.storage.keep([record("a")])
    kept.storage.keep([record("b")])
    kept.storage.forget(["first"])
    world.pass_time()

    assert begun == ["transaction"]
    assert sorted(world.records) == ["a", "b"]


def test_erasing_takes_every_pages_records_and_backups(
    page_window: Window, world: MemoryBrowser
) -> None:
    world.records["other"] = {"id": "other", "page": "page-0"}
    page_window.localStorage.setItem(PREFIX + "page-0", "[]")
    kept = Kept()
    kept.storage.keep([record("a")])
    kept.storage.erase()
    world.pass_time()

    assert world.records == {}
    assert backups(page_window) == []


def test_the_next_page_takes_over_what_a_page_that_is_gone_has_left(page_window: Window) -> None:
    Kept().storage.keep([record("a"), record("b", stream="other")])
    following = turn(page_window)
    following.recall()
    page_window.world.pass_time()

    assert following.found == [["a"]]
    assert page_window.world.records["a"]["page"] == "page-2"
    assert page_window.world.records["b"]["page"] == "page-1"


def test_the_records_of_a_page_that_is_there_stay_its_own(
    page_window: Window, world: MemoryBrowser
) -> None:
    kept, other = Kept(), Kept("page-2")
    kept.storage.keep([record("a")])
    world.pass_time()
    other.recall()
    world.pass_time()
    assert other.found == []

    kept.storage.let_go()
    world.pass_time()
    other.recall()
    world.pass_time()

    assert other.found == [["a"]]


@pytest.mark.parametrize("without", ["locks", "query"])
def test_without_web_locks_a_page_is_gone_after_ten_seconds(
    page_window: Window, world: MemoryBrowser, without: str
) -> None:
    def taken_away() -> None:
        if without == "locks":
            page_window.navigator.locks = None
        else:
            page_window.navigator.locks = Obj(request=lambda *_: None)

    taken_away()
    Kept().storage.keep([record("a")])
    world.pass_time()
    world.pass_time(1)
    page_window.enter(world)
    taken_away()
    following = Kept("page-2")
    following.recall()
    world.pass_time(LEASE_MS - 1)
    assert following.found == []

    world.pass_time(1)

    assert following.found == [["a"]]


def test_what_is_uncertain_when_the_page_goes_is_in_the_backup_and_read_from_there(
    page_window: Window, world: MemoryBrowser
) -> None:
    kept = Kept()
    kept.storage.keep([record("a")])
    kept.storage.let_go()
    assert backups(page_window) == [PREFIX + "page-1"]
    page_window.enter(world)  # its transaction came to nothing
    assert world.records == {}

    following = Kept("page-2")
    following.recall()
    world.pass_time()

    assert following.found == [["a"]]
    assert list(world.records) == ["a"]
    assert backups(page_window) == []


def test_a_lock_that_was_not_granted_before_the_page_went_is_asked_for_no_longer(
    page_window: Window, world: MemoryBrowser
) -> None:
    locks = page_window.navigator.locks
    locks.waits = True
    kept = Kept()
    kept.storage.hold()
    kept.storage.let_go()
    locks.grant()
    held: dict[str, int] = world.held  # type: ignore[attr-defined]
    assert held == {}

    kept.storage.hold()
    locks.grant()

    assert len(held) == 1


def test_what_is_certain_needs_no_backup(page_window: Window, world: MemoryBrowser) -> None:
    kept = Kept()
    kept.storage.keep([record("a")])
    world.pass_time()
    kept.storage.let_go()

    assert backups(page_window) == []


def test_a_page_that_comes_back_takes_its_backup_away(page_window: Window) -> None:
    kept = Kept()
    kept.storage.keep([record("a")])
    kept.storage.let_go()
    kept.storage.hold()

    assert backups(page_window) == []


def test_where_storage_is_refused_that_is_said_once(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.indexedDB.refuses = "SecurityError"
    kept = Kept()
    for id in ("a", "b"):
        kept.storage.keep([record(id)])
        world.pass_time()

    (line,) = kept.lines
    assert "nothing can be stored (SecurityError)" in line
    kept.storage.let_go()
    assert backups(page_window) == []


def test_where_even_looking_at_the_database_throws_it_is_refused(
    page_window: Window, world: MemoryBrowser
) -> None:
    class Guarded(Obj):
        def open(self, name: str, version: int) -> None:
            raise JsError("SecurityError")

    page_window.indexedDB = Guarded()
    first = Kept()
    first.storage.keep([record("a")])
    page_window.indexedDB = None
    second = Kept()
    second.storage.keep([record("a")])
    world.pass_time()

    assert "(no IndexedDB)" in first.lines[0]
    assert "(no IndexedDB)" in second.lines[0]


def test_a_database_that_was_closed_is_opened_once_more(
    page_window: Window, world: MemoryBrowser
) -> None:
    kept = Kept()
    kept.storage.keep([record("a")])
    world.pass_time()
    page_window.database.closed = True
    kept.storage.keep([record("b")])
    world.pass_time()

    assert sorted(world.records) == ["a", "b"]
    assert kept.lines == []


def test_a_database_that_closes_for_another_version_is_opened_again(
    page_window: Window, world: MemoryBrowser
) -> None:
    kept = Kept()
    kept.storage.keep([record("a")])
    world.pass_time()
    database = page_window.database
    database.dispatch("versionchange")
    assert database.closed

    kept.storage.keep([record("b")])
    world.pass_time()

    assert sorted(world.records) == ["a", "b"]


def test_what_others_have_put_there_is_left_alone(
    page_window: Window, world: MemoryBrowser
) -> None:
    world.records["strange"] = {"id": 5, "stream": "shop"}
    page_window.localStorage.setItem(PREFIX + "page-0", '[5, {"stream": "shop"}, {"id": "a"}]')
    page_window.localStorage.setItem("other", "[]")
    kept = Kept()
    kept.recall()
    world.pass_time()

    assert kept.found == []
    assert list(world.records) == ["strange"]
