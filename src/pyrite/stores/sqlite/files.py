"""A database's files on disk: who may read them, and whether they are still those that were opened.

Not for what is in them.
"""

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BESIDE = ("-wal", "-shm")  # the log, and the index of the log that processes share

SETTLED_NS = 2_000_000_000  # a folder changed later than that may change again within a tick of the file system's clock

Identity = tuple[int, int] | None  # device and inode; None where there is no file


@dataclass(frozen=True)
class Look:
    """Which files were at a database's path, and when the main one was last changed, by whomever."""

    main: Identity
    beside: tuple[Identity, ...] = ()
    changed_ns: int = 0

    def same_files(self, other: "Look") -> bool:
        """Whether the files are those of *other*; not whether the same is in them."""
        return (self.main, self.beside) == (other.main, other.beside)


def look(path: str) -> Look:
    """The files at *path* as they are now."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return Look(None)
    beside = tuple([_identity(path + ending) for ending in BESIDE])
    return Look((status.st_dev, status.st_ino), beside, status.st_ctime_ns)


class Watch:
    """Tells whether anything can have come to the files in the folder of *path*, for one `stat`: each gives the interpreter's lock away,
    and a commit waits for it to come back."""

    def __init__(self, path: Path) -> None:
        self._folder = str(path.parent)
        self._linked = path.is_symlink()  # then they are elsewhere
        self._settled: tuple[int, int, int] | None = None

    def is_quiet(self) -> bool:
        """Whether no file has come to the folder or gone since this was asked last, for certain."""
        try:
            status = os.stat(self._folder)  # noqa: PTH116
        except OSError:
            return False
        now = (status.st_dev, status.st_ino, status.st_mtime_ns)
        quiet = now == self._settled
        settled = time.time_ns() - status.st_mtime_ns > SETTLED_NS and not self._linked
        self._settled = now if settled else None
        return quiet


def _identity(path: str) -> Identity:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


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
