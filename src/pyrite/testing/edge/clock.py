"""The time of a test's edge: the machine's, and as much ahead as the test says."""

import time


class Clock:
    """Seconds since 1970 when called. Pages have clocks of their own: Playwright's `page.clock` sets those."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead_s

    def advance(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Let so much time pass at the edge: sessions end, schedules begin, caps are over."""
        passed_s = seconds + 60 * minutes + 3600 * hours + 86_400 * days
        if passed_s < 0:
            raise ValueError(f"expected time that passes, got {passed_s:g} s")
        self._ahead_s += passed_s
