"""What arrives after everything that can happen to a page, its browser, its network and its edge; ours beside others.

    python e2e/bench/delivery.py [--rounds 100] [--peers 4] [--only TEXT] [--trackers a,b] [--json FILE]

Each cell is the share of the events that are in the store before the visitor comes back, and after their next page; then how
many are there more than once. A round is a fresh visitor; the edge, its database, the collector and the browser are real.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from support.faults import CASES, OURS, PEERS, Stage, stage_round


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--peers", type=int, default=4, help="rounds of the others")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--trackers", default=",".join([*OURS, *PEERS]))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    trackers = chosen.trackers.split(",")
    cases = [name for name in CASES if chosen.only in name]
    found: dict[str, dict[str, dict[str, int]]] = {}
    problems = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Progress(console=Console(stderr=True)) as bar,
    ):
        for case in cases:
            for tracker in trackers:
                rounds = chosen.rounds if tracker in OURS else chosen.peers
                task = bar.add_task(f"{case}: {tracker}", total=rounds)
                total = {"rounds": 0, "made": 0, "at_once": 0, "after": 0, "twice": 0}
                started = time.monotonic()
                place = Path(folder) / f"{len(problems)}-{case}-{tracker}".replace(" ", "")
                place.mkdir()
                with Stage(place, playwright) as stage:
                    for number in range(rounds):
                        one = stage_round(stage, tracker, case, number)
                        for key in total:
                            total[key] += one.get(key, 1)
                        if tracker in OURS and one["missing"]:
                            problems.append((case, tracker, number, one))
                        bar.advance(task)
                total["seconds"] = round(time.monotonic() - started)
                found.setdefault(case, {})[tracker] = total
                bar.remove_task(task)
                print(case, tracker, total, flush=True)
    table = Table("percent stored: at once → after the next page (twice)", *trackers)
    for case, cells in found.items():
        table.add_row(case, *(_cell(cells[tracker]) for tracker in trackers))
    Console(width=140).print(table)
    for problem in problems:
        print(*problem)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n")


def _cell(total: dict[str, int]) -> str:
    first, last = (100 * total[name] / total["made"] for name in ("at_once", "after"))
    shown = f"{first:.4g}" if first == last else f"{first:.4g} → {last:.4g}"
    return shown + (f" ({total['twice']})" if total["twice"] else "")


if __name__ == "__main__":
    main()
