"""An edge that is given a clock asks no other."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from asked import post
from starlette.testclient import TestClient

from pyrite.edge.operations.health import forget_old
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]
NOON_S = 1_700_000_000.0
VARIANT = "[[variants]]\nid = 'a'\nitems = [{type = 'setText', selector = 'h1', content = 'x'}]\n"


def test_events_and_experiments_bear_its_time(edge: Maker, tmp_path: Path) -> None:
    (tmp_path / "experiences").mkdir(exist_ok=True)
    (tmp_path / "experiences" / "one.toml").write_text(VARIANT)
    store = MemoryStore()

    client = edge(store=store, experiences=tmp_path / "experiences", clock=lambda: NOON_S)
    post(client)
    client.app.state.experiences.current()  # type: ignore[attr-defined]
    assert [event.received_ms for event in store.events()] == [NOON_S * 1000]
    assert [one.since_ms for one in store.experiments()] == [NOON_S * 1000]


def test_what_is_too_old_by_it_is_deleted(edge: Maker) -> None:
    store = MemoryStore()
    post(edge(store=store, clock=lambda: NOON_S))

    async def until_looked(now_s: float) -> None:
        looked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def clock() -> float:
            loop.call_soon(looked.set)
            return now_s

        task = asyncio.create_task(forget_old(store, days=1, clock=clock))
        await looked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(until_looked(NOON_S + 86_000))
    assert len(list(store.events())) == 1
    asyncio.run(until_looked(NOON_S + 87_000))
    assert not list(store.events())
