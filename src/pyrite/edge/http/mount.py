"""The prefix under which an edge is mounted, so that the tags it writes name its own addresses.

A mounted app is told its prefix with each request (ASGI's root_path), and the first page is made before there is one: then
the Starlette and FastAPI apps of this process are asked.
"""

import gc
from typing import Any

from starlette.routing import Mount
from starlette.types import ASGIApp

WRAPPED = 20  # middlewares around an app that are looked through


class Mounted:
    """Where the edge *app* is mounted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._prefix: str | None = None

    def asked(self, root_path: str) -> None:
        """A request has come under *root_path*."""
        self._prefix = root_path

    def prefix(self) -> str:
        """`/t`, or '' where the edge is mounted nowhere, or at several places and not asked yet."""
        if self._prefix is None:
            # Once, for it takes some milliseconds. Never isinstance: lazy proxies would be evaluated.
            mounts = [one for one in gc.get_objects() if issubclass(type(one), Mount)]
            prefixes = set(_prefixes(self._app, mounts))
            self._prefix = prefixes.pop() if len(prefixes) == 1 else ""
        return self._prefix


def _prefixes(app: Any, mounts: list[Mount]) -> list[str]:
    """Every prefix under which *app* is reached by *mounts*."""
    prefixes: list[str] = []
    for mount in mounts:
        if not _holds(mount.app, app):
            continue
        others = [other for other in mounts if other is not mount]
        outer = [other for other in others if any(route is mount for route in other.routes)]
        above = [one for other in outer for one in _prefixes(other.app, others)]
        prefixes.extend([prefix + mount.path for prefix in above] or [mount.path])
    return prefixes


def _holds(outer: Any, app: Any) -> bool:
    """Whether *outer* is *app*, or a middleware around it."""
    for _ in range(WRAPPED):
        if outer is app:
            return True
        outer = getattr(outer, "app", None)
    return False
