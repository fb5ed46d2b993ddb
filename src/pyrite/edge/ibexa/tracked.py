"""Ibexa's events that come with the tracker's own: checked and stored as those that come by an address.

Not for where they stand in a request: its dialect reads that. Users become hashes in the event as it came too, which is what a
bad row of it keeps.
"""

import re
import uuid
from typing import Any

import msgspec
from msgspec.structs import replace

from ...core.ibexa.events import ME, NOBODY, check_user
from ...core.ibexa.events import Event as Said
from ...core.ibexa.refusal import Refused
from ...core.ibexa.said import event_of, text_in
from ...stores.contract import IDENTIFY, LOGIN, Event, Link
from ..http.call import Call
from ..http.consents import declines
from ..http.problems import Problem
from ..ingest.arrival import Arrival
from ..settings import IbexaCustomer, Settings
from .conceal import conceal, hide
from .proofs import Proofs
from .reader import SIGNED, nonce_of, orgs_of
from .records import NAME, records
from .users import HASHED, UNREADABLE, Users, hash_in

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_encode = msgspec.json.Encoder().encode


class Tracked:
    """See Claim in ingest/claims.py: takes the part `ibexa` of an event, `{event, itemtype, item | items, user, …parameters}`."""

    def __init__(self, settings: Settings, users: Users, proofs: Proofs) -> None:
        """Raises SettingsError for a customer whose data stream there is not."""
        self._customers = settings.ibexa.customers
        self._orgs = orgs_of(settings)
        self._users = users
        self._proofs = proofs

    def __call__(self, found: Any, event: Event, arrival: Arrival, call: Call) -> list[Event]:
        """See Claim."""
        try:
            id, customer = self._customer(found, arrival.datastream)
            nobody = declines(call, self._orgs[id], arrival.cookies())
            said = self._said(found, id, customer, nobody=nobody, replayed=call.row is not None)
        except Refused as error:
            code = f"ibexa.{error.reason}"
            path = f"{NAME}.{error.path}" if error.path else NAME
            raise Problem(422, code, error.message, path=path) from None
        self._prove(said, arrival, call)
        types = customer.item_types
        if types and said.items and said.itemtype not in types:
            known = ", ".join([str(type) for type in types])
            detail = f"items of type {said.itemtype} are not taken here; {known} are"
            raise Problem(422, "ibexa.item", detail, path=f"{NAME}.itemtype")
        said.eid = said.eid or _uuid_of(event)
        links: list[Link] = []
        user = said.user
        if user == ME:
            user = self._users.hashed(id, event.visitor)
            links.append(_link(event, event.visitor, user, IDENTIFY))
        elif user == NOBODY:
            user = ""
        target = "" if nobody else said.target
        if user and target and user != target:
            links.append(_link(event, user, target, LOGIN))
        taken = _merged(said, event, user, target)
        arrival.link(*links)
        return taken

    def hides(self, content: bytes) -> bytes:
        """See Claim: with hashes in place of users, as in addresses."""
        return conceal(content, self._stand)

    def _customer(self, found: Any, datastream: str) -> tuple[str, IbexaCustomer]:
        """Whose event it is: of the customer that it names, or of the only one of its data stream. Raises Problem."""
        if not isinstance(found, dict):
            detail = f"expected an object with event, itemtype and item, got {found!r:.100}"
            raise Problem(422, "ibexa.shape", detail, path=NAME)
        named = found.get("customer")
        there = {
            id: customer
            for id, customer in self._customers.items()
            if (customer.datastream or id) == datastream
        }
        if named in (None, "") and len(there) == 1:
            return next(iter(there.items()))
        if isinstance(named, str) and named in there:
            return named, there[named]
        hide(found, self._stand)
        known = ", ".join(sorted(there)) or "none"
        detail = f"expected a customer of the data stream {datastream!r}, of which there are {known}; got {named!r:.100}"
        raise Problem(422, "ibexa.customer", detail, path=f"{NAME}.customer")

    def _said(
        self,
        found: dict[str, Any],
        id: str,
        customer: IbexaCustomer,
        *,
        nobody: bool,
        replayed: bool,
    ) -> Said:
        """What *found* says, its users hashed, there too. Raises Refused."""
        given = {name: found.get(name) for name in ("user", "target")}
        if not replayed:
            hide(found, lambda _, user: NOBODY if nobody else self._stand(id, user))
        if nobody:
            given["user"] = NOBODY
        numeric = customer.item_ids == "numeric"
        fields = {**found, **{name: value for name, value in given.items() if value is not None}}
        login = nobody and fields.get("event") == LOGIN
        if login:
            fields["user"] = ME  # nobody can't log in; who it would be is left out below
        said = event_of(fields, customer=id, custom=tuple(customer.custom), numeric=numeric)
        said.user = NOBODY if login else self._stored(said.user, id, replayed)
        said.target = self._stored(said.target, id, replayed) if said.target else ""
        return said

    def _stored(self, user: str, customer: str, replayed: bool) -> str:
        """What is stored of *user*, which is a hash already in a bad row; ME and NOBODY as they are."""
        if user in (ME, NOBODY):
            return user
        return (hash_in(user) if replayed else "") or self._users.hashed(customer, user)

    def _stand(self, customer: str, user: Any) -> str:
        """What a bad row keeps of *user*: see users.py."""
        if not customer and len(self._customers) == 1:
            customer = next(iter(self._customers))
        try:
            text = text_in({"user": user}, "user")
            check_user(text)
        except Refused:
            return UNREADABLE + self._users.hashed(customer, repr(user))
        return text if text in (ME, NOBODY) else HASHED + self._users.hashed(customer, text)

    def _prove(self, said: Said, arrival: Arrival, call: Call) -> None:
        """Raises Problem (401) where the call does not prove what *said* asks for."""
        nonces: dict[str, str] = arrival.memory.setdefault(NAME, {})
        signed = call.row is not None and call.row.context == SIGNED
        if call.row is None:
            if said.customer not in nonces:
                nonces[said.customer] = self._proofs.signed(call, said.customer)
            nonce = nonces[said.customer]
            signed = bool(nonce)
            if signed:
                call.context = SIGNED
                arrival.nonce = arrival.nonce or nonce_of(nonce, call.received_ms)
        self._proofs.check(call, said, signed=signed)


