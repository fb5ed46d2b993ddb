"""The bridge of the lane that runs: every bundle has its lane's file from bridges/ in this one's place.

As it stands it is MicroPython's: all bridges offer these names, and mypy reads them here.
"""

from .bridges.micropython import (
    LANE,
    attempt,
    callback,
    construct,
    describe,
    is_nullish,
    listen,
    method,
    now_ms,
    optional,
    parse,
    stringify,
    text,
    window,
)

__all__ = [
    "LANE",
    "attempt",
    "callback",
    "construct",
    "describe",
    "is_nullish",
    "listen",
    "method",
    "now_ms",
    "optional",
    "parse",
    "stringify",
    "text",
    "window",
]
