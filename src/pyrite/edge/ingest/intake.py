"""From the bytes of a body to events that can be stored, and bad rows for those that can't.

Pure. Not for storing or answering: protocol.py does.
"""

import hashlib
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from ...core.errors import ConsentError, TrackerError
from ...core.event import PAGE_VIEW, part
from ...core.personalization.propositions import shown_in
from ...stores.contract import BadRow, Deliveries, Event
from ..adobe import early as raw
from ..adobe import identities
from ..http.problems import DETAIL_LIMIT, PATH_LIMIT, TOLD, Problem, shortened, unexpected
from ..settings import Limits
from . import bodies
from .bodies import Body, too_deep
from .schemas import Check

ID_LIMIT = 128  # characters of an event's id
SHOWN_IN_EVENT = 500  # propositions of one display event that are counted
BAD_ROW_BYTES = 1_048_576  # how much of a refused body is kept
REASONS_LIMIT = 20  # of what a page has dropped
SHARED_BYTES = 1024  # of the body's identities that each of its events is given at least
EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
SKEW_MS = 60_000  # a page's clock that differs by less is taken at its word: the way here may take that long


@lru_cache(1024)
def cookie_prefix(org: str) -> str:
    """What the names of the cookies of *org* begin with."""
    return "kndctr_" + org.replace("@", "_") + "_"


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
        return cookie_prefix(self.org)


class Arrival(msgspec.Struct, kw_only=True):
    """What a body holds: events to store, bad rows, who sent it, and the parsed body for the answer."""

    source: Source
    body: dict[str, Any]
    fpid: str = ""
    ecid: str = ""
    derived: bool = False  # the ECID is made from another id: it need not be kept
    events: list[Event] = []
    asking: list[tuple[int, dict[str, Any]]] = []  # places of events that ask, and what they hold
    bad_rows: list[BadRow] = []
    refused: list[tuple[int, Any]] = []  # place in the body, why
    warnings: list[dict[str, object]] = []
    skew_ms: int = 0  # what to add to the page's times
    identities: dict[str, Any] = {}  # of the body

    def refuse(self, index: int, error: Exception, event: bytes) -> None:
        """Keep the JSON of an *event* of this body as a bad row, with what its replay needs of the body: no more than that, for
        each of a hundred events would keep the rest of it. An accident with one event is that event's."""
        if isinstance(error, Problem):
            problem = error
        else:
            problem = unexpected(error, path=f"$.events[{index}]")
        # With its traceback it would keep the whole body until the next garbage collection, which is rare in an edge.
        problem.__traceback__ = None
        self.refused.append((index, problem))
        kept = b'{"events":[' + event + b"]," + self._needed() + b"}"
        ids = (self.fpid, "" if self.derived else self.ecid)
        self.bad_rows.append(bad_row(problem, self.source, kept, ids=ids))

    def _needed(self) -> bytes:
        ids = {"FPID": self.fpid, "ECID": "" if self.derived else self.ecid}
        sent = part(self.body, "meta").get("sentAt")
        needed: dict[str, Any] = {
            "xdm": {"identityMap": {name: [{"id": id}] for name, id in ids.items() if id}},
            "meta": {"sentAt": sent} if isinstance(sent, int) else {},
        }
        return msgspec.json.encode(needed)[1:-1]

    @property
    def visitor(self) -> str:
        """The visitor's key in the store: the device id, or the ECID where the client has none."""
        return self.fpid or self.ecid


def read(content: bytes, source: Source, limits: Limits, check: Check | None = None) -> Arrival:
    """What *content* holds; *check* knows what its events must look like. Raises Problem when nothing of it can be used.

    An event that can't be used beside others that can becomes a bad row of the arrival.
    """
    found = bodies.parsed(content, limits.depth)
    body = _object(found.value)
    refused: list[BadRow] = []
    if "raw" in body:
        body, refused = _run_raw(found, source, limits)
    events = body.get("events", [])
    if not isinstance(events, list):
        raise Problem(
            400, "body.events", f"expected a list of events, got {_name(events)}", path="$.events"
        )
    if len(events) > limits.events:
        # Not in part: whoever sends it again in halves (the tracker) would send twice what was taken. The row keeps it whole.
        detail = f"expected at most {limits.events} events in one body, got {len(events)}"
        raise Problem(413, "body.too_many", detail, path="$.events")
    arrival = Arrival(source=source, body=body, bad_rows=refused)
    if found.cut or found.mended:
        _note_mending(arrival, found, limits)
    _identify(arrival)
    if len(events) > 1:
        _share(arrival, len(content), len(events))
    arrival.skew_ms = _skew_ms(part(body, "meta").get("sentAt"), source.received_ms)
    for index, event in enumerate(events):
        try:
            if found.cut and found.is_cut(event):
                raise too_deep(limits.depth, f"$.events[{index}]")
            _take(arrival, event, index, check)
        except Exception as error:
            arrival.refuse(index, error, found.original(msgspec.json.encode(event)))
    if len(arrival.refused) == 1 == len(arrival.bad_rows) and not arrival.events:
        raise arrival.refused.pop()[1]
    return arrival


