"""What the outbox returns, as data. The tracker hands it on.

Pure. Not for what an end means to whoever waits for it: the entry's owner knows.
"""

from ..effects import Effect
from ..errors import TrackerError
from ..moment import Moment
from .entry import Outcome, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    Steps = list[Effect | Outcome]  # in their order, each outcome where the entry has ended


class Report:
    """The result of a response or a tick, handed on in this order: *steps*, the *answer*, *then*, the steps of `Outbox.after`."""

    def __init__(self, steps: "Steps") -> None:
        self.steps = steps
        self.answer: dict[str, object] = {}
        self.then: Steps = []
        self.failed: tuple[Request, TrackerError, str] | None = None  # with its Retry-After
        self.resends = False  # what waits is sent then
        self.ticks = False


def handed_on(steps: "Steps", moment: Moment) -> list[Effect]:
    """The effects among *steps*. Each outcome is replaced by the effects of its entry's owner."""
    effects: list[Effect] = []
    for step in steps:
        if isinstance(step, Effect):
            effects.append(step)
        elif step.entry.owner is not None:
            effects.extend(step.entry.owner.on_outcome(step, moment))
    return effects
