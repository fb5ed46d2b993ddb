"""One event on its way to an edge: an HTTP request that can be stored, sent again, and counted.

Pure. Two forms: an address of Ibexa's (`customer`), or a body of the tracker's protocol (`datastream`); a customer's event may have both.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote

from ..core.dates import utc
from ..core.event import PAGE_VIEW
from ..core.ibexa.address import build
from ..core.ibexa.events import NOBODY, Event
from ..core.ibexa.refusal import Refused

# What is let go first where there is no room: the views of today are worth less than the orders of today.
VALUES = {
    "buy": 9, "login": 8, "basket": 6, "deletefrombasket": 6, "wishlist": 6, "deletefromwishlist": 6, "rate": 6,
    "blacklist": 6, "owns": 6, "clickrecommended": 5, "clicktriggered": 5, "triggeropened": 4, "consume": 3, "click": 2,
    PAGE_VIEW: 2, "rendered": 1,
}  # fmt: skip
USUAL_VALUE = 4  # of kinds that are not listed: they are the site's own


class Invalid(ValueError):
    """An event that no edge would take; the text says what was seen, what was expected and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request: *target* is its path and query, *body* '' for a GET, *cookie* what of the visitor's goes along. *kind* and *value* are for counting and for choosing."""

    id: str
    kind: str
    value: int
    made_ms: int
    target: str
    body: str = ""
    content_type: str = ""
    cookie: str = ""

    @property
    def method(self) -> str:
        """GET, or POST where there is a body."""
        return "POST" if self.body else "GET"

    def as_text(self) -> str:
        """The form in which a queue on disk keeps it; `from_text` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Message:
        """Raises ValueError or TypeError for a text of another version."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Messages for a customer of Ibexa's tracking: one GET an event, its eid the key for de-duplication."""

    customer: str
    prefix: str = "api"
    numeric: bool = True
    custom: tuple[str, ...] = ()

    def message(
        self, kind: str, *, now_ms: int, user: str = "", eid: str = "", **given: Any
    ) -> Message:
        """The message of an event. Raises Invalid."""
        items = given.pop("items", None)
        item = given.pop("item", None)
        parameters = {
            name: _text(value)
            for name, value in given.items()
            if name not in ("itemtype", "target") and value is not None
        }
        id = eid or str(uuid.uuid4())
        event = Event(
            kind=kind,
            customer=self.customer,
            user=user or NOBODY,
            target=_text(given.get("target", "")),
            itemtype=_number(given.get("itemtype", 0)),
            items=[_text(one) for one in (items if items is not None else [] if item is None else [item])],
            parameters=parameters,
            eid=id,
        )  # fmt: skip
        try:
            target = build(event, prefix=self.prefix, custom=self.custom, numeric=self.numeric)
        except Refused as error:
            raise Invalid(error.message) from None
        value = VALUES.get(kind, USUAL_VALUE)
        return Message(id=id, kind=kind, value=value, made_ms=now_ms, target=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastream:
    """Messages for a data stream of an edge: one body an event, in the tracker's protocol."""

    datastream: str
    base_path: str = "/ee"

    def message(
        self, kind: str, *, now_ms: int, user: str = "", eid: str = "", **given: Any
    ) -> Message:
        """The message of an event: `url`, `xdm` and `data` are the event's, all else goes into `data`. Raises Invalid."""
        id = eid or str(uuid.uuid4())
        xdm = _object(given.pop("xdm", None), "xdm")
        data = _object(given.pop("data", None), "data")
        url = given.pop("url", "")
        # Who says when it was made has a right clock; without that the edge corrects the time by when the body was made.
        meta = {} if "timestamp" in xdm else {"meta": {"sentAt": now_ms}}
        xdm = {"eventType": kind, "timestamp": utc(now_ms), **xdm, "_id": id}
        if url:
            xdm["web"] = {
                "webPageDetails": {"URL": _text(url)},
                **_object(xdm.get("web"), "xdm.web"),
            }
        data.update({name: value for name, value in given.items() if value is not None})
        body: dict[str, Any] = {"events": [{"xdm": xdm, "data": data} if data else {"xdm": xdm}]}
        body |= meta
        if user:
            body["xdm"] = {"identityMap": {"FPID": [{"id": user}]}}
        try:
            text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except (TypeError, ValueError, RecursionError) as error:
            raise Invalid(f"event {kind!r}: expected what JSON can say: {error}") from None
        target = (
            f"{self.base_path}/v1/collect?configId={quote(self.datastream, safe='')}&requestId={id}"
        )
        value = VALUES.get(kind, USUAL_VALUE)
        return Message(
            id=id, kind=kind, value=value, made_ms=now_ms, target=target, body=text, content_type="text/plain"
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInStream:
    """Messages for a customer of Ibexa's tracking in the tracker's protocol, by its data stream: they keep their own time, which an
    address has no word for.
    """

    customer: Customer
    stream: Datastream

    def message(
        self, kind: str, *, now_ms: int, user: str = "", eid: str = "", **given: Any
    ) -> Message:
        """The message of an event, with `xdm` beside what an address says. Raises Invalid."""
        xdm = given.pop("xdm", None)
        address = self.customer.message(kind, now_ms=now_ms, user=user, eid=eid, **dict(given))
        told = {name: value for name, value in given.items() if value is not None}
        if "itemtype" in told:
            told["itemtype"] = _number(told["itemtype"])
        told |= {"event": kind, "customer": self.customer.customer, "user": user or NOBODY}
        made = self.stream.message(f"ibexa.{kind}", now_ms=now_ms, eid=address.id, xdm=xdm)
        body = json.loads(made.body)
        body["events"][0]["ibexa"] = told
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return replace(made, kind=kind, value=address.value, body=text)


Form = Customer | Datastream | CustomerInStream


def _object(value: Any, path: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"{path}: expected an object, got {value!r:.100}")
    return dict(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Invalid(f"itemtype: expected a whole number, got {value!r:.100}") from None
