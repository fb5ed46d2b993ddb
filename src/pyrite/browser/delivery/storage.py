"""Stores records in IndexedDB, each owned by a page. A page is alive as long as it holds its Web Lock.

IndexedDB, not localStorage: what was put there survives the browser being killed a moment later, and the page's thread does
not wait for it (e2e/bench/storage.py). But a transaction that the page has begun while it was left may come to nothing (3 of
30, Chromium 156): what is not certain by then goes to localStorage as well, which lost none. One transaction takes over what
pages that are gone have left, so that no two do. Where storage is refused everything stays in memory, and that is said once.
"""

from ...core.event import text_at
from ...core.wire import decode, encode
from ..bridge import (
    attempt,
    callback,
    construct,
    is_nullish,
    listen,
    method,
    optional,
    parse,
    promise,
    stringify,
    text,
    window,
)
from ..clock import clock_ms
from ..features import look
from .local_backup import LEASE_MS, LocalBackup, is_for, is_past

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Record = dict[str, object]

DATABASE = "pyrite"
STORE = "outbox"
LOCK = "pyrite:"
MEMORY_ONLY = "nothing can be stored ({}): what the edge has not acknowledged is lost with the page"


class Storage:
    """The records of the page *page*. *report* takes warnings."""

    def __init__(self, page: str, report: "Callable[[str], None]") -> None:
        self._page = page
        self._report = report
        self._database: Any = None
        self._opening = False
        self._refused = False
        self._reopened = False  # for want of a transaction
        self._work: list[tuple[str, Any]] = []  # put, delete, clear or recall, and with what
        self._due = False
        self._release: Any = None  # lets go of this page's lock
        self._asked: Any = None  # the AbortController of asking for it
        self._locks: Any = look(window.navigator, "locks")
        if look(self._locks, "request") is None or look(self._locks, "query") is None:
            self._locks = None
        self._uncertain: dict[str, Record] = {}  # put, and not known to be there
        self._backup = LocalBackup()
        self._is_backed_up = False  # something of this page
        # Pages whose records go from there when they are in the database.
        self._read: list[str] = []

    def keep(self, records: "list[Record]") -> None:
        """Store *records*; each replaces one with the same id."""
        for record in records:
            record["page"] = self._page
            record["at"] = clock_ms()
            if not self._refused:
                self._uncertain[str(record["id"])] = record
            self._do("put", record)
        self.hold()

    def forget(self, ids: "list[str]") -> None:
        """Delete the records with these *ids*."""
        for id in ids:
            self._uncertain.pop(id, None)
            self._do("delete", id)

    def erase(self) -> None:
        """Delete every record."""
        self._uncertain = {}
        self._do("clear", None)
        self._backup.remove(None)

    def recall(self, stream: str, done: "Callable[[list[Record]], None]") -> None:
        """Adopt the records for *stream* whose page is gone, and pass them to *done* if there are any."""

        def from_backup(key: str, records: "list[Record]") -> None:
            self._read.append(key)
            self.keep(records)
            done(records)

        def ask(alive: "list[str] | None") -> None:
            self._backup.read(stream, alive, from_backup)
            self._do("recall", (stream, alive, done))

        if self._locks is None:
            ask(None)
            return

        def with_locks(answer: Any = None, *_: Any) -> None:
            entries = optional(answer, "held")
            locks = decode(stringify(entries)) if entries is not None else []
            names = [str(lock["name"]) for lock in locks] if isinstance(locks, list) else []
            ask([name[len(LOCK) :] for name in names if name.startswith(LOCK)])

        attempt(method(self._locks, "query"), self._locks, (), with_locks, lambda why: ask(None))

    def hold(self) -> None:
        """Hold this page's lock from now on."""
        if self._is_backed_up:
            self._is_backed_up = False
            self._backup.remove([self._page])
        if self._release is not None or self._locks is None:
            return

        def wait(resolve: Any = None, *_: Any) -> None:
            self._release = resolve

        lock = promise(wait)
        self._asked = construct(window.AbortController)
        options = parse("{}")
        window.Reflect.set(options, "signal", self._asked.signal)
        arguments = (LOCK + self._page, options, callback(lambda *_: lock))
        attempt(
            method(self._locks, "request"), self._locks, arguments, lambda *_: None, self._unlocked
        )

    def let_go(self) -> None:
        """The page is left or frozen: release the lock, so that others may adopt its records."""
        release = self._release
        self._release = None
        if release is not None:
            release(None)
            self._asked.abort()  # a lock that comes later would run our code in a page that is in the back/forward cache
        self._begin()
        if self._uncertain:
            self._is_backed_up = True
            self._backup.put(self._page, [self._uncertain[id] for id in self._uncertain])

    def _unlocked(self, why: str) -> None:
        self._release = None

    # ---- the database -----------------------------------------------------------------------------------------------

    def _do(self, what: str, value: object) -> None:
        if self._refused:
            return
        self._work.append((what, value))
        if not self._due:
            self._due = True
            # What comes in one task goes in one transaction.
            window.queueMicrotask(callback(lambda *_: self._begin()))

    def _begin(self) -> None:
        self._due = False
        if not self._work or self._opening:
            return
        if self._database is not None:
            self._transact()
            return
        self._opening = True

        def with_factory(factory: Any = None, *_: Any) -> None:
            if is_nullish(factory):
                self._refuse("no IndexedDB")
            else:
                attempt(method(factory, "open"), factory, (DATABASE, 1), self._open, self._refuse)

        # Where storage is blocked even looking throws.
        place = (window.globalThis, "indexedDB")
        attempt(method(window.Reflect, "get"), window.Reflect, place, with_factory, self._refuse)

    def _open(self, request: Any, *_: Any) -> None:
        def upgrade(*_: Any) -> None:
            request.result.createObjectStore(STORE, parse('{"keyPath":"id"}'))

        def opened(*_: Any) -> None:
            self._opening = False
            self._database = request.result
            listen(self._database, "versionchange", callback(lambda *_: self._close()))
            listen(self._database, "close", callback(lambda *_: self._close()))
            self._begin()

        listen(request, "upgradeneeded", callback(upgrade))
        listen(request, "success", callback(opened))
        listen(request, "error", callback(lambda *_: self._refuse(_reason(request))))

    def _close(self) -> None:
        database = self._database
        self._database = None
        if database is not None:
            database.close()

    def _refuse(self, why: str) -> None:
        self._opening = False
        self._work = []
        self._uncertain = {}
        if not self._refused:
            self._refused = True
            self._report(MEMORY_ONLY.replace("{}", why))

    def _transact(self) -> None:
        work = self._work
        self._work = []
        options = parse('{"durability":"relaxed"}')

        def begun(transaction: Any, *_: Any) -> None:
            self._reopened = False
            # No listener holds what it listens to: in MicroPython neither would ever be freed (e2e/long_lived).
            listen(transaction, "abort", callback(self._aborted))
            store = transaction.objectStore(STORE)
            recalls = [value for what, value in work if what == "recall"]
            puts = [value for what, value in work if what == "put"]
            if puts:
                listen(transaction, "complete", callback(lambda *_: self._certain(puts)))
            records = parse(encode(puts))
            place = 0
            for what, value in work:
                if what == "put":
                    store.put(optional(records, str(place)))
                    place += 1
                elif what == "delete":
                    method(store, "delete").call(store, value)
                elif what == "clear":
                    store.clear()
            for stream, alive, use in recalls:
                self._take_over(transaction, store, stream, alive, use)
            if not recalls and optional(transaction, "commit") is not None:
                transaction.commit()  # at once: the page may be gone before the browser would do it

        def gone(why: str) -> None:
            self._close()
            if self._reopened:
                self._refuse(why)
                return
            # Closed under our hands: once more, with a connection of its own.
            self._reopened = True
            self._work = work + self._work
            self._begin()

        attempt(
            method(self._database, "transaction"),
            self._database,
            (STORE, "readwrite", options),
            begun,
            gone,
        )

    def _aborted(self, event: Any = None, *_: Any) -> None:
        self._refuse(_reason(look(event, "target")))

    def _certain(self, records: "list[Record]") -> None:
        for record in records:
            id = str(record["id"])
            if self._uncertain.get(id) is record:
                self._uncertain.pop(id)
        if self._read and not self._uncertain:
            ids = self._read
            self._read = []
            self._backup.remove(ids)

    def _take_over(
        self, transaction: Any, store: Any, stream: str, alive: "list[str] | None", done: Any
    ) -> None:
        adopted: list[Record] = []
        all_records = store.getAll()

        def with_records(event: Any = None, *_: Any) -> None:
            records = decode(stringify(look(look(event, "target"), "result")))
            others = False
            for record in records if isinstance(records, list) else []:
                if not is_for(record, stream):
                    continue
                page = text_at(record, "page")
                if page == self._page:
                    continue
                gone = is_past(record) if alive is None else page not in alive
                if gone:
                    record["page"] = self._page
                    record["at"] = clock_ms()
                    store.put(parse(encode(record)))
                    adopted.append(record)
                others = others or not gone
            if others and alive is None:
                again = callback(lambda *_: self.recall(stream, done))
                window.setTimeout(again, LEASE_MS)

        def complete(*_: Any) -> None:
            if adopted:
                self.hold()
                done(adopted)

        listen(all_records, "success", callback(with_records))
        listen(transaction, "complete", callback(complete))


def _reason(holder: Any) -> str:
    error = optional(holder, "error")
    return "refused" if is_nullish(error) else text(error.name)
