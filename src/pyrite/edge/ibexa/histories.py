"""What users did to items, as a recommender needs it: one row for each user, kind and item, links of logins followed.

The memory that it takes does not grow with the store: partial rows go to a file, are sorted there, and are put together as they
are read.
"""

import sqlite3
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ...stores.contract import Event, Store
from .records import NAME

CHUNK = 20_000  # events that are put together in memory before their rows go to the file
CACHE_KIB = 32_768  # of the file, and of its sorting
KNOWN = 50_000  # users of whom it is remembered where their links lead
STEPS = 20  # links after each other that are followed: whoever sends logins may claim any number
YEAR_MS = 365 * 86_400_000  # that a blacklisted item is not recommended
LOGIN, BLACKLIST, OWNS = "login", "blacklist", "owns"

Key = tuple[str, str, str, int, str]  # customer, user, kind, type and id of the item


class Row(msgspec.Struct, kw_only=True):
    """What *user* ('' for nobody) did to an item; an event of no item has type 0 and ''.

    `first_ms` and `last_ms` are when, in milliseconds since 1970; `percentage` is the highest, `rating` the last, `quantity` that of
    all buys together, `price` (of one piece) and `currency` those of the last event that has them; `rated_ms` and `priced_ms` say
    when those were.
    """

    customer: str
    user: str
    kind: str
    itemtype: int
    item: str
    count: int = 0
    first_ms: int = 0
    last_ms: int = 0
    percentage: int | None = None
    rating: int | None = None
    quantity: int | None = None
    price: str | None = None
    currency: str | None = None
    rated_ms: int = 0
    priced_ms: int = 0

    def add(self, other: "Row") -> None:
        """Take *other*, of the same key, in."""
        self.first_ms = min(self.first_ms, other.first_ms)
        self.last_ms = max(self.last_ms, other.last_ms)
        self.count += other.count
        self.percentage = _largest(self.percentage, other.percentage)
        if other.quantity is not None:
            self.quantity = (self.quantity or 0) + other.quantity
        if other.rating is not None and (self.rating is None or other.rated_ms >= self.rated_ms):
            self.rating, self.rated_ms = other.rating, other.rated_ms
        if other.price is not None and (self.price is None or other.priced_ms >= self.priced_ms):
            self.price, self.currency = other.price, other.currency
            self.priced_ms = other.priced_ms


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows; empty is all. *user* is the beginning of a hash, once links were followed."""

    customer: str = ""
    user: str = ""
    kinds: Collection[str] = ()
    since_ms: int = 0


def histories(
    store: Store,
    wanted: Wanted,
    *,
    now_ms: int,
    progress: Callable[[int], None] = lambda seq: None,
    folder: Path | None = None,
) -> Iterator[Row]:
    """The rows of *store*, by customer, user, kind and item. *progress* is told the `seq` up to which events were read.

    The file that it takes lies in *folder*, or where files of the moment do, and goes when the last row was read.
    Raises StoreUnavailable, OSError.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="pyrite-histories-") as place:
        path = Path(place) / "rows"
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            _prepare(file, store)
            whose = _Owners(file)
            for rows in _partial(store, wanted, whose, progress):
                file.execute("BEGIN")
                file.executemany(_KEEP, rows)
                file.execute("COMMIT")
            for row in _whole(file):
                if row.kind != BLACKLIST or row.last_ms > now_ms - YEAR_MS:
                    yield row


_COLUMNS = "customer, user, kind, itemtype, item, count, first_ms, last_ms, percentage, rating, quantity, price, currency, rated_ms, priced_ms"
_KEEP = f"INSERT INTO rows ({_COLUMNS}) VALUES ({','.join('?' * 15)})"
_SORTED = f"SELECT {_COLUMNS} FROM rows ORDER BY customer, user, kind, itemtype, item, rowid"


def _prepare(file: sqlite3.Connection, store: Store) -> None:
    """Make the tables of *file*; links go there too, of which there may be any number."""
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", f"cache_size = -{CACHE_KIB}"):  # fmt: skip
        file.execute(f"PRAGMA {pragma}")
    file.execute(f"CREATE TABLE rows ({_COLUMNS})")
    file.execute("CREATE TABLE links (source, made_ms, target)")
    file.execute("BEGIN")
    links = ((link.source, link.made_ms, link.target) for link in store.links())
    file.executemany("INSERT INTO links VALUES (?,?,?)", links)
    file.execute("COMMIT")
    file.execute("CREATE INDEX links_of ON links (source, made_ms)")


