"""What the files of this room may ask of the page that they work for; page.py is it, and imports them.

A type alone: nothing imports it while the tracker runs.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from ..core.effects import Effect
    from ..core.moment import Moment

    class Host(Protocol):
        """The page, to what delivers for it and listens for it."""

        prerendering: bool

        def moment(self) -> Moment:
            """Now, in this page."""

        def carry_out(self, effects: list[Effect]) -> None:
            """Do each effect, in order."""

        def drain(self) -> None:
            """Run the calls that wait for the next task now."""

        def safely(self, function: Any) -> Any:
            """*function* as one that never throws."""

        def report(self, error: Exception) -> None:
            """One line on the console for a mistake of ours."""
