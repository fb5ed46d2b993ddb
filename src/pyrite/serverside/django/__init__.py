"""Tracking for Django: requests that are events, and pixels in templates, by the setting `PYRITE`.

INSTALLED_APPS = [..., "pyrite.serverside.django"]
MIDDLEWARE = ["pyrite.serverside.django.tracking", ...]
PYRITE = {"upstream": "https://edge.example", "customer": "00000"}
"""

from ..frameworks.tracking import tracked
from .middleware import event, sender, tracking

__all__ = ["event", "sender", "tracked", "tracking"]
