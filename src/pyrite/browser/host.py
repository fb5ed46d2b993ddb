"""The interface of page.py that the other files of this room use.

A type alone: nothing imports it while the tracker runs.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from ..core.effects import Effect
    from ..core.moment import Moment

    class Host(Protocol):
        """The page as deliveries, listeners and offers see it."""

        prerendering: bool

        def moment(self) -> Moment:
            """Now, in this page."""

        def carry_out(self, effects: list[Effect]) -> None:
            """Carry out each effect, in order."""

        def drain(self) -> None:
            """Run the calls that wait for the next task now."""

        def safely(self, function: Any) -> Any:
            """*function* as one that never throws."""

        def report(self, error: Exception) -> None:
            """Log an error of ours to the console."""
