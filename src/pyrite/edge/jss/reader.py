"""What JSS clients send, read: events, the end of a session, the sign of a human, and requests for layouts.

Not for addresses and answers: endpoints.py; nor for what becomes of one event: pipeline/.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from ...stores.contract import Event, Visit
from ..http.call import Call
from ..http.problems import TOLD, Problem
from ..ingest.bodies import parsed
from ..settings import Settings
from . import addresses
from .agents import is_known_robot
from .arrival import JSS, Arrival
from .catalog import Catalog
from .definitions import Definitions
from .identity import Caller, caller_of
from .layout import address_of
from .pipeline.chain import Step
from .pipeline.processor import Record, Where
from .pipeline.run import run
from .records import body_of, id_of, type_of

TEXT_TYPES = ("application/json", "text/plain", "")
URL_LIMIT = 2048  # characters of the address of the page that a call comes from
NOT_FOUND = "404"  # the page of a layout that there is none of

Admits = Callable[[Call, Caller], bool]


class Reader:
    """See Reader in ingest/dialect.py. A call is noted its Caller.

    *admits* says whether the visitor's consent lets a call be stored.
    """

    name = JSS

    def __init__(
        self, settings: Settings, definitions: Definitions, steps: Sequence[Step], admits: Admits
    ) -> None:
        self._settings = settings
        self._jss = settings.jss
        self._definitions = definitions
        self._steps = steps
        self._admits = admits

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
        robot = self._jss.robots != "ignore" and is_known_robot(call.header(b"user-agent"))
        if self._is_dropped(call) or not self._admits(call, caller):
            return arrival
        arrival.caller = caller
        arrival.classified = self._jss.robots == "ignore" or (caller.classified and not robot)
        if action == addresses.HUMAN:
            arrival.classified = not robot
        elif action == addresses.LAYOUT:
            self._view(arrival)
        else:
            self._read_body(arrival, content)
        if arrival.events:
            arrival.visit = Visit(
                datastream=arrival.datastream, visitor=caller.contact, seen_ms=call.received_ms
            )
        return arrival

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """See Dialect in ingest/dialect.py."""
        return (self._caller(call).contact, "") if call.row is None else (call.row.visitor, "")

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
        arrival.base = _base(call)
        limits = self._settings.limits
        arrival.found = parsed(content, limits.depth, list | dict)
        value = arrival.found.value
        arrival.is_list = isinstance(value, list)
        arrival.items = value if isinstance(value, list) else [value]
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
        item, found, caller = arrival.items[index], arrival.found, arrival.caller
        assert found
        assert caller
        if found.cut and found.is_cut(item):
            levels = self._settings.limits.depth
            raise Problem(400, "body.too_deep", f"expected at most {levels} levels, got more")
        where = Where(
            catalog=catalog,
            contact=caller.contact,
            session=caller.session,
            received_ms=arrival.call.received_ms,
            page=arrival.current,
        )
        outcome = run(self._steps, item, where, suggests=len(arrival.refused) < TOLD)
        arrival.current = where.page
        referer = arrival.call.header(b"referer")[:URL_LIMIT]
        events = [
            self._event(arrival, record, id_of(arrival.base, index, len(arrival.items), number), record.url or referer)
            for number, record in enumerate(outcome.records)
        ]  # fmt: skip
        arrival.events += events
        arrival.at += [index] * len(events)
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
            visitor=caller.contact,
            made_ms=arrival.call.received_ms,
            received_ms=arrival.call.received_ms,
            body=body_of(record, id, url, **more),
            is_view=record.kind == "pageview",
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


def _base(call: Call) -> str:
    """What the ids of a call's events are made of: its `eid`, so that a retry counts once. Raises Problem."""
    if call.row is not None:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"pyrite:bad-row/{call.row.id}"))
    given = call.query.get("eid", "")
    if not given:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(given))
    except ValueError:
        detail = f"eid: expected a UUID, got {given!r:.100}"
        raise Problem(400, "jss.eid", detail, path="eid") from None
