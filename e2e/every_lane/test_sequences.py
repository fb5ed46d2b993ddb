"""Whatever happens to a tracker: the same requests, cookies, steps, timers and results in CPython, and in what ships; and all ends well."""

from every_lane.playing import Lanes, differing, report, wrong_in
from every_lane.sequences import sequence

SEED = 200_000
COUNT = 200  # e2e/bench/sequences.py plays as many as one likes


def test_random_sequences_give_the_same_in_every_lane_and_end_well() -> None:
    made = [sequence(SEED + number) for number in range(COUNT)]
    with Lanes() as lanes:
        found = differing(lanes, made)
        said = [report(lanes, made[one[0]], one) for one in found[:3]]

    assert found == [], "\n\n".join(said)


def test_the_same_seed_gives_the_same_sequence() -> None:
    assert sequence(SEED) == sequence(SEED)
    assert sequence(SEED) != sequence(SEED + 1)


def test_what_ends_wrong_is_told() -> None:
    assert wrong_in('[[],\n[["open",1]]]') == [["open", 1]]
