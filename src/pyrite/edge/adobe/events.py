"""From the bytes of a body to events that can be stored, and bad rows for those that can't.

Pure. Not for storing or answering: ingest/receive.py and endpoints.py do.
"""

import hashlib
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from ...core.event import PAGE_VIEW, part
from ...core.personalization.propositions import shown_in
from ...stores.contract import BadRow, Event
from ..http.call import Call
from ..http.problems import Problem
from ..ingest import bodies
from ..ingest.arrival import raise_if_alone
from ..ingest.bodies import Body, too_deep
from ..ingest.claims import Claims
from ..ingest.meta import meta_of
from ..settings import Limits
from . import identities
from .arrival import Arrival, Source
from .queues import run_raw

ID_LIMIT = 128  # characters of an event's id
SHOWN_IN_EVENT = 500  # propositions of one display event that are counted
SHARED_BYTES = 1024  # of the body's identities that each of its events is given at least
EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
SKEW_MS = 60_000  # a page's clock that differs by less is taken at its word: the way here may take that long


NO_CLAIMS: Claims = {}


def read(
    content: bytes,
    source: Source,
    limits: Limits,
    claims: Claims = NO_CLAIMS,
    call: Call | None = None,
) -> Arrival:
    """What *content* holds. Raises Problem when nothing of it can be used. *claims* take the parts of the events of a *call* that
    are others'.

    An event that can't be used beside others that can becomes a bad row of the arrival.
    """
    parsed = bodies.parsed(content, limits.depth)
    body = _object(parsed.value)
    refused: list[BadRow] = []
    if "raw" in body:
        source = replace(source, way="raw")
        body, refused = run_raw(parsed, source, limits)
        for claim in claims.values():
            refused = [replace(row, body=claim.hides(row.body)) for row in refused]
    events = body.get("events", [])
    if not isinstance(events, list):
        raise Problem(
            400, "body.events", f"expected a list of events, got {_name(events)}", path="$.events"
        )
    if len(events) > limits.events and "raw" not in parsed.value:
        # Not in part: whoever sends it again in halves (the tracker) would send twice what was taken. The row keeps it whole.
        detail = f"expected at most {limits.events} events in one body, got {len(events)}"
        raise Problem(413, "body.too_many", detail, path="$.events")
    arrival = Arrival(
        datastream=source.datastream,
        source=source,
        found=parsed,
        body=body,
        bad_rows=refused,
        call=call,
    )
    if parsed.cut or parsed.mended:
        _note_mending(arrival, parsed, limits)
    _identify(arrival)
    if len(events) > 1:
        _share(arrival, len(content), len(events))
    stated = part(body, "meta")
    arrival.skew_ms = _skew_ms(stated.get("sentAt"), source.received_ms)
    arrival.meta = meta_of(stated, skew_ms=arrival.skew_ms, agent=source.agent)
    for index, event in enumerate(events):
        try:
            if parsed.cut and parsed.is_cut(event):
                raise too_deep(limits.depth, f"$.events[{index}]")
            _take(arrival, event, index, claims)
        except Exception as error:
            arrival.refuse(index, error)
    if arrival.refused:
        raise_if_alone(arrival)
    return arrival


def _note_mending(arrival: Arrival, parsed: Body, limits: Limits) -> None:
    """Put null for what lies too deep beside the events, and tell what was mended. Raises Problem where there are no events."""
    body = arrival.body
    titles = list(parsed.mended)
    for name in [name for name in body if name not in ("events", "raw")]:
        if parsed.is_cut(body[name]):
            if not body.get("events"):
                raise too_deep(limits.depth, "$")
            body[name] = parsed.without_cuts(body[name])
            titles.append(
                f"what lies deeper than {limits.depth} levels beside the events became null"
            )
    for title in dict.fromkeys(titles):
        kind = {"type": "https://pyrite.dev/problems/body.mended", "status": 200}
        arrival.warnings.append(kind | {"title": title})


def _skew_ms(sent: Any, received_ms: int) -> int:
    """What a page's clock lacks, by when it says it sent the body; 0 where that is within what the way may take.

    Sentry's relay corrects above a threshold only, for the same reason: the way counts as skew.
    """
    if not isinstance(sent, int) or isinstance(sent, bool) or not EARLIEST_MS <= sent <= LATEST_MS:
        return 0
    skew = received_ms - sent
    return skew if abs(skew) > SKEW_MS else 0


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(400, "body.shape", f"expected an object, got {_name(value)}", path="$")
    return value


def _identify(arrival: Arrival) -> None:
    body, source = arrival.body, arrival.source
    arrival.identities = part(body, "xdm", "identityMap")
    arrival.fpid, ecid = identities.told(body, source.cookie, source.cookie_prefix)
    arrival.derived = not ecid
    arrival.ecid = ecid or ecid_for(arrival.fpid or source.request_id)


