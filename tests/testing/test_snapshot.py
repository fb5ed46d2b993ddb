"""The tracking of a test as a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyrite.testing import Tracking


@pytest.fixture
def edges(tmp_path: Path) -> Iterator[Any]:
    made: list[Tracking] = []

    def make(*, update: bool = False) -> Tracking:
        file = tmp_path / "__tracking__" / "test_one.json"
        made.append(Tracking(snapshot_file=file, update=update))
        return made[-1]

    yield make
    for edge in made:
        edge.close()


def send(edge: Tracking, price: float, number: int) -> None:
    xdm = {
        "_id": f"3f2504e0-4f89-41d3-9a0c-0305e82c330{number}",
        "eventType": "one",
        "timestamp": f"2026-11-27T20:00:0{number}.000Z",
        "environment": {"browserDetails": {"viewportWidth": 1000 + number}},
        "web": {"webPageDetails": {"URL": f"http://127.0.0.1:400{number}/shop"}},
    }
    edge.post(
        {"events": [{"xdm": xdm, "data": {"price": price, "at": 1_795_000_000_000 + number}}]}
    )


def test_a_test_whose_tracking_is_the_same_passes_and_a_change_is_a_diff(
    edges: Any, tmp_path: Path
) -> None:
    with pytest.raises(
        AssertionError, match=r"no snapshot .* accept it with: pytest --update-tracking"
    ):
        edges().matches_snapshot()
    first = edges(update=True)
    send(first, 12, 1)
    first.matches_snapshot()
    again = edges()
    send(again, 12, 2)
    again.matches_snapshot()
    other = edges()
    send(other, 13, 3)

    with pytest.raises(AssertionError) as failed:
        other.matches_snapshot()
    assert '-      "price": 12' in str(failed.value)
    assert '+      "price": 13' in str(failed.value)
    text = (tmp_path / "__tracking__" / "test_one.json").read_text()
    assert '"URL": "http://<site>/shop"' in text
    assert "viewport" not in text


def test_a_second_snapshot_of_a_test_has_a_name(edges: Any, tmp_path: Path) -> None:
    edges(update=True).matches_snapshot("empty")

    assert (tmp_path / "__tracking__" / "empty.json").read_text() == "[]\n"
