"""What JSS clients send, read: events, the end of a session, the sign of a human, and requests for layouts.

Not for addresses and answers: endpoints.py; nor for what becomes of one event: pipeline/.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ...stores.contract import Event, Visit
from ..http.call import Call
from ..http.problems import TOLD, Problem
from ..ingest.bodies import parsed
from ..settings import Settings
from . import addresses
from .arrival import JSS, Arrival
from .callers.agents import is_known_robot, robot_of
from .callers.identity import Caller, caller_of
from .definitions.catalog import Catalog
from .definitions.watched import Definitions
from .layout import address_of
from .pipeline.chain import Step
from .pipeline.processor import CURRENT, Record, Where
from .pipeline.run import run
from .records import body_of, id_of, type_of
from .sessions import Sessions, links_of

TEXT_TYPES = ("application/json", "text/plain", "")
URL_LIMIT = 2048  # characters of the address of the page that a call comes from
URLS_LIMIT = 65_536  # of that address in all events of a body together
SHORT_URL = 256  # of it that each event has at least
NOT_FOUND = "404"  # the page of a layout that there is none of

Admits = Callable[[Call, Caller], bool]


class Reader:
    """See Reader in ingest/dialect.py. A call is noted its Caller.

    *admits* says whether the visitor's consent lets a call be stored.
    """

    name = JSS

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        steps: Sequence[Step],
        admits: Admits,
        sessions: Sessions,
    ) -> None:
        self._settings = settings
        self._jss = settings.jss
        self._definitions = definitions
        self._steps = steps
        self._admits = admits
        self._sessions = sessions

    def read(self, call: Call, content: bytes) -> Arrival:
        """See Reader."""
        action = call.route.action
        arrival = Arrival(datastream=self._jss.datastream, call=call)
        if action in addresses.ASKING:
            return arrival
        if action == addresses.LAYOUT:
            arrival.route = ("/" + call.query.get("item", "").strip("/"))[:URL_LIMIT]
            arrival.page = self._definitions.current().page_at(arrival.route)
        caller = self._caller(call)
        if self._is_dropped(call):
            arrival.counted = {"robots": "dropped"}
            return arrival
        if not self._admits(call, caller):
            return arrival
        arrival.caller = caller
        arrival.robot = self._robot(call, caller)
        if action == addresses.HUMAN:
            self._meet_human(arrival)
        elif action == addresses.LAYOUT:
            self._view(arrival)
        else:
            self._read_body(arrival, content)
            self._end(arrival)
        if arrival.events:
            self._place(arrival)
        return arrival

    def _robot(self, call: Call, caller: Caller) -> bool | None:
        """Whether *caller* is a robot; None while nobody knows."""
        if call.row is not None:
            robot = _context(call).get("robot")
            return robot if isinstance(robot, bool) else None
        return robot_of(self._jss, call, caller)

    def _meet_human(self, arrival: Arrival) -> None:
        """The sign of a human classifies the caller, and the session that is open; of a known robot it is none.

        With the parameter `early` it is none of a newcomer either: the page's first event may be under way, and bring a contact of
        its own. The script waits for the next sign.
        """
        caller, at_ms = arrival.caller, arrival.call.received_ms
        assert caller
        if arrival.robot:
            return
        if caller.is_new and "early" in arrival.call.query:
            arrival.caller = None
            return
        arrival.robot = False
        if not caller.is_new or caller.device:
            arrival.session = self._sessions.step(caller, at_ms, robot=False)
            self._link(arrival, [])

    def _end(self, arrival: Arrival) -> None:
        """A flush ends the session of the caller; who has none is told nothing, and no contact."""
        caller, call = arrival.caller, arrival.call
        if call.route.action != addresses.FLUSH or arrival.events or caller is None:
            return
        if caller.is_new and not caller.device:
            arrival.caller = None
        else:
            arrival.session = self._sessions.step(caller, call.received_ms, ends=True)

    def _place(self, arrival: Arrival) -> None:
        """Put the events of *arrival* into a session of their visitor."""
        caller, call = arrival.caller, arrival.call
        assert caller
        arrival.session = self._sessions.step(
            caller,
            call.received_ms,
            robot=arrival.robot,
            records=arrival.records,
            opens=True,
            ends=call.route.action == addresses.FLUSH,
        )
        self._link(arrival, arrival.identities)
        arrival.visit = Visit(
            datastream=arrival.datastream, visitor=caller.visitor, seen_ms=call.received_ms
        )

    def _link(self, arrival: Arrival, identities: list[tuple[str, str]]) -> None:
        assert arrival.caller
        links = links_of(
            arrival.caller,
            identities,
            datastream=arrival.datastream,
            at_ms=arrival.call.received_ms,
        )
        arrival.link(*links)

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """See Dialect in ingest/dialect.py."""
        return (self._caller(call).visitor, "") if call.row is None else (call.row.visitor, "")

    def _is_dropped(self, call: Call) -> bool:
        """Whether nothing is stored of a *call*, by a robot that says so."""
        return self._jss.robots == "drop" and is_known_robot(call.header(b"user-agent"))

    def _caller(self, call: Call) -> Caller:
        if call.noted is None:
            call.noted = caller_of(call, self._jss)
            if call.row is not None and call.row.visitor:
                call.noted.contact = call.row.visitor
        caller: Caller = call.noted
        return caller

    # ---- bodies ------------------------------------------------------------------------------------------------------

    def _read_body(self, arrival: Arrival, content: bytes) -> None:
        """Take the events of a body, each by itself. Raises Problem where nothing of it can be used."""
        call = arrival.call
        if call.scope["method"] == "GET" or (call.route.action == addresses.FLUSH and not content):
            return
        _check_type(call)
        context = _context(call)
        arrival.base = context.get("base") or _base(call)
        arrival.current = context.get("page") or CURRENT
        limits = self._settings.limits
        arrival.found = parsed(content, limits.depth, list | dict)
        value = arrival.found.value
        arrival.is_list = isinstance(value, list)
        arrival.items = value if isinstance(value, list) else [value]
        arrival.first = context.get("first", 0)
        arrival.count = context.get("count", len(arrival.items))
        if len(arrival.items) > self._jss.max_events and call.row is None:
            # Not in part: whoever sends it again in halves would send twice what was taken.
            detail = f"expected at most {self._jss.max_events} events in one body, got {len(arrival.items)}"
            raise Problem(413, "body.too_many", detail, path="$")
        catalog = self._definitions.current()
        for index in range(len(arrival.items)):
            try:
                self._take(arrival, catalog, index)
            except Exception as error:
                arrival.refuse(index, error)
        if len(arrival.refused) == 1 == len(arrival.items):
            raise arrival.refused.pop()[1]

    def _take(self, arrival: Arrival, catalog: Catalog, index: int) -> None:
        item, body, caller = arrival.items[index], arrival.found, arrival.caller
        assert body
        assert caller
        if body.cut and body.is_cut(item):
            levels = self._settings.limits.depth
            raise Problem(400, "body.too_deep", f"expected at most {levels} levels, got more")
        where = Where(
            catalog=catalog,
            contact=caller.visitor,
            session=caller.session,
            received_ms=arrival.call.received_ms,
            page=arrival.current,
        )
        outcome = run(self._steps, item, where, suggests=len(arrival.refused) < TOLD)
        arrival.current = where.page
        referer = _referer(arrival.call, len(arrival.items))
        events = [
            self._event(arrival, record, id_of(arrival.base, arrival.first + index, arrival.count, number), record.url or referer)
            for number, record in enumerate(outcome.records)
        ]  # fmt: skip
        arrival.events += events
        arrival.at += [index] * len(events)
        arrival.records += outcome.records
        arrival.identities += outcome.identities
        arrival.said += [{**one, "report": {"eventIndex": index}} for one in outcome.said]

    def _event(self, arrival: Arrival, record: Record, id: str, url: str, **more: Any) -> Event:
        caller = arrival.caller
        assert caller
        return Event(
            source=JSS,
            datastream=arrival.datastream,
            id=id,
            type=type_of(record),
            url=url,
            visitor=caller.visitor,
            made_ms=arrival.call.received_ms,
            received_ms=arrival.call.received_ms,
            body=body_of(record, id, url, alien=caller.is_foreign and caller.is_new, **more),
            way=_way(arrival.call),
            is_view=record.kind == "pageview",
            value=record.value,
        )

    # ---- layouts -----------------------------------------------------------------------------------------------------

    def _view(self, arrival: Arrival) -> None:
        """The view of the page whose layout is asked for, unless it says `tracking=false`; of one that there is none of, too."""
        call = arrival.call
        if call.query.get("tracking", "").strip().lower() == "false":
            return
        page = arrival.page
        record = Record(
            kind="pageview",
            definition=page.alias if page else NOT_FOUND,
            page_id=page.id if page else "",
            page=page.id if page else NOT_FOUND,
            url=arrival.route,
        )
        arrival.base = _base(call)
        url = address_of(call, arrival.route)
        more = {"referrer": call.header(b"referer")[:URL_LIMIT], "is_error": page is None}
        arrival.events = [self._event(arrival, record, arrival.base, url, **more)]
        arrival.at = [0]


def _check_type(call: Call) -> None:
    type = call.header(b"content-type").partition(";")[0].strip().lower()
    if type not in TEXT_TYPES:
        detail = f"expected application/json or text/plain, got {type!r:.100}"
        raise Problem(415, "body.type", detail)


def _context(call: Call) -> dict[str, Any]:
    """What the bad row that is replayed needs beside its body; empty for a call of now."""
    if call.row is None or not call.row.context:
        return {}
    context: dict[str, Any] = msgspec.json.decode(call.row.context)
    return context


def _referer(call: Call, count: int) -> str:
    """The address of the page that a *call* of *count* events comes from: each of them has it, so of many it is shorter."""
    room = max(SHORT_URL, min(URL_LIMIT, URLS_LIMIT // max(count, 1)))
    referer = call.header(b"referer")
    return referer if len(referer) <= room else referer.partition("?")[0][:room]


def _way(call: Call) -> str:
    """How a call came: see Event in stores/contract."""
    if call.row is not None:
        return ""
    if b"sec-fetch-mode" in call.headers or b"origin" in call.headers:
        return call.way
    return "server"


def _base(call: Call) -> str:
    """What the ids of a call's events are made of: its `eid`, so that a retry counts once. Raises Problem."""
    if call.row is not None:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"pyrite:bad-row/{call.row.id}"))
    value = call.query.get("eid", "")
    if not value:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(value))
    except ValueError:
        detail = f"eid: expected a UUID, got {value!r:.100}"
        raise Problem(400, "jss.eid", detail, path="eid") from None
