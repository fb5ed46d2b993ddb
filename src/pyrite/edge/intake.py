"""From the bytes of a body to events that can be stored, and bad rows for those that can't.

Pure. Not for storing or answering: protocol.py does.
"""

import hashlib
import uuid
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from ..core.errors import ConsentError, TrackerError
from ..core.event import PAGE_VIEW, part
from ..core.personalization import shown_in
from ..stores.contract import BadRow, Deliveries, Event
from . import identities, raw
from .problems import Problem
from .schemas import Check
from .settings import Limits

ID_LIMIT = 128  # characters of an event's id
SHOWN_IN_EVENT = 500  # propositions of one display event that are counted
BAD_ROW_BYTES = 1_048_576  # how much of a refused body is kept
REASONS_LIMIT = 20  # of what a page has dropped
SKEW_MS = 60_000  # a page's clock that differs by less is taken at its word: the way here may take that long


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a body came from: all of a request but its body."""

    datastream: str
    org: str
    request_id: str
    action: str
    url: str
    cookie: str
    received_ms: int
    client: str = ""

    @property
    def cookie_prefix(self) -> str:
        """What the names of this organisation's cookies begin with."""
        return "kndctr_" + self.org.replace("@", "_") + "_"


class Arrival(msgspec.Struct, kw_only=True):
    """What a body holds: events to store, bad rows, who sent it, and the parsed body for the answer."""

    source: Source
    body: dict[str, Any]
    fpid: str = ""
    ecid: str = ""
    events: list[Event] = []
    asking: list[tuple[int, dict[str, Any]]] = []  # places of events that ask, and what they hold
    bad_rows: list[BadRow] = []
    refused: list[tuple[int, Any]] = []  # place in the body, why
    warnings: list[dict[str, object]] = []
    skew_ms: int = 0  # what to add to the page's times
    identities: dict[str, Any] = {}  # of the body

    @property
    def visitor(self) -> str:
        """The visitor's key in the store: the device id, or the ECID where the client has none."""
        return self.fpid or self.ecid


def read(content: bytes, source: Source, limits: Limits, check: Check | None = None) -> Arrival:
    """What *content* holds; *check* knows what its events must look like. Raises Problem when nothing of it can be used.

    An event that can't be used beside others that can becomes a bad row of the arrival.
    """
    body = _object(_decoded(content, limits))
    refused: list[BadRow] = []
    if "raw" in body:
        body, refused = _run_raw(body["raw"], source)
    arrival = Arrival(source=source, body=body, bad_rows=refused)
    _identify(arrival)
    events = body.get("events", [])
    if not isinstance(events, list):
        raise Problem(
            400, "body.events", f"expected a list of events, got {_name(events)}", path="$.events"
        )
    if len(events) > limits.events:
        detail = f"expected at most {limits.events} events in one body, got {len(events)}"
        raise Problem(413, "body.too_many", detail, path="$.events")
    arrival.skew_ms = _skew_ms(part(body, "meta").get("sentAt"), source.received_ms)
    for index, content_of_event in enumerate(events):
        try:
            _take(arrival, content_of_event, index, check)
        except Problem as problem:
            arrival.refused.append((index, problem))
            kept = msgspec.json.encode({**body, "events": [content_of_event]})
            arrival.bad_rows.append(bad_row(problem, source, kept))
    if len(arrival.refused) == 1 and not arrival.events:
        raise arrival.refused[0][1]
    return arrival


def _skew_ms(sent: Any, received_ms: int) -> int:
    """What a page's clock lacks, by when it says it sent the body; 0 where that is within what the way may take.

    Sentry's relay corrects above a threshold only, for the same reason: the way counts as skew.
    """
    if not isinstance(sent, int) or isinstance(sent, bool) or abs(sent) > 2**53:
        return 0
    skew = received_ms - sent
    return skew if abs(skew) > SKEW_MS else 0


