"""How long a page takes that a view asks for, in a store of a million events.

    python e2e/bench/viewer.py [--events 1000000] [--rounds 5]

Each question is asked after the database was opened anew; the slowest of the rounds is told beside the median. What a page has to
be looked for (a type that is rare) is told with the number of pages until it is found.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from pyrite.stores.contract import Batch, Event, Filter, Visit
from pyrite.stores.sqlite import SqliteStore

GROUP = 1000
BODY = '{"xdm":{"web":{"webPageDetails":{"URL":"https://shop.test/"}}},"data":{"k":"' + "x" * 500 + '"}}'  # fmt: skip


def fill(store: SqliteStore, count: int) -> None:
    """Store *count* events of a visitor each ten, and one in a hundred thousand of a rare type."""
    for start in track(range(0, count, GROUP), description="storing"):
        for part in range(start, start + GROUP, 10):
            visitor = f"device-{part // 10:08d}"
            events = tuple(
                Event(
                    datastream="shop", id=f"e{n}", type="rare" if n == 5 else f"type-{n % 7}", url=f"https://shop.test/{n % 50}",
                    visitor=visitor, made_ms=n, received_ms=1_700_000_000_000 + n * 100, body=BODY,
                )
                for n in range(part, part + 10)
            )  # fmt: skip
            visit = Visit(datastream="shop", visitor=visitor, seen_ms=part, ecid=f"{part:038d}")
            store.write(Batch(events=events, visit=visit), lambda receipt: None)
        while store.state().waiting:
            time.sleep(0.001)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    last = chosen.events
    key = f"device-{last // 20:08d}"
    questions: dict[str, Callable[[SqliteStore], object]] = {
        "the newest": lambda store: store.page(),
        "in the middle": lambda store: store.page(before=last // 2),
        "a type": lambda store: store.page(Filter(types=("type-3",))),
        "an address": lambda store: store.page(Filter(page="/17")),
        "a visitor": lambda store: store.page(Filter(visitors=(key,))),
        "a day": lambda store: store.page(Filter(until_ms=1_700_000_000_000 + last * 50)),
        "a type that is rare": lambda store: store.page(Filter(types=("rare",))),
        "visitors": lambda store: store.visitors(),
        "visitors by text": lambda store: store.visitors(key[-6:]),
        "counts of a day": lambda store: list(store.counts(since_ms=1_700_000_000_000)),
    }
    with tempfile.TemporaryDirectory() as place:
        store = SqliteStore(Path(place), synchronous="OFF")
        fill(store, last)
        store.close()
        table = Table("page", "median ms", "slowest ms", title=f"{last:,} events")
        for name, ask in questions.items():
            times = []
            for _ in range(chosen.rounds):
                store = SqliteStore(Path(place))
                started = time.perf_counter()
                ask(store)
                times.append((time.perf_counter() - started) * 1000)
                store.close()
            table.add_row(name, f"{statistics.median(times):.1f}", f"{max(times):.1f}")
        store = SqliteStore(Path(place))
        started, pages, cursor = time.perf_counter(), 0, 0
        while True:
            page = store.page(Filter(types=("rare",)), before=cursor)
            pages, cursor = pages + 1, page.cursor
            if page.events or not cursor:
                break
        store.close()
        Console().print(table)
        Console().print(f"the rare one: {pages} pages, {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
