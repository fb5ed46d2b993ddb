"""Three journeys, effect by effect: a view start; a page that is left; a 503, and the next page.

What the tracker does in each, in order and to the byte, stands in journeys/*.txt. A change of structure leaves the files
alone. A change of behaviour rewrites them: `python tests/delivery/test_journeys.py` does, and the difference is read.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "core"), str(HERE.parents[1] / "src")]

from given import NOW_MS, action, decisions, planned, proposition  # noqa: E402

from pyrite.core.effects import Effect, Keep, Later, Render, Send, kind  # noqa: E402
from pyrite.core.moment import Given, Moment  # noqa: E402
from pyrite.core.tracker import Tracker  # noqa: E402
from pyrite.core.wire import encode  # noqa: E402

CONFIGURATION: dict[str, object] = {"datastreamId": "shop", "edgeDomain": "edge.site.test"}
FACTS: dict[str, object] = {
    "url": "https://www.site.test/page?a=1", "referrer": "https://search.test/", "screenWidth": 1280, "screenHeight": 720,
    "screenOrientation": "landscape-primary", "viewportWidth": 1280, "viewportHeight": 720, "timezone": "UTC", "timezoneOffset": 0,
    "cookie": "", "cookiesEnabled": True, "gpc": False, "topDomain": "site.test", "hints": None,
}  # fmt: skip


class Journey:
    """One tracker with a clock and ids of its own, and what it has done so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now_ms = NOW_MS
        self.cookie = ""
        self._ids = 0
        self._timers: list[Later] = []
        self.tracker = Tracker("alloy")

    def new_id(self) -> str:
        self._ids += 1
        return f"00000000-0000-4000-8000-{self._ids:012d}"

    def moment(self) -> Moment:
        facts = Given({**FACTS, "cookie": self.cookie})
        return Moment(now_ms=self.now_ms, facts=facts, new_id=self.new_id, chance=lambda: 0.5)

    def next_page(self) -> None:
        self.lines.append("==== the next page")
        self.tracker = Tracker("alloy")

    def note(self, what: str, effects: list[Effect]) -> list[Effect]:
        """Write down *effects*, and keep the cookies that they set."""
        self.lines.append(f"---- {what}")
        for effect in effects:
            fields = {name: getattr(effect, name) for name in sorted(effect.__dict__)}
            if isinstance(effect, Later):
                self._timers.append(effect)
                _, what, number = effect.timer
                fields["timer"] = f"{what}:{number}" if number else what
            self.lines.append(f"{kind(effect)} {encode(fields)}")
            if kind(effect) == "SetCookie":
                pair = f"{fields['name']}={fields['value']}"
                self.cookie = f"{self.cookie}; {pair}" if self.cookie else pair
        return effects

    def command(self, call: int, name: str, options: dict[str, object]) -> list[Effect]:
        effects = self.tracker.command(call, name, options, self.moment())
        return self.note(f"{name} {encode(options)}", effects)

    def sent(self, effects: list[Effect]) -> str:
        """The id of the last request among *effects*."""
        return [effect for effect in effects if isinstance(effect, Send)][-1].request

    def answered(self, request: str, status: int, text: str) -> list[Effect]:
        effects = self.tracker.answered(
            request, status=status, text=text, retry_after="", moment=self.moment()
        )
        return self.note(f"answered {status}", effects)

    def woken(self, name: str) -> list[Effect]:
        """The last timer whose name begins with *name* goes off."""
        later = [later for later in self._timers if later.timer[1] == name][-1]
        self.now_ms += later.delay_ms
        return self.note(f"woken {name}", self.tracker.on_timer(later.timer, self.moment()))


def view_start() -> list[str]:
    journey = Journey()
    journey.command(1, "configure", CONFIGURATION)
    effects = journey.command(2, "event", {"viewStart": True, "data": {"key": "value"}})
    found = proposition("p1", action("setText", "h1", "New"))
    answer = encode({"requestId": journey.sent(effects), "handle": [decisions(found)]})
    effects = journey.answered(journey.sent(effects), 200, answer)
    effects = journey.note("loaded", planned(journey.tracker, journey.moment()))
    plan = next(effect.plan for effect in effects if isinstance(effect, Render))
    journey.note("rendering", journey.tracker.rendering(plan, ["shown"], journey.moment()))
    effects = journey.note("rendered", journey.tracker.rendered(plan, ["shown"], journey.moment()))
    effects = effects if _sends(effects) else journey.woken("flush")
    journey.answered(journey.sent(effects), 204, "")
    return journey.lines


def unload() -> list[str]:
    journey = Journey()
    journey.command(1, "configure", CONFIGURATION)
    for call in (2, 3, 4):
        journey.command(call, "event", {"type": "order", "data": {"total": call}})
    effects = journey.command(5, "event", {"type": "left", "documentUnloading": True})
    beacon = journey.sent(effects)
    taken = journey.tracker.beaconed(beacon, taken=True, moment=journey.moment())
    journey.note("beaconed", taken)
    journey.note("leaving", journey.tracker.leaving(journey.moment()))
    return journey.lines


def failure_then_next_page() -> list[str]:
    journey = Journey()
    journey.command(1, "configure", CONFIGURATION)
    effects = journey.command(2, "event", {"type": "order"})
    kept = [effect.records for effect in effects if isinstance(effect, Keep)]
    effects = journey.answered(journey.sent(effects), 503, "")
    journey.note("leaving", journey.tracker.leaving(journey.moment()))
    journey.next_page()
    journey.command(1, "configure", CONFIGURATION)
    journey.woken("recall")
    records = [record for group in kept for record in group]
    effects = journey.note("recalled", journey.tracker.recalled(records, journey.moment()))
    journey.answered(journey.sent(effects), 204, "")
    return journey.lines


def _sends(effects: list[Effect]) -> bool:
    return any(isinstance(effect, Send) for effect in effects)


JOURNEYS: list[Callable[[], list[str]]] = [view_start, unload, failure_then_next_page]


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_a_journey_takes_the_steps_that_are_written_down(journey: Callable[[], list[str]]) -> None:
    file = HERE / "journeys" / f"{journey.__name__}.txt"

    assert journey() == file.read_text().splitlines()


if __name__ == "__main__":
    (HERE / "journeys").mkdir(exist_ok=True)
    for made in JOURNEYS:
        (HERE / "journeys" / f"{made.__name__}.txt").write_text("\n".join(made()) + "\n")