def bad_row(problem: Problem, source: Source, content: bytes) -> BadRow:
    """The row that keeps *content* with the reason of its refusal, and whose it is."""
    device, ecid = identities.told_in(content, source.cookie, source.cookie_prefix)
    return BadRow(
        visitor=device or ecid,
        ecid=ecid,
        received_ms=source.received_ms,
        code=problem.code,
        path=problem.path,
        message=problem.detail,
        url=source.url,
        body=content[:BAD_ROW_BYTES],
        client=source.client,
        cut=len(content) > BAD_ROW_BYTES or problem.cut,
    )


def unpacked(content: bytes, limits: Limits) -> bytes:
    """*content* as it was before gzip, where it is that; told by its first bytes, for a header would need a preflight.

    Raises Problem for what is no gzip after all, and for what becomes larger than a body may be.
    """
    if content[:2] != b"\x1f\x8b":
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(content, limits.body_bytes + 1)
    except zlib.error as error:
        raise Problem(400, "body.gzip", f"expected gzip: {error}", path="$") from None
    if len(found) > limits.body_bytes:
        detail = f"expected at most {limits.body_bytes} bytes in one body, got more out of gzip"
        raise Problem(413, "body.too_large", detail, path="$")
    if not unpacker.eof:
        raise Problem(400, "body.gzip", "expected gzip to its end, got a part", path="$")
    return found


def _decoded(content: bytes, limits: Limits) -> Any:
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, "body.json", f"expected JSON in UTF-8: {error}", path="$") from None
    except RecursionError:
        raise Problem(
            400, "body.too_deep", f"expected at most {limits.depth} levels, got far more", path="$"
        ) from None
    if _may_be_deeper(content, limits.depth) and _is_deeper(value, limits.depth):
        raise Problem(
            400, "body.too_deep", f"expected at most {limits.depth} levels, got more", path="$"
        )
    return value


_NO_BRACKETS = bytes(set(range(256)) - set(b'[]{}"\\'))


