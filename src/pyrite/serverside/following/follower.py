"""Reads a log as it grows, and hands on what its rules say is a view; where a line is done with is remembered after that."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..message import Invalid, Message
from ..sender import Sender
from .formats import BadLine, Entry, Parse
from .logfile import Line, LogFile, Truncated
from .rules import Rules
from .state import State
from .trail import UNREADABLE, Trail

POLL_S = 0.5  # between two looks at a log that has not grown
FULL_S = 0.2  # before the next try, where the queue has no room
BATCH = 500  # events that are written to the queue's file together

Show = Callable[[Line, Entry, dict[str, Any]], None]


class Follower:
    """Follows the log at *path*, whose lines *parse* reads, and sends by *sender*; *show* is called with each view instead of sending
    where it is given. *note* is called with a sentence for each kind of trouble.

    Raises OSError where there is no log.
    """

    def __init__(
        self, path: Path, *, rules: Rules, parse: Parse, sender: Sender, state: State, note: Callable[[str], None],
        show: Show | None = None,
    ) -> None:  # fmt: skip
        path.open("rb").close()
        self._rules, self._parse, self._sender = rules, parse, sender
        self._state, self._note, self._show = state, note, show
        self._noted: set[str] = set()
        self.stop = threading.Event()
        self.lines = self.views = self.bad = 0
        self.ignored: Counter[str] = Counter()
        self._trail = Trail(path, state.positions, lost=note, since_s=state.since_s)

    def run(self, *, once: bool = False, whole: bool = False) -> None:
        """Follow until `stop` is set; with *once* to the log's end as it is now, with *whole* also a last line without an end."""
        while not self.stop.is_set():
            if self._trail.look():
                # Before a line of it is read: where it is rotated and this process killed, the next one knows what to look for.
                self._state.write(self._trail.positions())
            read = [self._step(file, whole=whole) for file in list(self._trail.files)]
            if any(read):
                continue
            if once:
                return
            self.stop.wait(POLL_S)

    def close(self) -> None:
        """Let go of the log; the sender and the state are the caller's."""
        self._trail.close()

    def _step(self, file: LogFile, *, whole: bool) -> bool:
        """Do with the next lines of *file*; whether there were any."""
        try:
            is_final = self._trail.is_done(file) or (whole and self._trail.is_quiet(file))
            piece = file.next(is_final=is_final)
        except Truncated:
            self._trail.was_truncated(file)
            return True
        except UNREADABLE as error:
            self._once(f"a file of the log can't be read now: {error!s:.200}")
            return False
        if piece.after == file.position:
            return False
        messages = [found for line in piece.lines if (found := self._done(line, piece.after.first)) is not None]  # fmt: skip
        if not self._put(messages):
            return False
        file.position = piece.after
        self._state.write(self._trail.positions())
        return True

    def _done(self, line: Line, first: str) -> Message | None:
        """The message of a line that is a view; None for all others, which are counted."""
        self.lines += 1
        if line.is_long:
            self._keep(line, "a line is too long")
            return None
        try:
            entry = self._parse(line.content)
            event = self._rules.said(entry)
            if isinstance(event, str):
                self.ignored[event] += 1
                return None
            id = line.id(first, self._rules.server)
            message = self._sender.made(**event, eid=id)
        except (BadLine, Invalid) as error:
            self._keep(line, f"a line can't be read: {error}")
            return None
        self.views += 1
        if self._show is not None:
            self._show(line, entry, event | {"eid": id})
            return None
        return message

    def _keep(self, line: Line, why: str) -> None:
        self.bad += 1
        self._state.keep_bad(line.content)
        self._once(why)

    def _put(self, messages: list[Message]) -> bool:
        """Have *messages* in the queue; False where this was to stop before there was room."""
        size = min(BATCH, self._rules.limit)
        for start in range(0, len(messages), size):
            while not self._has_put(messages[start : start + size]):
                if self.stop.wait(FULL_S):
                    return False
        return True

    def _has_put(self, messages: list[Message]) -> bool:
        try:
            return self._sender.put_all(messages)
        except sqlite3.Error as error:
            self._once(f"the queue can't be written now: {error!s:.200}")
            return False

    def _once(self, why: str) -> None:
        # Once for each kind of trouble: what is told is not to grow with the log.
        if why not in self._noted and len(self._noted) < 100:
            self._noted.add(why)
            self._note(why)
