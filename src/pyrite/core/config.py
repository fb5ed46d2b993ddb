"""The options of `configure`: Alloy's names, each with its default and meaning.

Pure. Source for names and defaults: Adobe's Web SDK 2.33, `configure`; what is ours alone says so.
"""

from .options import Option, read

CONTEXTS = [
    "web",
    "device",
    "environment",
    "placeContext",
    "highEntropyUserAgentHints",
    "oneTimeAnalyticsReferrer",
]
DOWNLOADS = ".exe .zip .wav .mp3 .mov .mpg .avi .wmv .pdf .doc .docx .xls .xlsx .ppt .pptx"
_HOST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def _domain(value: object) -> str | None:
    text = str(value)
    scheme, separator, rest = text.partition("://")
    if not separator:
        rest = text
    host, port = split_host(rest)
    if separator and scheme != "https" and not (scheme == "http" and is_loopback(host)):
        return "a host name such as 'www.example.com' or 'localhost:8000' (http only for localhost)"
    plain = host != "" and all([char in _HOST for char in host])
    if not (plain or host == "[::1]") or not (port == "" or port.isdigit()):
        return "a host name such as 'www.example.com' or 'localhost:8000'"
    return None


def _base_path(value: object) -> str | None:
    for char in str(value):
        if char not in _HOST + "_~/":
            return "a path such as 'ee' or 'tracking/ee'"
    return None


def _contexts(value: object) -> str | None:
    if isinstance(value, list):
        for name in value:
            if name not in CONTEXTS:
                return "names out of " + ", ".join(CONTEXTS)
    return None


CLICK_COLLECTION = [
    Option("internalLinkEnabled", "bool", "collect clicks on links to this site", default=True),
    Option(
        "externalLinkEnabled", "bool", "collect clicks on links that leave the site", default=True
    ),
    Option("downloadLinkEnabled", "bool", "collect clicks on downloads", default=True),
    Option(
        "sessionStorageEnabled",
        "bool",
        "kept for pages written for alloy.js",
        default=False,
        unsupported=True,
    ),
    Option(
        "eventGroupingEnabled",
        "bool",
        "kept for pages written for alloy.js",
        default=False,
        unsupported=True,
    ),
    Option(
        "filterClickDetails",
        "function",
        "called with the click's details; may change them, or return false to drop the click",
    ),
]

INTERACTIONS = [
    Option(
        "AJO",
        ["always", "never", "decoratedElementsOnly"],
        "Adobe Journey Optimizer",
        default="always",
    ),
    Option("TGT", ["always", "never", "decoratedElementsOnly"], "Adobe Target", default="never"),
]