def _may_be_deeper(content: bytes, levels: int) -> bool:
    """False only where no list or object of *content*, which is JSON, lies more than *levels* deep inside others."""
    if content.count(b"{") + content.count(b"[") <= levels:
        return False
    left = content.translate(None, _NO_BRACKETS).replace(b'""', b"")
    if b'"' in left or b"\\" in left:
        return True  # there are brackets in texts
    for _ in range(levels + 1):
        left = left.replace(b"[]", b"").replace(b"{}", b"")
        if not left:
            return False
    return True


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie more than *levels* deep inside each other in *value*."""
    layer = [value]
    for _ in range(levels + 1):
        inner: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        layer = inner
    return True


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(400, "body.shape", f"expected an object, got {_name(value)}", path="$")
    return value


def early_stream(content: bytes) -> str:
    """The data stream of a view that the base code has sent; '' where *content* is anything else."""
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return raw.stream_of(body.get("raw")) if isinstance(body, dict) else ""


def _run_raw(queue: Any, source: Source) -> tuple[dict[str, Any], list[BadRow]]:
    unloading = source.action == "collect"
    try:
        queue = raw.with_names(queue)
        body, refused = raw.run(
            queue, source.datastream, now_ms=source.received_ms, unloading=unloading
        )
    except ConsentError as error:
        # Not kept as a bad row either: without consent nothing is stored.
        detail = f"the queue was not run: {error.message}"
        raise Problem(403, error.code, detail, path="$.raw") from None
    except TrackerError as error:
        detail = f"the queue can't be run: {error.message}"
        raise Problem(400, "body.raw", detail, path="$.raw") from None
    rows = []
    for index, why in refused:
        commands = [queue["commands"][0], queue["commands"][index]]
        kept = msgspec.json.encode({"raw": {**queue, "commands": commands}})
        problem = Problem(400, "body.raw", why, path=f"$.raw.commands[{index}]")
        rows.append(bad_row(problem, source, kept))
    return body, rows


def cookies_of(arrival: Arrival) -> dict[str, str]:
    """The cookies that came with an arrival; see identities.cookies_of."""
    return identities.cookies_of(arrival.body, arrival.source.cookie)


def _identify(arrival: Arrival) -> None:
    body, source = arrival.body, arrival.source
    arrival.identities = part(body, "xdm", "identityMap")
    arrival.fpid, ecid = identities.told(body, source.cookie, source.cookie_prefix)
    arrival.ecid = ecid or ecid_for(arrival.fpid or source.request_id)


@lru_cache(4096)
def ecid_for(seed: str) -> str:
    """38 digits that are always the same for *seed*: a request that is sent twice gets the same identity."""
    number = int.from_bytes(hashlib.sha256(b"ecid:" + seed.encode()).digest()) % 10**38
    return f"{number:038d}"


_PARTS = ("xdm", "data", "query", "meta")


def _take(arrival: Arrival, content: Any, index: int, check: Check | None) -> None:
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
    if check is not None:
        _judge(arrival, check, index, {"xdm": xdm, "data": data})
    if "query" in content:
        arrival.asking.append((index, {**content, "xdm": xdm}))
    arrival.events.append(
        Event(
            datastream=source.datastream,
            id=id,
            type=type if isinstance(type, str) else _text(data.get("type")),
            url=_text(part(xdm, "web", "webPageDetails").get("URL")),
            visitor=arrival.visitor,
            made_ms=_made_ms(xdm, arrival),
            received_ms=source.received_ms,
            body=_encode({"xdm": xdm, "data": data} if data else {"xdm": xdm}).decode(),
            is_view=type == PAGE_VIEW,
            shown=_shown(xdm) if "_experience" in xdm else (),
        )
    )


def _shown(xdm: dict[str, Any]) -> tuple[str, ...]:
    return tuple([id[:ID_LIMIT] for id in shown_in(xdm)[:SHOWN_IN_EVENT]])


_encode = msgspec.json.Encoder().encode


def _judge(arrival: Arrival, check: Check, index: int, event: dict[str, Any]) -> None:
    """Raises Problem for an event that its schema does not allow, where it refuses; else notes a warning."""
    type = _text(event["xdm"].get("eventType")) or _text(event["data"].get("type"))
    found = check.violations(type, event)
    if not found:
        return
    said = "; ".join([f"{one.path or '.'}: {one.message}" for one in found])
    detail = f"event {type!r} is not what {found[0].schema} describes: {said}"
    path = f"$.events[{index}]{found[0].path}"
    if check.refuses:
        raise Problem(422, "schema.violated", detail, path=path)
    warning = {
        "type": "https://pyrite.dev/problems/schema.violated",
        "status": 200,
        "title": detail,
    }
    arrival.warnings.append(warning | {"detail": path, "report": {"eventIndex": index}})


def _made_ms(xdm: dict[str, Any], arrival: Arrival) -> int:
    """When an event was made, by a right clock; what the page's own said stays in its xdm."""
    try:
        made = datetime.fromisoformat(_text(xdm.get("timestamp")))
        stamp = int((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp() * 1000)
        return stamp + arrival.skew_ms
    except (ValueError, OverflowError):
        return arrival.source.received_ms


def deliveries_of(arrival: Arrival) -> Deliveries | None:
    """What the page tells of its deliveries; None where all went well, or where it makes no sense."""
    told = part(arrival.body, "meta", "delivery")
    page = told.get("page")
    if not isinstance(page, str) or not 0 < len(page) <= ID_LIMIT:
        return None
    dropped = [
        (reason[:ID_LIMIT], _count(number))
        for reason, number in list(part(told, "dropped").items())[:REASONS_LIMIT]
    ]
    return Deliveries(
        datastream=arrival.source.datastream,
        page=page,
        seen_ms=arrival.source.received_ms,
        sent=_count(told.get("sent")),
        retried=_count(told.get("retried")),
        acknowledged=_count(told.get("acknowledged")),
        restored=_count(told.get("restored")),
        dropped={reason: number for reason, number in dropped if number},
    )


def _count(value: Any) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else 0
    return min(max(number, 0), 2**31)


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
