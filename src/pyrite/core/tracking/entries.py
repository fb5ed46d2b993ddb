"""An event as the outbox keeps it: its JSON, and what it asks the edge for.

Pure. Not for what an entry goes through: delivery/.
"""

from ..delivery.entry import Entry
from ..event import CARRIED, Draft, part
from ..wire import Json, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..delivery.entry import Owner


def written(event: Draft) -> tuple[str, str]:
    """The JSON of *event*, and the same with what it asks the edge for, "" where it asks nothing. Raises if it has none."""
    record: dict[str, object] = {"xdm": Json(encode(event.xdm))}
    if event.data:
        record["data"] = Json(encode(event.data))
    record.update(part(event.options, CARRIED))
    text = encode(record)
    if not event.query or event.decided or event.unloading:
        return text, ""
    record["query"] = event.query
    return text, encode(record)


def build_entry(
    event: Draft, key: str, head: dict[str, object], texts: tuple[str, str], *, owner: "Owner"
) -> Entry:
    """The entry of *event* with the id *key*, to travel behind *head* (see request_builder.py)."""
    text, asking = texts
    return Entry(
        key,
        head=head,
        group=encode(head),
        text=text,
        asking=asking,
        made_ms=event.made_ms,
        value=0 if event.call is None else 1,
        answers=event.answers or event.call is None,
        unloading=event.unloading,
        urgent=event.renders,
        owner=owner,
    )
