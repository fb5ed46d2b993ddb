"""Ensures one lane per page: the first marks the base codes' list of instances, and a second one steps back."""

from ..bridge import callback, construct, optional, text, window
from ..console import say
from ..features import instances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def claim(lane: str, adopt: "Callable[[list[str]], None]") -> bool:
    """Whether this page is run by *lane* from now on; then *adopt* gets the names of its instances, now and when more come."""
    # Never as an attribute of window: CPython would mangle the name inside a class.
    names = instances()
    if names is None:
        names = construct(window.Array)
        window.Reflect.set(window.globalThis, "__alloyNS", names)
    before = optional(names, "pyrite")
    if before is not None:
        other = text(optional(before, "lane"))
        if other != lane:
            say(
                "error",
                f"[alloy] this page is run by the {other} lane already; the {lane} lane steps back",
            )
        before()  # the first one adopts what is new
        return False

    def look(*_: Any) -> None:
        adopt([text(optional(names, str(index))) for index in range(names.length)])

    mine = callback(look)
    window.Reflect.set(mine, "lane", lane)
    window.Reflect.set(names, "pyrite", mine)
    look()
    return True
