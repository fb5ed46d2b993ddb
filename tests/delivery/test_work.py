"""How much work an event makes, counted in calls."""

import sys
from types import FrameType

from pyrite.core.effects import Effect
from pyrite.core.moment import Given, Moment
from pyrite.core.tracker import Tracker

CONFIGURATION: dict[str, object] = {"datastreamId": "shop", "edgeDomain": "edge.site.test"}


def moment(cookie: str) -> Moment:
    ids = iter(range(1000))
    facts: dict[str, object] = {"url": "https://www.site.test/", "cookie": cookie}
    return Moment(
        now_ms=1795157627711,
        facts=Given(facts),
        new_id=lambda: f"id-{next(ids)}",
        chance=lambda: 0.5,
    )


def parsings(tracker: Tracker, now: Moment) -> tuple[int, list[Effect]]:
    """How often a view start parses the page's cookies, and its effects."""
    count = 0

    def called(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        code = frame.f_code
        ours = code.co_name == "cookies" and code.co_filename.endswith("visitor/identity.py")
        count += event == "call" and ours

    sys.setprofile(called)
    try:
        effects = tracker.command(1, "event", {"viewStart": True}, now)
    finally:
        sys.setprofile(None)
    return count, effects


def test_a_view_start_parses_the_cookies_once() -> None:
    tracker = Tracker("alloy")
    tracker.command(0, "configure", CONFIGURATION, moment("pyrite_fpid=device-1"))

    count, effects = parsings(tracker, moment("pyrite_fpid=device-1; shop=1"))

    assert count == 1
    assert [type(effect).__name__ for effect in effects].count("Send") == 1


def test_a_cookie_that_has_changed_since_is_seen() -> None:
    tracker = Tracker("alloy")
    tracker.command(0, "configure", CONFIGURATION, moment("pyrite_fpid=device-1"))
    tracker.command(1, "event", {}, moment("pyrite_fpid=device-1"))

    effects = tracker.command(2, "event", {"viewStart": True}, moment("pyrite_fpid=device-2"))

    body = next(effect.body for effect in effects if type(effect).__name__ == "Send")  # type: ignore[attr-defined]
    assert "device-2" in body
    assert "device-1" not in body
