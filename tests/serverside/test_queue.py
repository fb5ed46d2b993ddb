"""Queues in memory and on disk behave alike; the one on disk outlives its process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.serverside.message import Message
from pyrite.serverside.queue import LEASE_MS, DiskQueue, MemoryQueue, Queue

Make = Callable[[int], Queue]


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    made = []

    def queue(limit: int) -> Queue:
        made.append(1)
        path = tmp_path / f"{len(made)}.sqlite3"
        return MemoryQueue(limit) if request.param == "memory" else DiskQueue(path, limit)

    return queue


def message(id: str, value: int = 1) -> Message:
    return Message(id=id, kind="click", value=value, made_ms=0, target=f"/api/0/click/{id}/1/1")


def taken_ids(queue: Queue, now_ms: int = 0) -> list[str]:
    found = []
    while (taken := queue.take(now_ms)) is not None:
        found.append(taken.message.id)
        queue.done(taken)
    return found


def test_messages_come_out_in_the_order_they_went_in(make: Make) -> None:
    queue = make(10)
    for id in "abc":
        assert queue.put(message(id)) is None

    assert taken_ids(queue) == ["a", "b", "c"]
    assert queue.waiting() == 0


def test_the_oldest_of_least_value_goes_where_there_is_no_room(make: Make) -> None:
    queue = make(3)
    for id, value in (("order", 9), ("view 1", 1), ("view 2", 1)):
        queue.put(message(id, value))

    gone = [queue.put(message("order 2", 9)), queue.put(message("basket", 5))]

    assert [one.id for one in gone if one] == ["view 1", "view 2"]
    assert taken_ids(queue) == ["order", "order 2", "basket"]


def test_a_new_message_of_less_value_than_all_that_wait_is_let_go_of_itself(make: Make) -> None:
    queue = make(1)
    queue.put(message("order", 9))

    gone = queue.put(message("view", 1))

    assert gone
    assert gone.id == "view"


def test_who_is_alone_with_a_file_need_not_wait_for_what_a_dead_process_had_taken(
    tmp_path: Path,
) -> None:
    dead = DiskQueue(tmp_path / "queue", 10)
    dead.put(message("a"))
    dead.take(1_000)
    dead.close()

    assert taken_ids(DiskQueue(tmp_path / "queue", 10), 1_000) == []
    assert taken_ids(DiskQueue(tmp_path / "queue", 10, alone=True), 1_000) == ["a"]


def test_several_are_added_together_and_push_none_out(make: Make) -> None:
    queue = make(3)
    queue.put(message("a"))

    added = [queue.put_all([message(id) for id in ids]) for ids in ("bcd", "bc", "d")]

    assert added == [False, True, False]
    assert taken_ids(queue) == ["a", "b", "c"]


def test_one_that_is_being_sent_is_never_let_go_of(make: Make) -> None:
    queue = make(1)
    queue.put(message("a"))
    taken = queue.take(0)

    gone = queue.put(message("b"))

    assert taken
    assert gone
    assert gone.id == "b"
    queue.again(taken, 5)
    assert taken_ids(queue, 5) == ["a"]


def test_one_that_failed_comes_again_when_its_time_has_come_with_its_attempts_counted(
    make: Make,
) -> None:
    queue = make(10)
    queue.put(message("a"))
    first = queue.take(0)
    assert first
    assert first.attempts == 0

    queue.again(first, 1000)

    assert queue.take(999) is None
    assert queue.next_ms() == 1000
    again = queue.take(1000)
    assert again
    assert (again.message.id, again.attempts) == ("a", 1)


def test_what_waits_on_disk_is_there_for_the_next_process(tmp_path: Path) -> None:
    first = DiskQueue(tmp_path / "queue", 10)
    first.put(message("a"))
    first.close()

    assert taken_ids(DiskQueue(tmp_path / "queue", 10)) == ["a"]


def test_what_a_process_took_that_died_is_taken_again_after_its_lease(tmp_path: Path) -> None:
    DiskQueue(tmp_path / "queue", 10).put(message("a"))
    assert DiskQueue(tmp_path / "queue", 10).take(0)

    other = DiskQueue(tmp_path / "queue", 10)

    assert other.take(LEASE_MS - 1) is None
    assert taken_ids(other, LEASE_MS) == ["a"]


def test_two_processes_on_one_file_never_take_the_same_message(tmp_path: Path) -> None:
    one, two = (DiskQueue(tmp_path / "queue", 100) for _ in range(2))
    for number in range(20):
        one.put(message(str(number)))

    found = [
        taken.message.id for _ in range(10) for queue in (one, two) if (taken := queue.take(0))
    ]

    assert found == [str(number) for number in range(20)]


def test_a_message_of_another_version_stays_and_holds_nothing_up(tmp_path: Path) -> None:
    queue = DiskQueue(tmp_path / "queue", 10)
    queue._connection.execute(
        "INSERT INTO messages (value, at_ms, attempts, taken, message) VALUES (1, 0, 0, 0, '{\"shape\": 2}')"
    )
    queue.put(message("a"))

    assert queue.take(0) is None
    assert taken_ids(queue) == ["a"]
    assert queue.waiting() == 1


STEPS = st.lists(st.one_of(st.tuples(st.just("put"), st.integers(1, 3)), st.tuples(st.sampled_from(["take", "done", "again"]), st.just(0))), max_size=25)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_both_queues_do_the_same_whatever_is_done_with_them(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    queues = (MemoryQueue(4), DiskQueue(tmp_path_factory.mktemp("queue") / "queue", 4))
    logs: list[list[str]] = []
    for queue in queues:
        log: list[str] = []
        held = []
        for number, (step, value) in enumerate(steps):
            if step == "put":
                gone = queue.put(message(str(number), value))
                log.append(f"gone {gone.id if gone else '-'}")
            elif step == "take":
                taken = queue.take(number)
                log.append(f"taken {taken.message.id if taken else '-'}")
                held += [taken] if taken else []
            elif held:
                one = held.pop(0)
                if step == "done":
                    queue.done(one)
                else:
                    queue.again(one, number)
        log.append(str(queue.waiting()))
        queue.close()
        logs.append(log)

    assert logs[0] == logs[1]
