"""What waits is sent once, retried with pauses, and given up only where the edge will never take it."""

import sqlite3
import threading
from collections.abc import Sequence
from itertools import pairwise

import pytest

from pyrite.serverside.breaker import FAILURES, LONGEST_PAUSE_MS, Breaker, retry_ms
from pyrite.serverside.message import Message
from pyrite.serverside.queue import MemoryQueue, Taken
from pyrite.serverside.worker import LONGEST_WAIT_MS, Answer, Worker


def message(id: str = "a") -> Message:
    return Message(id=id, kind="click", value=1, made_ms=0, target=f"/{id}")


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


def worker_with(
    answers: Sequence[Answer | Exception], clock: Clock, sent: list[str] | None = None
) -> Worker:
    """A worker without threads: tests step it."""

    coming = iter(answers)

    def transport(one: Message) -> Answer:
        if sent is not None:
            sent.append(one.id)
        answer = next(coming)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Worker(MemoryQueue(100), transport, threads=0, now_ms=clock, chance=lambda: 1.0)


def test_a_message_that_the_edge_has_taken_is_done() -> None:
    worker = worker_with([Answer(status=204)], Clock())
    worker.put(message())

    assert worker.step() == 0
    assert worker.step() == LONGEST_WAIT_MS
    assert worker.counts == {"sent": 1}


def test_one_that_got_no_answer_comes_again_after_a_pause_that_doubles() -> None:
    clock, sent = Clock(), list[str]()
    worker = worker_with([OSError("refused"), Answer(status=503), Answer(status=200)], clock, sent)
    worker.put(message())

    waits = []
    for _ in range(3):
        worker.step()
        waits.append(worker.step())
        clock.ms += waits[-1]

    assert waits == [1000, 2000, LONGEST_WAIT_MS]
    assert sent == ["a", "a", "a"]
    assert worker.counts == {"failed": 2, "sent": 1}


def test_what_the_edge_will_never_take_is_dropped_with_its_reason_and_holds_nothing_up() -> None:
    worker = worker_with([Answer(status=400, text="price"), Answer(status=200)], Clock())
    worker.put(message("bad"))
    worker.put(message("good"))

    worker.step(), worker.step()

    assert worker.dropped == {"refused": 1}
    assert worker.counts["sent"] == 1


def test_a_wrong_key_loses_nothing_and_leaves_the_edge_in_use() -> None:
    clock = Clock()
    worker = worker_with([Answer(status=401)] * 10 + [Answer(status=200)], clock)
    worker.put(message())
    for _ in range(10):
        worker.step()
        clock.ms += 600_000

    worker.step()

    assert worker.counts == {"failed": 10, "sent": 1}
    assert not worker.dropped


def test_the_edges_own_pause_is_kept() -> None:
    clock = Clock()
    worker = worker_with([Answer(status=429, retry_after_ms=30_000), Answer(status=200)], clock)
    worker.put(message())
    worker.step()

    clock.ms += 29_999
    assert worker.step() > 0
    clock.ms += 1
    assert worker.step() == 0
    assert worker.counts["sent"] == 1


def test_an_edge_that_does_not_answer_is_left_alone_and_then_tried_with_one_message() -> None:
    clock, sent = Clock(), list[str]()
    worker = worker_with([OSError()] * (FAILURES + 1) + [Answer(status=200)] * 20, clock, sent)
    for number in range(FAILURES + 5):
        worker.put(message(str(number)))
    for _ in range(FAILURES):
        worker.step()

    assert worker.step() > 0
    assert len(sent) == FAILURES
    clock.ms += 1000
    worker.step()
    assert len(sent) == FAILURES + 1
    assert worker.step() > 0, "the one failed: it waits longer"
    clock.ms += 2000
    for _ in range(FAILURES + 5):
        worker.step()
    assert worker.counts["sent"] == FAILURES + 5


def test_while_one_message_tries_the_others_wait() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(0)

    assert breaker.wait_ms(60_000) == 0
    assert breaker.wait_ms(60_000) > 0
    breaker.answered()
    assert breaker.wait_ms(60_000) == 0
    assert breaker.wait_ms(60_000) == 0


def test_the_breakers_pause_has_an_end() -> None:
    breaker = Breaker()
    for _ in range(100):
        breaker.failed(0)

    assert breaker.wait_ms(LONGEST_PAUSE_MS) == 0


def test_retries_wait_longer_each_time_up_to_a_minute_and_never_all_at_once() -> None:
    spans = [(retry_ms(attempt, chance=0), retry_ms(attempt, chance=1)) for attempt in range(1, 30)]

    assert spans[0] == (500, 1000)
    assert all(later >= earlier for (_, earlier), (_, later) in pairwise(spans))
    assert spans[-1] == (30_000, 60_000)


def test_threads_begin_with_the_first_message_and_end_with_the_worker() -> None:
    told = threading.Event()

    def transport(one: Message) -> Answer:
        told.set()
        return Answer(status=200)

    worker = Worker(MemoryQueue(10), transport, threads=2)
    before = threading.active_count()
    worker.put(message())

    assert told.wait(5)
    assert worker.close(5) == 0
    assert threading.active_count() <= before
    assert worker.counts["sent"] == 1


class Unwritable(MemoryQueue):
    """A queue on a full disk."""

    def put(self, message: Message) -> Message | None:
        raise sqlite3.OperationalError("database or disk is full")


def test_a_queue_that_can_not_be_written_hurts_no_page_and_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker = Worker(Unwritable(10), lambda one: Answer(status=200), threads=0)

    worker.put(message("a"))
    worker.put(message("b"))

    assert worker.dropped == {"disk": 2}
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "disk is full" in caplog.text


class Locked(MemoryQueue):
    """A queue that can't be read the first time."""

    asked = 0

    def take(self, now_ms: int) -> Taken | None:
        self.asked += 1
        if self.asked == 1:
            raise sqlite3.OperationalError("database is locked")
        return super().take(now_ms)


def test_a_queue_that_can_not_be_read_for_a_while_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pyrite.serverside.worker.LONGEST_WAIT_MS", 1)
    told = threading.Event()

    def transport(one: Message) -> Answer:
        told.set()
        return Answer(status=200)

    worker = Worker(Locked(10), transport, threads=1)
    worker.put(message())

    assert told.wait(5)
    assert worker.close(5) == 0
