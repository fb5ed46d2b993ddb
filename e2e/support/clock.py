"""A page's clock, which a test moves by hand (Playwright's `page.clock`)."""

from playwright.sync_api import Page


def passes(page: Page, ms: int) -> bool:
    """Let *ms* milliseconds pass in *page*; False, so that it may stand in front of `or` where something is waited for."""
    page.clock.run_for(ms)
    return False
