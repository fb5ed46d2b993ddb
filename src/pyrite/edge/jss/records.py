"""What is stored of a JSS event: `{xdm, data, jss}`.

Pure.
"""

import uuid
from typing import Any

import msgspec

from ...core.event import PAGE_VIEW
from .pipeline.processor import Record

_encode = msgspec.json.Encoder().encode


def id_of(base: str, index: int, count: int, number: int) -> str:
    """The id of record *number* of the event at *index* of *count* in a body whose id is *base*, a UUID: the same for every
    retry, and *base* itself where there is but one."""
    if count == 1 and number == 0:
        return base
    return str(uuid.uuid5(uuid.UUID(base), f"{index}/{number}"))


def type_of(record: Record) -> str:
    """The type of event that *record* becomes."""
    return PAGE_VIEW if record.kind == "pageview" else f"jss.{record.kind}"


def body_of(
    record: Record, id: str, url: str, referrer: str = "", *, is_error: bool = False
) -> str:
    """The JSON text of the event that *record* becomes; *url* is the address of the page that it happened on."""
    jss: dict[str, Any] = {"kind": record.kind}
    told = {
        "id": record.id,
        "definition": record.definition,
        "page": record.page,
        "pageId": record.page_id,
        "value": record.value,
        "currencyCode": record.currency,
        "extra": record.extra,
    }
    jss |= {name: value for name, value in told.items() if value}
    if record.kind == "pageview":
        jss["url"] = record.url
    if record.money is not None:
        jss["monetaryValue"] = record.money
    body: dict[str, Any] = {"xdm": _xdm(record, id, url, referrer, is_error)}
    if record.data:
        body["data"] = record.data
    return _encode(body | {"jss": jss}).decode()


def _xdm(record: Record, id: str, url: str, referrer: str, is_error: bool) -> dict[str, Any]:
    page: dict[str, Any] = {}
    if url:
        page["URL"] = url
    if record.kind == "pageview":
        page |= {"name": record.definition, "pageViews": {"value": 1}}
        if is_error:
            page["isErrorPage"] = True
    web: dict[str, Any] = {"webPageDetails": page} if page else {}
    if referrer:
        web["webReferrer"] = {"URL": referrer}
    xdm: dict[str, Any] = {"_id": id, "eventType": type_of(record)}
    return xdm | ({"web": web} if web else {})
