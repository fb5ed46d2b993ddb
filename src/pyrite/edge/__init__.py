"""The edge: an ASGI app that takes events, keeps them, decides, answers, and serves the tracker.

`pyrite.edge(...)` makes one: the package itself can be called, so that the name in the documentation is also the room's name.
"""

import sys
import types
from typing import Any


class _Callable(types.ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """An edge; see pyrite.edge.app.edge for the parameters."""
        from .app import edge

        return edge(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
