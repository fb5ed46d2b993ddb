"""`applyPropositions` and `applyResponse`: render propositions that the page has, or that a server fetched.

Pure. Not for how: personalization/renderer.py.
"""

from ..effects import Effect
from ..event import part, text_at
from ..moment import Moment
from ..visitor.consent import IN
from .command import Command, Configured, Invocation
from .event import PERSONALIZATION

APPLY_PROPOSITIONS = (
    ("propositions", "objects", None, "propositions that an earlier command has returned"),
    (
        "metadata",
        "object",
        None,
        "where to render content of a scope: {SCOPE: {selector, actionType}}",
    ),
    ("viewName", "text", None, "render what is kept for this view as well"),
)

APPLY_RESPONSE = (
    ("renderDecisions", "bool", False, "render what the answer brings"),
    ("responseHeaders", "object", None, "the headers of the answer"),
    ("responseBody", "object!", None, "the answer that a server has fetched: {requestId, handle}"),
    ("personalization", PERSONALIZATION, None, "what to report"),
)


class ApplyPropositionsCommand(Command):
    """`applyPropositions`."""

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that render the propositions."""
        return ready.events.apply(invocation.call, invocation.options, moment)


class ApplyResponseCommand(Command):
    """`applyResponse`."""

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects of an answer that a server has fetched."""
        answer = part(invocation.options, "responseBody")
        headers = part(invocation.options, "responseHeaders")
        ready.visitor.learn_region(text_at(headers, "x-adobe-edge"))
        # Cookies only with consent; the page may render what it has fetched without.
        allowed = ready.visitor.consent(moment) == IN
        effects = ready.learned(answer, moment) if allowed else []
        return effects + ready.events.response(invocation.call, invocation.options, answer, moment)
