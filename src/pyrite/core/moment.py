"""The inputs of one command: time, page facts, fresh ids.

Pure: the browser room (or a test, or the edge) fills a Moment in.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Facts(Protocol):
        """The facts of a Moment."""

        def get(self, name: str) -> object:
            """The fact *name*, None where there is none."""

        def set(self, name: str, value: object) -> None:
            """Let *value* be the fact from now on."""


class Given:
    """Facts from a dictionary."""

    def __init__(self, known: dict[str, object]) -> None:
        self._known = dict(known)

    def get(self, name: str) -> object:
        """The fact *name*, None where there is none."""
        return self._known.get(name)

    def set(self, name: str, value: object) -> None:
        """Let *value* be the fact from now on."""
        self._known[name] = value


MAX_NUMBER = 2**31  # of sizes and minutes: what says more is nonsense, and so is NaN


class Moment:
    """One instant as the core sees it.

    *now_ms* is milliseconds since 1970, *made_ms* when the page gave the command, earlier if it had to wait for the tracker;
    *facts* describes the page (see context.py for its keys), anything with `get` and `set`; *new_id* returns a
    fresh UUID text; *chance* returns a number from 0 up to 1.
    """

    def __init__(
        self,
        *,
        now_ms: int,
        facts: "Facts",
        new_id: "Callable[[], str]",
        chance: "Callable[[], float]",
        age_ms: int = 0,
    ) -> None:
        self.now_ms = now_ms
        self.made_ms = now_ms - age_ms
        self.facts = facts
        self.new_id = new_id
        self.chance = chance

    def text(self, name: str) -> str:
        """The fact *name* when it is a text, else an empty text."""
        value = self.facts.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """The fact *name* when it is a number, else 0; cut to a whole number."""
        value = self.facts.get(name)
        return int(value) if isinstance(value, (int, float)) and abs(value) < MAX_NUMBER else 0

    def site(self) -> str:
        """An address on the page's own host; '' where it has none: a file, or a frame without an origin.

        A frame made of `srcdoc`, or at about:blank or a blob: address, has the host of the page that made it.
        """
        for name in ("origin", "url"):
            address = self.text(name)
            if address.startswith("https://") or address.startswith("http://"):
                return address
        return ""
