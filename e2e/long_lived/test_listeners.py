"""What an event leaves behind in the page, once it is acknowledged: nothing."""

from playwright.sync_api import CDPSession, Page
from support.site import Site

EVENTS = 200
SENDS = """async (count) => { for (let at = 0; at < count; at++) await alloy("event", {type: "e" + at}); }"""


def test_listeners_do_not_add_up_with_events(page: Page, site: Site) -> None:
    page.goto(site.tracked(""))
    page.evaluate(SENDS, 20)
    session = page.context.new_cdp_session(page)
    before = _listeners(session)
    page.evaluate(SENDS, EVENTS)

    assert _listeners(session) - before <= EVENTS // 10


def _listeners(session: CDPSession) -> int:
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found = session.send("Memory.getDOMCounters")
    return int(found["jsEventListeners"])
