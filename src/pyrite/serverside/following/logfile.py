"""One file of a log, live or rotated, read line by line from a position; no more of it is held than one piece.

Not for which files there are: trail.py.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

PIECE_BYTES = 262_144  # read at a time
MOST_LINE_BYTES = (
    65_536  # of a longer line the beginning is kept with the bad ones, and the rest is passed over
)
FIRST_BYTES = 1024  # of the first line, by which a file is known again


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a file was read. *first* is a hash of its first line's beginning, '' while it has none; *passing* says that a line is
    too long and its end has not come yet.
    """

    device: int
    inode: int
    first: str = ""
    offset: int = 0
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line without its end, that began at *offset*; of one that *is_long* the beginning."""

    offset: int
    content: bytes
    is_long: bool = False

    def id(self, first: str, server: str) -> str:
        """The id of its event, a UUID: the same whenever and from whichever copy of the file the line is read.

        Not made of the inode: a log that is copied and truncated has another one, and file systems use those of deleted files again.
        """
        known = hashlib.blake2b(f"{server}\n{first}\n{self.offset}\n".encode(), digest_size=16)
        known.update(self.content)
        return str(uuid.UUID(bytes=known.digest(), version=5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines that were read, and the position behind them."""

    lines: list[Line]
    after: Position


class Truncated(Exception):
    """The file does not hold any longer what was read of it: it was copied and truncated."""


class LogFile:
    """The open file at *path*; *position* is what the caller has done with. It stays open, whatever becomes of its name."""

    def __init__(self, path: Path, position: Position | None = None) -> None:
        """Raises OSError."""
        self._is_packed = path.suffix == ".gz"
        self._stream: BinaryIO | gzip.GzipFile
        if self._is_packed:
            self._stream = gzip.open(path, "rb")  # noqa: SIM115
            told = path.stat()
        else:
            self._stream = path.open("rb", buffering=0)
            told = os.fstat(self._stream.fileno())
        self._own = (told.st_dev, told.st_ino)
        self.position = position or Position(
            device=told.st_dev, inode=told.st_ino, first=self.first(is_final=False)
        )

    @property
    def key(self) -> tuple[int, int]:
        """Its device and inode."""
        return self._own

    def modified_s(self) -> float:
        """When it was last written to, in seconds since 1970."""
        return os.fstat(self._stream.fileno()).st_mtime

    def next(self, *, is_final: bool = False) -> Piece:
        """The next lines, which may be none. With *is_final* what stands at the end without a line's end is a line.

        Raises Truncated, and OSError, EOFError or zlib.error for a file that can't be read.
        """
        at = self.position
        data = self._at(at.offset, PIECE_BYTES)
        # A packed file does not change, and to go back to its beginning is to unpack it anew.
        first = at.first if at.first and self._is_packed else self.first(is_final=is_final)
        # Looked at after the bytes were read: what was read before it was truncated is the old file's.
        if at.first and first != at.first:
            raise Truncated
        if not first:
            return Piece(lines=[], after=at)
        # A whole piece may end within a line.
        at_end = len(data) < PIECE_BYTES
        return _split(data, replace(at, first=first), is_final=is_final and at_end)

    def first(self, *, is_final: bool = True) -> str:
        """What the file is known by; '' while its first line is not whole."""
        begin, end, _ = self._at(0, FIRST_BYTES).partition(b"\n")
        is_whole = end or len(begin) == FIRST_BYTES or (is_final and begin)
        return hashlib.sha256(begin).hexdigest()[:32] if is_whole else ""

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _at(self, offset: int, size: int) -> bytes:
        self._stream.seek(offset)
        return self._stream.read(size) or b""


def _split(data: bytes, at: Position, *, is_final: bool) -> Piece:
    lines: list[Line] = []
    start = 0
    if at.passing:
        end = data.find(b"\n")
        if end < 0:
            return Piece(lines=[], after=replace(at, offset=at.offset + len(data)))
        start = end + 1
    while (end := data.find(b"\n", start)) >= 0:
        lines.append(_line(data, start, end, at.offset))
        start = end + 1
    left = len(data) - start
    passing = left > MOST_LINE_BYTES
    if passing or (is_final and left):
        lines.append(_line(data, start, len(data), at.offset))
        start = len(data)
    return Piece(lines=lines, after=replace(at, offset=at.offset + start, passing=passing))


def _line(data: bytes, start: int, end: int, offset: int) -> Line:
    content = data[start : min(end, start + MOST_LINE_BYTES)].removesuffix(b"\r")
    return Line(offset=offset + start, content=content, is_long=end - start > MOST_LINE_BYTES)


def as_record(position: Position) -> dict[str, Any]:
    """The form in which a state file has it."""
    return {name: getattr(position, name) for name in Position.__dataclass_fields__}
