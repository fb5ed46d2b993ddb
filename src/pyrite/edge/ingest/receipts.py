"""Receipts from a store's writing thread to the requests that wait for them: one wake-up for a whole commit.

`asyncio.wrap_future` wakes the loop once a request, by a write to a socket under the lock of the interpreter; with some
hundred requests in a commit that took longer than the commit (e2e/bench/ingest.py).
"""

import asyncio
from collections import deque

from ...stores.contract import Batch, Receipt, Store, StoreUnavailable

Outcome = Receipt | StoreUnavailable


class Receipts:
    """What waits for receipts, on one loop at a time."""

    def __init__(self) -> None:
        self._done: deque[tuple[asyncio.Future[Outcome], Outcome]] = deque()
        self._woken = False

    async def receipt(self, store: Store, batch: Batch) -> Receipt:
        """The receipt for *batch*, once it is on disk. Raises StoreUnavailable."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Outcome] = loop.create_future()

        def done(outcome: Outcome) -> None:
            # In the writing thread. Whoever takes the last one out clears the mark first: none is left behind.
            self._done.append((waiting, outcome))
            if not self._woken:
                self._woken = True
                loop.call_soon_threadsafe(self._tell)

        store.write(batch, done)
        outcome = await waiting
        if isinstance(outcome, Receipt):
            return outcome
        # A fresh one: one that the future held would keep the request's frames, and its body, until garbage is collected.
        raise StoreUnavailable(str(outcome))

    def _tell(self) -> None:
        self._woken = False
        while self._done:
            waiting, outcome = self._done.popleft()
            if waiting.done():
                continue  # whoever asked is gone
            waiting.set_result(outcome)
