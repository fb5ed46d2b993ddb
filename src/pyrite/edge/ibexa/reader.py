"""Addresses of events, read: whose they are, who is meant, what is stored of them.

Not for what they prove: proofs.py.
"""

import uuid
from pathlib import Path
from urllib.parse import urlsplit

from ...core.ibexa.address import read_pieces
from ...core.ibexa.events import ME, NOBODY, Event
from ...core.ibexa.grants import WINDOW_S
from ...core.ibexa.percent import decoded
from ...core.ibexa.refusal import Refused
from ...stores.contract import IDENTIFY, LOGIN, Link, Nonce, Visit
from ..experiences.preview import secret_in
from ..http.call import URL_LIMIT, Call, raw_path_of
from ..http.consents import declines
from ..http.problems import Problem
from ..settings import Settings, SettingsError
from .arrival import Address, Arrival, devices_of
from .keys import Keys
from .proofs import Proofs
from .records import NAME, records
from .users import Users, hash_in, hash_of

SECRET_FILE = "ibexa-users.key"
PAGE_LIMIT = 2000  # characters of the page's address
SIGNED = '{"signed":true}'  # the context of a bad row that a server of ours has sent


class Reader:
    """See Reader in ingest/dialect.py. A call is noted its Address."""

    name = NAME

    def __init__(self, settings: Settings, users: Users, proofs: Proofs) -> None:
        """Raises SettingsError for a customer whose data stream there is not."""
        self._customers = settings.ibexa.customers
        self._prefixes = ["/" + prefix for prefix in settings.ibexa.prefixes]
        self._users = users
        self._proofs = proofs
        self._orgs = orgs_of(settings)

    def read(self, call: Call, content: bytes) -> Arrival:
        """See Reader."""
        address = self.addressed(call)
        event = self._event(address)
        # Asked of a bad row too: it may have been refused before anything was proved.
        self._proofs.check(call, event, signed=address.signed)
        customer = self._customers[event.customer]
        types = customer.item_types
        if types and event.items and event.itemtype not in types:
            known = ", ".join([str(type) for type in types])
            detail = f"items of type {event.itemtype} are not taken here; {known} are"
            raise Problem(400, "ibexa.item", detail, path="itemtype")
        return self._arrival(call, event, address)

    def addressed(self, call: Call) -> Address:
        """What *call* is noted; at first sight also what a bad row will keep of it."""
        if call.noted is not None:
            pass
        elif call.row is not None:
            text = _text(call.row.body)
            path, _, query = text.partition("?")
            path = self._without_prefix(path) or path
            address = Address(path=path, query=query, customer=_customer_in(path))
            address.signed = call.row.context == SIGNED
            call.noted = address
        else:
            call.noted = self._address_of(call)
            self._hide(call)
        found: Address = call.noted
        return found

    def with_body(self, call: Call, content: bytes) -> Address:
        """`addressed`, with the parameters that stand in a body."""
        address = self.addressed(call)
        if content and call.scope["method"] == "POST":
            address.query += ("&" if address.query else "") + _text(content)
            self._hide(call)
        return address

    def _address_of(self, call: Call) -> Address:
        scope = call.scope
        path = self._without_prefix(_text(raw_path_of(scope).encode("latin-1")))
        query = _text(scope["query_string"])
        address = Address(path=path, query=query, customer=_customer_in(path))
        address.device, address.pid = devices_of(call)
        org = self._orgs.get(address.customer, "")
        address.nobody = bool(org) and declines(call, org)
        return address

    def _hide(self, call: Call) -> None:
        """Have the call's address kept without its users."""
        address: Address = call.noted
        path = self._users.masked(address.path, nobody=address.nobody, me=address.me)
        address.hashed = hash_of(path)
        sent = raw_path_of(call.scope)
        prefix = next((one for one in self._prefixes if sent.startswith(one + "/")), "")
        kept = prefix + path + ("?" + address.query if address.query else "")
        call.url = kept.encode("utf-8", "replace").decode()[:URL_LIMIT]
        call.kept = kept.encode("utf-8", "surrogateescape")

    def _without_prefix(self, path: str) -> str:
        """*path* behind the prefix (`/00000/click/johndoe/1/11`); '' where it has none of ours."""
        for prefix in self._prefixes:
            if path.startswith(prefix + "/"):
                return path[len(prefix) :]
        return ""

    def _event(self, address: Address) -> Event:
        """The event that *address* says. Raises Problem."""
        customer = self._customers.get(address.customer)
        if customer is None:
            detail = f"no customer {address.customer!r:.100} is known here"
            raise Problem(404, "ibexa.customer", detail)
        try:
            # Where the prefix stood: it may have several pieces.
            pieces = [decoded(piece, path="path") for piece in address.path.split("/")]
            return read_pieces(
                pieces,
                address.query,
                custom=tuple(customer.custom),
                numeric=customer.item_ids == "numeric",
            )
        except Refused as error:
            unknown = error.reason == "event"
            # Kept all the same: it may be a code that somebody has still to list under `custom`.
            raise Problem(
                404 if unknown else 400,
                f"ibexa.{error.reason}",
                error.message,
                path=error.path,
                keep=unknown,
            ) from None

    def _arrival(self, call: Call, event: Event, address: Address) -> Arrival:
        customer = self._customers[event.customer]
        datastream = customer.datastream or event.customer
        arrival = Arrival(datastream=datastream, call=call)
        if address.nonce:
            arrival.nonce = nonce_of(address.nonce, call.received_ms)
        user = self._who(arrival, event.user, address)
        known = event.target and not address.nobody
        target = self._hash(event.customer, event.target, call) if known else ""
        received_ms = call.row.received_ms if call.row else call.received_ms
        arrival.events = records(
            event,
            datastream=datastream,
            user=user,
            target=target,
            received_ms=received_ms,
            url=_page_of(call),
            way=way_of(call, event, address),
        )
        if user and target and user != target:
            arrival.link(_link(datastream, user, target, received_ms, LOGIN))
        if user:
            arrival.visit = Visit(datastream=datastream, visitor=user, seen_ms=received_ms)
        return arrival

    def _who(self, arrival: Arrival, user: str, address: Address) -> str:
        """The hash of the *user* that an address names; '' for nobody."""
        call, customer = arrival.call, address.customer
        if user == NOBODY or address.nobody:
            return ""
        if user != ME:
            return self._hash(customer, user, call)
        device, pid = address.device, address.pid
        if device and pid:
            # Both are this browser's: what happened before the tracker came is the same visitor's.
            source, target = [self._users.hashed(customer, id) for id in (pid, device)]
            both = _link(arrival.datastream, source, target, call.received_ms, IDENTIFY)
            arrival.link(both)
        if not device and not pid:
            if call.row or call.header(b"sec-fetch-site") == "cross-site":
                return ""  # a cookie of ours would not come back from there
            arrival.minted = pid = str(uuid.uuid4())
        return self._users.hashed(customer, device or pid)

    def _hash(self, customer: str, user: str, call: Call) -> str:
        """The hash of *user*, which it is already in the address of a bad row. Raises Problem."""
        try:
            stored = hash_in(user) if call.row else ""
        except Refused as error:
            raise Problem(400, "ibexa.user", error.message, path=error.path) from None
        return stored or self._users.hashed(customer, user)


