"""What is kept of how an event came, beside its way."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from asked import event, post, stored
from starlette.testclient import TestClient

from pyrite.edge.ingest.meta import META_BYTES, agent_of, meta_of

Maker = Callable[..., TestClient]

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
HOUR_MS = 3_600_000


def kept(edge: Maker, meta: Any, agent: str = CHROME) -> Any:
    client = edge()
    post(client, "collect", {"events": [event()], "meta": meta}, headers={"user-agent": agent})
    return json.loads(stored(client)[0].body).get("meta")


def test_an_event_keeps_its_queue_time_its_clock_its_attempt_and_the_class_of_browser(
    edge: Maker,
) -> None:
    found = kept(edge, {"queueTimeMillis": 1500, "attempt": 3})
    sent_ms = int(time.time() * 1000) - 2 * HOUR_MS
    skew_ms = kept(edge, {"sentAt": sent_ms})["skew_ms"]

    assert found == {"queue_ms": 1500, "attempt": 3, "agent": "chrome"}
    assert 2 * HOUR_MS <= skew_ms < 3 * HOUR_MS


def test_what_says_nothing_is_left_out(edge: Maker) -> None:
    assert kept(edge, {"queueTimeMillis": 0, "attempt": 1}) == {"agent": "chrome"}
    assert kept(edge, {}, agent="") is None


@pytest.mark.parametrize("rubbish", ["7", True, -1, 1.5, None, [1], {"a": 1}])
def test_what_is_no_number_is_not_kept(rubbish: Any, edge: Maker) -> None:
    assert kept(edge, {"queueTimeMillis": rubbish, "attempt": rubbish}) == {"agent": "chrome"}


@pytest.mark.parametrize("skew_ms", [0, 90_000, 10**14, -(10**14)])
@pytest.mark.parametrize("number", [0, 12, 10**30])
def test_however_much_is_stated_it_is_sixty_bytes_at_most(number: int, skew_ms: int) -> None:
    for agent in ("", "chrome", "firefox", "samsung"):
        stated = {"queueTimeMillis": number, "attempt": number}
        meta = meta_of(stated, skew_ms=skew_ms, agent=agent)

        assert len(bytes(meta or b"")) <= META_BYTES
        assert isinstance(json.loads(bytes(meta or b"{}")), dict)


def test_the_text_of_an_agent_is_not_kept() -> None:
    assert agent_of(b'Mozilla "<script>" Firefox/1') == "firefox"
    assert agent_of(b"curl/8") == "other"
    assert agent_of(b"") == ""


@pytest.mark.parametrize(
    ("mode", "dest", "way"),
    [
        ("cors", "empty", "fetch"),
        ("no-cors", "empty", "beacon"),
        ("no-cors", "image", ""),
        ("navigate", "document", ""),
    ],
)
def test_a_beacon_tells_itself_from_a_fetch(mode: str, dest: str, way: str, edge: Maker) -> None:
    client = edge()
    post(client, "collect", headers={"sec-fetch-mode": mode, "sec-fetch-dest": dest})

    assert stored(client)[0].way == way
