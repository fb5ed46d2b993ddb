"""The commands and their options, as tables.

Pure. What each command does stands in tracker.py. Sources: the `event` command as Adobe documented it in August 2019
(viewStart, documentUnloading, data), `sendEvent` and its neighbours as in the Web SDK 2.33.
"""

from .options import Option

PERSONALIZATION = [
    Option("decisionScopes", "texts", "named scopes to ask decisions for"),
    Option(
        "surfaces", "texts", "surfaces to ask decisions for; `#part` means that part of this page"
    ),
    Option(
        "sendDisplayEvent", "bool", "report what was shown by itself, once rendered", default=True
    ),
    Option(
        "includeRenderedPropositions",
        "bool",
        "carry what was shown and not yet reported in this event",
        default=False,
    ),
    Option(
        "defaultPersonalizationEnabled",
        "bool",
        "ask for the page's own decisions (by default: view starts, and the first sendEvent)",
    ),
    Option("decisionContext", "object", "more for the edge to decide by"),
]

_COMMON = [
    Option(
        "documentUnloading",
        "bool",
        "the page is going away: sendBeacon, and fetch when it is refused",
        default=False,
    ),
    Option(
        "type", "text", "names the event; xdm.eventType wins over it, and it wins over data.type"
    ),
    Option("data", "object", "any XDM keys and any pairs"),
    Option("xdm", "object", "XDM, merged over the collected context"),
    Option("mergeId", "text", "events with the same id are merged (createEventMergeId)"),
    Option("decisionScopes", "texts", "the same as personalization.decisionScopes"),
    Option("personalization", PERSONALIZATION, "what to ask for and report"),
    Option(
        "edgeConfigOverrides", "object", "overrides of the data stream's settings for this request"
    ),
]

EVENT = [
    Option(
        "viewStart", "bool", "a view begins: ask for personalization and render it", default=False
    )
] + _COMMON

SEND_EVENT = [
    Option("renderDecisions", "bool", "render what comes back", default=False),
    Option("datasetId", "text", "kept for pages written for alloy.js", unsupported=True),
    Option("advertising", "object", "kept for pages written for alloy.js", unsupported=True),
] + _COMMON

SET_CONSENT = [
    Option(
        "consent", "objects", "what the visitor chose: [{standard, version, value}]", required=True
    ),
    Option("identityMap", "object", "whose choice it is, beside the identity the edge knows"),
    Option(
        "edgeConfigOverrides", "object", "overrides of the data stream's settings for this request"
    ),
]

GET_IDENTITY = [
    Option("namespaces", "texts", "which identities: ECID, FPID", default=["ECID"]),
    Option(
        "edgeConfigOverrides", "object", "overrides of the data stream's settings for this request"
    ),
]

APPEND_IDENTITY = [
    Option("url", "text", "the address to append the identity to", required=True),
    Option(
        "edgeConfigOverrides", "object", "overrides of the data stream's settings for this request"
    ),
]

SET_DEBUG = [Option("enabled", "bool", "write what happens to the console", required=True)]

# configure's own table is in config.py.
COMMANDS = {
    "event": EVENT,
    "sendEvent": SEND_EVENT,
    "setConsent": SET_CONSENT,
    "getIdentity": GET_IDENTITY,
    "appendIdentityToUrl": APPEND_IDENTITY,
    "setDebug": SET_DEBUG,
    "createEventMergeId": [],
    "getLibraryInfo": [],
}
