"""JSS events that come with the tracker's own: the same pipeline, without a key, for the page's own edge.

Not for where they stand in a request: its dialect reads that.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from ...stores.contract import Event, SessionStep
from ..http.call import Call
from ..http.problems import Problem
from ..ingest.arrival import Arrival
from ..settings import Jss
from .arrival import JSS
from .callers.agents import robot_of
from .callers.identity import Caller, caller_of
from .definitions.watched import Definitions
from .pipeline.chain import Step
from .pipeline.processor import Where
from .pipeline.run import run
from .records import beside, merged
from .sessions import Sessions, links_of, with_campaign


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
        body = arrival.memory.get(JSS)
        if body is None:
            body = arrival.memory[JSS] = self._begin(event, call)
        outcome = run(self._steps, found, body.where)
        for one in outcome.said:
            kind = {"type": "https://pyrite.dev/problems/jss.said", "status": 200}
            arrival.warnings.append(kind | {"title": one["message"], "detail": one["processor"]})
        # Of a body that nothing was taken of no session comes.
        arrival.session = body.session = with_campaign(body.session, outcome.records)
        self._link(arrival, body, event, outcome.identities)
        if not outcome.records:
            return [event]
        first, *more = outcome.records
        return [merged(event, first)] + [beside(event, one, number) for number, one in enumerate(more, 1)]  # fmt: skip

    def hides(self, content: bytes) -> bytes:
        """See Claim: all of it may be kept."""
        return content

    def _begin(self, event: Event, call: Call) -> "Body":
        caller = caller_of(call, self._jss)
        at_ms = event.received_ms
        where = Where(
            catalog=self._definitions.current(),
            contact=event.visitor,
            session="",
            received_ms=at_ms,
        )
        robot = robot_of(self._jss, call, caller)
        session = self._sessions.step(caller, at_ms, visitor=event.visitor, robot=robot, opens=True)
        return Body(where=where, caller=caller, session=session)

    def _link(
        self, arrival: Arrival, body: "Body", event: Event, identities: list[tuple[str, str]]
    ) -> None:
        """Add the links that an event makes, each once for the body."""
        if body.linked and not identities:
            return
        body.linked = True
        links = links_of(
            body.caller,
            identities,
            datastream=arrival.datastream,
            at_ms=event.received_ms,
            visitor=event.visitor,
        )
        arrival.link(*links)


class Body(msgspec.Struct, kw_only=True):
    """What the JSS events of one body share: the current page, who calls, the session that they belong to."""

    where: Where
    caller: Caller
    session: SessionStep
    linked: bool = False  # the device with the contact
