"""JSS events that come with the tracker's own: the same pipeline, without a key, for the page's own edge.

Not for where they stand in a request: its dialect reads that.
"""

from collections.abc import Sequence
from typing import Any

from ...stores.contract import Event
from ..http.call import Call
from ..http.problems import Problem
from ..ingest.arrival import Arrival
from ..settings import Jss
from .arrival import JSS
from .callers.agents import robot_of
from .callers.identity import Caller, caller_of
from .definitions.watched import Definitions
from .pipeline.chain import Step
from .pipeline.processor import Record, Where
from .pipeline.run import run
from .records import beside, merged
from .sessions import Sessions, links_of


class Tracked:
    """See Claim in ingest/claims.py: takes the part `jss` of an event, which is one event as JSS clients write it."""

    def __init__(
        self, jss: Jss, definitions: Definitions, steps: Sequence[Step], sessions: Sessions
    ) -> None:
        self._jss = jss
        self._definitions = definitions
        self._steps = steps
        self._sessions = sessions

    def __call__(self, found: Any, event: Event, arrival: Arrival, call: Call) -> list[Event]:
        """See Claim."""
        if not self._jss.enabled:
            off = "the service is off; switch it on by enabled = true under [jss] in pyrite.toml"
            raise Problem(422, "jss.off", off)
        memory = arrival.memory.get(JSS)
        if memory is None:
            memory = arrival.memory[JSS] = self._begin(event, call)
        where, caller, records = memory
        outcome = run(self._steps, found, where)
        records += outcome.records
        for one in outcome.said:
            kind = {"type": "https://pyrite.dev/problems/jss.said", "status": 200}
            arrival.warnings.append(kind | {"title": one["message"], "detail": one["processor"]})
        at_ms = event.received_ms
        robot = robot_of(self._jss, call, caller)
        arrival.session = self._sessions.step(
            caller, at_ms, visitor=event.visitor, robot=robot, records=records, opens=True
        )
        arrival.links += links_of(
            caller, outcome.identities, datastream=arrival.datastream, at_ms=at_ms, visitor=event.visitor
        )  # fmt: skip
        if not outcome.records:
            return [event]
        first, *more = outcome.records
        return [merged(event, first)] + [beside(event, one, number) for number, one in enumerate(more, 1)]  # fmt: skip

    def _begin(self, event: Event, call: Call) -> tuple[Where, Caller, list[Record]]:
        """What the JSS events of one body share: the current page, who calls, what has been recorded."""
        caller = caller_of(call, self._jss)
        catalog = self._definitions.current()
        where = Where(
            catalog=catalog, contact=event.visitor, session="", received_ms=event.received_ms
        )
        return where, caller, []
