"""The fixture's form for coroutine tests, with async Playwright in a thread of its own: here the sync one runs already."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from support.chromium import ARGUMENTS, executable
from support.site import Site

from pyrite.testing import AsyncTracking


async def a_test(tracking: AsyncTracking, tracked: Callable[[str], str]) -> None:
    """What a coroutine test may say."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        context = await browser.new_context(**tracking.context_args)
        page = await context.new_page()
        tracking.attach({"page": page})
        await tracking.consent("in", org="shop")

        async with tracking.expect_event("one", data={"sku": "A-1"}) as found:
            await page.goto(tracked("alloy('event', {type: 'one', data: {sku: 'A-1'}})"))
        assert found.events[0].way == "fetch"
        await tracking.no_more_events()

        await tracking.offline()
        await page.evaluate("() => { alloy('event', {type: 'kept'}).catch(() => 0) }")
        await page.wait_for_function("alloy('getDelivery').then((told) => told.waiting)")
        with pytest.raises(AssertionError, match="not yet at the edge:\n    kept"):
            await tracking.expect_event("kept", within=0)
        assert len(await tracking.lost()) == 1
        await tracking.back()
        await page.goto(tracked(""))
        await tracking.expect_event("kept")
        await browser.close()
    tracking.finish()


@pytest.mark.lanes("compiled")
def test_a_coroutine_test_awaits_what_it_expects(tmp_path: Path, lane: str) -> None:
    tracking = AsyncTracking()
    with Site(tmp_path, lane=lane) as site, ThreadPoolExecutor(1) as thread:

        def tracked(script: str) -> str:
            return site.tracked(script, defaultConsent="pending")

        try:
            thread.submit(lambda: asyncio.run(a_test(tracking, tracked))).result(60)
        finally:
            tracking.close()
        assert site.all_events() == []
