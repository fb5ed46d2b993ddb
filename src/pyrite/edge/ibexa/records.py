"""Events as they are stored: `{xdm, ibexa}`, one for each item of an address.

Pure.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from ...core.dates import utc
from ...core.ibexa.events import Event
from ...stores.contract import Event as Stored
from ..http.problems import Problem

NAME = "ibexa"
SHARED_BYTES = 65_536  # of what the items of one event have in common, in all of them together
_encode = msgspec.json.Encoder().encode


def records(
    event: Event,
    *,
    datastream: str,
    user: str,
    target: str,
    received_ms: int,
    url: str,
    way: str,
) -> list[Stored]:
    """What is stored of *event*, whose *user* and, of a login, *target* are hashes. Raises Problem for a time that is none yet, and
    for parameters that are too long for so many items.

    Where the page's address and other parameters are too much for each of several items, the first has them alone.
    """
    made_ms = _made_ms(event, received_ms)
    id = event.eid or str(uuid.uuid4())
    items = event.items or [""]
    values = len(_encode(event.values())) * len(items)
    if len(items) > 1 and values > SHARED_BYTES:
        detail = f"parameters of {values // len(items)} bytes are too many for each of {len(items)} items"
        raise Problem(400, "ibexa.long", detail)
    beside = (len(_encode(event.extra)) + 2 * len(url)) * len(items)
    alone = beside > SHARED_BYTES
    extra = event.extra
    rows = []
    for place, item in enumerate(items):
        if place and alone:
            url, extra = "", {}
        own = id if len(items) == 1 else str(uuid.uuid5(uuid.UUID(id), f"{event.itemtype}/{item}"))
        body = {
            "xdm": _xdm(event, item, id=own, made_ms=made_ms, url=url),
            NAME: _record(event, item, extra, user=user, target=target),
        }
        rows.append(
            Stored(
                datastream=datastream,
                id=own,
                type=f"{NAME}.{event.kind}",
                url=url,
                visitor=user,
                made_ms=made_ms,
                received_ms=received_ms,
                body=_encode(body).decode(),
                source=NAME,
                way=way,
            )
        )
    return rows


def _record(
    event: Event, item: str, extra: dict[str, str], *, user: str, target: str
) -> dict[str, Any]:
    record: dict[str, Any] = {"kind": event.kind, "customer": event.customer, "user": user}
    if event.items:
        record |= {"itemtype": event.itemtype, "item": item}
    if target:
        record["target"] = target
    record |= event.values()
    if extra:
        record["extra"] = extra
    return record


def _xdm(event: Event, item: str, *, id: str, made_ms: int, url: str) -> dict[str, Any]:
    xdm: dict[str, Any] = {
        "_id": id,
        "eventType": f"{NAME}.{event.kind}",
        "timestamp": utc(made_ms),
    }
    if url:
        xdm["web"] = {"webPageDetails": {"URL": url}}
    if event.kind == "buy":
        xdm |= _commerce(event.values(), item)
    return xdm


def _commerce(values: dict[str, Any], item: str) -> dict[str, Any]:
    """A buy in the words of XDM: numbers, and the price of all pieces."""
    line: dict[str, Any] = {"SKU": item, "quantity": values["quantity"]}
    commerce: dict[str, Any] = {"purchases": {"value": 1}}
    if "price" in values:
        total = float(Decimal(values["price"]) * values["quantity"])
        priced = {"priceTotal": total, "currencyCode": values["currency"]}
        line |= priced
        commerce["order"] = priced
    return {"commerce": commerce, "productListItems": [line]}


def _made_ms(event: Event, received_ms: int) -> int:
    """When it happened: now, or when the import of an older buy says."""
    text = event.parameters.get("overridetimestamp", "")
    if not text:
        return received_ms
    try:
        made_ms = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        detail = f"expected a time such as '2012-01-01T11:00:00', got {text!r:.100}"
        raise Problem(400, "ibexa.parameter", detail, path="overridetimestamp") from None
    if made_ms > received_ms:
        detail = f"{text!r} lies in the future (times are UTC)"
        raise Problem(400, "ibexa.parameter", detail, path="overridetimestamp")
    return made_ms
