"""Where a body of Adobe's clients came from, and what was read of it.

Pure. Not for reading: events.py and queues.py do.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from ...core.event import part
from ...stores.contract import WEB, BadRow
from ..http.call import Call
from ..http.consents import cookie_prefix
from ..http.problems import UNPROVEN, Problem, unexpected
from ..ingest import arrival
from ..ingest.bodies import Body
from . import identities


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
    way: str = ""  # see Event in stores/contract
    agent: str = ""  # the class of browser; see ingest/meta.py

    @property
    def cookie_prefix(self) -> str:
        """What the names of this organisation's cookies begin with."""
        return cookie_prefix(self.org)


class Arrival(arrival.Arrival, kw_only=True):
    """What a body holds: beside what every dialect reads who sent it, and the parsed body for the answer."""

    source: Source
    found: Body
    body: dict[str, Any]
    call: Call | None = None
    fpid: str = ""
    ecid: str = ""
    derived: bool = False  # the ECID is made from another id: it need not be kept
    # Places of events that ask, and what they hold.
    asking: list[tuple[int, dict[str, Any]]] = msgspec.field(default_factory=list)
    skew_ms: int = 0  # what to add to the page's times
    meta: msgspec.Raw | None = None  # of each of its events; see ingest/meta.py
    identities: dict[str, Any] = msgspec.field(default_factory=dict)  # of the body
    consent: str = ""  # that it sets

    def cookies(self) -> dict[str, str]:
        """See ingest/arrival.py; a page on another site sends them in the body."""
        return identities.cookies_of(self.body, self.source.cookie)

    def path(self, place: int) -> str:
        """See ingest/arrival.py."""
        return f"$.events[{place}]"

    def refuse(self, place: int, error: Exception) -> None:
        """Keep the JSON of the event at *place* as a bad row, with what its replay needs of the body: no more than that, for
        each of a hundred events would keep the rest of it. An accident with one event is that event's."""
        problem = error if isinstance(error, Problem) else unexpected(error, path=self.path(place))
        # With its traceback it would keep the whole body until the next garbage collection, which is rare in an edge.
        problem.__traceback__ = None
        self.refused.append((place, problem))
        self.asking = [one for one in self.asking if one[0] != place]
        if problem.status in UNPROVEN:
            return
        event = self.found.original(msgspec.json.encode(self.body["events"][place]))
        body = b'{"events":[' + event + b"]," + self._needed() + b"}"
        ids = (self.fpid, "" if self.derived else self.ecid)
        row = bad_row(problem, self.source, body, whose=ids)
        self.bad_rows.append(replace(row, context=self.call.context) if self.call else row)

    def _needed(self) -> bytes:
        ids = {"FPID": self.fpid, "ECID": "" if self.derived else self.ecid}
        sent_ms = part(self.body, "meta").get("sentAt")
        needed: dict[str, Any] = {
            "xdm": {"identityMap": {name: [{"id": id}] for name, id in ids.items() if id}},
            "meta": {"sentAt": sent_ms} if isinstance(sent_ms, int) else {},
        }
        return msgspec.json.encode(needed)[1:-1]

    @property
    def visitor(self) -> str:
        """The visitor's key in the store: the device id, or the ECID where the client has none."""
        return self.fpid or self.ecid


def bad_row(
    problem: Problem, source: Source, content: bytes, *, whose: tuple[str, str] | None = None
) -> BadRow:
    """The row that keeps *content*, from *source*, with the reason of its refusal, and *whose* it is: device id and ECID."""
    return arrival.bad_row(
        problem,
        content,
        source=WEB,
        url=source.url,
        client=source.client,
        received_ms=source.received_ms,
        whose=whose or identities.told_in(content, source.cookie, source.cookie_prefix),
    )
