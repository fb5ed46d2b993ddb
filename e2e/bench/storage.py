"""IndexedDB beside localStorage, as places for an outbox: what the page's thread pays, and what is there after the browser was killed.

    python e2e/bench/storage.py [--rounds 20]

A page writes twenty records of 800 bytes, one transaction or one item each; the browser's processes are killed so many
milliseconds after the script has ended, started again, and what is there is counted.
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from support.chromium import ARGUMENTS, executable
from support.faults import browser_process, children_of, let_pass
from support.server import Server

WAITS_MS = (0, 5, 20, 100, 1000)
OPEN = """() => new Promise((done) => {
    const open = indexedDB.open("bench", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("records", {keyPath: "id"});
    open.onsuccess = () => { window.database = open.result; localStorage.length; done(1); };
})"""
WRITES = {
    "IndexedDB": """() => {
        const text = "x".repeat(800), began = performance.now();
        const transaction = database.transaction("records", "readwrite", {durability: "relaxed"});
        const store = transaction.objectStore("records");
        for (let n = 0; n < 20; n++) store.put({id: "" + n, text});
        transaction.commit();
        return performance.now() - began;
    }""",
    "localStorage": """() => {
        const text = "x".repeat(800), began = performance.now();
        for (let n = 0; n < 20; n++) localStorage.setItem("record-" + n, text);
        return performance.now() - began;
    }""",
}
COUNTS = {
    "IndexedDB": """() => new Promise((done) => {
        const all = database.transaction("records").objectStore("records").count();
        all.onsuccess = () => done(all.result);
    })""",
    "localStorage": "() => Object.keys(localStorage).filter((key) => key.startsWith('record-')).length",
}


async def blank(scope: Any, receive: Any, send: Any) -> None:
    """A page without anything."""
    if scope["type"] == "http":
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/html")],
            }
        )
        await send({"type": "http.response.body", "body": b"<title>page</title>"})


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {kind: [] for kind in WRITES}
    survived: dict[tuple[str, int], int] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Server(blank) as server,
        Progress(console=Console(stderr=True)) as bar,
    ):
        task = bar.add_task("killing", total=rounds * len(WRITES) * len(WAITS_MS))

        def opened(profile: Path) -> Page:
            context = playwright.chromium.launch_persistent_context(
                str(profile), executable_path=executable(), args=ARGUMENTS
            )
            page = context.new_page()
            page.goto(server.origin)
            page.evaluate(OPEN)
            return page

        for number in range(rounds):
            for wait_ms in WAITS_MS:
                for kind, write in WRITES.items():
                    profile = Path(folder) / f"{kind}-{wait_ms}-{number}"
                    page = opened(profile)
                    process = browser_process(profile)
                    processes = [process, *children_of(process)]
                    times[kind].append(page.evaluate(write))
                    let_pass(wait_ms / 1000)
                    for one in processes:
                        with suppress(ProcessLookupError):
                            os.kill(one, signal.SIGKILL)
                    with suppress(Exception):
                        page.context.close()
                    page = opened(profile)
                    key = (kind, wait_ms)
                    survived[key] = survived.get(key, 0) + page.evaluate(COUNTS[kind])
                    page.context.close()
                    bar.advance(task)
    table = Table(
        "",
        "20 records on the page's thread, ms",
        *(f"killed after {wait} ms" for wait in WAITS_MS),
        title="percent of the records there after a restart",
    )
    for kind in WRITES:
        cells = (f"{100 * survived[kind, wait] / (20 * rounds):.0f}" for wait in WAITS_MS)
        low, _, high = statistics.quantiles(times[kind], n=4)
        table.add_row(
            kind, f"{statistics.median(times[kind]):.2f} ({low:.2f} to {high:.2f})", *cells
        )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
