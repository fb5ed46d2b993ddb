"""Commands that can't run yet: there is no configuration, or no consent; and what becomes of those that wait in vain.

Pure. Not for events that wait for consent: those are drafted already (event.py).
"""

from ..effects import Effect, Later, Log, rejected
from ..errors import ConfigureMissing
from ..moment import Moment

TICK_MS = 5000
SETTLE_TICKS = 6  # by then the promise is rejected; an event stays
WARNING = ": waits for configure, which has not been called"


class Command:
    """One command: *id* is its event's, or empty; *call* is 0 once its promise is settled."""

    def __init__(
        self, call: object, name: str, options: dict[str, object], id: str, made_ms: int
    ) -> None:
        self.call = call
        self.name = name
        self.options = options
        self.id = id
        self.made_ms = made_ms
        self.ticks = 0


class Pending:
    """All such commands of one tracker, in their order."""

    def __init__(self) -> None:
        self._commands: list[Command] = []
        self._warned = False

    def add(
        self,
        call: object,
        name: str,
        options: dict[str, object],
        id: str,
        moment: Moment,
    ) -> list[Effect]:
        """Effects, none, of a command having to wait."""
        self._commands.append(Command(call, name, options, id, moment.made_ms))
        return []

    def take(self) -> list[Command]:
        """Those that wait; from now on none does."""
        taken, self._commands = self._commands, []
        return taken

    def ticked(self) -> list[Effect]:
        """Effects of time having passed without a configuration: the console says so once, promises are rejected in time."""
        effects: list[Effect] = [Later(timer="unset", delay_ms=TICK_MS)]
        stay = []
        for one in self._commands:
            one.ticks += 1
            message = one.name + WARNING
            if not self._warned:
                self._warned = True
                effects.append(Log(level="warn", message=message))
            if one.ticks == SETTLE_TICKS:
                effects.append(rejected(one.call, ConfigureMissing(message)))
                one.call = 0
            if one.ticks < SETTLE_TICKS or one.name in ("event", "sendEvent"):
                stay.append(one)
        self._commands = stay
        return effects
