"""Random programs without limit through the compiler: `python e2e/bench/compiler.py [--seed N] [--rounds N]`.

Each round makes programs of the portable subset and runs them in CPython, compiled for tests, compiled as shipped, and in
MicroPython (merged and shortened), all in Node. The first program that differs is printed, made as short as it can be.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "bundle")]

from differential import differing, shortest
from generated import programs

BATCH = 300


def main() -> None:
    """Run rounds until one differs, or as many as are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=0, help="0: until stopped")
    asked = options.parse_args()
    number = asked.seed
    refused = 0

    def told(place: int, why: str) -> None:
        nonlocal refused
        refused += 1

    while not asked.rounds or number < asked.seed + asked.rounds:
        found = differing(programs(number, BATCH), told)
        done = (number - asked.seed + 1) * BATCH
        print(f"seed {number}: {done} programs, {refused} refused, {len(found)} differ", flush=True)
        if found:
            text = shortest(found[0][0], lambda one: bool(differing([one])))
            print(text)
            for lane, shown in (differing([text]) or found)[0][1].items():
                print(f"{lane}: {shown}")
            raise SystemExit(1)
        number += 1


if __name__ == "__main__":
    main()
