"""What tracking from a web server costs a page whose collector says nothing, and what a killed edge loses.

    python e2e/bench/serverside.py silent [--seconds 60] [--rate 200] [--json FILE]
    python e2e/bench/serverside.py kill [--rounds 20]

`silent`: pages of one server at a steady rate, whether or not the ones before were answered; without tracking, and by each technique to a
collector that takes connections and never answers. `kill`: events by a relay with a queue, while the edge behind it is killed again and again.
"""

import argparse
import asyncio
import http.client
import json
import signal
import socket
import sys
import tempfile
import threading
import time
import tracemalloc
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "e2e")]

from rich.console import Console
from rich.progress import track
from rich.table import Table
from support.edge_process import EdgeProcess, stored
from support.server import Server

from pyrite.serverside import ASYNCHRONOUS, BOTTOM, QUEUED, Sender, Views, relay

PAGE = b"<h1>page</h1>" + b"." * 20_000
CONNECTIONS = 40
SETTINGS = """
[datastreams.shop]
[ibexa]
enabled = true
user_secret = "ssssssssssssssss"
[ibexa.customers."00000"]
datastream = "shop"
"""


async def page(scope: Any, receive: Any, send: Any) -> None:
    """A page of 20 KB."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(PAGE))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PAGE})


class Silence:
    """A collector that takes connections and says nothing."""

    def __enter__(self) -> str:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                self._open.append(self._socket.accept()[0])
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for one in self._open:
            one.close()


async def asked(port: int, rate: int, seconds: float) -> list[float]:
    """Milliseconds from when each page was due until its last byte was there."""
    took: list[float] = []
    due: asyncio.Queue[float | None] = asyncio.Queue()

    async def visitor() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (at := await due.get()) is not None:
            writer.write(
                b"GET / HTTP/1.1\r\nHost: shop.test\r\nCookie: pyrite_fpid=device-1\r\n\r\n"
            )
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(PAGE))
            took.append((time.perf_counter() - at) * 1000)
        writer.close()

    visitors = [asyncio.create_task(visitor()) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for number in range(int(rate * seconds)):
        at = begun + number / rate
        await asyncio.sleep(max(0, at - time.perf_counter()))
        due.put_nowait(at)
    for _ in visitors:
        due.put_nowait(None)
    await asyncio.gather(*visitors)
    return sorted(took)


def measured(technique: str, *, rate: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Times of pages by *technique*, '' for no tracking, and what became of the events."""
    with Silence() as upstream:
        sender = None
        app: Any = page
        if technique:
            queue = folder / "queue" if technique == QUEUED else None
            sender = Sender(upstream, datastream="shop", technique=technique, queue=queue)
            app = Views(page, sender)
        with Server(app) as server:
            asyncio.run(asked(server.port, rate, 1))  # connections and code are warm then
            tracemalloc.start()
            took = asyncio.run(asked(server.port, rate, seconds))
            grown = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
        counts = sender.counts() if sender else {}
        if sender:
            sender.close(0)
    made = int(rate * seconds) + rate
    known = counts.get("queued", 0) + counts.get("sent", 0) + sum(counts.get("dropped", {}).values())  # fmt: skip
    return {
        "technique": technique or "none", "pages": len(took), "p50_ms": took[len(took) // 2], "p95_ms": took[int(len(took) * 0.95)],
        "worst_ms": took[-1], "memory_mb": grown / 1e6, "events_made": made if sender else 0, "events_known": known,
    }  # fmt: skip


def silent(rate: int, seconds: float, file: str) -> None:
    """Measure, print a table, and write the raw figures."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for technique in track(["", BOTTOM, ASYNCHRONOUS, QUEUED, ""], "techniques"):
            rows.append(measured(technique, rate=rate, seconds=seconds, folder=Path(folder)))
    table = Table("technique", "pages", "p50 ms", "p95 ms", "worst ms", "memory MB", "events made", "queued, sent or dropped")  # fmt: skip
    for row in rows:
        table.add_row(row["technique"], str(row["pages"]), *[f"{row[name]:.2f}" for name in ("p50_ms", "p95_ms", "worst_ms", "memory_mb")], str(row["events_made"]), str(row["events_known"]))  # fmt: skip
    Console(width=120).print(table)
    if file:
        Path(file).write_text(json.dumps(rows, indent=1))


def kill(rounds: int) -> None:
    """Kill the edge behind a relay again and again."""
    acknowledged: list[str] = []
    ended = threading.Event()
    with tempfile.TemporaryDirectory() as folder, EdgeProcess(Path(folder) / "data", settings=SETTINGS) as edge:  # fmt: skip
        told = {"upstream": f"http://127.0.0.1:{edge.port}", "customer": "00000", "queue": f"{folder}/queue", "per_minute": 10**9}  # fmt: skip
        front = relay(told)
        with Server(front) as server:

            def load() -> None:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                while not ended.is_set():
                    eid = str(uuid.uuid4())
                    body = json.dumps({"kind": "click", "itemtype": 1, "item": 7, "eid": eid})
                    connection.request("POST", "/t/e", body, {"cookie": "pyrite_fpid=device-1"})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 204:
                        acknowledged.append(eid)

            threads = [threading.Thread(target=load) for _ in range(4)]
            for thread in threads:
                thread.start()
            for _ in track(range(rounds), "killing"):
                goal = front.counts()["sent"] + 200
                while front.counts()["sent"] < goal:
                    time.sleep(0.01)
                edge.end(signal.SIGKILL)
                edge.start()
            ended.set()
            for thread in threads:
                thread.join()
            while front.counts()["queued"]:
                time.sleep(0.05)
            counts = front.counts()
            front.close()
        found = stored(edge.folder)
    print(
        f"killed {rounds} times: {len(acknowledged)} events acknowledged by the relay, {len(set(acknowledged) - set(found))} of them missing;"
        f" {len(found)} stored, {len(found) - len(set(found))} of them twice; attempts that failed: {counts['failed']}, dropped: {counts['dropped']}"
    )  # fmt: skip


def main() -> None:
    """Run what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    options.add_argument("what", choices=["silent", "kill"])
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--rate", type=int, default=200)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--json", default="")
    told = options.parse_args()
    if told.what == "kill":
        kill(told.rounds)
    else:
        silent(told.rate, told.seconds, told.json)


if __name__ == "__main__":
    main()
