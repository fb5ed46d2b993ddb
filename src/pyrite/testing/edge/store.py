"""The store in memory, which remembers what was sent again."""

from typing import Any

from ...stores.memory import MemoryStore


class Store(MemoryStore):
    """Keeps each event once, as every store; `again` has the ids of those that came once more, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[tuple[str, str]] = set()
        self.again: list[str] = []

    def write(self, batch: Any, done: Any) -> None:
        """See contract.Store."""
        for event in batch.events:
            key = event.datastream, event.id
            if key in self._known:
                self.again.append(event.id)
            self._known.add(key)
        super().write(batch, done)
