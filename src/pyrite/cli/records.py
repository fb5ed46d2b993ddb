"""What is stored, as lines for people and as JSON for programs; whatever a page has sent, printing it works."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pyrite.cli.tables import NUMBER, TEXT, TIME
from pyrite.cli.terminal import json_text, say
from pyrite.core.event import part

SESSIONS_KNOWN = 10_000  # sessions that are remembered while events are printed
SHORT_ID = 8  # characters of a visitor's id in a line; `export` and `erase` take them
DIALECTS = ("jss", "ibexa")  # what they store beside xdm and data
BODY_KEYS = {"xdm", "data", "meta", *DIALECTS}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)


def print_event(event: Any) -> None:
    """One line for *event*: when, what, where, who, and what its data say."""
    body = body_of(event)
    pairs = [(key, value) for key, value in part(body, "data").items() if not key.startswith("_")]
    shown = " ".join([f"{key}={_short(value)}" for key, value in pairs])
    link = part(body, "xdm", "web", "webInteraction")
    if link and not shown:
        shown = f"{_short(link.get('name', ''))} → {_short(link.get('URL', ''))}"
    for name in DIALECTS:
        pairs = [pair for pair in part(body, name).items() if pair[1] not in ("", None, {}, [])]
        shown = " ".join([shown, *[f"{key}={_short(value)}" for key, value in pairs]]).strip()
    path = "/" + event.url.partition("://")[2].partition("/")[2]
    say(
        (_clock(event.received_ms), "dim"),
        "  ",
        (f"{event.type or 'event':<36}", "bold"),
        f" {path:<28} ",
        (event.visitor[:SHORT_ID], "dim"),
        f"  {shown}",
    )


class Robots:
    """Whether events are robots', by their sessions as those are now."""

    def __init__(self) -> None:
        self._known: dict[str, bool | None] = {}

    def of(self, event: Any, store: Any) -> bool | None:
        """True or False; None while nobody knows, and where *event*, of *store*, has no session."""
        if not event.session:
            return None
        if event.session not in self._known:
            if len(self._known) >= SESSIONS_KNOWN:
                self._known.clear()
            for key in store.names_of(event.visitor):
                self._known |= {one.id: one.robot for one in store.sessions(key)}
        return self._known.setdefault(event.session, None)


def event_record(event: Any, *, robot: bool | None = None) -> dict[str, Any]:
    """*event* as JSON; *robot* says whether its session is one's."""
    return {
        "seq": event.seq,
        "id": event.id,
        "datastream": event.datastream,
        "source": event.source,
        "way": event.way,
        "session": event.session,
        "robot": robot,
        "type": event.type,
        "url": event.url,
        "visitor": event.visitor,
        "made": iso(event.made_ms),
        "received": iso(event.received_ms),
        **body_of(event),
    }


# What CSV and Parquet have of an event; web/docs/events.md describes them.
META = ("queue_ms", "skew_ms", "attempt", "agent")
PARTS = ("xdm", "data", *DIALECTS)
_NAMES = ("seq", "id", "datastream", "source", "way", "session", "type", "url", "visitor", "made", "received", *META, *PARTS)  # fmt: skip
_KINDS = {"made": TIME, "received": TIME} | dict.fromkeys(("seq", *META[:3]), NUMBER)
EVENT_COLUMNS = tuple([(name, _KINDS.get(name, TEXT)) for name in _NAMES])


def event_row(event: Any, *, raw: bool) -> list[Any]:
    """*event* as EVENT_COLUMNS have it: parts of its body are JSON. *raw* times are milliseconds since 1970, others ISO 8601."""
    body = body_of(event)
    meta = part(body, "meta")
    numbers = [meta.get(name) if type(meta.get(name)) is int else None for name in META[:3]]
    agent = meta.get("agent")
    times = (event.made_ms, event.received_ms)
    return [
        event.seq, event.id, event.datastream, event.source, event.way, event.session, event.type, event.url, event.visitor,
        *(times if raw else map(iso, times)),
        *numbers,
        agent if isinstance(agent, str) else "",
        *[json_text(body[name]) if name in body else "" for name in PARTS],
    ]  # fmt: skip


