"""Amounts and currencies as clients write them.

Pure.
"""

import math
import re
from typing import Any

LARGEST = 10**15  # cents of more than this no double tells apart
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)  # ISO 4217


def amount(given: Any) -> int | float | None:
    """The number that *given* is, or is as a text; None where it is neither, or larger than LARGEST."""
    if isinstance(given, str):
        text = given.strip()
        if not _NUMBER.fullmatch(text):
            return None
        given = int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return given if math.isfinite(given) and abs(given) <= LARGEST else None


def currency(given: Any) -> str | None:
    """The three letters of a currency, in capitals; None for anything else."""
    if isinstance(given, str) and _CURRENCY.fullmatch(given.strip()):
        return given.strip().upper()
    return None
