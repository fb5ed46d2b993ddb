"""For tests of pages that are tracked: the fixture `tracking` of a pytest plugin; a page and a browser in memory, and an edge behind them."""

from typing import TYPE_CHECKING, Any

_PLACES = {"AsyncTracking": "async_tracking", "TrackedEvent": "records", "Tracking": "tracking"}
__all__ = ["AsyncTracking", "TrackedEvent", "Tracking"]

if TYPE_CHECKING:
    from .tracking.async_tracking import AsyncTracking as AsyncTracking
    from .tracking.records import TrackedEvent as TrackedEvent
    from .tracking.tracking import Tracking as Tracking


def __getattr__(name: str) -> Any:
    # On first use: pytest loads the plugin in every run, and most runs have no use for an edge.
    import importlib

    if name in _PLACES:
        return getattr(importlib.import_module(f"{__name__}.tracking.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
