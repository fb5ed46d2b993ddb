"""When pending entries are sent: batched briefly, and with backoff after failures.

Pure. Not for what is sent: outbox.py.
"""

from ..effects import Effect, Later
from ..moment import Moment
from .request import backoff_ms

GATHER_MS = 10  # events within so much of the last body wait for the next
OFFLINE_MS = 60000  # offline the browser tells when it is over; should it be mistaken, so often it is tried all the same
WAKE_MS = 1000  # after a failure, before which new events don't bring about another attempt


class Pace:
    """The pace of one outbox: *failures* in a row, and whether what comes now waits for the timer (*resting*)."""

    def __init__(self) -> None:
        self.failures = 0
        self.resting = False
        self.ordered = False  # the edge has said when to come again
        self._failed_ms = 0
        self._turn = 0  # of the timer that counts; those set before are past

    def rest(self, delay_ms: int = GATHER_MS) -> list[Effect]:
        """Effects that delay new entries by *delay_ms*."""
        self._turn += 1
        self.resting = True
        return [Later(timer=("outbox", "flush", self._turn), delay_ms=delay_ms)]

    def is_over(self, turn: object) -> bool:
        """Whether the rest that *turn* was the timer of is over now; those before it were cut short."""
        if turn != self._turn:
            return False
        self.resting = self.ordered = False
        return True

    def is_down(self) -> bool:
        """Whether a retry is pending."""
        return self.failures > 0 and self.resting

    def holds_back(self, moment: Moment) -> bool:
        """Whether an event that comes now waits; the first one for a while is another attempt after a failure."""
        since = moment.now_ms - self._failed_ms
        wakes = self.failures > 0 and not self.ordered and (since >= WAKE_MS or since < 0)
        return self.resting and not wakes

    def failed(self, retry_after: str, moment: Moment) -> int:
        """Milliseconds before the next attempt, after another failure."""
        self.failures += 1
        self._failed_ms = moment.now_ms
        self.ordered = retry_after != ""
        delay_ms = OFFLINE_MS
        if moment.facts.get("online") is not False:
            delay_ms = backoff_ms(
                self.failures,
                retry_after=retry_after,
                now_ms=moment.now_ms,
                chance=moment.chance(),
            )
        return delay_ms

    def recovered(self) -> bool:
        """Whether an answer ends a row of failures."""
        recovered = self.failures > 0
        self.failures = 0
        self.ordered = False
        return recovered