def reader_parts(settings: Settings, folder: Path) -> tuple[Users, Proofs]:
    """What hashes users, and what checks proofs, by the settings and the data *folder*. Raises SettingsError, SecretTooShort,
    OSError."""
    ibexa = settings.ibexa
    users = Users(ibexa.user_secret or secret_in(folder, SECRET_FILE))
    return users, Proofs(ibexa.customers, Keys(ibexa.customers, folder))


def orgs_of(settings: Settings) -> dict[str, str]:
    """The organisation of each customer, whose cookie tells of consent. Raises SettingsError for a customer whose data stream
    there is not."""
    streams = settings.datastreams
    orgs: dict[str, str] = {}
    for id, customer in settings.ibexa.customers.items():
        stream = customer.datastream or id
        if streams and stream not in streams:
            known = ", ".join(sorted(streams))
            key = f"ibexa.customers.{id}.datastream"
            raise SettingsError(f"{key}: no data stream {stream!r} is listed; there are {known}")
        orgs[id] = (streams[stream].org if stream in streams else "") or stream
    return orgs


def nonce_of(value: str, seen_ms: int) -> Nonce:
    """*value* as what is good once: as long before and after the time that it was signed at as any signature is."""
    return Nonce(value=value, seen_ms=seen_ms, until_ms=seen_ms + 2 * WINDOW_S * 1000)


def _text(content: bytes) -> str:
    """*content* as text; what is no UTF-8 becomes what no address may hold."""
    return content.decode("utf-8", "surrogateescape")


def way_of(call: Call, event: Event, address: Address) -> str:
    """How an event came: `pixel`, `jsonp`, `beacon`, `fetch`, or `server`, which says nothing of where it comes from."""
    if call.row:
        return ""
    if event.callback:
        return "jsonp"
    if address.signed:
        return "server"
    if is_image(call):
        return "pixel"
    if b"sec-fetch-mode" not in call.headers and b"origin" not in call.headers:
        return "server"
    beacon = call.scope["method"] == "POST" and call.header(b"sec-fetch-mode") == "no-cors"
    return "beacon" if beacon else "fetch"


def is_image(call: Call) -> bool:
    """Whether a page asks for an image."""
    dest = call.header(b"sec-fetch-dest")
    return dest == "image" if dest else call.header(b"accept").startswith("image/")


def _customer_in(path: str) -> str:
    """The customer's id in *path*, the prefix gone."""
    return path.split("/", 2)[1] if path.startswith("/") else ""


def _link(datastream: str, source: str, target: str, made_ms: int, how: str) -> Link:
    return Link(datastream=datastream, source=source, target=target, made_ms=made_ms, how=how)


def _page_of(call: Call) -> str:
    """The address of the page that sends it, without query, which may hold anything; '' where it is not told."""
    if call.row:
        return ""
    try:
        parts = urlsplit(call.header(b"referer"))
        return parts._replace(query="", fragment="").geturl()[:PAGE_LIMIT]
    except ValueError:
        return ""
