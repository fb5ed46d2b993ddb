"""Everything that can happen to events on their way, once in each public lane; e2e/bench/delivery.py does it a hundred times."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright
from support.faults import CASES, OURS, STAYS, Stage, stage_round

# The outages are in test_delivery; an interpreter needs its time to put twenty events away, as the figures show.
ELSEWHERE = {*STAYS, "browser killed at once", "browser killed after 0.1 s"}
BRIEF = ("20 events, navigate", "offline, tab closed", "browser killed after 1 s", "two tabs")
ROUNDS = [("compiled", case) for case in CASES if case not in ELSEWHERE]
ROUNDS += [(lane, case) for lane in OURS if lane != "compiled" for case in BRIEF]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, playwright: Playwright) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage"), playwright) as made:
        yield made


@pytest.mark.parametrize(("lane", "case"), ROUNDS)
def test_after_the_next_page_every_event_is_stored_once(stage: Stage, lane: str, case: str) -> None:
    result = stage_round(stage, lane, case, 0)

    assert (result["after"], result["twice"]) == (result["made"], 0), result
