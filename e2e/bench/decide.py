"""How long deciding takes, from 10 to 10,000 experiences: the curve, and a profile of what it is spent on.

    python e2e/bench/decide.py [--json FILE]

Every experience has an audience, a schedule or a share of its own; some ten apply to the page. There is no peer that decides in
Python in process: the figures stand alone, in milliseconds, medians with quartiles.
"""

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from pyrite.core.decisions.rules import Rules
from pyrite.core.decisions.subject import Profile, Subject

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)
ROUNDS = 200
NOW_MS = 1795157627711
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
QUERY: dict[str, object] = {
    "decisionScopes": ["__view__", "hero"],
    "surfaces": ["web://shop.test/a"],
}


def experience(number: int, chance: random.Random, applying: float) -> dict[str, Any]:
    """One of a large site's: most are for other pages, campaigns, visitors or times."""
    kinds: list[dict[str, Any]] = [
        {"audience": {"path": {"is": [f"/p{number}", f"/q{number}"]}}},
        {"audience": {"path": {"starts": f"/category/{number}/"}}},
        {"audience": {"url": f"utm_campaign=c{number}"}},
        {"audience": {"query": {"utm_source": f"s{number}"}, "visitor": "new"}},
        {"audience": {"data": {"cart.total": {"min": 1000 + number}}, "device": "mobile"}},
        {"audience": {"any": [{"referrer": f"r{number}.test"}, {"data": {"sku": str(number)}}]}},
        {"schedule": {"start_ms": NOW_MS + number * 1000}},
        {"scope": f"scope-{number}"},
        {"audience": {"device": "mobile", "language": "de"}, "percentage": 50},
        {"audience": {"views": {"min": 50}, "not": {"visitor": "new"}}},
    ]
    applies: list[dict[str, Any]] = [
        {"audience": {"path": {"is": "/a"}}, "percentage": 90},
        {"audience": {"device": "desktop"}, "scope": "hero", "holdout": 5},
        {"audience": {"path": {"starts": "/"}, "not": {"url": "x"}}, "cap": {"shown": 3}},
    ]
    made = dict(chance.choice(applies if chance.random() < applying else kinds))
    variants = [{"id": "a", "weight": 1}, {"id": "b", "weight": 1}]
    return {"id": f"e{number}", "priority": chance.randrange(10), "variants": variants, **made}


def subject(number: int) -> Subject:
    """A view of some visitor."""
    event: dict[str, object] = {
        "xdm": {
            "eventType": "web.webpagedetails.pageViews",
            "web": {
                "webPageDetails": {"URL": "https://shop.test/a?utm_source=x"},
                "webReferrer": {"URL": "https://search.test/"},
            },
        },
        "data": {"cart": {"total": 10}, "sku": "none"},
    }
    visitor = Profile(id=f"0f6a3f5e-0000-4000-8000-{number:012d}", visits=2, views=4)
    return Subject(event=event, visitor=visitor, now_ms=NOW_MS, language="en", agent=AGENT)


def measured(size: int, applying: float) -> dict[str, float]:
    """`{prepare_ms, decide_ms, lower_ms, upper_ms, given}` for *size* experiences."""
    chance = random.Random(7)
    experiences = [experience(number, chance, applying) for number in range(size)]
    began = time.perf_counter()
    rules = Rules(experiences, holdout=2)
    prepared = time.perf_counter() - began
    times, given = [], 0
    for number in range(ROUNDS):
        asked = subject(number)
        began = time.perf_counter()
        given += len(rules.decide(asked, QUERY))
        times.append((time.perf_counter() - began) * 1000)
    lower, median, upper = statistics.quantiles(times, n=4)
    return {
        "prepare_ms": prepared * 1000,
        "decide_ms": median,
        "lower_ms": lower,
        "upper_ms": upper,
        "given": given / ROUNDS,
    }


def main() -> None:
    """Measure, print a table, and JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {
        "ten apply": {size: measured(size, min(1, 10 / size)) for size in SIZES},
        "all apply": {size: measured(size, 1.0) for size in SIZES[:5]},
    }
    for name, rows in found.items():
        print(f"{name}:  experiences  prepare ms  decide ms (quartiles)      given")
        for size, row in rows.items():
            quartiles = f"{row['lower_ms']:.3f} to {row['upper_ms']:.3f}"
            print(
                f"{'':{len(name)}}  {size:12,} {row['prepare_ms']:11.2f} {row['decide_ms']:10.3f} ({quartiles}) {row['given']:8.1f}"
            )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
