"""Commands that wait for the configuration, and their timeout.

Pure. Not for events that wait for consent: those are drafted already (tracking/events.py).
"""

from ..effects import Effect, Later, Log, rejected
from ..errors import ConfigureMissing, NotConfigured, TrackerError
from .command import Invocation

UNSET = ("pending", "unset", 0)
TICK_MS = 5000
SETTLE_TICKS = 6  # by then the promise is rejected; an event stays
WARNING = ": waits for configure, which has not been called"


class Pending:
    """The waiting commands of one tracker, in order."""

    def __init__(self) -> None:
        self._waiting: list[Invocation] = []
        self._warned = False

    def add(self, invocation: Invocation) -> list[Effect]:
        """Queue a command. No effects."""
        self._waiting.append(invocation)
        return []

    def take(self) -> list[Invocation]:
        """Take all waiting commands."""
        invocations = self._waiting
        self._waiting = []
        return invocations

    def ticked(self) -> list[Effect]:
        """Effects of a tick without a configuration: one warning, and rejections after the timeout."""
        effects: list[Effect] = [Later(timer=UNSET, delay_ms=TICK_MS)]
        stay = []
        for one in self._waiting:
            one.ticks += 1
            message = one.name + WARNING
            if not self._warned:
                self._warned = True
                effects.append(Log(level="warn", message=message))
            if one.ticks == SETTLE_TICKS:
                effects.append(rejected(one.call, ConfigureMissing(message)))
                one.call = 0
            if one.ticks < SETTLE_TICKS or one.command.outlives_promise:
                stay.append(one)
        self._waiting = stay
        return effects


def refused(invocations: list[Invocation], error: TrackerError) -> list[Effect]:
    """Effects of *invocations* whose configuration was refused with *error*."""
    effects: list[Effect] = []
    for invocation in invocations:
        line = f"{invocation.name}: configure was refused: {error.message}"
        effects.append(rejected(invocation.call, NotConfigured(line)))
    return effects
