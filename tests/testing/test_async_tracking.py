"""The same for coroutine tests, here without a browser and without a plugin that runs them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from pyrite.testing import AsyncTracking


@pytest.fixture
def edge() -> Iterator[AsyncTracking]:
    made = AsyncTracking()
    yield made
    made.close()


def body(*types: str) -> dict[str, Any]:
    return {"events": [{"xdm": {"eventType": type}, "data": {"sku": "A-1"}} for type in types]}


def test_events_are_awaited(edge: AsyncTracking) -> None:
    async def test() -> None:
        async with edge.expect_event("one", data={"sku": str}) as found:
            edge.post(body("one"))
        assert found.events[0].data == {"sku": "A-1"}
        assert len(await edge.expect_event("one")) == 1
        assert await edge.expect_no_event("two") == []
        await edge.no_more_events()
        assert await edge.lost() == []

        with pytest.raises(AssertionError, match="nearest: one"):
            await edge.expect_event("one", data={"sku": "A-2"}, within=0)

    asyncio.run(test())
    edge.finish()


def test_an_expectation_that_nobody_awaits_fails_the_test(edge: AsyncTracking) -> None:
    edge.expect_event("one")

    with pytest.raises(AssertionError, match="never awaited"):
        edge.finish()
