"""Threads that send what waits in a queue: timeout, retry with jitter, and a pause where the edge does not answer.

Not for how one request is made: transport.py. Not for what waits: queue.py.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .breaker import REFUSED_RETRY_MS, Breaker, retry_ms
from .message import Message
from .queue import Queue, Taken

log = logging.getLogger("pyrite.serverside")

LONGEST_WAIT_MS = (
    5_000  # how long a thread sleeps where nothing calls it: other processes may have put something
)
IDLE_S = 30.0  # after which a thread that had nothing to do ends
# The edge has read the message and will never take it; it is a bad row there.
FINAL = (400, 413, 414, 415, 422)
# The message may be fine: who asks, or where, is not.
SET_UP_WRONGLY = (401, 403, 404, 405)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for a message: its HTTP *status*, 0 for none, and what was said; *retry_after_ms* is 0 where nothing was."""

    status: int
    text: str = ""
    retry_after_ms: int = 0


Transport = Callable[[Message], Answer]


def clock_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Worker:
    """Sends what is in *queue* by *transport*, with *threads* at most, which begin when there is something."""

    def __init__(
        self,
        queue: Queue,
        transport: Transport,
        *,
        threads: int,
        now_ms: Callable[[], int] = clock_ms,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._most = threads
        self._now_ms = now_ms
        self._chance = chance
        self._breaker = Breaker()
        self._changed = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._closing = False
        self._puts = 0
        self._logged: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    def put(self, message: Message) -> None:
        """Have *message* sent, as soon as may be. A queue that can't be written loses it, which is counted: the page goes on."""
        try:
            gone, reason = self._queue.put(message), "full"
        except sqlite3.Error as error:
            gone, reason = message, "disk"
            self._log(f"the queue can't be written, an event is lost: {error!s:.300}")
        with self._changed:
            if gone is not None:
                self.dropped[reason] += 1
            self._puts += 1
            self._wake()

    def put_all(self, messages: list[Message]) -> bool:
        """Have *messages* sent, all of them, or none where there is no room for all (False). Raises sqlite3.Error."""
        if not self._queue.put_all(messages):
            return False
        with self._changed:
            self._puts += 1
            for _ in messages[: self._most]:
                self._wake()
        return True

    def begin(self) -> None:
        """Send what a queue on disk has from before."""
        if self._queue.next_ms() is not None:
            with self._changed:
                self._wake()

    def close(self, timeout_s: float) -> int:
        """End the threads once nothing waits, or after *timeout_s*; how many messages were left."""
        end = time.monotonic() + timeout_s
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return self._queue.waiting()

    def step(self) -> int:
        """Send one message, if one may be sent; milliseconds to wait before the next step, 0 for none."""
        with self._changed:
            pause_ms = self._breaker.wait_ms(self._now_ms())
        if pause_ms:
            return pause_ms
        now_ms = self._now_ms()
        taken = self._queue.take(now_ms)
        if taken is None:
            with self._changed:
                self._breaker.gave_up()
            next_ms = self._queue.next_ms()
            return (
                LONGEST_WAIT_MS
                if next_ms is None
                else min(max(next_ms - now_ms, 1), LONGEST_WAIT_MS)
            )
        answer = self._sent(taken.message)
        with self._changed:
            self._judge(taken, answer)
        return 0

    def _sent(self, message: Message) -> Answer:
        try:
            return self._transport(message)
        except Exception as error:
            return Answer(status=0, text=f"{type(error).__name__}: {error}")

    def _judge(self, taken: Taken, answer: Answer) -> None:
        now_ms = self._now_ms()
        if 200 <= answer.status < 300:
            self._breaker.answered()
            self._queue.done(taken)
            self.counts["sent"] += 1
            return
        if answer.status in FINAL:
            self._breaker.answered()
            self._queue.done(taken)
            self.dropped["refused"] += 1
            self._log(f"refused for good with {answer.status}: {answer.text!r:.300}")
            return
        self.counts["failed"] += 1
        longest_ms = REFUSED_RETRY_MS if answer.status in SET_UP_WRONGLY else 60_000
        if answer.status in SET_UP_WRONGLY:
            self._breaker.answered()
            self._log(f"the edge answers {answer.status}; it is tried again: {answer.text!r:.300}")
        else:
            self._breaker.failed(now_ms)
            if self._breaker.is_open:
                self._log(f"no answer from the edge; events wait: {answer.text!r:.300}")
        wait_ms = retry_ms(taken.attempts + 1, chance=self._chance(), longest_ms=longest_ms)
        self._queue.again(taken, now_ms + max(wait_ms, answer.retry_after_ms))

    def _log(self, line: str) -> None:
        # Once for each kind of trouble: a log is not to grow with the number of events.
        kind = line.partition(":")[0]
        if kind not in self._logged:
            self._logged.add(kind)
            log.warning("tracking: %s", line)

    def _wake(self) -> None:
        if self._idle:
            self._changed.notify()
        elif len(self._threads) < self._most and not self._closing:
            thread = threading.Thread(target=self._run, name="pyrite-serverside", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _has_none(self) -> bool:
        try:
            return self._queue.next_ms() is None
        except sqlite3.Error:
            return False

    def _run(self) -> None:
        worked_s = time.monotonic()
        try:
            while True:
                puts = self._puts
                try:
                    wait_ms = self.step()
                except sqlite3.Error as error:
                    self._log(f"the queue can't be read now: {error!s:.300}")
                    with self._changed:
                        self._breaker.gave_up()
                    wait_ms = LONGEST_WAIT_MS
                if not wait_ms:
                    worked_s = time.monotonic()
                    continue
                with self._changed:
                    # What is not due now is left, in memory as on disk. Another process may have put something since.
                    if self._closing or (time.monotonic() - worked_s > IDLE_S and self._has_none()):
                        return
                    if self._puts != puts:
                        continue  # put between the step and now
                    self._idle += 1
                    self._changed.wait(wait_ms / 1000)
                    self._idle -= 1
        finally:
            with self._changed:
                self._threads.discard(threading.current_thread())
