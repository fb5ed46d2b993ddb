"""What a page tells of its deliveries, with the events of a body.

Pure.
"""

from typing import Any

from ...core.event import part
from ...stores.contract import Deliveries
from .arrival import Source

PAGE_LIMIT = 128  # characters of a page's name, and of a reason
REASONS_LIMIT = 20  # of what a page has dropped


def deliveries_of(body: dict[str, Any], source: Source) -> Deliveries | None:
    """What the page tells of its deliveries; None where all went well, or where it makes no sense."""
    delivery = part(body, "meta", "delivery")
    page = delivery.get("page")
    if not isinstance(page, str) or not 0 < len(page) <= PAGE_LIMIT:
        return None
    dropped = [
        (reason[:PAGE_LIMIT], _count(number))
        for reason, number in list(part(delivery, "dropped").items())[:REASONS_LIMIT]
    ]
    return Deliveries(
        datastream=source.datastream,
        page=page,
        seen_ms=source.received_ms,
        sent=_count(delivery.get("sent")),
        retried=_count(delivery.get("retried")),
        acknowledged=_count(delivery.get("acknowledged")),
        restored=_count(delivery.get("restored")),
        dropped={reason: number for reason, number in dropped if number},
    )


def _count(value: Any) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else 0
    return min(max(number, 0), 2**31)
