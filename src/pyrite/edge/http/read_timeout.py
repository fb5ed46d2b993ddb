"""A limit to how long bodies may take to arrive: one clock for all of them, for a timer each costs more than most bodies."""

import asyncio

TICKS = 4  # in the time allowed: so much later, at most, it is noticed


class ReadTimeout:
    """Ends what takes longer than *seconds*, a little later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadlines: dict[asyncio.Task[object], float] = {}
        self._ticking = False

    def for_this_task(self) -> "_Turn":
        """Raises TimeoutError in the body of the `with` once its time is up."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("expected to run in a task")
        loop = asyncio.get_running_loop()
        self._deadlines[task] = loop.time() + self._seconds
        if not self._ticking:
            self._ticking = True
            loop.call_later(self._seconds / TICKS, self._tick, loop)
        return _Turn(self._deadlines, task)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in list(self._deadlines.items()):
            if deadline < now:
                del self._deadlines[task]
                task.cancel()
        self._ticking = bool(self._deadlines)
        if self._ticking:
            loop.call_later(self._seconds / TICKS, self._tick, loop)


class _Turn:
    """The `with` of one task: written out, for contextlib's takes longer than most bodies do."""

    __slots__ = ("_deadlines", "_task")

    def __init__(
        self, deadlines: dict[asyncio.Task[object], float], task: asyncio.Task[object]
    ) -> None:
        self._deadlines = deadlines
        self._task = task

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        in_time = self._deadlines.pop(self._task, None) is not None
        # Ours, or somebody else's: only what was noted as too late was ended here.
        if kind is asyncio.CancelledError and not in_time and self._task.uncancel() == 0:
            raise TimeoutError from None
