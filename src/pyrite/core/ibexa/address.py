"""Addresses of events, built and read by the same code: `/api/00000/click/johndoe/1/11?categorypath=%2FCamera`.

Pure. Not for what an event may say: events.py. The path is taken apart before it is decoded, so that an encoded slash is no
slash.
"""

from .events import (
    ITEM,
    LOGIN,
    ME,
    MOST_EXTRA,
    MOST_ITEMS,
    NOBODY,
    Event,
    check_user,
    id_of,
    item_of,
    number_of,
    parameter,
    row_of,
)
from .percent import decoded, encoded
from .refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .events import Row

LONGEST = 8192  # bytes of an address: its path and its query
CALLBACK_LONGEST = 128
CONTROLS = ("eid", "token", "jsonpCallback")  # parameters of every event
ABSENT = (
    "",
    "null",
    "undefined",
)  # values that are none: what scripts write where they have nothing
USER_PLACE = 3  # of the user among the pieces, and of a login's source
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
_FORM = "expected /prefix/customer/event/user/itemtype/item, /prefix/customer/login/source/target or /prefix/customer/triggeropened/user"


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
        raise Refused(f"{_FORM}; got {len(pieces)} pieces", path="path")
    _, customer, code = pieces[:3]
    row = row_of(code, custom)
    event = Event(kind=row[0], customer=customer, user="")
    take_pieces(event, pieces[3:], row, numeric=numeric)
    take_parameters(event, parameters_of(query), row)
    return event


def parameters_of(query: str) -> dict[str, str]:
    """`{name: value}` of a *query*, decoded; of several with one name the first. Raises Refused."""
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = decoded(name.replace("+", " "), path="query")
        if name and name not in found:
            if len(found) > MOST_EXTRA:
                raise Refused(
                    f"expected at most {MOST_EXTRA} parameters", path="query", reason="parameter"
                )
            found[name] = decoded(value.replace("+", " "), path=name[:100])
    return found


def check_callback(text: str) -> None:
    """Raises Refused where *text* is no path of identifiers, such as `page.done`, or too long."""
    pieces = text.split(".")
    names = [piece != "" and piece[0] in _LETTERS and _is_word(piece) for piece in pieces]
    if len(text) > CALLBACK_LONGEST or not all(names):
        raise Refused(
            f"expected a function's name such as 'done' or 'page.done', at most {CALLBACK_LONGEST} characters, got {text[:CALLBACK_LONGEST]!r}",
            path="jsonpCallback",
            reason="callback",
        )


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


def _is_word(piece: str) -> bool:
    return all([char in _LETTERS or "0" <= char <= "9" for char in piece])


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


def take_pieces(event: Event, rest: list[str], row: "Row", *, numeric: bool) -> None:
    """Take what stands behind the event's code, whose row of EVENTS is *row*. Raises Refused."""
    form = row[1]
    expected = 3 if form == ITEM else 2 if form == LOGIN else 1
    if not rest:
        check_user("")
    check_user(rest[0], path="source" if form == LOGIN else "user")
    if len(rest) != expected:
        raise Refused(
            f"{_FORM}; got {len(rest)} pieces behind {event.kind!r}",
            path="path",
            reason="item" if form == ITEM and len(rest) < expected else "address",
        )
    event.user = rest[0]
    if form == LOGIN:
        check_user(rest[1], path="target")
        event.target = rest[1]
        if event.user == NOBODY or event.target in (NOBODY, ME):
            raise Refused(
                "expected a user who logs in, and an account", path="target", reason="user"
            )
    if form == ITEM:
        event.itemtype = number_of(rest[1], path="itemtype")
        items = rest[2].split(",")
        if len(items) > MOST_ITEMS:
            raise Refused(
                f"expected at most {MOST_ITEMS} items, got {len(items)}", path="item", reason="item"
            )
        event.items = [item_of(item, numeric=numeric) for item in items]


def take_parameters(event: Event, given: dict[str, str], row: "Row") -> None:
    """Take the parameters that were *given*. Raises Refused."""
    required, optional = row[2], row[3]
    for name in sorted(given):
        value = given[name]
        if name in required or name in optional:
            kept = parameter(name, value) if value not in ABSENT else ""
            if kept:
                event.parameters[name] = kept
        elif name not in CONTROLS:
            event.extra[name] = value
    for name in required:
        if name not in event.parameters:
            raise Refused(f"{event.kind} needs it", path=name, reason="parameter")
    event.eid = id_of(given["eid"]) if given.get("eid", "") not in ABSENT else ""
    event.token = given.get("token", "")
    event.callback = given.get("jsonpCallback", "")
    if event.callback:
        check_callback(event.callback)
