"""Some hundreds of random programs, without a browser: the same in CPython, compiled, shipped and MicroPython, or refused."""

from differential import differing
from generated import programs

SEED = 4711
COUNT = 300


def test_random_programs_mean_the_same_everywhere_or_are_refused() -> None:
    refused: list[str] = []
    found = differing(programs(SEED, COUNT), lambda place, why: refused.append(why))

    assert found == []
    assert len(refused) < COUNT / 2
