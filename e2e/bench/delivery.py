"""What arrives after everything that can happen to a page, its browser, its network and its edge; ours beside others.

    python e2e/bench/delivery.py [--rounds 100] [--peers 4] [--only TEXT] [--trackers a,b] [--jobs 2] [--json FILE]

Each cell is the share of the events that are in the store before the visitor comes back, and after their next page; then how
many are there more than once. A round is a fresh visitor; the edge, its database, the collector and the browser are real.
Most of a round is waiting: *jobs* stages, each with a browser and an edge of its own, run side by side. What is counted are
events, not times, so they disturb each other only by making the machine slower than a visitor's.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from support.built import built
from support.faults import CASES, OURS, PEERS, Stage, stage_round
from support.packs import pack

SHARE = 25  # rounds of one stage
COUNTED = ("made", "at_once", "after", "twice")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--peers", type=int, default=4, help="rounds of the others")
    parser.add_argument("--only", default="", help="cases whose name holds one of these, by commas")
    parser.add_argument("--trackers", default=",".join([*OURS, *PEERS]))
    parser.add_argument("--jobs", type=int, default=2, help="stages side by side")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    trackers = chosen.trackers.split(",")
    cases = [name for name in CASES if any(text in name for text in chosen.only.split(","))]
    built()  # once, before several would
    for peer in ("@adobe/alloy", "@snowplow/browser-tracker"):
        pack(peer)
    found: dict[str, dict[str, dict[str, Any]]] = {case: {} for case in cases}
    tasks = [
        (case, tracker, *share)
        for case in cases
        for tracker in trackers
        for share in _shares(chosen.rounds if tracker in OURS else chosen.peers)
    ]
    fresh = multiprocessing.get_context("spawn")  # Playwright can't be taken along by a fork
    with (
        ProcessPoolExecutor(chosen.jobs, mp_context=fresh) as pool,
        Progress(console=Console(stderr=True)) as bar,
    ):
        shown = bar.add_task("rounds", total=sum(task[3] for task in tasks))
        for future in as_completed([pool.submit(_share, *task) for task in tasks]):
            case, tracker, total = future.result()
            cell = found[case].setdefault(tracker, {"rounds": 0, "seconds": 0, "problems": []})
            for key in total:
                cell[key] = cell.get(key, type(total[key])()) + total[key]
            bar.advance(shown, total["rounds"])
            print(case, tracker, total, flush=True)
            if chosen.json:
                chosen.json.write_text(json.dumps(found, indent=2) + "\n")
    table = Table("percent stored: at once → after the next page (twice)", *trackers)
    for case, cells in found.items():
        table.add_row(case, *(_cell(cells[tracker]) for tracker in trackers))
    Console(width=140).print(table)


def _shares(rounds: int) -> Iterator[tuple[int, int]]:
    """`(first, how many)` of the rounds that one stage plays."""
    for first in range(0, rounds, SHARE):
        yield first, min(SHARE, rounds - first)


def _share(case: str, tracker: str, first: int, rounds: int) -> tuple[str, str, dict[str, Any]]:
    """Some rounds of a case on a stage of their own: the case, the tracker, and counts of events."""
    total: dict[str, Any] = {"rounds": rounds, "problems": []} | dict.fromkeys(COUNTED, 0)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sync_playwright() as playwright,
        Stage(Path(folder), playwright) as stage,
    ):
        for number in range(first, first + rounds):
            one = stage_round(stage, tracker, case, number)
            for key in COUNTED:
                total[key] += one[key]
            if tracker in OURS and one["missing"]:
                total["problems"].append([number, one["missing"]])
    total["seconds"] = round(time.monotonic() - started)
    return case, tracker, total


def _cell(total: dict[str, Any]) -> str:
    first, last = (100 * total[name] / total["made"] for name in ("at_once", "after"))
    shown = f"{first:.4g}" if first == last else f"{first:.4g} → {last:.4g}"
    return shown + (f" ({total['twice']})" if total["twice"] else "")


if __name__ == "__main__":
    main()
