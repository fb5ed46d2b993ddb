"""Whole numbers in texts that others write: ASCII digits, and not without end.

Pure. `str.isdigit` also takes `²` and `٣`, which `int` refuses or reads, and a number of 5,000 digits, which it refuses too.
"""

MOST = 40  # digits: an ECID has 38


def is_digits(text: str) -> bool:
    """Whether *text* is a whole number of at most 40 ASCII digits."""
    return 0 < len(text) <= MOST and all(["0" <= char <= "9" for char in text])
