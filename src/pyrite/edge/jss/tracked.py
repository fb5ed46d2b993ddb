"""JSS events that come with the tracker's own: the same pipeline, without a key, for the page's own edge.

Not for where they stand in a request: its dialect reads that.
"""

from collections.abc import Sequence
from typing import Any

from ...stores.contract import Event
from ..http.problems import Problem
from ..ingest.arrival import Arrival
from ..settings import Jss
from .arrival import JSS
from .definitions import Definitions
from .pipeline.chain import Step
from .pipeline.processor import Where
from .pipeline.run import run
from .records import beside, merged


class Tracked:
    """See Claim in ingest/claims.py: takes the part `jss` of an event, which is one event as JSS clients write it."""

    def __init__(self, jss: Jss, definitions: Definitions, steps: Sequence[Step]) -> None:
        self._jss = jss
        self._definitions = definitions
        self._steps = steps

    def __call__(self, found: Any, event: Event, arrival: Arrival) -> list[Event]:
        """See Claim."""
        if not self._jss.enabled:
            off = "the service is off; switch it on by enabled = true under [jss] in pyrite.toml"
            raise Problem(422, "jss.off", off)
        where = arrival.memory.get(JSS)
        if where is None:
            catalog = self._definitions.current()
            where = Where(catalog=catalog, contact=event.visitor, session="", received_ms=event.received_ms)  # fmt: skip
            arrival.memory[JSS] = where
        outcome = run(self._steps, found, where)
        for one in outcome.said:
            kind = {"type": "https://pyrite.dev/problems/jss.said", "status": 200}
            arrival.warnings.append(kind | {"title": one["message"], "detail": one["processor"]})
        if not outcome.records:
            return [event]
        first, *more = outcome.records
        return [merged(event, first)] + [beside(event, one, number) for number, one in enumerate(more, 1)]  # fmt: skip
