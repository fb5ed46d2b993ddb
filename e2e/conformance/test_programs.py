"""Programs without a browser: the same in CPython, compiled for tests, compiled as shipped and in MicroPython, or refused."""

import pytest
from constructs import CONSTRUCTS
from differential import differing
from generated import programs

SEED = 4711
COUNT = 300  # e2e/bench/compiler.py runs as many as one likes


def wrapped(text: str) -> str:
    """A construct as a program."""
    if "def run(show)" in text:
        return text + "\n"
    return "def run(show):\n" + "\n".join([f"    {line}" for line in text.splitlines()]) + "\n"


# Whose meaning JavaScript has not, or which nothing may leave out in silence: these must be refused, or mean the same.
REFUSED = [
    "a[-1] = 9", "del a[0]", "split(\",\", 1)", "replace(\"a\", \"b\", 1)", "startswith(\"b\", 1)", "find(\"c\", 0, 1)",
    "list(zip([1], [2], [3]))", "int(\"10\", 2)", "sum([1, 2], 10)", "def f():\n    return 2", "show(_)", "def __len__",
    "@dec", "show(__name__)", "global q", "yield 1", "lambda: i for i",
]  # fmt: skip


def test_each_construct_means_the_same_everywhere_or_is_refused() -> None:
    refused: dict[int, str] = {}
    every = [wrapped(text) for text in CONSTRUCTS]
    found = differing(every, refused.__setitem__)

    assert found == []
    assert len(refused) < len(every) / 2
    for text in REFUSED:
        assert any(text in every[place] for place in refused), text
    for sentence in refused.values():
        place, _, said = sentence.partition(": ")
        assert place.startswith("core/p"), sentence
        assert "; " in said, sentence


def test_random_programs_mean_the_same_everywhere_or_are_refused() -> None:
    refused: list[str] = []
    found = differing(programs(SEED, COUNT), lambda place, why: refused.append(why))

    assert found == []
    assert len(refused) < COUNT / 2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_programs(seed: int) -> None:
    assert programs(seed, 5) == programs(seed, 5)
