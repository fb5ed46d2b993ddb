"""Facts about the page at one moment, read at first use.

Reading costs: a size may make the browser lay the page out. Most moments ask only for what LIGHT has.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LIGHT = ("url", "origin", "cookie", "cookiesEnabled", "gpc", "topDomain", "device", "online")


class Facts:
    """The facts that core.context and core.visitor list, from *read*, which gives LIGHT's alone when it is told True.

    *whole*: all will be asked for, so they are read in one go.
    """

    def __init__(
        self, read: "Callable[[bool], dict[str, object]]", hints: object, *, whole: bool
    ) -> None:
        self._read = read
        self._whole = whole
        self._known: dict[str, object] = {"hints": hints}

    def get(self, name: str) -> object:
        """The fact *name*, None where there is none."""
        if name not in self._known:
            facts = self._read(name in LIGHT and not self._whole)
            facts.update(self._known)
            self._known = facts
        return self._known.get(name)

    def set(self, name: str, value: object) -> None:
        """Let *value* be the fact *name* from now on."""
        self._known[name] = value
