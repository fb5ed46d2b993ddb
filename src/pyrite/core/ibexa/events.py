"""The fifteen events: what stands in the address of each, and what its parameters may say.

Pure. Not for addresses themselves: address.py. Source: Ibexa's "Event types" and "Tracking with yct.js" (Personalization 5),
whose spellings (`triggername`, small letters) are exact.
"""

from ..digits import is_digits
from ..options.suggest import did_you_mean
from .refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]  # of EVENTS

# What stands behind the event's code.
ITEM = "item"
LOGIN = "login"
USER = "user"
# `(code, what stands behind it, parameters that must be there, parameters that may be)`
EVENTS = (
    ("click", ITEM, (), ("categorypath",)),
    ("consume", ITEM, (), ("percentage",)),
    ("buy", ITEM, (), ("quantity", "fullprice", "overridetimestamp", "signature")),
    ("basket", ITEM, (), ()),
    ("deletefrombasket", ITEM, (), ()),
    ("wishlist", ITEM, (), ("price",)),
    ("deletefromwishlist", ITEM, (), ()),
    ("rate", ITEM, ("rating",), ()),
    ("blacklist", ITEM, (), ()),
    ("owns", ITEM, (), ()),
    ("rendered", ITEM, (), ("scenario", "modelid")),
    ("clickrecommended", ITEM, ("scenario",), ("modelid",)),
    ("login", LOGIN, (), ()),
    ("triggeropened", USER, ("triggername",), ()),
    ("clicktriggered", ITEM, ("triggername",), ()),
)
OLD_NAMES = {"transfer": "login"}
KINDS = tuple([row[0] for row in EVENTS])
NOBODY = "not_defined"  # the item is counted, and nobody with it
ME = "_me"  # whoever has the cookie: the same address for every visitor
MOST_NUMBER = 2147483647  # of items, types and quantities
MOST_ITEMS = 100
MOST_EXTRA = 100  # parameters that no event has
WHOLE_DIGITS = 12  # of a price
PART_DIGITS = 4  # behind its point: as many as any currency of ISO 4217 has
EXPECTED = {
    "percent": "a whole number from 0 to 100",
    "count": f"a whole number from 1 to {MOST_NUMBER}",
    "price": "a price with its currency, such as '12.45EUR' or '456JPY'",
    "time": "a time such as '2012-01-01T11:00:00'",
    "id": "a UUID such as '1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de'",
}
_VALUES = {
    "percentage": "percent", "rating": "percent", "quantity": "count", "fullprice": "price",
    "price": "price", "overridetimestamp": "time",
}  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"


class Event:
    """One event as its address says it: `parameters` are those that its kind has, as texts, `extra` all others.

    `user` is a login's source and `target` the account; `itemtype` is 0 where there is no item; `eid` is '' where it was not
    given. `token` and `callback` are no part of what happened.
    """

    def __init__(
        self,
        *,
        kind: str,
        customer: str,
        user: str,
        target: str = "",
        itemtype: int = 0,
        items: "list[str] | None" = None,
        parameters: "dict[str, str] | None" = None,
        extra: "dict[str, str] | None" = None,
        eid: str = "",
        token: str = "",
        callback: str = "",
    ) -> None:
        self.kind = kind
        self.customer = customer
        self.user = user
        self.target = target
        self.itemtype = itemtype
        self.items = items or []
        self.parameters = parameters or {}
        self.extra = extra or {}
        self.eid = eid
        self.token = token
        self.callback = callback

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and self._parts() == other._parts()

    def __repr__(self) -> str:
        return f"Event({self._parts()!r})"

    def _parts(self) -> list[object]:
        who = [self.kind, self.customer, self.user, self.target, self.itemtype, self.items]
        return who + [self.parameters, self.extra, self.eid, self.token, self.callback]

    def values(self) -> dict[str, object]:
        """What is stored of its parameters: numbers as numbers, a price as text with its currency beside it, a buy's quantity
        also where it was not given; not what only proves something."""
        values: dict[str, object] = {}
        for name in sorted(self.parameters):
            text = self.parameters[name]
            if name in ("fullprice", "price"):
                values["price"] = text[:-3]
                values["currency"] = text[-3:]
            elif name in ("percentage", "rating", "quantity"):
                values[name] = int(text)
            elif name not in ("overridetimestamp", "signature"):
                values[name] = text
        if self.kind == "buy" and "quantity" not in values:
            values["quantity"] = 1
        return values


