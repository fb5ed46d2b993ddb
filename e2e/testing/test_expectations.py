"""What a failure prints of the browser."""

import pytest
from playwright.sync_api import Page
from support.site import Site

from pyrite.testing import Tracking


@pytest.mark.lanes("compiled")
def test_a_failure_shows_the_outbox_and_the_console(
    tracking: Tracking, page: Page, site: Site
) -> None:
    tracking.down()
    page.goto(
        site.tracked("alloy('event', {type: 'kept'}).catch(() => 0); console.log('said this')")
    )
    page.wait_for_function("alloy('getDelivery').then((told) => told.waiting)")

    with pytest.raises(AssertionError) as failed:
        tracking.expect_event("kept", within=0).check()
    text = str(failed.value)
    assert "not yet at the edge:\n    kept {}\n" in text
    assert "console:\n" in text
    assert "    log: said this\n" in text + "\n"
    assert len(tracking.lost) == 1
    page.goto("about:blank")
    assert len(tracking.lost) == 1

    tracking.back()
    page.goto(site.url("/page"))
    tracking.expect_event("kept", count=2)
