"""The same program in CPython, compiled for tests, compiled as shipped, and as MicroPython runs it: the same, or refused."""

import pytest
from constructs import CONSTRUCTS
from differential import differing
from generated import programs
from node import needs_node

SEED = 20261127
COUNT = 20  # e2e/conformance runs some hundreds, e2e/bench/compiler.py as many as one likes


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


@needs_node
def test_constructs_and_random_programs_mean_the_same_everywhere_or_are_refused() -> None:
    refused: dict[int, str] = {}
    made = [wrapped(text) for text in CONSTRUCTS]
    every = made + programs(SEED, COUNT)
    found = differing(every, refused.__setitem__)

    assert found == []
    assert len(refused) < len(every) / 2
    for text in REFUSED:
        assert any(text in every[place] for place in refused), text
    for sentence in refused.values():
        place, _, said = sentence.partition(": ")
        assert place.startswith("core/p"), sentence
        assert "; " in said, sentence


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_programs(seed: int) -> None:
    assert programs(seed, 5) == programs(seed, 5)