def _uuid_of(event: Event) -> str:
    """The event's id, or one that is made of it, where it is no UUID."""
    id = event.id.lower()
    if _UUID.fullmatch(id):
        return id
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event.datastream}/{event.id}"))


def _link(event: Event, source: str, target: str, how: str) -> Link:
    return Link(
        datastream=event.datastream,
        source=source,
        target=target,
        made_ms=event.received_ms,
        how=how,
    )


def _merged(said: Said, event: Event, user: str, target: str) -> list[Event]:
    """What is stored of *said*, which came with *event*: the first of its items has what the page knows, but for whose it is."""
    parts = records(
        said,
        datastream=event.datastream,
        user=user,
        target=target,
        received_ms=event.received_ms,
        url=event.url,
        way=event.way,
    )
    dated = "overridetimestamp" in said.parameters
    page: dict[str, Any] = msgspec.json.decode(event.body)
    context = page["xdm"]
    context.pop("identityMap", None)
    merged = []
    for number, record in enumerate(parts):
        body: dict[str, Any] = msgspec.json.decode(record.body)
        own = body["xdm"]
        if not dated:
            own["timestamp"] = context.get("timestamp", own["timestamp"])
        if number == 0:
            own.pop("web", None)  # the page knows more of itself
            body = page | body | {"xdm": context | own}
        made_ms = record.made_ms if dated else event.made_ms
        stored = replace(
            event, id=record.id, type=record.type, visitor=user, made_ms=made_ms, body=_encode(body).decode(), is_view=False
        )  # fmt: skip
        merged.append(stored if number == 0 else replace(stored, url=record.url, shown=()))
    return merged
