"""The dialect of Sitecore JSS tracking; here what an extension of its pipeline needs."""

from .pipeline.processor import TrackEvent, TrackEventArgs

__all__ = ["TrackEvent", "TrackEventArgs"]
