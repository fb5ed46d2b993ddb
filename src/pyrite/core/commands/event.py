"""The commands that send an event: `event`, as Adobe documented it in August 2019, and `sendEvent`, as in the Web SDK 2.33.

Pure. Not for what becomes of the event: tracking/events.py.
"""

from ..effects import Effect
from ..moment import Moment
from .command import Command, Configured, Invocation

PERSONALIZATION = (
    ("decisionScopes", "texts", None, "named scopes to ask decisions for"),
    (
        "surfaces",
        "texts",
        None,
        "surfaces to ask decisions for; `#part` means that part of this page",
    ),
    ("sendDisplayEvent", "bool", True, "report what was shown by itself, once rendered"),
    (
        "includeRenderedPropositions",
        "bool",
        False,
        "carry what was shown and not yet reported in this event",
    ),
    (
        "defaultPersonalizationEnabled",
        "bool",
        None,
        "ask for the page's own decisions (by default: view starts, and the first sendEvent)",
    ),
    ("decisionContext", "object", None, "more for the edge to decide by"),
    (
        "untilRendered",
        "bool",
        False,
        "let the promise wait for elements that are not there yet, five seconds at most (ours)",
    ),
)

_COMMON = (
    (
        "documentUnloading",
        "bool",
        False,
        "the page is going away: sendBeacon, and fetch when it is refused",
    ),
    (
        "type",
        "text",
        None,
        "names the event; xdm.eventType wins over it, and it wins over data.type",
    ),
    ("data", "object", None, "any XDM keys and any pairs"),
    ("xdm", "xdm", None, "XDM, merged over the collected context"),
    ("mergeId", "text", None, "events with the same id are merged (createEventMergeId)"),
    ("decisionScopes", "texts", None, "the same as personalization.decisionScopes"),
    ("personalization", PERSONALIZATION, None, "what to ask for and report"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)

EVENT = (
    ("viewStart", "bool", False, "a view begins: ask for personalization and render it"),
) + _COMMON

SEND_EVENT = (
    ("renderDecisions", "bool", False, "render what comes back"),
    ("datasetId", "text", None, "kept for pages written for alloy.js"),
    ("advertising", "object", None, "kept for pages written for alloy.js"),
) + _COMMON


class EventCommand(Command):
    """`event` and `sendEvent`, which differ in their options and results."""

    sends = True
    outlives_promise = True

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects of the event; a view start begins a view of this address."""
        if invocation.options.get("viewStart") is True:
            ready.routes.viewed(moment.text("url"))
        return ready.events.command(
            invocation.call,
            invocation.name,
            invocation.options,
            moment,
            invocation.event_id,
        )
