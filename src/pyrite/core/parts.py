"""Parts: separate scripts that a page loads at first use, so that alloy.js stays small.

Pure. A part is a function, text in and text out, compiled from this Python (bundle/parts.py) and used by every lane. Not for
loading it: the effect Load.
"""

from .effects import Effect, Load
from .moment import Moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[str], str]  # may raise
    # Gets the part, or None and why there is none.
    Use = Callable[[Run | None, str, Moment], list[Effect]]

RENDER = "render"  # what shows offers: browser/entry/renderer.py
PREFIX = "__pyrite_"  # of the names of their functions on the page
DECIDE = "decide"  # decisions in the page: browser/entry/decider.py
# Of events that carry what they are under the part's own name.
JSS = "jss"  # those of trackEvent: browser/entry/jss.py
IBEXA = "ibexa"  # those of the command ibexa: browser/entry/ibexa.py


class Parts:
    """The parts of one tracker."""

    def __init__(self) -> None:
        self._there: dict[str, Run] = {}
        self._waiting: dict[str, list[Use]] = {}

    def has(self, name: str) -> bool:
        """Whether the part *name* is loaded."""
        return name in self._there

    def use(self, name: str, url: str, go: "Use", moment: Moment) -> list[Effect]:
        """Call *go* with the part *name*: now, or once it was loaded from *url* (see Load) or failed to."""
        if name in self._there:
            return go(self._there[name], "", moment)
        self._waiting.setdefault(name, []).append(go)
        return [Load(part=name, url=url)]

    def loaded(self, name: str, run: "Run | None", why: str, moment: Moment) -> list[Effect]:
        """Pass the loaded part, or *why* loading failed, to those that wait. The next use tries again."""
        if run is not None:
            self._there[name] = run
        effects: list[Effect] = []
        for go in self._waiting.pop(name, []):
            effects.extend(go(run, why, moment))
        return effects
