"""`setConsent`: the visitor's choice, told to the edge.

Pure. Not for what has been told already, or is on its way: tracking/consents.py.
"""

from ..delivery.entry import Outcome
from ..effects import Effect
from ..moment import Moment
from .command import Command, Configured, Invocation

SET_CONSENT = (
    ("consent", "objects!", None, "what the visitor chose: [{standard, version, value}]"),
    ("identityMap", "identities", None, "whose choice it is, beside the identity the edge knows"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)


class ConsentCommand(Command):
    """`setConsent`."""

    sends = True

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that tell the edge of the choice, or that hold it while another is on its way. Raises ConsentError."""
        effects, request = ready.consents.set(invocation.call, invocation.options, moment)
        if request is None:
            # It may be known since another page has told, and something may wait here.
            return effects + ready.go_on(moment)
        return effects + ready.send(request, invocation, moment)

    def on_outcome(
        self, ready: Configured, invocation: Invocation, outcome: Outcome, moment: Moment
    ) -> list[Effect]:
        """Effects of the choice: the next one leaves, and what waited for a choice is looked at again."""
        effects = ready.consents.on_outcome(outcome, moment)
        more, request = ready.consents.next(moment)
        effects.extend(more + ready.send(request, invocation, moment))
        return effects + ready.chosen(moment) + ready.go_on(moment)
