"""An event as pages say it, beside those that addresses say: `{event, itemtype, item | items, user, …parameters}`.

Pure. What it may say is the same: pieces.py checks both. `{path: "basket/1/128?lang=de"}` is what elements of a page say, an
address without prefix, customer and user.
"""

from .events import ITEM, LOGIN, ME, Event, row_of
from .percent import check, decoded
from .pieces import parameters_of, take_parameters, take_pieces
from .refusal import Refused

# What is no parameter of the event.
WORDS = (
    "event", "kind", "customer", "user", "target", "itemtype", "item", "items", "path",
    "after", "documentUnloading",
)  # fmt: skip


def event_of(
    said: dict[str, object],
    *,
    customer: str,
    custom: "tuple[str, ...]" = (),
    numeric: bool = True,
) -> Event:
    """The event that *said* is, of *customer*; without `user` that of whoever has the page's cookie. Raises Refused."""
    said = spelled_out(said)
    row = row_of(text_in(said, "event") or text_in(said, "kind"), custom)
    event = Event(kind=row[0], customer=customer, user="")
    rest = [text_in(said, "user") or ME]
    if row[1] == LOGIN:
        rest.append(text_in(said, "target"))
    if row[1] == ITEM:
        rest = rest + [text_in(said, "itemtype"), ",".join(_items(said))]
    take_pieces(event, rest, row, numeric=numeric)
    parameters = {
        name: text_in(said, name) for name in said if name not in WORDS and said[name] is not None
    }
    take_parameters(event, parameters, row)
    return event


def spelled_out(said: dict[str, object]) -> dict[str, object]:
    """*said* with the words of its `path`, which is left out; words beside it win. Raises Refused."""
    path = text_in(said, "path")
    if not path:
        return said
    way, _, query = path.partition("?")
    pieces = way.strip("/").split("/")
    fields: dict[str, object] = {"event": decoded(pieces[0], path="path")}
    if len(pieces) > 3 or len(pieces) == 2:
        raise Refused(
            f"expected 'event/itemtype/item', such as 'basket/1/128', got {path[:100]!r}",
            path="path",
        )
    if len(pieces) == 3:
        fields["itemtype"] = decoded(pieces[1], path="path")
        fields["items"] = [decoded(item, path="path") for item in pieces[2].split(",")]
    parameters = parameters_of(query)
    for name in sorted(parameters):
        fields[name] = parameters[name]
    for name in said:
        if name != "path":
            fields[name] = said[name]
    return fields


def text_in(said: dict[str, object], name: str) -> str:
    """What *said* holds under *name*, as an address would have it; '' where that is nothing. Raises Refused."""
    value = said.get(name)
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        raise Refused("expected a text or a number", path=name[:100], reason="parameter")
    check(value, name[:100])
    return value


def _items(said: dict[str, object]) -> list[str]:
    """The ids of the items, however many were given."""
    items = said.get("items")
    if items is None:
        items = said.get("item")
    ids = items if isinstance(items, list) else [items]
    return [text_in({"item": one}, "item") for one in ids]
