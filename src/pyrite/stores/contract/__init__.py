"""What every store does: take a batch whole, say what was new, give it back in order.

Not for deciding what is valid or what an event means: edge/ingest/receive.py, its dialects and core do.
"""

from .paging import Count, EventPage, Filter, VisitorCursor, VisitorPage
from .records import (
    DECIDED_KEPT,
    SHOWN_READ,
    WEB,
    BadRow,
    Batch,
    Decided,
    Deliveries,
    Erased,
    Event,
    Experiment,
    Nonce,
    Receipt,
    State,
    Visit,
    Visitor,
)
from .sessions import IDENTIFY, LOGIN, Link, Session, SessionStep
from .store import Listener, Store, StoreUnavailable, Writing, Written

__all__ = [
    "DECIDED_KEPT", "IDENTIFY", "LOGIN", "SHOWN_READ", "WEB", "BadRow", "Batch", "Count", "Decided", "Deliveries", "Erased", "Event", "EventPage", "Experiment", "Filter", "Link", "Listener",
    "Nonce", "Receipt", "Session", "SessionStep", "State", "Store", "StoreUnavailable", "Visit", "Visitor", "VisitorCursor", "VisitorPage", "Writing", "Written",
]  # fmt: skip
