"""One text in, all that core makes of it out: what the lanes are compared by (e2e/conformance)."""

from given import moment

from pyrite.core.decisions.hashing import finished, seed
from pyrite.core.errors import TrackerError
from pyrite.core.personalization.propositions import full_surface, page_surface
from pyrite.core.personalization.selectors import parse_selector
from pyrite.core.tracker import Tracker
from pyrite.core.urls import quote
from pyrite.core.visitor.identity import cookies, parse_ecid
from pyrite.core.wire import decode, encode


def answered(text: str) -> str:
    """JSON: what *text*, as JSON, becomes on the wire in an event, and what it is to everything that reads texts."""
    found: dict[str, object] = {}
    try:
        found["event"] = _event(decode(text))
    except TrackerError as error:
        found["refused"] = error.code
    found["quoted"] = quote(text)
    found["bucket"] = finished(seed(text))
    found["cookies"] = cookies(text)
    found["ecid"] = parse_ecid(text)
    found["surfaces"] = [full_surface("#" + text, "https://a.test/b?c#d"), page_surface(text)]
    try:
        found["steps"] = parse_selector(text)
    except TrackerError as error:
        found["steps"] = error.code
    return encode(found)


def _event(value: object) -> "list[object]":
    made = [0]

    def new_id() -> str:
        made[0] += 1
        return f"id-{made[0]}"

    tracker = Tracker("alloy")
    now = moment()
    now.new_id = new_id
    tracker.command(0, "configure", {"datastreamId": "shop", "edgeDomain": "edge.test"}, now)
    effects = tracker.command(1, "event", {"type": "probe", "data": {"value": value}}, now)
    sent = [[effect.url, effect.body] for effect in effects if type(effect).__name__ == "Send"]
    return [sent, encode(value)]
