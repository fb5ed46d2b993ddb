"""What a follower remembers on disk: how far it has read, and the lines that it could not.

The state file is replaced as a whole, after the events of the lines before it are in the queue's file: what is killed between the
two reads lines again, whose events have the same ids.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from .logfile import Position, as_record

BAD_BYTES = 10_000_000  # of bad lines that are kept; further ones are only counted
VERSION = 1


class Busy(OSError):
    """Another process follows by the same state file."""


class _State(msgspec.Struct, kw_only=True):
    version: int
    written_s: float
    bad_bytes: int
    files: list[Position]


class State:
    """The state file at *path* and the bad lines at *bad*, each only where it is given. Raises OSError, Busy, and ValueError for a file
    that is no state.
    """

    def __init__(self, path: Path | None, bad: Path | None) -> None:
        self._path = path
        self.positions: list[Position] = []
        self.since_s = 0.0
        self._bad: BinaryIO | None = None
        self._bad_bytes = 0
        self._lock = _locked(path) if path is not None else None
        try:
            told = _read(path) if path is not None else None
            if told is not None:
                self.positions, self.since_s = told.files, told.written_s
            if bad is not None:
                self._open_bad(bad, told.bad_bytes if told is not None else None)
        except BaseException:
            self.close()
            raise

    def keep_bad(self, line: bytes) -> None:
        """Keep a bad line, as long as there is room."""
        if self._bad is not None and self._bad_bytes < BAD_BYTES:
            self._bad.write(line + b"\n")
            self._bad_bytes += len(line) + 1

    def write(self, positions: Sequence[Position]) -> None:
        """Remember *positions*: what stands before them is done with. Raises OSError."""
        if self._bad is not None:
            self._bad.flush()
        if self._path is None:
            return
        if self._bad is not None:
            os.fsync(self._bad.fileno())
        told = {"version": VERSION, "written_s": time.time(), "bad_bytes": self._bad_bytes, "files": [as_record(one) for one in positions]}  # fmt: skip
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w") as file:
            file.write(json.dumps(told))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        if os.name != "nt":  # which has no handles of folders
            _sync_folder(self._path.parent)

    def close(self) -> None:
        """Let go of the files."""
        for file in (self._bad, self._lock):
            if file is not None:
                file.close()

    def _open_bad(self, path: Path, known_bytes: int | None) -> None:
        # What was written behind the last state is read, and written, again.
        size = path.stat().st_size if path.exists() else 0
        if known_bytes is not None and size > known_bytes:
            os.truncate(path, known_bytes)
            size = known_bytes
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._bad, self._bad_bytes = os.fdopen(handle, "ab"), size


def _read(path: Path) -> _State | None:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        told = msgspec.json.decode(text, type=_State)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: expected a state of pyrite follow: {error}; move it away to begin anew") from None  # fmt: skip
    if told.version != VERSION:
        raise ValueError(f"{path}: expected a state of version {VERSION}, got {told.version}")
    return told


def _locked(path: Path) -> BinaryIO | None:
    """A lock that ends with the process, whatever ends it. Raises Busy."""
    try:
        import fcntl
    except ImportError:  # Windows, whose servers don't rotate the files that they write to
        return None
    file = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Busy(f"{path}: another process follows by this state") from None
    return file


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
