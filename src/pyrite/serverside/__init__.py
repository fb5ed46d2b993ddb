"""Tracking from a Python web server: events that are sent without holding up a page, and markup that sends them from one.

Imports core alone; sending needs httpx (`pip install 'pyrite[serverside]'`).
"""

from .asgi import Views
from .frameworks.tracking import tracked
from .message import Customer, Datastream, Invalid
from .pixel import pixel, script
from .relaying import RelaySettings, relay, relay_wsgi
from .seen import Seen, page_view
from .sender import ASYNCHRONOUS, BOTTOM, QUEUED, Sender
from .tokens import page_token
from .transport import HttpxMissing
from .wsgi import views_wsgi

__all__ = [
    "ASYNCHRONOUS", "BOTTOM", "QUEUED", "Customer", "Datastream", "HttpxMissing", "Invalid", "RelaySettings", "Seen", "Sender", "Views", "page_token", "page_view",
    "pixel", "relay", "relay_wsgi", "script", "tracked", "views_wsgi",
]  # fmt: skip