def row_of(kind: str, custom: "tuple[str, ...]") -> "Row":
    """The row of EVENTS for the code *kind*; *custom* codes have an item and no parameters. Raises Refused for any other."""
    kind = OLD_NAMES.get(kind, kind)
    for row in EVENTS:
        if row[0] == kind:
            return row
    if kind in custom:
        return (kind, ITEM, (), ())
    kinds = [row[0] for row in EVENTS] + list(custom)
    raise Refused(
        f"unknown event {kind[:100]!r}; events are {', '.join(kinds)}{did_you_mean(kind, kinds)}",
        path="",
        reason="event",
    )


def check_user(user: str, *, path: str = "user") -> None:
    """Raises Refused for a *user* that no address can have."""
    if not user:
        hint = f"{NOBODY!r} counts the item and nobody"
        raise Refused(f"expected a user, got nothing; {hint}", path=path, reason="user")
    if user in (".", ".."):
        raise Refused(f"browsers take {user!r} out of an address", path=path, reason="user")


def number_of(text: str, *, path: str) -> int:
    """The number of an item or its type. Raises Refused."""
    if is_digits(text) and 1 <= int(text) <= MOST_NUMBER:
        return int(text)
    raise Refused(f"expected {EXPECTED['count']}, got {text[:100]!r}", path=path, reason="item")


def item_of(text: str, *, numeric: bool) -> str:
    """The id of an item as it is stored. Raises Refused."""
    if numeric:
        return str(number_of(text, path="item"))
    if not text or text in (".", "..") or "," in text:
        raise Refused(
            f"expected the id of an item, without a comma, got {text[:100]!r}",
            path="item",
            reason="item",
        )
    return text


def parameter(name: str, text: str) -> str:
    """The parameter *name* as it is kept. Raises Refused where *text* is nothing that it may say."""
    kind = _VALUES.get(name, "text")
    if kind == "percent" and is_digits(text) and int(text) <= 100:
        return str(int(text))
    if kind == "count" and is_digits(text) and 1 <= int(text) <= MOST_NUMBER:
        return str(int(text))
    if kind == "text":
        return text.strip("/") if name == "categorypath" else text
    if (kind == "price" and _is_price(text)) or (kind == "time" and _is_time(text)):
        return text
    raise Refused(f"expected {EXPECTED[kind]}, got {text[:100]!r}", path=name, reason="parameter")


def id_of(text: str) -> str:
    """The UUID *text* in small letters. Raises Refused."""
    id = text.lower()
    if len(id) == 36 and _has_form(id, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"):
        return id
    raise Refused(f"expected {EXPECTED['id']}, got {text[:100]!r}", path="eid", reason="parameter")


def _is_price(text: str) -> bool:
    number = text[:-3]
    currency = text[-3:]
    whole, point, rest = number.partition(".")
    if len(currency) < 3 or not all(
        [char.lower() in _LETTERS and char != char.lower() for char in currency]
    ):
        return False
    if not is_digits(whole) or len(whole) > WHOLE_DIGITS:
        return False
    return not point or (is_digits(rest) and len(rest) <= PART_DIGITS)


def _is_time(text: str) -> bool:
    if len(text) != 19 or not _has_form(text, "0000-00-00T00:00:00"):
        return False
    pieces = [int(text[start : start + 2]) for start in (5, 8, 11, 14, 17)]
    limits = ((1, 12), (1, 31), (0, 23), (0, 59), (0, 59))
    inside = [limits[at][0] <= pieces[at] <= limits[at][1] for at in range(5)]
    return text[:4] != "0000" and all(inside)


def _has_form(text: str, form: str) -> bool:
    """Whether *text* has the *form*: `0` stands for a digit, `x` for a hexadecimal one, everything else for itself."""
    signs = {"0": _DIGITS, "x": "0123456789abcdef"}
    return all([text[at] in signs.get(form[at], form[at]) for at in range(len(form))])
