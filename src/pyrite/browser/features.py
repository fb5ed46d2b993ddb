"""Feature detection: an interface counts as present only if it has the members we use.

An element with the id `navigation` or a frame of that name is a global of the page too, and so is an old polyfill's object.
"""

from .bridge import class_of, is_nullish, method, reach, window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMED = ("[object HTML", "[object Window]")  # elements, collections of them, and frames


def look(holder: "Any", name: str) -> "Any":
    """The property *name* of a JavaScript value; None if it is missing or can't be read."""
    if is_nullish(holder):
        return None
    ok, value = reach(method(window.Reflect, "get"), window.Reflect, window.Object(holder), name)
    return None if not ok or is_nullish(value) else value


def instances() -> "Any":
    """The list of instances that base codes keep; None where there is none.

    A page that runs Adobe's alloy.js as well gives ours a list of its own, for Adobe's takes over every name on `__alloyNS`.
    """
    apart = feature("__pyriteNS", "push")
    return feature("__alloyNS", "push") if apart is None else apart


def marked(name: str) -> str:
    """Alloy's *name* of a mark, `alloy-…` or `data-…`; a name of our own where the page runs both."""
    if feature("__pyriteNS", "push") is None:
        return name
    return name.replace("alloy-", "pyrite-").replace("data-", "data-pyrite-")


def feature(name: str, member: str) -> "Any":
    """The page's global *name*; None where it is missing, is an element or a frame of that name, or has no *member*."""
    value = look(window.globalThis, name)
    if look(value, member) is None:
        return None
    kind = class_of(value)
    return None if any([kind.startswith(named) for named in NAMED]) else value
