"""The file of definitions, read again when it changes; one with a mistake leaves the last good version in force.

Not for its form: catalog.py.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from ...settings import SettingsError
from .catalog import Catalog, read

LOOK_EVERY_S = 0.5
Stamp = tuple[int, ...]  # what changes with the file

log = logging.getLogger("pyrite.jss")


class Definitions:
    """The definitions in the file at *path*; none where there has never been one."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._good: Catalog | None = None
        self._seen: Stamp | None = None
        self._next_look = 0.0

    def current(self) -> Catalog:
        """What is now in force; the file is looked at again every half second at most."""
        now = self._clock()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            self.reload()
        return Catalog() if self._good is None else self._good

    def reload(self) -> SettingsError | None:
        """Read the file if it has changed; returns the mistake in it, which is logged as well."""
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            if stamp is None and self._good is None:
                return None
            self._good = read(self._path)
        except SettingsError as error:
            stays = "; the last good version stays in force" if self._good is not None else ""
            log.error("%s%s", error, stays)
            return error
        return None


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
