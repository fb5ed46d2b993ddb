"""Events per second that the edge takes and has on disk before it answers, beside the barest server that could do the same.

    python e2e/bench/ingest.py [--seconds 8] [--rounds 3] [--json FILE]        (needs wrk: apt-get install wrk)

*no-op* answers 204 to everything; *bare* decodes with msgspec, and commits to one SQLite table with `synchronous = FULL` before
it answers; neither checks, counts, limits or remembers anything. Ours runs with all of that on, for each of SQLite's settings.
One process each, under uvicorn; the load comes from the same machine, 32 connections. Rounds alternate; the spread of each cell
is printed beside its median.
"""

import argparse
import asyncio
import json
import queue
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

SERVERS = ("no-op", "bare", "full", "normal", "off")
EVENTS = (1, 10)
CONNECTIONS = 32
SCRIPT = """
local n = 0
local prefix = tostring(math.random(1e9)) .. tostring({}):gsub("table: ", "")
local head = '{"events":['
local tail = '],"meta":{"queueTimeMillis":0,"sentAt":%d,"state":{"cookiesEnabled":true,"domain":"site.test"}},"xdm":{"identityMap":{"FPID":[{"id":"'
request = function()
  local events = {}
  for i = 1, EVENTS do
    n = n + 1
    events[i] = '{"data":{"key":"value"},"xdm":{"_id":"' .. prefix .. n .. '","device":{"screenHeight":720,"screenOrientation":"landscape","screenWidth":1280},"environment":{"browserDetails":{"viewportHeight":720,"viewportWidth":1280},"type":"browser"},"eventType":"web.webpagedetails.pageViews","implementationDetails":{"environment":"browser","name":"https://pyrite.dev","version":"0.1.0"},"placeContext":{"ianaTimezone":"Europe/Berlin","localTime":"2026-11-20T07:53:47.711+01:00","localTimezoneOffset":-60},"timestamp":"2026-11-20T06:53:47.711Z","web":{"webPageDetails":{"URL":"https://www.site.test/page?a=1"},"webReferrer":{"URL":""}}}}'
  end
  local body = head .. table.concat(events, ",") .. tail .. 'device-' .. (n % 1000) .. '"}]}}}'
  return wrk.format("POST", "/ee/v1/collect?configId=shop&requestId=r" .. n, {["content-type"] = "text/plain"}, body)
end
"""


class _Event(msgspec.Struct):
    xdm: msgspec.Raw


class _Body(msgspec.Struct):
    events: list[_Event]


def bare(folder: Path) -> Any:
    """The barest server that acknowledges after the commit."""
    waiting: queue.Queue[Any] = queue.Queue()
    decode = msgspec.json.Decoder(_Body).decode

    def write() -> None:
        connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (body BLOB)")
        while True:
            group = [waiting.get()]
            while not waiting.empty():
                group.append(waiting.get())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO events VALUES (?)",
                [(bytes(one.xdm),) for body, _, _ in group for one in body.events],
            )
            connection.execute("COMMIT")
            loop = group[0][2]
            loop.call_soon_threadsafe(lambda done: [one[1].set_result(None) for one in done], group)

    threading.Thread(target=write, daemon=True).start()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        content = b""
        while True:
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body"):
                break
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        waiting.put((decode(content), done, loop))
        await done
        await _empty(send)

    return app


async def noop(scope: Any, receive: Any, send: Any) -> None:
    """Answers, and no more."""
    while (await receive()).get("more_body"):
        pass
    await _empty(send)


async def _empty(send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def serve(name: str, port: int, folder: Path) -> None:
    """Run one server until it is killed."""
    import uvicorn

    app: Any = noop
    if name == "bare":
        app = bare(folder)
    elif name != "no-op":
        import pyrite
        from pyrite.edge.settings import Store

        settings = pyrite.Settings(store=Store(synchronous=name))  # type: ignore[arg-type]
        app = pyrite.edge(settings=settings, data=folder)
        from pyrite.edge.http import server as serving

        serving.settle()  # as `pyrite serve` does
    uvicorn.run(app, port=port, log_level="error", access_log=False, lifespan="off")


def measure(name: str, events: int, seconds: int) -> dict[str, float]:
    """One round: requests and events per second, and how long requests took, in milliseconds."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            sys.executable,
            __file__,
            "--serve",
            name,
            "--port",
            str(port),
            "--folder",
            place,
        ]
        server = subprocess.Popen(command)
        try:
            _await(port)
            script = folder / "load.lua"
            script.write_text(
                f"EVENTS = {events}\n" + SCRIPT.replace("%d", str(int(time.time() * 1000)))
            )
            result = subprocess.run(
                ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        finally:
            server.kill()
            server.wait()
    if "Non-2xx" in result.stdout:
        raise SystemExit(f"{name} refused some:\n{result.stdout}")
    rate = float(_after(result.stdout, "Requests/sec:"))
    spread = result.stdout.partition("Latency Distribution")[2]
    return {
        "requests": rate,
        "events": rate * events,
        "p50": _ms(_after(spread, "50%")),
        "p99": _ms(_after(spread, "99%")),
    }


def _await(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("the server did not start")


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2].split()[0]


def _ms(text: str) -> float:
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", default="")
    parser.add_argument("--port", type=int)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.port, chosen.folder)
        return
    if not shutil.which("wrk"):
        raise SystemExit("this needs wrk: apt-get install wrk")
    found: dict[str, dict[str, list[dict[str, float]]]] = {}
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("measuring", total=chosen.rounds * len(SERVERS) * len(EVENTS))
        for _ in range(chosen.rounds):
            for events in EVENTS:
                for name in SERVERS:
                    one = measure(name, events, chosen.seconds)
                    found.setdefault(str(events), {}).setdefault(name, []).append(one)
                    bar.advance(task)
    for size, cells in found.items():
        title = f"{size} event{'' if size == '1' else 's'} a request, medians (lowest to highest)"
        table = Table("server", "events/s", "× bare", "p50 ms", "p99 ms", title=title)
        base = statistics.median(one["events"] for one in cells["bare"])
        for name, rounds in cells.items():
            rates = sorted(one["events"] for one in rounds)
            middle = statistics.median(rates)
            table.add_row(
                name,
                f"{middle:,.0f} ({rates[0]:,.0f} to {rates[-1]:,.0f})",
                f"{middle / base:.2f}",
                *(f"{statistics.median(one[key] for one in rounds):.1f}" for key in ("p50", "p99")),
            )
        Console(width=110).print(table)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