CONFIGURE = [
    Option(
        "datastreamId", "text", "the data stream that the edge files events under", required=True
    ),
    Option("edgeConfigId", "text", "the old name of datastreamId", renamed="datastreamId"),
    Option(
        "orgId",
        "text",
        "the organisation that cookie names carry; the data stream's id when not given",
    ),
    Option(
        "edgeDomain",
        "text",
        "the edge's host, with a port if need be; the page's own host when not given",
        check=_domain,
    ),
    Option(
        "edgeBasePath",
        "text",
        "the path before `/v1/…` on the edge",
        default="ee",
        check=_base_path,
    ),
    Option(
        "defaultConsent",
        ["in", "out", "pending"],
        "what holds until the visitor has chosen",
        default="in",
    ),
    Option(
        "globalPrivacyControlEnabled",
        "bool",
        "a browser's Global Privacy Control counts as consent `out` until the visitor says `in` (ours)",
        default=True,
    ),
    Option(
        "context",
        "texts",
        "the groups of context collected with each event",
        default=CONTEXTS[:4],
        check=_contexts,
    ),
    Option("prehidingStyle", "css", "CSS that hides what personalization may change, until it has"),
    Option(
        "prehidingTimeout",
        "number",
        "seconds after which hidden content is shown, whatever happens (ours)",
        default=3,
    ),
    Option("clickCollectionEnabled", "bool", "collect clicks on links", default=True),
    Option("clickCollection", CLICK_COLLECTION, "which clicks, and a filter"),
    Option(
        "downloadLinkQualifier",
        "css",
        "a regular expression for addresses that count as downloads; by default the usual file endings",
    ),
    Option(
        "onBeforeLinkClickSend",
        "function",
        "the old form of clickCollection.filterClickDetails: called with {xdm, data, clickedElement}",
    ),
    Option(
        "onBeforeEventSend",
        "function",
        "called with {xdm, data} of each event; may change them, or return false to cancel",
    ),
    Option(
        "autoViewStart",
        "bool",
        "send a view start by itself on each route change of a single-page app (ours)",
        default=False,
    ),
    Option(
        "autoViewStartOnHash",
        "bool",
        "count a change of the part after `#` as a route change (ours)",
        default=False,
    ),
    Option(
        "edgeConfigOverrides",
        "object",
        "overrides of the data stream's settings, sent with every request",
    ),
    Option("debugEnabled", "bool", "write what happens to the console", default=False),
    Option(
        "autoCollectPropositionInteractions",
        INTERACTIONS,
        "kept for pages written for alloy.js",
        unsupported=True,
    ),
    Option(
        "thirdPartyCookiesEnabled",
        "bool",
        "kept for pages written for alloy.js; no third-party cookie is ever set",
        default=False,
        unsupported=True,
    ),
    Option(
        "idMigrationEnabled",
        "bool",
        "kept for pages written for alloy.js",
        default=False,
        unsupported=True,
    ),
    Option(
        "targetMigrationEnabled",
        "bool",
        "kept for pages written for alloy.js",
        default=False,
        unsupported=True,
    ),
    Option(
        "personalizationStorageEnabled",
        "bool",
        "kept for pages written for alloy.js",
        default=False,
        unsupported=True,
    ),
    Option("streamingMedia", "object", "kept for pages written for alloy.js", unsupported=True),
    Option("pushNotifications", "object", "kept for pages written for alloy.js", unsupported=True),
    Option("advertising", "object", "kept for pages written for alloy.js", unsupported=True),
    Option("conversation", "object", "kept for pages written for alloy.js", unsupported=True),
]


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
        return [str(name) for name in value] if isinstance(value, list) else []

    def edge_root(self, page_url: str) -> str:
        """`https://host[:port]/base`: where the edge is, for a page at *page_url*.

        The scheme is https, but for a loopback host without one it is the page's own (development).
        """
        domain = self.text("edgeDomain") or host_of(page_url)
        scheme, separator, rest = domain.partition("://")
        if not separator:
            rest = domain
            near = domain == host_of(page_url) or is_loopback(split_host(domain)[0])
            scheme = "http" if near and page_url.startswith("http:") else "https"
        return f"{scheme}://{rest}/{self.text('edgeBasePath').strip('/')}"


def configure(options: dict[str, object]) -> Config:
    """The Config for *options*; raises OptionsError naming all that is wrong with them."""
    given = dict(options)
    if "datastreamId" not in given and "edgeConfigId" in given:
        given["datastreamId"] = given["edgeConfigId"]
    given.pop("edgeConfigId", None)
    return Config(read(given, CONFIGURE, of="configure"))


def host_of(url: str) -> str:
    """`www.example.com:8443` of an absolute *url*; empty where there is none."""
    separator = url.find("://")
    if separator < 0:
        return ""
    rest = url[separator + 3 :]
    for end in ("/", "?", "#"):
        rest = rest.partition(end)[0]
    return rest.rpartition("@")[2]


def split_host(host: str) -> "tuple[str, str]":
    """`(name, port)` of a host with or without a port; IPv6 addresses keep their brackets."""
    if host.startswith("["):
        name, _, rest = host.partition("]")
        return name + "]", rest[1:]
    name, _, port = host.partition(":")
    return name, port


def is_loopback(name: str) -> bool:
    """Whether *name* (without a port) is this machine."""
    return name in LOOPBACK or name.endswith(".localhost")
