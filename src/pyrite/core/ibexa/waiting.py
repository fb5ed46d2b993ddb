"""An event that waits until its item was seen, read or played for long enough: what the page asks for, and how far it has come.

Pure: time comes in as milliseconds that the page was visible. Not for listening: browser/entry/ibexa.py.
"""

from .refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECONDS = "seconds"  # of the page, visible
SCROLLED = "scrolled"  # percent of the page
PLAYED = "played"  # an element: percent of what it plays
VISIBLE = "visible"  # an element: half of it for a second
WAYS = (SECONDS, SCROLLED, PLAYED, VISIBLE)
VISIBLE_MS = 1000
TICK_MS = 1000  # between two looks at the clock, at most
LONGEST_TICK_MS = (
    2500  # that counts: the page was frozen, or the computer asleep, in one that was longer
)
MOST_SECONDS = 86_400
MOST_STEPS = 100
USUAL_STEPS = {PLAYED: 4}
_ALMOST = 0.000001  # sums of fractions fall short of a whole


class Waiting:
    """How far one event has come. `after` is `{seconds, steps?}`, `{scrolled}`, `{played, steps?}` or `{visible}`.

    Raises Refused for anything else.
    """

    def __init__(self, after: object) -> None:
        if not isinstance(after, dict):
            raise _refused("", "an object such as {seconds: 20}", after)
        ways = [way for way in WAYS if after.get(way) is not None]
        unknown = [name for name in after if name not in WAYS + ("steps",)]
        if len(ways) != 1 or unknown:
            raise _refused("", f"one of {', '.join(WAYS)}, and steps", sorted(after))
        self.way: str = ways[0]
        self.target: Any = after[self.way]
        self.steps = 1
        self.reached = 0
        self._spent_ms = 0.0
        most = {SECONDS: MOST_SECONDS, SCROLLED: 100}.get(self.way)
        if most and (not _is_number(self.target) or not 0 < self.target <= most):
            raise _refused("." + self.way, f"a number up to {most}", self.target)
        steps = after.get("steps")
        if steps is None:
            self.steps = USUAL_STEPS.get(self.way, 1)
        elif self.way not in (SECONDS, PLAYED):
            raise _refused(".steps", f"no steps beside {self.way}", steps)
        elif not _is_number(steps) or steps != int(steps) or not 1 <= steps <= MOST_STEPS:
            raise _refused(".steps", f"a whole number up to {MOST_STEPS}", steps)
        else:
            self.steps = int(steps)

    @property
    def is_timed(self) -> bool:
        """Whether time brings it on."""
        return self.way in (SECONDS, VISIBLE)

    @property
    def is_over(self) -> bool:
        """Whether its last step is reached."""
        return self.reached == self.steps

    @property
    def whole_ms(self) -> float:
        """The time that it takes in all."""
        return VISIBLE_MS if self.way == VISIBLE else self.target * 1000

    def left_ms(self) -> float:
        """Until its next step, at the pace of the clock."""
        return self.whole_ms * (self.reached + 1) / self.steps - self._spent_ms

    def spent(self, ms: float) -> int:
        """The percentage that is reached for the first time by *ms* more; 0 for none."""
        self._spent_ms += ms if 0 <= ms <= LONGEST_TICK_MS else 0
        return self.come(self._spent_ms / self.whole_ms)

    def begun_anew(self) -> None:
        """Forget the time: what has to be seen for a time without a break is out of sight."""
        self._spent_ms = 0.0

    def come(self, share: float) -> int:
        """The percentage that is reached for the first time by *share* of it (1 is all); 0 for none."""
        step = min(int(share * self.steps + _ALMOST), self.steps)
        if step <= self.reached:
            return 0
        self.reached = step
        if self.way == SCROLLED:
            return int(self.target)
        return step * 100 // self.steps

    def event(self, said: dict[str, object], percentage: int) -> dict[str, object]:
        """*said* as the event that *percentage* is: it is told of in steps, and by what was read or played."""
        fields = {name: said[name] for name in said if name != "after"}
        tells = self.steps > 1 or self.way in (SCROLLED, PLAYED)
        if tells and said.get("event", "consume") == "consume" and percentage > 0:
            fields["percentage"] = percentage
        if self.steps > 1:
            fields.pop("eid", None)  # of each step its own
        return fields


def view_of(url: str) -> str:
    """The view that a page at *url* shows."""
    return url.partition("#")[0]


def key_of(event: dict[str, object], url: str) -> str:
    """By what an *event* (see said.py, spelled out) that waits is the same as another: each is sent once for an item and view."""
    names = ("customer", "event", "kind", "user", "itemtype", "item", "items")
    return " ".join([view_of(url)] + [f"{event.get(name)}" for name in names])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and value is not True and value is not False


def _refused(where: str, expected: str, given: object) -> Refused:
    return Refused(
        f"expected {expected}, got {str(given)[:100]}", path="after" + where, reason="after"
    )
