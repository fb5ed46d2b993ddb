"""What becomes of an event that its schema does not allow: a bad row, or a warning beside what is stored.

Not for what schemas say: schemas.py.
"""

from typing import Any

import msgspec

from ...core.event import part
from ...stores.contract import Event
from ..http.problems import DETAIL_LIMIT, PATH_LIMIT, TOLD, Problem, shortened
from .arrival import Arrival, raise_if_alone
from .schemas import Check


def check_events(arrival: Arrival, check: Check | None) -> None:
    """Refuse the events of *arrival* that *check* does not allow, or warn of them. Raises Problem where nothing is left."""
    if check is not None:
        _check_each(arrival, check)
    if arrival.refused:
        raise_if_alone(arrival)


def _check_each(arrival: Arrival, check: Check) -> None:
    placed: list[tuple[Event, int]] = []
    for event, place in zip(arrival.events, arrival.places(), strict=True):
        try:
            # Read again, for most data streams have no schemas: what is taken in needs to remember nothing for it.
            content = {"data": {}, **msgspec.json.decode(event.body)}
            content.pop("meta", None)  # the edge's own
            type = event.type or part(content, "data").get("type")
            _judge(arrival, check, place, content, type if isinstance(type, str) else "")
        except Exception as error:
            arrival.refuse(place, error)
        else:
            placed.append((event, place))
    if len(placed) < len(arrival.events):
        # Of a place that made several events all go: nothing is stored in halves.
        gone = {place for place, _ in arrival.refused}
        arrival.events = [event for event, place in placed if place not in gone]
        arrival.refused.sort(key=lambda refusal: refusal[0])


def _judge(arrival: Arrival, check: Check, place: int, content: dict[str, Any], type: str) -> None:
    """Raises Problem for an event that its schema does not allow, where it refuses; else notes a warning."""
    violations = check.violations(type, content)
    if not violations:
        return
    detail = f"event {type!r:.100} is not what {violations[0].schema} describes"
    if len(arrival.warnings) < TOLD:
        detail += ": " + "; ".join([f"{one.path or '.'}: {one.message}" for one in violations])
    path = arrival.path(place) + violations[0].path
    if check.refuses:
        raise Problem(422, "schema.violated", detail, path=path)
    warning = {
        "type": "https://pyrite.dev/problems/schema.violated",
        "status": 200,
        "title": shortened(detail, DETAIL_LIMIT),
        "detail": shortened(path, PATH_LIMIT),
    }
    arrival.warnings.append(warning | {"report": {"eventIndex": place}})
