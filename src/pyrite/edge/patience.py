"""A limit to how long bodies may take to arrive: one clock for all of them, for a timer each costs more than most bodies."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

TICKS = 4  # in the time allowed: so much later, at most, it is noticed


class Patience:
    """Ends what takes longer than *seconds*, a little later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadlines: dict[asyncio.Task[object], float] = {}
        self._ticking = False

    @contextmanager
    def for_this_task(self) -> Iterator[None]:
        """Raises TimeoutError in the body of the `with` once its time is up."""
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        if task is None:
            yield
            return
        self._deadlines[task] = loop.time() + self._seconds
        if not self._ticking:
            self._ticking = True
            loop.call_later(self._seconds / TICKS, self._tick, loop)
        try:
            yield
        except asyncio.CancelledError:
            # Ours, or somebody else's: only what was noted as too late was ended here.
            if task in self._deadlines or task.uncancel() > 0:
                raise
            raise TimeoutError from None
        finally:
            self._deadlines.pop(task, None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in list(self._deadlines.items()):
            if deadline < now:
                del self._deadlines[task]
                task.cancel()
        self._ticking = bool(self._deadlines)
        if self._ticking:
            loop.call_later(self._seconds / TICKS, self._tick, loop)
