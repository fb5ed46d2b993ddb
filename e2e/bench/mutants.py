"""Which changes of the code the tests without a browser notice: a fixed sample of mutations, one at a time.

    python e2e/bench/mutants.py [--count 300] [--seed 1] [--only core] [--minutes 60] [--json mutants.json]

A mutant is named by module, function and what was changed there, not by its line, so that names outlive edits.
`mutants-equivalent.txt` beside this file names those that change nothing anyone can see, each with the reason.

Tests that run the changed function are run, the quickest files first, until one fails; one mutant at a time, at the lowest
priority. The first run writes down which tests these are (`--map`), which takes as long as the tests themselves; a map older
than the tests is to be deleted. With `--gaps` the changes of mutation/gaps.toml alone are tried, each with its own test.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from mutation import forked
from mutation.changes import SOURCE, Mutant, changes
from mutation.gaps import open_gaps
from rich.progress import track

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("mutants-equivalent.txt")
# What is changed, and the tests that ought to notice.
ROOMS = {
    "core": ["tests/core", "tests/delivery", "tests/testing", "tests/edge", "tests/browser"],
    "browser": ["tests/browser", "tests/test_spelling.py"],
    "edge": ["tests/edge", "tests/test_cli.py"],
    "stores": ["tests/stores", "tests/edge", "tests/test_cli.py"],
    "bundle/compiler": ["tests/bundle", "tests/language"],
}
COMPILER = "bundle/compiler"
COMPILED = "tests/bundle/test_whole.py"  # core's own tests in Node: what CPython's json does by itself is noticed there
SUITES = sorted({suite for suites in ROOMS.values() for suite in suites})
SOON_S = 3  # of tests in the first go: most changes are noticed there


class Touched:
    """Which tests run which function."""

    def __init__(self, file: Path) -> None:
        known = json.loads(file.read_text())
        self.tests: dict[str, list[str]] = known["tests"]
        self.seconds: dict[str, float] = known["seconds"]

    def goes(self, mutant: Mutant, room: str) -> list[list[str]]:
        """The tests for *mutant*: first some that are quick, then the others; every suite of its *room* where no test is known."""
        module = mutant.file.relative_to(SOURCE).with_suffix("").as_posix()
        suites = tuple(ROOMS[room])
        tests = [one for one in self.tests.get(f"{module}:{mutant.function}", []) if one.startswith(suites)]  # fmt: skip
        if not tests:
            return [list(suites)]
        by_file: dict[str, list[str]] = {}
        for test in tests:
            by_file.setdefault(test.partition("::")[0], []).append(test)
        files = sorted(by_file.values(), key=self._cost)
        soon, spent = [files[0]], self._cost(files[0])
        for group in files[1:]:
            spent += self._cost(group)
            if spent > SOON_S:
                break
            soon.append(group)
        rest = files[len(soon) :]
        if room == COMPILER:
            # What a fixture has compiled, tests that run nothing themselves look at.
            rest = [[group[0].partition("::")[0]] for group in files]
        elif room == "core":
            rest.append([COMPILED])
        return [[test for group in part for test in group] for part in (soon, rest) if part]

    def _cost(self, tests: list[str]) -> float:
        return 0.3 + sum(self.seconds.get(test, 0.0) for test in tests)


def mapped(file: Path) -> None:
    """Run every test once, and write down in *file* which functions each runs."""
    environment = os.environ | {"TOUCHED": str(file.resolve()), "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(SOURCE.parent)])}  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mutation.touched", *SUITES]
    subprocess.run(command, cwd=ROOT, env=environment, check=False)


def chosen(count: int, seed: int, only: str) -> list[tuple[str, Mutant]]:
    """The sample, each with its room and in an order by chance: as many of each room as its share of all changes."""
    every = {
        room: [mutant for file in sorted((SOURCE / room).rglob("*.py")) for mutant in changes(file)]
        for room in ROOMS
        if only in ("", room)
    }
    whole = sum(len(mutants) for mutants in every.values())
    picked: list[tuple[str, Mutant]] = []
    for room, mutants in every.items():
        share = min(len(mutants), max(1, round(count * len(mutants) / whole)))
        sample = random.Random(f"{seed} {room}").sample(mutants, share)
        picked += [(room, mutant) for mutant in sample]
    random.Random(seed).shuffle(picked)
    return picked


def verdict(goes: list[list[str]], mutant: Mutant) -> str:
    """`killed: ` and the test that failed, `survived`, or `broken` where tests can't be run: with *mutant* in the code."""
    for tests in goes:
        ended, test = forked.run(tests, mutant.file, mutant.text())
        if ended == "broken":
            return ended  # the map is older than the tests, or nothing can be collected
        if ended != "passed":
            return f"killed: {test or ended}"
    return "survived"


