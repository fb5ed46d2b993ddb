"""A database's files on disk: who may read them, and whether they are still those that were opened.

Not for what is in them.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BESIDE = ("-wal", "-shm")  # the log, and the index of the log that processes share

Identity = tuple[int, int] | None  # device and inode; None where there is no file


@dataclass(frozen=True)
class Look:
    """What was at a database's path: which files, and when the main one was last written."""

    main: Identity
    beside: tuple[Identity, ...]
    written_ns: int
    size: int

    def same_files(self, other: "Look") -> bool:
        """Whether the files are those of *other*; not whether the same is in them."""
        return self.main == other.main and self.beside == other.beside

    def same_content(self, other: "Look") -> bool:
        """Whether the main file is that of *other*, and nobody has written to it since."""
        mine, theirs = (self.main, self.written_ns, self.size), (other.main, other.written_ns, other.size)  # fmt: skip
        return self.main is not None and mine == theirs


def look(path: str) -> Look:
    """The files at *path* as they are now: three `stat` calls, a microsecond each."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return Look(None, (), 0, 0)
    beside = tuple([_identity(path + ending) for ending in BESIDE])
    return Look((found.st_dev, found.st_ino), beside, found.st_mtime_ns, found.st_size)


def _identity(path: str) -> Identity:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def remove_log(path: str, opened: Look) -> None:
    """Remove the log at *path* where it is still the one of *opened*: SQLite would replay it over another database."""
    for ending, identity in zip(BESIDE, opened.beside, strict=False):
        if identity is not None and _identity(path + ending) == identity:
            with suppress(OSError):
                os.unlink(path + ending)  # noqa: PTH108


def prepare(path: Path) -> None:
    """Make the folder and the file where they are missing, and let only their owner read them. Raises OSError."""
    make_private_folder(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives the log the same rights
    for file in (path, *(path.with_name(path.name + ending) for ending in BESIDE)):
        make_private(file)


def make_private_folder(folder: Path) -> None:
    """Make *folder* where it is missing, and close it to others.

    The working directory, those around it and sticky ones such as /tmp stay as they are: more than our files are there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shared = folder.stat().st_mode & stat.S_ISVTX or Path.cwd().is_relative_to(folder.resolve())
    if not shared:
        make_private(folder)


def make_private(path: Path) -> None:
    """Take from others the right to read *path*; nothing where it is not there or another user's."""
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)
