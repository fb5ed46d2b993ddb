"""The files of one log, as it is rotated: the one that is written to, and those before it that are not read to their end.

Not for what becomes of lines: follower.py.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .logfile import LogFile, Position, Truncated

QUIET_S = 60  # without a write, after which a rotated file is done: servers write to it until their workers know
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
)  # what opening and reading a file may raise, packed ones too


class Trail:
    """Follows the log at *path* from *positions*, those of a state file; without any from the beginning of the file that is there.

    *lost* is called with a sentence for what can't be found any longer; *since_s* is when *positions* were written, in seconds since 1970.
    """

    def __init__(
        self, path: Path, positions: Sequence[Position] = (), *, lost: Callable[[str], None],
        since_s: float = 0, now_s: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._path = path
        self._lost = lost
        self._since_s, self._now_s = since_s, now_s
        self._rotated = _names_of(path)
        self.files: list[LogFile] = []
        for position in positions:
            self._found_again(position)
        self._began = bool(positions)

    def positions(self) -> list[Position]:
        """How far each file was read, the oldest first."""
        return [file.position for file in self.files]

    def look(self) -> bool:
        """Find out whether the log was rotated since; whether there are other files than before."""
        before = list(self.files)
        self._look()
        return self.files != before

    def _look(self) -> None:
        self._drop_done()
        try:
            told = self._path.stat()
        except FileNotFoundError:
            return  # renamed, and not made again yet
        if any(file.key == (told.st_dev, told.st_ino) for file in self.files):
            return
        new = LogFile(self._path)
        if self.files or self._began:
            self._add_between(new)
        self._began = True
        self.files.append(new)

    def was_truncated(self, file: LogFile) -> None:
        """Read *file* from its beginning, and what it held before from its copy."""
        old = file.position
        file.position = Position(device=old.device, inode=old.inode)
        copy = None
        for one in self._siblings():
            if copy is None and one.first() == old.first:
                copy = one
            else:
                one.close()
        if copy is None:
            self._lost(f"{self._path} was truncated, and no copy of it is beside it: lines behind byte {old.offset} may be lost")  # fmt: skip
            return
        copy.position = old
        self.files.insert(self.files.index(file), copy)

    def is_done(self, file: LogFile) -> bool:
        """Whether *file* was rotated and nothing is written to it any longer."""
        return file is not self.files[-1] and self.is_quiet(file)

    def is_quiet(self, file: LogFile) -> bool:
        """Whether nothing was written to *file* for a while."""
        return self._now_s() - file.modified_s() >= QUIET_S

    def close(self) -> None:
        """Let go of all files."""
        for file in self.files:
            file.close()

    def _found_again(self, position: Position) -> None:
        named = [file] if (file := _opened(self._path)) else []
        candidates = [*named, *self._siblings()]
        key = (position.device, position.inode)
        same = [one for one in candidates if position.first and one.first(is_final=False) == position.first]  # fmt: skip
        if not position.first:
            same = [one for one in candidates if one.key == key]
        chosen = next((one for one in same if one.key == key), same[0] if same else None)
        for one in candidates:
            if one is not chosen:
                one.close()
        if chosen is not None:
            chosen.position = position
            self.files.append(chosen)
        elif position.first:
            self._lost(f"a file before {self._path} is gone: its lines behind byte {position.offset} may be lost")  # fmt: skip

    def _add_between(self, new: LogFile) -> None:
        """Files that were written and rotated while nobody looked."""
        since_s = max((file.modified_s() for file in self.files), default=self._since_s)
        known = {file.position.first for file in self.files} | {new.first(is_final=False)}
        for one in sorted(self._siblings(), key=LogFile.modified_s):
            first = one.first()
            if first and first not in known and one.modified_s() >= since_s:
                known.add(first)
                self.files.append(one)
            else:
                one.close()

    def _siblings(self) -> Iterator[LogFile]:
        for path in sorted(self._path.parent.iterdir()):
            if self._rotated.fullmatch(path.name) and path.is_file() and (file := _opened(path)):
                yield file

    def _drop_done(self) -> None:
        for file in self.files[:-1]:
            if not self.is_quiet(file):
                continue
            with suppress(*UNREADABLE, Truncated):
                if file.next(is_final=True).after.offset > file.position.offset:
                    continue
            file.close()
            self.files.remove(file)


def _opened(path: Path) -> LogFile | None:
    file = None
    try:
        file = LogFile(path)
        file.first()
    except UNREADABLE:
        if file is not None:
            file.close()
        return None
    return file


def _names_of(path: Path) -> re.Pattern[str]:
    """Names of rotated files: `access.log.1`, `access.log-20261127`, `access-20261127.log`, packed by gzip or not."""
    number = r"[.-]\d[\d.:_T-]*"
    whole, stem, end = (re.escape(text) for text in (path.name, path.stem, path.suffix))
    return re.compile(rf"(?:{whole}{number}|{stem}{number}{end})(?:\.gz)?")
