"""What stands behind an event's code, and its parameters: taken in as texts, decoded already, wherever they come from.

Pure. Not for taking an address apart: address.py.
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
)
from .percent import decoded
from .refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .events import Row

CALLBACK_LONGEST = 128
CONTROLS = ("eid", "token", "jsonpCallback")  # parameters of every event
ABSENT = (
    "",
    "null",
    "undefined",
)  # values that are none: what scripts write where they have nothing
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
FORM = "expected /prefix/customer/event/user/itemtype/item, /prefix/customer/login/source/target or /prefix/customer/triggeropened/user"


def take_pieces(event: Event, rest: list[str], row: "Row", *, numeric: bool) -> None:
    """Take what stands behind the event's code, whose row of EVENTS is *row*. Raises Refused."""
    form = row[1]
    expected = 3 if form == ITEM else 2 if form == LOGIN else 1
    if not rest:
        check_user("")
    check_user(rest[0], path="source" if form == LOGIN else "user")
    if len(rest) != expected:
        raise Refused(
            f"{FORM}; got {len(rest)} pieces behind {event.kind!r}",
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
    required = row[2]
    optional = row[3]
    for name in sorted(given):
        value = given[name]
        if name in required or name in optional:
            checked = parameter(name, value) if value not in ABSENT else ""
            if checked:
                event.parameters[name] = checked
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


def parameters_of(query: str) -> dict[str, str]:
    """`{name: value}` of a *query*, decoded; of several with one name the first. Raises Refused."""
    parameters: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = decoded(name.replace("+", " "), path="query")
        if name and name not in parameters:
            if len(parameters) > MOST_EXTRA:
                raise Refused(
                    f"expected at most {MOST_EXTRA} parameters", path="query", reason="parameter"
                )
            parameters[name] = decoded(value.replace("+", " "), path=name[:100])
    return parameters


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


def _is_word(piece: str) -> bool:
    return all([char in _LETTERS or "0" <= char <= "9" for char in piece])
