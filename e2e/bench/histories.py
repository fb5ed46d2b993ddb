"""How long `pyrite histories` takes and how much memory, from a hundred thousand events to millions: the curve.

    python e2e/bench/histories.py [--events 100000 1000000] [--users 0.1]

The store is filled without an edge, with as many users as a share of the events; a tenth of them has logged in.
"""

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pyrite.stores.contract import Batch, Event, Link
from pyrite.stores.sqlite import SqliteStore

KINDS = ("click", "consume", "rendered", "basket", "buy")
PART = 1000


def fill(folder: Path, count: int, users: int) -> None:
    chance = random.Random(1)
    names = [hashlib.sha256(str(at).encode()).hexdigest() for at in range(users)]
    store = SqliteStore(folder, synchronous="OFF")
    waiting = []
    for start in range(0, count, PART):
        events = []
        for at in range(start, min(start + PART, count)):
            user, kind = chance.choice(names), chance.choice(KINDS)
            record = {
                "kind": kind, "customer": "00000", "user": user, "itemtype": 1, "item": str(chance.randrange(100_000)),
                "quantity": 1, "price": "9.99", "currency": "EUR",
            }  # fmt: skip
            body = json.dumps({"xdm": {"_id": str(at), "eventType": f"ibexa.{kind}"}, "ibexa": record})  # fmt: skip
            events.append(
                Event(
                    source="ibexa", datastream="shop", id=str(at), type=f"ibexa.{kind}", url="", visitor=user,
                    made_ms=1_795_000_000_000 + at, received_ms=1_795_000_000_000 + at, body=body,
                )
            )  # fmt: skip
        links = tuple(
            Link(datastream="shop", source=chance.choice(names), target=chance.choice(names), made_ms=1_795_000_000_000 + start, how="login")
            for _ in range(PART * users // count // 10)
        )  # fmt: skip
        waiting.append(store.submit(Batch(events=tuple(events), links=links)))
        if len(waiting) > 20:
            waiting.pop(0).result(60)
    store.close()


def measured(folder: Path, flags: list[str]) -> tuple[float, float, int]:
    """Seconds, the most MiB that the process had, and rows."""
    started = time.perf_counter()
    script = "from pyrite.cli import app; app()"
    command = [sys.executable, "-c", script, "histories", "--data", str(folder), *flags]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    rows = int(result.stderr.split(" rows")[0].split()[-1].replace(",", ""))
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--users", type=float, default=0.1)
    given = parser.parse_args()
    for count in given.events:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            fill(folder, count, int(count * given.users))
            seconds, mib, rows = measured(folder, ["--parquet", str(folder / "rows.parquet")])
            print(
                f"{count:>10,} events {rows:>10,} rows {seconds:7.1f} s {mib:6.0f} MiB", flush=True
            )


if __name__ == "__main__":
    main()