def _note_mending(arrival: Arrival, found: Body, limits: Limits) -> None:
    """Put null for what lies too deep beside the events, and tell what was mended. Raises Problem where there are no events."""
    body = arrival.body
    said = list(found.mended)
    for name in [name for name in body if name not in ("events", "raw")]:
        if found.is_cut(body[name]):
            if not body.get("events"):
                raise too_deep(limits.depth, "$")
            body[name] = found.without_cuts(body[name])
            said.append(
                f"what lies deeper than {limits.depth} levels beside the events became null"
            )
    for title in dict.fromkeys(said):
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


def bad_row(
    problem: Problem, source: Source, content: bytes, *, ids: tuple[str, str] | None = None
) -> BadRow:
    """The row that keeps *content* with the reason of its refusal, and whose it is: *ids* are the device id and the ECID."""
    device, ecid = ids or identities.told_in(content, source.cookie, source.cookie_prefix)
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


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(400, "body.shape", f"expected an object, got {_name(value)}", path="$")
    return value


def early_stream(content: bytes, limits: Limits) -> str:
    """The data stream of a view that the base code has sent; '' where *content* is anything else."""
    try:
        body = bodies.parsed(content, limits.depth).value
    except Problem:
        return ""
    return raw.stream_of(body.get("raw")) if isinstance(body, dict) else ""


def _run_raw(found: Body, source: Source, limits: Limits) -> tuple[dict[str, Any], list[BadRow]]:
    """The body that a raw queue comes to, and rows for those of its commands that are not in there."""
    try:
        queue = raw.read(found.value["raw"])
        if len(queue.commands) > limits.events:
            detail = (
                f"expected at most {limits.events} commands in one body, got {len(queue.commands)}"
            )
            raise Problem(413, "body.too_many", detail, path="$.raw")
        deep = [place for place, command in enumerate(queue.commands) if found.is_cut(command)]
        commands = list(queue.commands)
        queue.config = found.without_cuts(queue.config)
        queue.facts = found.without_cuts(queue.facts)
        for place in deep:
            queue.commands[place] = None
        body, refused = raw.run(
            queue,
            source.datastream,
            now_ms=source.received_ms,
            unloading=source.action == "collect",
        )
    except ConsentError as error:
        # Not kept as a bad row either: without consent nothing is stored.
        detail = f"the queue was not run: {error.message}"
        raise Problem(403, error.code, detail, path="$.raw") from None
    except TrackerError as error:
        detail = f"the queue can't be run: {error.message}"
        raise Problem(400, "body.raw", detail, path="$.raw") from None
    queue.commands = commands
    rows = []
    for place, why in refused:
        path = f"$.raw.commands[{place}]"
        problem = Problem(400, "body.raw", why, path=path)
        if place - 1 in deep:
            problem = too_deep(limits.depth, path)
        kept = found.original(msgspec.json.encode({"raw": queue.alone(place)}))
        rows.append(bad_row(problem, source, kept))
    return body, rows


def cookies_of(arrival: Arrival) -> dict[str, str]:
    """The cookies that came with an arrival; see identities.cookies_of."""
    return identities.cookies_of(arrival.body, arrival.source.cookie)


def _identify(arrival: Arrival) -> None:
    body, source = arrival.body, arrival.source
    arrival.identities = part(body, "xdm", "identityMap")
    arrival.fpid, ecid = identities.told(body, source.cookie, source.cookie_prefix)
    arrival.derived = not ecid
    arrival.ecid = ecid or ecid_for(arrival.fpid or source.request_id)


def _share(arrival: Arrival, size: int, count: int) -> None:
    """Keep of the body's identities what each of its *count* events may carry: all of them together no more than the *size* of
    the body, or SHARED_BYTES each."""
    told = arrival.identities
    if not told:
        return
    room = max(SHARED_BYTES, size // count)
    if len(_encode(told)) <= room:
        return
    kept = {
        name: [{"id": id}]
        for name in ("FPID", "ECID")
        if (id := identities.first(told, name)) != ""
    }
    room -= len(_encode(kept))
    for name, listed in told.items():
        room -= len(_encode({name: listed}))
        if room < 0:
            break
        kept[name] = listed
    arrival.identities = kept
    title = f"identities of {len(_encode(told))} bytes are too many for each of {count} events; {', '.join(kept)} were kept"
    warning = {"type": "https://pyrite.dev/problems/identities.too_large", "status": 200}
    arrival.warnings.append(warning | {"title": title[:300]})


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
    detail = f"event {type!r:.100} is not what {found[0].schema} describes"
    if len(arrival.warnings) < TOLD:
        detail += ": " + "; ".join([f"{one.path or '.'}: {one.message}" for one in found])
    path = f"$.events[{index}]{found[0].path}"
    if check.refuses:
        raise Problem(422, "schema.violated", detail, path=path)
    warning = {
        "type": "https://pyrite.dev/problems/schema.violated",
        "status": 200,
        "title": shortened(detail, DETAIL_LIMIT),
        "detail": shortened(path, PATH_LIMIT),
    }
    arrival.warnings.append(warning | {"report": {"eventIndex": index}})


def _made_ms(xdm: dict[str, Any], arrival: Arrival) -> int:
    """When an event was made, by a right clock; what the page's own said stays in its xdm."""
    try:
        made = datetime.fromisoformat(_text(xdm.get("timestamp")))
        stamp = int((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return arrival.source.received_ms
    stamp += arrival.skew_ms
    return stamp if EARLIEST_MS <= stamp <= LATEST_MS else arrival.source.received_ms


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
