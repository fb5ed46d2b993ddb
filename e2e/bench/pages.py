"""Random sequences in real pages without limit, on the shipped `alloy.js` of both public lanes.

    python e2e/bench/pages.py [--seed N] [--count N]

Commands, answers, clicks, clocks, routes and changes of the document, the same for the same seed; see e2e/every_lane/player.js.
Requests, promises, console, cookies, records and the document that comes of it are compared; each sequence that the lanes play
otherwise is printed with the place where they part.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "e2e")]

from every_lane.pages import Played, page_sequence
from playwright.sync_api import sync_playwright
from rich.progress import Progress
from support.built import built
from support.chromium import ARGUMENTS, executable
from support.lanes import PUBLIC

AROUND = 200  # characters that are printed before and after the place where two texts part


def parting(one: str, other: str) -> str:
    """Where two texts part, with what stands around it."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((place for place, (this, that) in pairs if this != that), min(len(one), len(other)))
    return "\n".join(f"  {text[max(0, at - AROUND) : at + AROUND]}" for text in (one, other))


def main() -> None:
    """Play until stopped, or as many as are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=0, help="0: until stopped")
    asked = options.parse_args()
    built()
    done = differ = 0
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        first, second = (Played(browser, Path(folder), lane) for lane in PUBLIC)
        with first, second, Progress() as bar:
            task = bar.add_task("sequences", total=asked.count or None)
            while not asked.count or done < asked.count:
                sequence = page_sequence(asked.seed + done)
                one, other = first.play(sequence), second.play(sequence)
                parted = [name for name in one if one[name] != other[name]]
                differ += bool(parted)
                for name in parted:
                    bar.console.print(
                        f"seed {asked.seed + done}, {name}:\n{parting(one[name], other[name])}",
                        markup=False,
                    )
                done += 1
                bar.update(task, advance=1, description=f"{done} sequences, {differ} differ")
    print(f"{done} sequences from seed {asked.seed}: {differ} differ")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