def _share(arrival: Arrival, size: int, count: int) -> None:
    """Keep of the body's identities what each of its *count* events may carry: all of them together no more than the *size* of
    the body, or SHARED_BYTES each."""
    stated = arrival.identities
    if not stated:
        return
    room = max(SHARED_BYTES, size // count)
    if len(_encode(stated)) <= room:
        return
    shared = {
        name: [{"id": id}]
        for name in ("FPID", "ECID")
        if (id := identities.first(stated, name)) != ""
    }
    room -= len(_encode(shared))
    for name, listed in stated.items():
        room -= len(_encode({name: listed}))
        if room < 0:
            break
        shared[name] = listed
    arrival.identities = shared
    title = f"identities of {len(_encode(stated))} bytes are too many for each of {count} events; {', '.join(shared)} were kept"
    warning = {"type": "https://pyrite.dev/problems/identities.too_large", "status": 200}
    arrival.warnings.append(warning | {"title": title[:300]})


@lru_cache(4096)
def ecid_for(seed: str) -> str:
    """38 digits that are always the same for *seed*: a request that is sent twice gets the same identity."""
    number = int.from_bytes(hashlib.sha256(b"ecid:" + seed.encode()).digest()) % 10**38
    return f"{number:038d}"


_PARTS = ("xdm", "data", "query", "meta")


def _take(arrival: Arrival, content: Any, index: int, claims: Claims) -> None:
    # Most of an edge's time is spent here: what is usual goes the short way.
    if not isinstance(content, dict):
        detail = f"expected an object, got {_name(content)}"
        raise Problem(400, "event.shape", detail, path=f"$.events[{index}]")
    for name, value in content.items():
        if not isinstance(value, dict) and name in _PARTS:
            detail = f"expected an object, got {_name(value)}"
            raise Problem(400, "event.shape", detail, path=f"$.events[{index}].{name}")
    xdm: dict[str, Any] = content.get("xdm") or {}
    data: dict[str, Any] = content.get("data") or {}
    source = arrival.source
    id = xdm.get("_id", "")
    if not isinstance(id, str) or len(id) > ID_LIMIT:
        detail = f"expected a string of at most {ID_LIMIT} characters, got {_name(id)}"
        raise Problem(400, "event.id", detail, path=f"$.events[{index}].xdm._id")
    if not id:
        # Clients without event ids (alloy.js) send the same request id with every retry.
        name = f"{source.datastream}/{source.request_id}/{index}"
        id = xdm["_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    if "identityMap" in xdm:
        xdm["identityMap"] = {**arrival.identities, **part(xdm, "identityMap")}
    elif arrival.identities:
        xdm["identityMap"] = arrival.identities
    type = xdm.get("eventType")
    kept: dict[str, Any] = {"xdm": xdm}
    if data:
        kept["data"] = data
    if arrival.meta is not None:
        kept["meta"] = arrival.meta
    if "query" in content:
        arrival.asking.append((index, {**content, "xdm": xdm}))
    record = Event(
        datastream=source.datastream,
        id=id,
        type=type if isinstance(type, str) else _text(data.get("type")),
        url=_url(xdm),
        visitor=arrival.visitor,
        made_ms=_made_ms(xdm, arrival),
        received_ms=source.received_ms,
        body=_encode(kept).decode(),
        way=source.way,
        is_view=type == PAGE_VIEW,
        shown=_shown(xdm) if "_experience" in xdm else (),
    )
    for name in claims:
        if name in content and arrival.call:
            record, *more = claims[name](content[name], record, arrival, arrival.call)
            arrival.beside += [(index, other) for other in more]
    arrival.events.append(record)


def _url(xdm: dict[str, Any]) -> str:
    try:
        url = xdm["web"]["webPageDetails"]["URL"]
    except (KeyError, TypeError, IndexError):
        return ""
    return url if isinstance(url, str) else ""


def _shown(xdm: dict[str, Any]) -> tuple[str, ...]:
    return tuple([id[:ID_LIMIT] for id in shown_in(xdm)[:SHOWN_IN_EVENT]])


_encode = msgspec.json.Encoder().encode


def _made_ms(xdm: dict[str, Any], arrival: Arrival) -> int:
    """When an event was made, by a right clock; what the page's own said stays in its xdm."""
    try:
        moment = datetime.fromisoformat(_text(xdm.get("timestamp")))
        stamp = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return arrival.source.received_ms
    stamp += arrival.skew_ms
    return stamp if EARLIEST_MS <= stamp <= LATEST_MS else arrival.source.received_ms


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a string",
        bool: "a boolean",
        type(None): "null",
    }
    return names.get(type(value), "a number")
