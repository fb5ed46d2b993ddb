"""Everything that can happen to events on their way, once in each public lane; e2e/bench/delivery.py does it a hundred times."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright
from support.faults import CASES, OURS, STAYS, Stage, stage_round

SLOW = {
    *STAYS,
    "browser killed at once",
}  # the one in the figures of the other, the outages in test_delivery


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, playwright: Playwright) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage"), playwright) as made:
        yield made


@pytest.mark.parametrize("lane", OURS)
@pytest.mark.parametrize("case", [name for name in CASES if name not in SLOW])
def test_after_the_next_page_every_event_is_stored_once(stage: Stage, case: str, lane: str) -> None:
    result = stage_round(stage, lane, case, 0)

    assert (result["after"], result["twice"]) == (result["made"], 0), result
