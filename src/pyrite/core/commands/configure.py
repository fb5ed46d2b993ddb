"""`configure`: what the other commands work with is made, and what the page asked for from the beginning is begun.

Pure. Not for the options themselves: options/configure.py.
"""

from ..effects import Effect, Later, Watch
from ..errors import OptionsError
from ..moment import Moment
from ..notes import Notes
from ..options.configure import UNSUPPORTED, configure
from ..visitor.identity import in_query
from .command import Configured

HINTS_MS = 5000  # after which an event leaves without the browser's hints
NO_HOST = (
    "configure: options.edgeDomain: expected the edge's host, for a page at {} has none of its own; "
    "set edgeDomain to where the edge is"
)
WATCHED = (
    ("clickCollectionEnabled", "clicks"),
    ("autoViewStart", "routes"),
)


def configured(
    options: dict[str, object], notes: Notes, moment: Moment, *, place: int, commands: list[str]
) -> tuple[Configured, list[Effect]]:
    """What the other *commands* work with, and the effects of its being there. Raises OptionsError."""
    config = configure(options)
    if not config.text("edgeDomain") and not moment.site():
        raise OptionsError(NO_HOST.replace("{}", moment.text("url")[:80]))
    ready = Configured(config, notes, moment, place=place, commands=commands)
    wish = in_query(moment.text("url"), "alloy_debug").lower()
    if notes.debug is None:
        notes.debug = wish == "true" if wish else config.flag("debugEnabled")
    effects: list[Effect] = []
    for option in UNSUPPORTED:
        if option in options:
            line = f"configure: {option} is accepted and has no effect in this build"
            effects.extend(notes.note(line))
    for flag, what in WATCHED:
        if config.flag(flag):
            effects.append(Watch(what=what))
    if moment.text("unread"):
        effects.extend(notes.note(f"configure: {moment.text('unread')}"))
    if "highEntropyUserAgentHints" in config.contexts():
        effects.append(Watch(what="hints"))
        effects.append(Later(timer=("events", "hints", 0), delay_ms=HINTS_MS))
    return ready, effects + ready.chosen(moment)