def decided_record(made: Any) -> dict[str, Any]:
    """What was decided for a visitor as JSON."""
    return {
        "datastream": made.datastream, "visitor": made.visitor, "event": made.event, "experience": made.experience,
        "variant": made.variant, "scope": made.scope, "at": iso(made.at_ms),
    }  # fmt: skip


def print_visitor(visitor: Any) -> None:
    """One line for a visitor."""
    say(
        f"  {visitor.visitor:<38} ",
        (iso(visitor.last_seen_ms), "dim"),
        f"  {visitor.datastream:<12} {visitor.events} events, {visitor.views} views, {visitor.visits} visits",
        f"  {visitor.ecid}" if visitor.ecid not in ("", visitor.visitor) else "",
        f"  consent {visitor.consent}" if visitor.consent else "",
    )


def visitor_record(visitor: Any) -> dict[str, Any]:
    """A visitor as JSON."""
    return {
        "visitor": visitor.visitor, "datastream": visitor.datastream, "ecid": visitor.ecid, "consent": visitor.consent,
        "first": iso(visitor.first_seen_ms), "last": iso(visitor.last_seen_ms), "events": visitor.events, "views": visitor.views,
        "visits": visitor.visits,
    }  # fmt: skip


def print_row(row: Any) -> None:
    """One line for a bad row."""
    say(
        f"  {row.id:>6} ",
        (iso(row.received_ms), "dim"),
        " ",
        (f"{row.code:<20}", "bold"),
        f" {row.path:<24} {row.message}",
    )


def row_record(row: Any) -> dict[str, Any]:
    """A bad row as JSON; a body that is no text is written byte by byte, as Latin-1 has it, and says so."""
    try:
        body = {"body": row.body.decode()}
    except UnicodeDecodeError:
        body = {"body": row.body.decode("latin-1"), "encoding": "latin-1"}
    return {
        "id": row.id,
        "received": iso(row.received_ms),
        "code": row.code,
        "path": row.path,
        "message": row.message,
        "url": row.url,
        "client": row.client,
        "cut": row.cut,
        "visitor": row.visitor,
        "ecid": row.ecid,
        "source": row.source,
        "context": row.context,
        **body,
    }


def body_of(event: Any) -> dict[str, Any]:
    """`{xdm, data}` of *event*, and what its dialect has put beside them; what is no such JSON, by whoever wrote it, stands in `body` as it is."""
    try:
        body = json.loads(event.body)
    except (ValueError, RecursionError):
        return {"body": event.body}
    if isinstance(body, dict) and body.keys() <= BODY_KEYS:
        return body
    return {"body": body}


def moment(ms: int) -> datetime:
    """*ms* since 1970 in UTC; the nearest there is for years before 1 and after 9999."""
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return _LAST if ms > 0 else _FIRST


def iso(ms: int) -> str:
    """*ms* since 1970 as ISO 8601 writes it."""
    return moment(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clock(ms: int) -> str:
    """The time of day here."""
    when = moment(ms)
    with suppress(
        OverflowError, ValueError, OSError
    ):  # the first and the last day there is, in other zones
        when = when.astimezone()
    return f"{when:%H:%M:%S}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def print_session(record: dict[str, Any]) -> None:
    """One line for a session."""
    who = {True: "robot", False: "human", None: "unknown"}[record["robot"]]
    value = f" value {record['value']:g}" if record["value"] else ""
    campaign = f" campaign {record['campaign']}" if record["campaign"] else ""
    listed = "" if record["listed"] else " not listed"
    say(
        (record["started"], "dim"),
        "  ",
        (f"{record['how'] or 'open':<8}", "bold"),
        f" {record['contact'][:SHORT_ID]:<8}  {who:<7} {record['pages']} pages, {record['events']} events{value}{campaign}{listed}",
    )


def link_record(link: Any) -> dict[str, Any]:
    """A link between visitors as JSON."""
    return {
        "datastream": link.datastream,
        "source": link.source,
        "target": link.target,
        "how": link.how,
        "made": iso(link.made_ms),
    }
