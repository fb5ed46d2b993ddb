"""The commands and their options, as tables.

Pure. What each command does stands in tracker.py. Sources: the `event` command as Adobe documented it in August 2019
(viewStart, documentUnloading, data), `sendEvent` and its neighbours as in the Web SDK 2.33.
"""

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

GET_IDENTITY = (
    ("namespaces", "namespaces", ("ECID",), "which identities: ECID, FPID, CORE"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)

APPEND_IDENTITY = (
    ("url", "text!", None, "the address to append the identity to"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)

SET_DEBUG = (("enabled", "bool!", None, "write what happens to the console"),)

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

# configure's own table is in options/configure.py.
COMMANDS = {
    "event": EVENT,
    "sendEvent": SEND_EVENT,
    "applyPropositions": APPLY_PROPOSITIONS,
    "applyResponse": APPLY_RESPONSE,
    "setConsent": SET_CONSENT,
    "getIdentity": GET_IDENTITY,
    "appendIdentityToUrl": APPEND_IDENTITY,
    "setDebug": SET_DEBUG,
    "createEventMergeId": (),
    "getDelivery": (),
    "getLibraryInfo": (),
}

# Commands that the Web SDK 2.35 has besides.
ALLOYS = [
    "createMediaSession",
    "evaluateRulesets",
    "getMediaAnalyticsTracker",
    "sendConversationEvent",
    "sendMediaEvent",
    "sendPushSubscription",
    "subscribeRulesetItems",
]
