"""What views ask a store for: pages of events and visitors, and counts over time.

Pure. Nothing here reads a whole store: a page looks at a bounded number of rows, and its cursor says where to go on. Not for
reading everything in order: `Store.events` does.
"""

from collections.abc import Iterable

import msgspec

from .records import Batch, Event, Receipt, Visitor

LOOKED = 20_000  # events that one page looks at: some hundredths of a second
LOOKED_VISITORS = 5000  # and visitors, each of which is a row elsewhere
BUCKET_MS = 300_000  # of counts
BUCKETS_MS = 30 * 86_400_000  # how far back counts are kept
NAMES = 50  # of one kind in one bucket: whoever sends events may invent any number of types
NAME_LIMIT = 100  # characters
OTHERS = "(others)"  # what is counted together beyond that
EVENT, BAD, DUPLICATE = "event", "bad", "duplicate"  # kinds of counts


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are wanted: what is empty or 0 allows all, and of several types, sources or visitors each.

    `visitors` are whole keys; `page` is a part of the address. `since_ms` and `until_ms` are times of receipt, the latter excluded.
    """

    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    datastream: str = ""
    session: str = ""
    page: str = ""
    since_ms: int = 0
    until_ms: int = 0

    def takes(self, event: Event) -> bool:
        """Whether *event* is wanted."""
        return (
            (not self.types or event.type in self.types)
            and (not self.sources or event.source in self.sources)
            and (not self.visitors or event.visitor in self.visitors)
            and self.datastream in ("", event.datastream)
            and self.session in ("", event.session)
            and self.page in event.url
            and event.received_ms >= self.since_ms
            and (not self.until_ms or event.received_ms < self.until_ms)
        )


ALL = Filter()


class EventPage(msgspec.Struct, frozen=True):
    """Events, the newest first. Those before `cursor` come next; 0 says that there are none.

    It may be shorter than asked for, or empty, where much was looked at and little wanted.
    """

    events: tuple[Event, ...] = ()
    cursor: int = 0


VisitorCursor = tuple[str, str]
"""Visitor and data stream after which a page begins."""


class VisitorPage(msgspec.Struct, frozen=True):
    """Visitors in the order of their keys, without displays. Those after `cursor` come next; None says that there are none."""

    visitors: tuple[Visitor, ...] = ()
    cursor: VisitorCursor | None = None


class Count(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """How often something was stored in the BUCKET_MS from `at_ms` on: an EVENT of a type, a BAD row with a code, a DUPLICATE."""

    at_ms: int
    kind: str
    name: str
    count: int


CountKey = tuple[int, str, str]


def counted(batches: Iterable[Batch], receipts: Iterable[Receipt]) -> dict[CountKey, int]:
    """What *batches* add to the counts, by `(at_ms, kind, name)`; *receipts* say what of them was new."""
    counts: dict[CountKey, int] = {}
    for batch, receipt in zip(batches, receipts, strict=True):
        for event in receipt.new:
            key = (event.received_ms, EVENT, event.type)
            counts[key] = counts.get(key, 0) + 1
        for row in batch.bad_rows:
            key = (row.received_ms, BAD, row.code)
            counts[key] = counts.get(key, 0) + 1
        if receipt.duplicates:
            key = (batch.events[0].received_ms, DUPLICATE, "")
            counts[key] = counts.get(key, 0) + receipt.duplicates
    out: dict[CountKey, int] = {}
    for (at_ms, kind, name), count in counts.items():
        key = (at_ms - at_ms % BUCKET_MS, kind, name[:NAME_LIMIT])
        out[key] = out.get(key, 0) + count
    return out
