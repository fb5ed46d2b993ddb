"""How many events of one visitor are taken in a minute: a bucket each, of the visitors that came last.

Pure: the time is an argument.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

VISITORS = 20_000  # that are remembered; one that was forgotten begins anew


class Rates:
    """Buckets of *per_minute* events, which fill up evenly."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # (left, at)
        self._lock = threading.Lock()

    def wait_s(self, visitor: str, count: int, now_s: float) -> int:
        """Take *count* events of *visitor*: 0 where there is room, else the seconds until there is, and none is taken."""
        per_second = self._size / 60
        with self._lock:
            left, at = self._buckets.pop(visitor, (self._size, now_s))
            left = min(self._size, left + max(0.0, now_s - at) * per_second)
            # A list that is larger than the bucket is taken by a full one.
            short = min(float(count), self._size) - left
            self._buckets[visitor] = (left if short > 0 else left - count, now_s)
            if len(self._buckets) > VISITORS:
                self._buckets.popitem(last=False)
        return 0 if short <= 0 else int(short / per_second) + 1
