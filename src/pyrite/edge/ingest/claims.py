"""Parts of an event that another dialect understands: the tracker's events may carry what a Sitecore page sends, beside `xdm`.

So dialects never import each other: app.py says who takes which part.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from ...stores.contract import Event
from ..http.call import Call
from .arrival import Arrival


class Claim(Protocol):
    """Takes one part of an event, in the order of a body."""

    def __call__(self, found: Any, event: Event, arrival: Arrival, call: Call) -> list[Event]:
        """*event*, of a *call*, with what *found*, its part, comes to; and the events that it has become besides. `arrival.memory` keeps what
        the next event of the same body needs to know. Raises Problem where it is refused, and then changes nothing.
        """

    def hides(self, content: bytes) -> bytes:
        """A refused body, whole or not, as a bad row may keep it."""


Claims = Mapping[str, Claim]
"""By the name of the part."""
