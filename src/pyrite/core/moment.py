"""What the outside world was when a command came: time, page facts, fresh ids; and times as ISO 8601 texts.

Pure: the browser room (or a test, or the edge) fills a Moment in.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Facts(Protocol):
        """What a Moment asks of its facts."""

        def get(self, name: str) -> object:
            """The fact *name*, None where there is none."""

        def set(self, name: str, value: object) -> None:
            """Let *value* be the fact from now on."""


class Given:
    """Facts that are all known beforehand."""

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


def utc(now_ms: int) -> str:
    """`2026-11-20T06:53:47.711Z`."""
    return _civil(now_ms) + "Z"


def local(now_ms: int, offset_minutes: int) -> str:
    """`2026-11-20T07:53:47.711+01:00`; *offset_minutes* is west positive, as JavaScript's getTimezoneOffset gives it."""
    east = -offset_minutes
    sign = "-" if east < 0 else "+"
    return f"{_civil(now_ms + east * 60000)}{sign}{_two(abs(east) // 60)}:{_two(abs(east) % 60)}"


def _civil(ms: int) -> str:
    # Days to a date: Howard Hinnant's "civil_from_days", http://howardhinnant.github.io/date_algorithms.html
    days, rest = ms // 86400000, ms % 86400000
    days += 719468
    era, doe = days // 146097, days % 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    day = doy - (153 * mp + 2) // 5 + 1
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    seconds = rest // 1000
    return (
        f"{year:04d}-{_two(month)}-{_two(day)}"
        f"T{_two(seconds // 3600)}:{_two(seconds // 60 % 60)}:{_two(seconds % 60)}.{rest % 1000:03d}"
    )


def _two(number: int) -> str:
    return f"{number:02d}"
