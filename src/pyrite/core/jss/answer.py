"""What the part answers the tracker: a call's events, as options of the command `event`.

Pure, and without wire.py: the part reads and writes its texts by the page's own JSON. Not for what an event may say: events.py.
"""

from ..errors import TrackerError
from ..event import part, text_at
from .batch import build_batch


def answer(asked: dict[str, object]) -> dict[str, object]:
    """`{options, places, errors}` for *asked*, `{options, id}`: see Batch; or `{error}` where the whole call is refused."""
    try:
        batch = build_batch(part(asked, "options").get("events"), base=text_at(asked, "id"))
    except TrackerError as error:
        return {"error": error.as_record()}
    return {"options": batch.options, "places": batch.places, "errors": batch.errors}
