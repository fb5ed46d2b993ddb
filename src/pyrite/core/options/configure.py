"""The options of `configure`: Alloy's names, each with its default and meaning.

Pure. Source for names and defaults: Adobe's Web SDK 2.33, `configure`; what is ours alone says so.
"""

from ..urls import is_loopback, parse_host, split_host
from .check import read

DOWNLOADS = ".exe .zip .wav .mp3 .mov .mpg .avi .wmv .pdf .doc .docx .xls .xlsx .ppt .pptx"
# Accepted for pages written for alloy.js, and without effect in this build.
UNSUPPORTED = (
    "thirdPartyCookiesEnabled",
    "idMigrationEnabled",
    "targetMigrationEnabled",
    "personalizationStorageEnabled",
    "streamingMedia",
    "pushNotifications",
    "advertising",
    "conversation",
    "sessionStorageEnabled",
    "eventGroupingEnabled",
    "datasetId",
)

CLICK_COLLECTION = (
    ("internalLinkEnabled", "bool", True, "collect clicks on links to this site"),
    ("externalLinkEnabled", "bool", True, "collect clicks on links that leave the site"),
    ("downloadLinkEnabled", "bool", True, "collect clicks on downloads"),
    ("sessionStorageEnabled", "bool", False, "kept for pages written for alloy.js"),
    ("eventGroupingEnabled", "bool", False, "kept for pages written for alloy.js"),
    (
        "filterClickDetails",
        "function",
        None,
        "called with the click's details; may change them, or return false to drop the click",
    ),
)

_MODES = ("always", "never", "decoratedElementsOnly")
INTERACTIONS = (
    ("AJO", _MODES, "always", "Adobe Journey Optimizer"),
    ("TGT", _MODES, "never", "Adobe Target"),
    ("PYR", _MODES, "always", "Pyrite's own experiences (ours)"),
)

OUTBOX = (
    ("maxEvents", "number", 1000, "events; of more the oldest of least value go"),
    ("maxBytes", "number", 1000000, "bytes of JSON of all events together"),
    ("maxAgeHours", "number", 168, "hours after which an event is too old to be sent"),
)

CONFIGURE = (
    ("datastreamId", "text!", None, "the data stream that the edge files events under"),
    (
        "orgId",
        "text",
        None,
        "the organisation that cookie names carry; the data stream's id when not given",
    ),
    (
        "edgeDomain",
        "domain",
        None,
        "the edge's host, with a port if need be; the page's own host when not given",
    ),
    ("edgeBasePath", "path", "ee", "the path before `/v1/…` on the edge"),
    ("defaultConsent", ("in", "out", "pending"), "in", "what holds until the visitor has chosen"),
    (
        "globalPrivacyControlEnabled",
        "bool",
        True,
        "a browser's Global Privacy Control counts as consent `out` until the visitor says `in` (ours)",
    ),
    (
        "context",
        "contexts",
        ("web", "device", "environment", "placeContext"),
        "the groups of context collected with each event",
    ),
    ("prehidingStyle", "css", None, "CSS that hides what personalization may change, until it has"),
    (
        "prehidingTimeout",
        "number",
        3,
        "seconds after which hidden content is shown, whatever happens (ours)",
    ),
    (
        "decisioningMethod",
        ("server-side", "on-device"),
        "server-side",
        "`on-device`: the first answer brings the rules, and later views are decided in the page (ours)",
    ),
    ("clickCollectionEnabled", "bool", True, "collect clicks on links"),
    ("clickCollection", CLICK_COLLECTION, None, "which clicks, and a filter"),
    (
        "downloadLinkQualifier",
        "css",
        None,
        "a regular expression for addresses that count as downloads; by default the usual file endings",
    ),
    (
        "onBeforeLinkClickSend",
        "function",
        None,
        "the old form of clickCollection.filterClickDetails: called with {xdm, data, clickedElement}",
    ),
    (
        "onBeforeEventSend",
        "function",
        None,
        "called with {xdm, data} of each event; may change them, or return false to cancel",
    ),
    (
        "autoViewStart",
        "bool",
        False,
        "send a view start by itself on each route change of a single-page app (ours)",
    ),
    (
        "autoViewStartOnHash",
        "bool",
        False,
        "count a change of the part after `#` as a route change (ours)",
    ),
    (
        "early",
        "bool",
        True,
        "let the first view start leave before the tracker is there; needs consent and no onBeforeEventSend (ours)",
    ),
    (
        "outbox",
        OUTBOX,
        None,
        "what may wait for the edge's acknowledgement, in this page and those after it (ours)",
    ),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings, sent with every request",
    ),
    (
        "disconnected",
        "bool",
        False,
        "nothing leaves the page or is kept, and commands that would send reject with `tracker.disconnected` (ours)",
    ),
    ("debugEnabled", "bool", False, "write what happens to the console"),
    (
        "autoCollectPropositionInteractions",
        INTERACTIONS,
        None,
        "by decision provider: whether clicks on what an offer has changed are reported: `always`, `never`, or "
        "`decoratedElementsOnly` (with data-aep-click-label or -token)",
    ),
    (
        "thirdPartyCookiesEnabled",
        "bool",
        False,
        "kept for pages written for alloy.js; no third-party cookie is ever set",
    ),
    ("idMigrationEnabled", "bool", False, "kept for pages written for alloy.js"),
    ("targetMigrationEnabled", "bool", False, "kept for pages written for alloy.js"),
    ("personalizationStorageEnabled", "bool", False, "kept for pages written for alloy.js"),
    ("streamingMedia", "object", None, "kept for pages written for alloy.js"),
    ("pushNotifications", "object", None, "kept for pages written for alloy.js"),
    ("advertising", "object", None, "kept for pages written for alloy.js"),
    ("conversation", "object", None, "kept for pages written for alloy.js"),
)


