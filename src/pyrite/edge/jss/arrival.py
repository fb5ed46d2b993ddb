"""What a call of a JSS client has brought, for its answer; and how one event of it is refused beside its neighbours."""

from typing import Any

import msgspec

from ..http.call import Call
from ..http.problems import Problem, unexpected
from ..ingest import arrival
from ..ingest.bodies import Body
from .callers.identity import Caller
from .definitions.catalog import Definition
from .pipeline.processor import CURRENT, Record
from .pipeline.run import ProcessorFailed

JSS = "jss"  # the source of its events and bad rows


class Arrival(arrival.Arrival, kw_only=True):
    """Beside what every dialect reads: who called, and what processors say. Without *caller* nobody is told who they are: no
    cookie is set."""

    call: Call
    caller: Caller | None = None
    found: Body | None = None
    items: list[Any] = msgspec.field(default_factory=list)
    is_list: bool = True
    base: str = ""  # of the ids of its events
    first: int = 0  # the place of the first item in the body that it came in
    count: int = 0  # of the items in that body
    records: list[Record] = msgspec.field(default_factory=list)
    identities: list[tuple[str, str]] = msgspec.field(default_factory=list)
    at: list[int] = msgspec.field(default_factory=list)  # the place of each event
    gone: set[int] = msgspec.field(default_factory=set)  # places that are refused
    current: str = CURRENT  # the page, while the body is read
    said: list[dict[str, Any]] = msgspec.field(default_factory=list)
    robot: bool | None = None  # what the caller is by now; None while nobody knows
    page: Definition | None = None  # whose layout is asked for
    route: str = ""  # the path of that page

    def places(self) -> list[int]:
        """See ingest/arrival.py; an event of the body may have become several, or none."""
        return self.at

    def path(self, place: int) -> str:
        """See ingest/arrival.py."""
        return f"$[{place}]" if self.is_list else "$"

    def refuse(self, place: int, error: Exception) -> None:
        """Keep the JSON of the event at *place* as a bad row of its own, with what its replay needs of the call."""
        if place in self.gone:
            return  # of the events that it has become another one was refused
        self.gone.add(place)
        problem = error if isinstance(error, Problem) else unexpected(error)
        problem.__traceback__ = (
            None  # it would keep the whole body until the next garbage collection
        )
        problem.path = self.path(place) + problem.path
        content = msgspec.json.encode(self.items[place])
        problem.row = arrival.bad_row(
            problem,
            self.found.original(content) if self.found else content,
            source=JSS,
            url=self.call.url,
            client=self.call.client,
            received_ms=self.call.received_ms,
            whose=(self.caller.visitor if self.caller else "", ""),
            context=self._context(place, problem),
        )
        self.refused.append((place, problem))
        self.bad_rows.append(problem.row)

    def _context(self, place: int, problem: Problem) -> str:
        """What a replay needs beside the event: its page, its place among others, what the caller was taken for; and the trace of
        a processor that has failed."""
        known: dict[str, Any] = {
            "page": self.current,
            "base": self.base,
            "first": self.first + place,
            "count": self.count,
            "robot": self.robot,
        }
        if isinstance(problem, ProcessorFailed):
            known["trace"] = problem.trace
        return msgspec.json.encode(known).decode()
