"""The command line: wiring and the terminal only."""

from pyrite.cli import (
    data,
    doctor,
    experiences,
    follow,
    histories,
    keys,
    pixel,
    rights,
    serving,
    sessions,
    tail,
    visitors,
    why,
)
from pyrite.cli.common import app

__all__ = [
    "app",
    "data",
    "doctor",
    "experiences",
    "follow",
    "histories",
    "keys",
    "pixel",
    "rights",
    "serving",
    "sessions",
    "tail",
    "visitors",
    "why",
]