class Config:
    """What `configure` settled: every option, defaults filled in."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values
        self.datastream_id = str(values["datastreamId"])
        self.org_id = str(values.get("orgId") or self.datastream_id)
        self.cookie_prefix = "kndctr_" + self.org_id.replace("@", "_") + "_"

    def flag(self, name: str) -> bool:
        """The boolean option *name*."""
        return self.values.get(name) is True

    def text(self, name: str) -> str:
        """The text option *name*, empty when it was not given."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def group(self, name: str) -> dict[str, object]:
        """The object option *name*, empty when it was not given."""
        value = self.values.get(name)
        return value if isinstance(value, dict) else {}

    def contexts(self) -> list[str]:
        """The groups of context to collect."""
        value = self.values.get("context")
        return [str(name) for name in value] if isinstance(value, (list, tuple)) else []

    def edge_origin(self, page_url: str) -> str:
        """`https://host[:port]` of the edge, for a page at *page_url*."""
        root = self.edge_root(page_url)
        return root[: root.find("://") + 3] + parse_host(root)

    def edge_folder(self, page_url: str) -> str:
        """Where the edge has its files, with a slash at the end: it is mounted where the base path has its last name."""
        return self.edge_root(page_url).rpartition("/")[0] + "/"

    def edge_root(self, page_url: str) -> str:
        """`https://host[:port]/base`: where the edge is, for a page at *page_url*.

        The scheme is https, but for a loopback host without one it is the page's own (development).
        """
        domain = self.text("edgeDomain") or parse_host(page_url)
        scheme, separator, rest = domain.partition("://")
        if not separator:
            rest = domain
            near = domain == parse_host(page_url) or is_loopback(split_host(domain)[0])
            scheme = "http" if near and not page_url.startswith("https:") else "https"
        return f"{scheme}://{rest}/{self.text('edgeBasePath').strip('/')}"


def configure(options: dict[str, object]) -> Config:
    """The Config for *options*. Raises OptionsError, which lists every problem."""
    values = dict(options)
    if "datastreamId" not in values and "edgeConfigId" in values:
        values["datastreamId"] = values["edgeConfigId"]
    values.pop("edgeConfigId", None)
    return Config(read(values, CONFIGURE, of="configure"))
