"""When to leave an edge that does not answer alone, and for how long a message waits for its next attempt.

Pure: times are arguments.
"""

from __future__ import annotations

FAILURES = 5  # in a row, after which nothing is sent for a while
PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 60_000
RETRY_MS, LONGEST_RETRY_MS = 1_000, 60_000
REFUSED_RETRY_MS = (
    600_000  # where the edge says that something is set up wrongly: somebody has to mend it first
)


def retry_ms(attempt: int, *, chance: float, longest_ms: int = LONGEST_RETRY_MS) -> int:
    """Milliseconds to wait before retry number *attempt* (1 is the first); *chance* is a random number from 0 to 1.

    Between half and all of a span that doubles: a thousand messages that failed together do not come again together.
    """
    span = min(RETRY_MS * 2 ** min(attempt - 1, 20), longest_ms)
    return int(span * (0.5 + chance / 2))


class Breaker:
    """Closed while the edge answers, open after FAILURES in a row; after its pause one message tries, and closes or opens it."""

    def __init__(self) -> None:
        self._failures = 0
        self._pauses = 0
        self._until_ms = 0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether the edge is left alone."""
        return self._failures >= FAILURES

    def wait_ms(self, now_ms: int) -> int:
        """How long nothing is to be sent; 0 says to whoever asks that it may send one message now."""
        if not self.is_open:
            return 0
        if now_ms < self._until_ms:
            return self._until_ms - now_ms
        if self._trying:
            return PAUSE_MS
        self._trying = True
        return 0

    def gave_up(self) -> None:
        """Whoever was to send one had none."""
        self._trying = False

    def answered(self) -> None:
        """The edge has answered, whatever it said of the message."""
        self._failures = self._pauses = 0
        self._trying = False

    def failed(self, now_ms: int) -> None:
        """The edge has not answered, or has said that it can't now."""
        self._failures += 1
        self._trying = False
        if self.is_open:
            self._until_ms = now_ms + min(PAUSE_MS * 2 ** min(self._pauses, 20), LONGEST_PAUSE_MS)
            self._pauses += 1
