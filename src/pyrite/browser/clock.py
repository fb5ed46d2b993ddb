"""The time, even if a page has overwritten its `Date`."""

from .bridge import now_ms, text, window
from .features import look

EARLIEST_MS = 1700000000000  # a clock that says less was tampered with, or never set


def clock_ms() -> int:
    """Milliseconds since 1970: the page's clock, or else the time since the page began, which no script can change."""
    now = now_ms()
    if now > EARLIEST_MS:
        return now
    performance = look(window.globalThis, "performance")
    if look(performance, "timeOrigin") is None:
        return now  # there is nothing better
    return _whole(performance.timeOrigin) + _whole(performance.now())


def _whole(value: object) -> int:
    # As text: MicroPython 1.28 cuts whole numbers to 32 bits at the border.
    return int(text(window.String(value)).partition(".")[0])