def proven(verdicts: dict[str, str]) -> dict[str, str]:
    """*verdicts*, with `broken` for those whose test fails without any change too: that proves nothing."""
    tests = sorted({said.partition(": ")[2] for said in verdicts.values() if "::" in said})
    wrong: set[str] = set()
    file = SOURCE / "__init__.py"  # as it is
    while tests:
        ended, test = forked.run(tests, file, file.read_text(), cpu_s=3600, wall_s=3600)
        if ended == "passed" or not test:
            break
        wrong.add(test)
        tests.remove(test)
    return {
        name: f"broken: {said.partition(': ')[2]}" if said.partition(": ")[2] in wrong else said
        for name, said in verdicts.items()
    }


def main() -> None:
    """Run the sample, say what survived, by room, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one room")
    parser.add_argument("--minutes", type=float, default=600, help="no new mutant after that")
    parser.add_argument(
        "--json",
        default="mutants.json",
        help="a file for all verdicts; what is in it is not tried again",
    )
    parser.add_argument("--map", default="touched.json", help="which tests run what; made where it is missing")  # fmt: skip
    parser.add_argument("--names", default="", help="only mutants whose name has this in it")
    parser.add_argument("--gaps", action="store_true", help="only those of mutation/gaps.toml")
    given = parser.parse_args()
    os.nice(19)
    sys.dont_write_bytecode = False  # tests are read in anew for each mutant
    os.chdir(ROOT)
    if given.gaps:
        sys.exit("\n".join(open_gaps(given.names)) or None)
    map_, out = Path(given.map), Path(given.json)
    if not map_.exists():
        mapped(map_)
    touched = Touched(map_)
    equivalent = {line.partition(" # ")[0] for line in EQUIVALENT.read_text().splitlines()}
    sample = [
        (room, mutant)
        for room, mutant in chosen(given.count, given.seed, given.only)
        if mutant.name not in equivalent and given.names in mutant.name
    ]
    verdicts: dict[str, str] = json.loads(out.read_text()) if out.exists() else {}
    ends = time.monotonic() + given.minutes * 60
    for room, mutant in track(sample, "mutants"):
        if time.monotonic() > ends:
            break
        if mutant.name not in verdicts:
            verdicts[mutant.name] = verdict(touched.goes(mutant, room), mutant)
            out.write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n")
    tried = [mutant.name for _, mutant in sample if mutant.name in verdicts]
    told(proven({name: verdicts[name] for name in tried}), len(sample))


def told(verdicts: dict[str, str], of: int) -> None:
    """Print who survived, and how many were killed in each room and in all."""
    for name, said in verdicts.items():
        if not said.startswith("killed"):
            print(f"{said}: {name}")
    for room in ROOMS:
        own = [said for name, said in verdicts.items() if name.startswith(room + "/")]
        if own:
            print(f"{room}: {len(killed(own))} of {len(own)} killed")
    number = len(killed(list(verdicts.values())))
    share = 100 * number / max(1, len(verdicts))
    print(f"{number} of {len(verdicts)} killed: {share:.0f} %; {of} in the sample")


def killed(verdicts: list[str]) -> list[str]:
    """Those of *verdicts* that say so."""
    return [said for said in verdicts if said.startswith("killed")]


if __name__ == "__main__":
    main()
