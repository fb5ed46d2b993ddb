"""A backup of records in localStorage, written while the page unloads: IndexedDB can lose such writes.

Not for anything else: see storage.py for why. Where localStorage is refused nothing happens.
"""

from ...core.event import text_at
from ...core.wire import decode, encode
from ..bridge import attempt, is_nullish, method, stringify, text, window
from ..clock import clock_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Record = dict[str, object]

PREFIX = "pyrite.outbox:"  # before the page's name
# Without Web Locks a page that has not touched a record for so long counts as gone.
LEASE_MS = 10000


def is_for(record: object, stream: str) -> bool:
    """Whether *record* is one, and of the data stream *stream*; others' software may have put something else there."""
    if not isinstance(record, dict) or not text_at(record, "id"):
        return False
    return text_at(record, "stream") == stream


def is_past(record: dict[str, object]) -> bool:
    """Whether the lease of *record* has expired: its page counts as gone."""
    at = record.get("at")
    return not isinstance(at, (int, float)) or abs(clock_ms() - at) > LEASE_MS


class LocalBackup:
    """The records of all pages, by page."""

    def put(self, page: str, records: "list[Record]") -> None:
        """Back up the *records* of *page*, in place of its earlier backup."""
        self._call("setItem", (PREFIX + page, encode(records)))

    def remove(self, pages: "list[str] | None") -> None:
        """Delete the backups of *pages*, or all (None)."""

        def remove_each(known: "list[str]") -> None:
            for page in known:
                if pages is None or page in pages:
                    self._call("removeItem", (PREFIX + page,))

        self._pages(remove_each)

    def read(
        self,
        stream: str,
        alive: "list[str] | None",
        done: "Callable[[str, list[Record]], None]",
    ) -> None:
        """Pass to *done* each page that is gone, and its records for *stream*. *alive* None: judge by the lease."""

        def read_one(page: str) -> None:
            def with_text(value: Any = None, *_: Any) -> None:
                records = decode(text(value) or "[]")
                usable = [
                    record
                    for record in (records if isinstance(records, list) else [])
                    if is_for(record, stream) and (alive is not None or is_past(record))
                ]
                if usable:
                    done(page, usable)

            self._call("getItem", (PREFIX + page,), with_text)

        def read_each(pages: "list[str]") -> None:
            for page in pages:
                if alive is None or page not in alive:
                    read_one(page)

        self._pages(read_each)

    def _pages(self, done: "Callable[[list[str]], None]") -> None:
        def with_storage(storage: Any) -> None:
            keys = decode(stringify(window.Object.keys(storage)))
            names = [str(key) for key in keys] if isinstance(keys, list) else []
            done([name[len(PREFIX) :] for name in names if name.startswith(PREFIX)])

        self._open(with_storage)

    def _call(self, name: str, args: "tuple[Any, ...]", done: Any = None) -> None:
        finish = done or _nothing
        self._open(lambda storage: attempt(method(storage, name), storage, args, finish, _nothing))

    def _open(self, done: "Callable[[Any], None]") -> None:
        def with_storage(storage: Any = None, *_: Any) -> None:
            if not is_nullish(storage):
                done(storage)

        place = (window.globalThis, "localStorage")  # where it is blocked even looking throws
        attempt(method(window.Reflect, "get"), window.Reflect, place, with_storage, _nothing)


def _nothing(*_: Any) -> None:
    pass
