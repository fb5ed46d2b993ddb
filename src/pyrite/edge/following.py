"""What is stored, as it is stored, by whichever process: several edges on one database are followed as one.

A `seq` is given in the order of commits, so whoever has seen all up to one misses nothing and sees nothing twice by going on from
there. Not for what was stored before: `Store.page` and `Store.events` give that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import islice

import msgspec

from ..stores.contract import BadRow, Event, Filter, Store, StoreUnavailable
from ..stores.contract.paging import ALL

LOOK_S = 0.25  # between two looks at what other processes have stored
PAGE = 1000  # events that are read at once, and bad rows


class Change(msgspec.Struct, frozen=True):
    """What was new: wanted events and bad rows, the oldest first. `after` is the `seq` to go on from."""

    events: tuple[Event, ...] = ()
    rows: tuple[BadRow, ...] = ()
    after: int = 0
    is_full: bool = False  # there is more already


class Following:
    """One reader's place in a *store*: *after* is the `seq` of the last event it has seen, *after_row* the id of the last bad row."""

    def __init__(self, store: Store, wanted: Filter = ALL, *, after: int, after_row: int) -> None:
        self._store = store
        self._wanted = wanted
        self.after = after
        self.after_row = after_row
        self._awake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self, event: Event | None = None) -> None:
        """Look now, from any thread; a Listener, for `pyrite.edge(listener=…)`."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._awake.set)

    def read(self) -> Change:
        """What is new since the last look. Raises StoreUnavailable."""
        store = self._store
        if store.last_seq() < self.after:
            self.after = 0  # another database is there now, and all in it is new
        if store.last_row() < self.after_row:
            self.after_row = 0
        events = list(store.events(after=self.after, limit=PAGE))
        rows = list(islice(store.bad_rows(after=self.after_row), PAGE))
        if events:
            self.after = events[-1].seq
        if rows:
            self.after_row = rows[-1].id
        matching = tuple([event for event in events if self._wanted.takes(event)])
        return Change(matching, tuple(rows), self.after, PAGE in (len(events), len(rows)))

    async def changes(self) -> AsyncIterator[Change]:
        """Changes as they come, without an end; a store that can't be read just now is looked at again."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._awake.clear()
            try:
                change = await asyncio.to_thread(self.read)
            except StoreUnavailable:
                change = Change()
            if change.events or change.rows:
                yield change
            if not change.is_full:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), LOOK_S)
