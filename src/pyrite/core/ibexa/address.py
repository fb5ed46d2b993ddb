"""Addresses of events, built and read by the same code: `/api/00000/click/johndoe/1/11?categorypath=%2FCamera`.

Pure. Not for what an event may say: events.py. The path is taken apart before it is decoded, so that an encoded slash is no
slash.
"""

from .events import ITEM, LOGIN, Event, item_of, parameter, row_of
from .percent import decoded, encoded
from .pieces import CONTROLS, FORM, parameters_of, take_parameters, take_pieces
from .refusal import Refused

LONGEST = 8192  # bytes of an address: its path and its query
USER_PLACE = 3  # of the user among the pieces, and of a login's source


def build(
    event: Event, *, prefix: str = "api", custom: "tuple[str, ...]" = (), numeric: bool = True
) -> str:
    """The path and query of *event*, parameters in order, below *prefix*. Raises Refused for what `read` would refuse."""
    kind, form = row_of(event.kind, custom)[:2]
    pieces = [prefix, event.customer, kind, event.user]
    if form == LOGIN:
        pieces.append(event.target)
    if form == ITEM:
        pieces.append(str(event.itemtype))
        # A comma between two of them, which stays: an encoded one would be the same.
        pieces.append(",".join([item_of(item, numeric=numeric) for item in event.items]))
    pairs: list[tuple[str, str]] = []
    for names in (event.parameters, event.extra):
        pairs = pairs + [(name, names[name]) for name in sorted(names)]
    controls = {"eid": event.eid, "token": event.token, "jsonpCallback": event.callback}
    pairs = pairs + [(name, controls[name]) for name in CONTROLS if controls[name]]
    path = "/" + "/".join([_piece(piece) for piece in pieces])
    query = "&".join(
        [encoded(name, path=name) + "=" + encoded(value, path=name) for name, value in pairs]
    )
    address = path + "?" + query if query else path
    if len(address) > LONGEST:
        raise Refused(
            f"expected an address of at most {LONGEST} bytes, got {len(address)}", path=""
        )
    if read(path, query, custom=custom, numeric=numeric) != _normal(event, kind, numeric):
        raise Refused("no address says this event", path="")
    return address


def read(path: str, query: str, *, custom: "tuple[str, ...]" = (), numeric: bool = True) -> Event:
    """The event at *path* with *query*, both as they were sent. *custom* codes are events too; *numeric* says that ids of items
    are numbers. Raises Refused, for whatever it is given."""
    return read_pieces(pieces_of(path), query, custom=custom, numeric=numeric)


def pieces_of(path: str) -> list[str]:
    """The decoded pieces of *path*: prefix, customer, event, user and what follows. Raises Refused."""
    return [decoded(piece, path="path") for piece in path.split("/")[1:]]


def read_pieces(
    pieces: list[str], query: str, *, custom: "tuple[str, ...]" = (), numeric: bool = True
) -> Event:
    """`read` where the path was taken apart already."""
    if len(pieces) < 3:
        raise Refused(f"{FORM}; got {len(pieces)} pieces", path="path")
    _, customer, code = pieces[:3]
    row = row_of(code, custom)
    event = Event(kind=row[0], customer=customer, user="")
    take_pieces(event, pieces[3:], row, numeric=numeric)
    take_parameters(event, parameters_of(query), row)
    return event


def signed_text(event: Event, licence_key: str) -> str:
    """What the MD5 of a buy's `signature` is made of, for its one item.

    Source: Ibexa's "Tracking with signature": type, item and licence key, then the parameters by name, encoded with capital
    letters.
    """
    pieces = [str(event.itemtype), event.items[0] if event.items else "", licence_key]
    for name in ("fullprice", "overridetimestamp", "quantity"):
        if name in event.parameters:
            pieces.append(name + "=" + encoded(event.parameters[name], path=name))
    return "&".join(pieces)


def _piece(text: str) -> str:
    return ",".join([encoded(part, path="path") for part in text.split(",")])


def _normal(event: Event, kind: str, numeric: bool) -> Event:
    """*event* as reading gives it back."""
    return Event(
        kind=kind,
        customer=event.customer,
        user=event.user,
        target=event.target,
        itemtype=event.itemtype,
        items=[item_of(item, numeric=numeric) for item in event.items],
        parameters={name: parameter(name, event.parameters[name]) for name in event.parameters},
        extra=event.extra,
        eid=event.eid.lower(),
        token=event.token,
        callback=event.callback,
    )
