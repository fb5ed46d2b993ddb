"""Whatever happens in a page: the shipped `alloy.js` of both public lanes sends, stores, says and shows the same."""

from pathlib import Path

from every_lane.pages import Played, page_sequence
from playwright.sync_api import Browser
from support.lanes import PUBLIC

SEED = 300_000
COUNT = 25  # e2e/bench/pages.py plays as many as one likes


def test_a_page_is_the_same_in_both_lanes(browser: Browser, tmp_path: Path) -> None:
    one, other = PUBLIC
    with Played(browser, tmp_path, one) as first, Played(browser, tmp_path, other) as second:
        for seed in range(SEED, SEED + COUNT):
            sequence = page_sequence(seed)
            assert first.play(sequence) == second.play(sequence), f"seed {seed}: {sequence}"


def test_the_same_seed_gives_the_same_sequence() -> None:
    made = [page_sequence(SEED + number) for number in range(COUNT)]
    assert made == [page_sequence(SEED + number) for number in range(COUNT)]
    assert len({str(one) for one in made}) == COUNT
