"""Random sequences without limit in CPython's core, the compiled and small script, and MicroPython's bytecode.

`python e2e/bench/sequences.py [--seed N] [--count N]`: commands, answers, clicks, callbacks, clocks and stored rubbish, the same
for the same seed. The effects are compared step by step. Each sequence that a lane plays otherwise, or that leaves a promise
open, an event without an account, a page hidden, or lets something leave without consent, is printed as short as it can be.
"""

import argparse
import sys
from pathlib import Path

from rich.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "e2e")]

from every_lane.playing import Lanes, differing, report
from every_lane.sequences import sequence

BATCH = 50


def main() -> None:
    """Play until stopped, or as many as are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=0, help="0: until stopped")
    options.add_argument("--shown", type=int, default=10, help="how many differences are printed")
    asked = options.parse_args()
    done = differ = 0
    with Lanes() as lanes, Progress() as bar:
        task = bar.add_task("sequences", total=asked.count or None)
        while not asked.count or done < asked.count:
            size = min(BATCH, asked.count - done) if asked.count else BATCH
            made = [sequence(asked.seed + done + place) for place in range(size)]
            for one in differing(lanes, made):
                differ += 1
                if differ <= asked.shown:
                    said = report(lanes, made[one[0]], one)
                    bar.console.print(
                        f"seed {asked.seed + done + one[0]}, {one[1]}:\n{said}\n", markup=False
                    )
            done += size
            bar.update(task, advance=size, description=f"{done} sequences, {differ} differ")
    print(f"{done} sequences from seed {asked.seed}: {differ} differ")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
