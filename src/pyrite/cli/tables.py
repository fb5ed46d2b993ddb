"""Rows for other programs: CSV on standard output, Parquet in a file; of either no more is in memory than a group of rows."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyrite.cli.terminal import visible

GROUP = 50_000  # rows that a Parquet file's group has, and that are in memory
GROUP_BYTES = 32 * 1024 * 1024  # and characters of text
TEXT, NUMBER, TIME = "text", "number", "time"
FORMULA = "=+-@\t\r"  # what a spreadsheet takes for the beginning of one

Columns = Sequence[tuple[str, str]]
Rows = Iterator[Sequence[Any]]


class ParquetMissing(ValueError):
    """`pip install 'pyrite[parquet]'` brings what writes Parquet."""


def write_csv(columns: Columns, rows: Rows) -> int:
    """Print *rows* as CSV (RFC 4180) with a line of names; how many they were.

    A text that a spreadsheet would take for a formula has an apostrophe before it, and what a terminal would obey is an escape.
    """
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow([name for name, _ in columns])
    count = 0
    for row in rows:
        out.writerow([_cell(value) for value in row])
        count += 1
    return count


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return "" if value is None else value
    return visible("'" + value if value[:1] and value[0] in FORMULA else value)


def parquet_writer(path: Path, columns: Columns) -> Callable[[Rows], int]:
    """What writes rows to a Parquet file at *path*, which is there once all are in it, and tells how many; a TIME is in milliseconds
    since 1970. Raises ParquetMissing.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ParquetMissing(
            "--parquet needs pyarrow: pip install 'pyrite[parquet]'; --json needs nothing"
        ) from None
    kinds = {TEXT: pyarrow.string(), NUMBER: pyarrow.int64(), TIME: pyarrow.timestamp("ms", tz="UTC")}  # fmt: skip
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns])

    def write(rows: Rows) -> int:
        beside = path.with_name(path.name + ".part")
        count = 0
        try:
            with pyarrow.parquet.ParquetWriter(beside, schema, compression="zstd") as file:
                group: list[list[Any]] = [[] for _ in columns]
                size = 0
                for row in rows:
                    for column, value in zip(group, row, strict=True):
                        column.append(value)
                    count += 1
                    size += sum([len(value) for value in row if isinstance(value, str)])
                    if len(group[0]) == GROUP or size > GROUP_BYTES:
                        file.write_table(pyarrow.table(group, schema=schema))
                        group, size = [[] for _ in columns], 0
                file.write_table(pyarrow.table(group, schema=schema))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return count

    return write
