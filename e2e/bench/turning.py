"""Turns between two pages that both run the tracker: how many the back/forward cache serves, and whether each event is stored once.

    python e2e/bench/turning.py [--turns 50]

Each page is in the cache while the other one is open, and sends an event at each return without waiting for its answer.
"""

import argparse
import collections
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "e2e")]

from cached.turning import LAUNCH, Turning
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table
from support.built import built
from support.lanes import PUBLIC
from support.site import Site


def main() -> None:
    """Turn, and print what came of it in each public lane."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=50)
    turns = options.parse_args().turns
    built()
    table = Table("lane", "turns", "from the cache", "stored", "lost", "twice", "why not")
    with sync_playwright() as playwright:
        for lane in PUBLIC:
            with tempfile.TemporaryDirectory() as folder, Site(Path(folder), lane=lane) as site:
                browser = playwright.chromium.launch(**LAUNCH)
                turning = Turning(site, browser.new_page())
                for _ in track(range(turns), lane):
                    turning.turn()
                site.events(turns, "turn")
                stored = collections.Counter(e["data"]["turn"] for e in site.all_events("turn"))
                figures = [turns, turns - len(turning.refusals), stored.total()]
                figures += [turns - len(stored), stored.total() - len(stored)]
                table.add_row(lane, *map(str, figures), str(turning.refusals or ""))
                browser.close()
    Console().print(table)


if __name__ == "__main__":
    main()