class _Owners:
    """Whose history an event is: its user's, or that of whom the user has logged in to."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._none = file.execute("SELECT count(*) FROM links").fetchone()[0] == 0
        self._known: OrderedDict[str, list[tuple[int, str]]] = OrderedDict()

    def owner(self, user: str, made_ms: int) -> str:
        """The last of those to whom what *user* did at *made_ms* went over.

        A login takes along what was before it. What comes after the last one is that one's too: the browser still is.
        """
        if self._none or not user:
            return user
        seen = {user}
        for _ in range(STEPS):
            links = self._links(user)
            if not links:
                return user
            made_ms, target = next((link for link in links if link[0] >= made_ms), links[-1])
            if target in seen:
                return user
            seen.add(target)
            user = target
        return user

    def _links(self, user: str) -> list[tuple[int, str]]:
        links = self._known.get(user)
        if links is None:
            select = "SELECT made_ms, target FROM links WHERE source = ? ORDER BY made_ms, target LIMIT 1000"
            links = self._known[user] = self._file.execute(select, (user,)).fetchall()
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return links


def _partial(
    store: Store, wanted: Wanted, whose: _Owners, progress: Callable[[int], None]
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of CHUNK events at a time."""
    after = 0
    while True:
        read = 0
        rows: dict[Key, Row] = {}
        for event in store.events(after=after, limit=CHUNK):
            after = event.seq
            read += 1
            for row in _rows_of(event, wanted, whose):
                key = (row.customer, row.user, row.kind, row.itemtype, row.item)
                if key in rows:
                    rows[key].add(row)
                else:
                    rows[key] = row
        if not read:
            return
        progress(after)
        yield [msgspec.structs.astuple(row) for row in rows.values()]


class _Record(msgspec.Struct):
    """The `ibexa` of an event."""

    kind: str = ""
    customer: str = ""
    user: str = ""
    itemtype: int = 0
    item: str = ""
    percentage: int | None = None
    rating: int | None = None
    quantity: int | None = None
    price: str | None = None
    currency: str | None = None


class _Body(msgspec.Struct):
    ibexa: _Record | None = None


_decode = msgspec.json.Decoder(_Body).decode


def _rows_of(event: Event, wanted: Wanted, whose: _Owners) -> Iterator[Row]:
    """The row that *event* alone makes, where it is one of Ibexa's and *wanted*."""
    if event.made_ms < wanted.since_ms or f'"{NAME}"' not in event.body:
        return
    try:
        record = _decode(event.body).ibexa
    except msgspec.MsgspecError:
        return  # a page may write anything there
    if record is None or record.kind in ("", LOGIN):
        return
    if (wanted.customer and record.customer != wanted.customer) or (wanted.kinds and record.kind not in wanted.kinds):  # fmt: skip
        return
    user = whose.owner(record.user, event.made_ms)
    if not user.startswith(wanted.user):
        return
    paid = record.kind != OWNS
    yield Row(
        customer=record.customer,
        user=user,
        kind=record.kind,
        itemtype=record.itemtype,
        item=record.item,
        count=1,
        first_ms=event.made_ms,
        last_ms=event.made_ms,
        percentage=record.percentage,
        rating=record.rating,
        quantity=record.quantity if paid else None,
        price=record.price if paid else None,
        currency=record.currency if paid else None,
        rated_ms=event.made_ms,
        priced_ms=event.made_ms,
    )


def _whole(file: sqlite3.Connection) -> Iterator[Row]:
    """The rows of *file*, those of one key together."""
    row: Row | None = None
    for values in file.execute(_SORTED):
        other = Row(**dict(zip(Row.__struct_fields__, values, strict=True)))
        if row is not None and _key(row) == _key(other):
            row.add(other)
            continue
        if row is not None:
            yield row
        row = other
    if row is not None:
        yield row


def _key(row: Row) -> Key:
    return (row.customer, row.user, row.kind, row.itemtype, row.item)


def _largest(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)
