"""A page that sends for days: listeners and memory after thousands of events.

    python e2e/bench/long_lived.py [--events 10000]

Ten events at a time, all acknowledged before the next ten. Memory is JavaScript's heap and its buffers after garbage collections;
the memory of WebAssembly, where MicroPython keeps its objects, is not among it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "e2e")]

from playwright.sync_api import CDPSession, Page, sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table
from support.built import built
from support.chromium import ARGUMENTS, executable
from support.lanes import PUBLIC
from support.site import Site

SEND = """async (count) => {
  for (let at = 0; at < count; at += 10) await Promise.all(Array.from({length: 10}, () => alloy("event", {type: "e"})));
}"""
STEPS = 10


def figures(session: CDPSession) -> list[str]:
    """Listeners, and megabytes of JavaScript's heap and of what it keeps outside, once what nobody holds is gone."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    listeners = session.send("Memory.getDOMCounters")["jsEventListeners"]
    heap = session.send("Runtime.getHeapUsage")
    outside = heap.get("backingStorageSize", 0)
    return [str(listeners), f"{heap['usedSize'] / 1e6:.2f}", f"{outside / 1e6:.2f}"]


def row(page: Page, session: CDPSession, events: int) -> list[str]:
    """The figures after *events* more."""
    page.evaluate(SEND, events)
    return figures(session)


def main() -> None:
    """Send, and print the figures of each public lane."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=10_000)
    events = options.parse_args().events
    built()
    table = Table("lane", "events", "listeners", "heap, MB", "buffers, MB")
    with sync_playwright() as playwright:
        for lane in PUBLIC:
            with tempfile.TemporaryDirectory() as folder, Site(Path(folder), lane=lane) as site:
                browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
                page = browser.new_page()
                page.goto(site.tracked(""))
                session = page.context.new_cdp_session(page)
                for step in track(range(1, STEPS + 1), lane):
                    found = row(page, session, events // STEPS)
                    if step in (1, STEPS // 2, STEPS):
                        table.add_row(lane, str(events * step // STEPS), *found)
                browser.close()
    Console().print(table)


if __name__ == "__main__":
    main()
