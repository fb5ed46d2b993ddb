"""Sessions of robots that are not kept: what is over without a human sign is erased, where the settings say `drop`.

Not for telling who is a robot: callers/agents.py.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator

from ...stores.contract import Session, Store, StoreUnavailable
from ..settings import Jss
from .arrival import JSS

PAUSE_S = 60.0  # between two looks

log = logging.getLogger("pyrite.jss")


class Sweep:
    """Erases on a loop of its own, from the first request on: what earlier processes have left, and then what this one has seen."""

    def __init__(
        self, jss: Jss, store: Store, counted: Callable[[int], None], clock: Callable[[], float]
    ) -> None:
        """*counted* is told of each look, how many sessions it erased."""
        self._drops = jss.enabled and jss.robots == "drop"
        self._store = store
        self._counted = counted
        self._clock = clock
        self._seen: dict[str, bool] = {}  # visitors whose session may be a robot's
        self._began = False
        self._task: asyncio.Task[None] | None = None

    def remember(self, visitor: str) -> None:
        """The newest session of *visitor* has no human sign yet."""
        if self._drops:
            self._seen[visitor] = True

    def start(self) -> None:
        """Start on the running loop, unless it has. Costs nothing where robots are kept."""
        if self._drops and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """Stop, with the loop."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                erased = await asyncio.to_thread(self.sweep)
            except StoreUnavailable as error:
                log.warning("robots' sessions can't be erased now: %s", error)
            else:
                self._counted(erased)
            await asyncio.sleep(PAUSE_S)

    def sweep(self) -> int:
        """Erase what is over without a human sign; how many sessions. Raises StoreUnavailable."""
        now_ms = int(self._clock() * 1000)
        sessions = self._of_seen() if self._began else self._store.sessions()
        self._began = True
        suspects = [one for one in sessions if one.source == JSS and one.robot is not False]
        over = [one for one in suspects if not one.is_open(now_ms)]
        self._seen = {one.visitor: True for one in suspects if one.is_open(now_ms)}
        for session in over:
            self._store.drop(session)
        return len(over)

    def _of_seen(self) -> Iterator[Session]:
        for visitor in list(self._seen):
            yield from self._store.sessions(visitor)
