"""Extensions in a service: one that raises, and one that has something to say."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from asked import stored
from service import bodies, rows, track
from starlette.testclient import TestClient

from pyrite.edge.settings import JssProcessor

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def test_a_processor_that_raises_harms_no_neighbour(service: Maker) -> None:
    row = JssProcessor(use="shop_processors:Raising", before="event")
    client = service(jss_processors=[row])
    alone = track(client, {"boom": "secret"})
    beside = track(client, [GOAL, {"boom": "secret"}, GOAL])

    assert (alone.status_code, alone.json()["code"]) == (500, "jss.processor")
    assert beside.status_code == 207
    assert [(one["status"], one["code"]) for one in beside.json()["errors"]] == [(500, "jss.processor")]  # fmt: skip
    assert len(stored(client)) == 2
    found = rows(client)
    assert [(row.code, json.loads(row.body)) for row in found] == [("jss.processor", {"boom": "secret"})] * 2  # fmt: skip
    for one in found:
        trace = json.loads(one.context)["trace"]
        assert "shop_processors.py" in trace[-2]
        assert trace[-1] == "ZeroDivisionError"
    assert "shop_processors.py" not in alone.text + beside.text


def test_what_a_processor_says_is_in_the_answer(service: Maker) -> None:
    client = service(jss_processors=[JssProcessor(use="shop_processors:Commerce", before="event")])
    answer = track(client, [GOAL, {"commerceEventId": "7", "lines": [1.5, 2]}])

    assert answer.status_code == 200
    assert answer.json() == {
        "messages": [{"processor": "commerce", "message": "2 lines", "report": {"eventIndex": 1}}]
    }
    assert [one.type for one in stored(client)] == ["jss.goal", "jss.commerce", "jss.goal"]
    assert bodies(client)[1]["data"] == {"total": 3.5}
