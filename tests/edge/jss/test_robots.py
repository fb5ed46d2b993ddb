"""Robots whose sessions are not kept: what is over without a human sign is erased, and counted."""

from collections.abc import Callable
from typing import Any

from asked import stored
from service import FLUSH, HUMAN, settings, track
from starlette.testclient import TestClient

from pyrite.edge.jss.robots import Sweep
from pyrite.edge.settings import Edge
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

GOAL = {"goalId": "Instant Demo"}


def test_what_is_over_without_a_human_sign_is_erased(service: Maker, tmp_path: Any) -> None:
    now = [1_700_000_000.0]
    told: list[int] = []
    store = MemoryStore()
    jss = settings(tmp_path, robots="drop")
    sweep = Sweep(jss, store, told.append, lambda: now[0])
    robot, human, flushed = [service(store=store, clock=lambda: now[0]) for _ in range(3)]
    human.get(HUMAN)
    for client in (robot, human, flushed):
        track(client, [GOAL, GOAL])
    flushed.get(FLUSH)

    assert sweep.sweep() == 1
    now[0] += 19 * 60
    track(robot, GOAL)
    now[0] += 19 * 60
    assert sweep.sweep() == 0
    now[0] += 2 * 60
    assert (sweep.sweep(), sweep.sweep()) == (1, 0)
    assert len(stored(human)) == 2
    assert [one.robot for one in store.sessions()] == [False]


def test_one_whose_visitor_came_back_is_erased_too(service: Maker, tmp_path: Any) -> None:
    now = [1_700_000_000.0]
    told: list[int] = []
    client = service(clock=lambda: now[0])
    store = client.app.state.store  # type: ignore[attr-defined]
    sweep = Sweep(settings(tmp_path, robots="drop"), store, told.append, lambda: now[0])
    assert sweep.sweep() == 0
    track(client, GOAL)
    sweep.remember(next(store.sessions()).visitor)
    now[0] += 21 * 60
    client.get(HUMAN)
    track(client, GOAL)

    assert sweep.sweep() == 1
    assert [(one.events, one.robot) for one in store.sessions()] == [(1, False)]


def test_both_are_counted(service: Maker) -> None:
    client = service(settings=Edge(metrics=True), jss_robots="drop")
    track(client, GOAL, headers={"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    store = client.app.state.store  # type: ignore[attr-defined]
    track(client, GOAL)
    client.get(FLUSH)
    with client:  # its loop, on which the sweep runs
        while list(store.sessions()):
            client.get("/health")
        text = client.get("/metrics").text

    assert 'pyrite_robots_total{what="dropped"} 1.0' in text
    assert 'pyrite_robots_total{what="erased"} 1.0' in text


def test_unless_the_settings_say_so_all_are_kept(service: Maker, tmp_path: Any) -> None:
    client = service()
    track(client, GOAL)
    client.get(FLUSH)
    with client:
        client.get("/health")

    assert len(stored(client)) == 1
