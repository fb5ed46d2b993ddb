"""Pyrite: a web tracker and personalization client in Python, and the edge it talks to.

`pyrite.edge(...)` is the edge as an ASGI app; `pyrite.Settings` is what it can be told, `pyrite.Edge` its part `[edge]`, and
`pyrite.Event` what a listener is given. In a page, the package of the same name offers `alloy` instead (browser/entry/pyscript.py).
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Edge", "Event", "Settings", "edge"]

if TYPE_CHECKING:
    from .browser.entry.pyscript import alloy as alloy
    from .edge.app import edge as edge
    from .edge.settings import Edge as Edge
    from .edge.settings import Settings as Settings
    from .stores.contract import Event as Event


def __getattr__(name: str) -> Any:
    # On first use: the command line and the build should not pay for the edge's imports.
    # `pyrite.edge` has to be the room and a function at once: Python sets the package's attribute `edge` to the room as soon
    # as anything in it is imported, and `from pyrite.edge.jss import …` is promised. So the room itself can be called.
    import importlib

    if name == "edge":
        return importlib.import_module("pyrite.edge")
    if name in ("Edge", "Settings"):
        return getattr(importlib.import_module("pyrite.edge.settings"), name)
    if name == "Event":
        return importlib.import_module("pyrite.stores.contract").Event
    raise AttributeError(f"module 'pyrite' has no attribute {name!r}")
