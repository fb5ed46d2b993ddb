"""What is stored of a JSS event: `{xdm, data, jss}`.

Pure.
"""

import uuid
from typing import Any

import msgspec
from msgspec.structs import replace

from ...core.event import PAGE_VIEW
from ...stores.contract import Event
from .pipeline.processor import Record

ALIEN = "withoutCookies"  # in the part `jss` of an event: it came from another site, and no cookie with it
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
    record: Record,
    id: str,
    url: str,
    *,
    referrer: str = "",
    is_error: bool = False,
    alien: bool = False,
) -> str:
    """The JSON text of the event that *record* becomes; *url* is the address of the page that it happened on.

    An *alien* one came from a page of another site, and without cookies.
    """
    page: dict[str, Any] = {"URL": url} if url else {}
    if record.kind == "pageview":
        page |= {"name": record.definition, "pageViews": {"value": 1}}
        if is_error:
            page["isErrorPage"] = True
    web: dict[str, Any] = {"webPageDetails": page} if page else {}
    if referrer:
        web["webReferrer"] = {"URL": referrer}
    xdm: dict[str, Any] = {"_id": id, "eventType": type_of(record)}
    if web:
        xdm["web"] = web
    body: dict[str, Any] = {"xdm": xdm}
    if record.data:
        body["data"] = record.data
    jss = jss_of(record)
    if alien:
        jss[ALIEN] = True
    return _encode(body | {"jss": jss}).decode()


def jss_of(record: Record) -> dict[str, Any]:
    """The part `jss` of a stored event: what says nothing is left out."""
    texts = {
        "id": record.id,
        "definition": record.definition,
        "page": record.page,
        "pageId": record.page_id,
        "value": record.value,
        "currencyCode": record.currency,
        "extra": record.extra,
    }
    fields: dict[str, Any] = {"kind": record.kind}
    fields |= {name: value for name, value in texts.items() if value}
    if record.kind == "pageview":
        fields["url"] = record.url
    if record.money is not None:
        fields["monetaryValue"] = record.money
    return fields


def merged(event: Event, record: Record) -> Event:
    """*event*, which a page has sent with all that it knows, as the one that *record* says it is."""
    body: dict[str, Any] = msgspec.json.decode(event.body)
    type = type_of(record)
    body["xdm"]["eventType"] = type
    if record.data:
        body["data"] = {**body.get("data", {}), **record.data}
    body["jss"] = jss_of(record)
    is_view = record.kind == "pageview"
    return replace(
        event,
        type=type,
        body=_encode(body).decode(),
        is_view=event.is_view or is_view,
        value=record.value,
    )


def beside(event: Event, record: Record, number: int) -> Event:
    """What *event* has become besides: *record*, the one with this *number*."""
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event.id}/{number}"))
    body = body_of(record, id, record.url or event.url)
    is_view = record.kind == "pageview"
    return replace(
        event, id=id, type=type_of(record), body=body, is_view=is_view, value=record.value, shown=()
    )
