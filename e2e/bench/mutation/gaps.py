"""Behaviours that no test without a browser noticed once: each with a change of the code that breaks it, and the test that fails now.

The table is gaps.toml: `what` it is about, the `file`, what stands there `before` and `after` the change, the `test`.
"""

import tomllib
from pathlib import Path

from mutation import forked
from mutation.changes import SOURCE

TABLE = Path(__file__).with_name("gaps.toml")


def open_gaps(name: str = "") -> list[str]:
    """What is no longer so of the table: tests that pass with the change, changes that fit nowhere. *name* is a part of a `what`."""
    rows = tomllib.loads(TABLE.read_text())["gap"]
    return [said for row in rows if name in row["what"] and (said := _open(row))]


def _open(row: dict[str, str]) -> str:
    file = SOURCE / row["file"]
    text = file.read_text()
    if text.count(row["before"]) != 1:
        return f"{row['what']}: {row['file']} has {row['before']!r} {text.count(row['before'])} times, expected once"
    ended, _ = forked.run([row["test"]], file, text.replace(row["before"], row["after"]))
    return "" if ended == "failed" else f"{row['what']}: {row['test']} {ended}"
