"""The subject of a decision: event, visitor, device, time.

Pure: the edge fills it from a request and its store, the page from its own facts; both decide by the same words.
"""

from ..event import part
from ..personalization.propositions import page_surface
from ..urls import decoded, unescaped
from .user_agent import parse_device

DAY_MS = 86400000
VISIT_PAUSE_MS = 1800000  # without an event, after which another visit begins
SHOWN_LIMIT = 100  # displays of an experience that are kept for a visitor


class Profile:
    """What is known of who is asking. *visits* and *views* count this one too; *previous_ms* is the end of the visit before,
    0 for none; *shown* says for experiences when they were displayed, oldest first; *consent* is what was chosen, '' for nothing.
    """

    def __init__(
        self,
        *,
        id: str,
        visits: int = 1,
        views: int = 1,
        first_ms: int = 0,
        previous_ms: int = 0,
        shown: "dict[str, list[int]] | None" = None,
        consent: str = "",
    ) -> None:
        self.id = id
        self.visits = visits
        self.views = views
        self.first_ms = first_ms
        self.previous_ms = previous_ms
        self.shown = shown or {}
        self.consent = consent


class Subject:
    """One event to decide for: *event* is `{xdm, data}`; *language* and *agent* are the browser's; *context* is the page's own.

    `texts` has the url, path, referrer and type, without percent-encoding; the path ends with a slash.
    """

    def __init__(
        self,
        *,
        event: dict[str, object],
        visitor: Profile,
        now_ms: int,
        language: str = "",
        agent: str = "",
        context: "dict[str, object] | None" = None,
    ) -> None:
        xdm = part(event, "xdm")
        self.event = event
        self.visitor = visitor
        self.now_ms = now_ms
        self.language = language.lower()
        self.context = context or {}
        url = _text(part(xdm, "web", "webPageDetails").get("URL"))
        self._url = url
        self.path = page_path(url)
        self.texts = {
            "url": unescaped(url),
            "path": self.path,
            "referrer": unescaped(_text(part(xdm, "web", "webReferrer").get("URL"))),
            "type": unescaped(_text(xdm.get("eventType"))),
        }
        self._agent = agent
        self._device: dict[str, str] = {}
        self._query: dict[str, str] | None = None
        offset = part(xdm, "placeContext").get("localTimezoneOffset")
        self.local_ms = now_ms - (int(offset) * 60000 if isinstance(offset, (int, float)) else 0)

    def device(self) -> dict[str, str]:
        """`{device, os, browser}`; see user_agent.py."""
        if not self._device:
            self._device = parse_device(self._agent)
        return self._device

    def query(self) -> dict[str, str]:
        """The parameters of the page's address, the first of each name, percent-encoding undone."""
        if self._query is None:
            self._query = parse_query(self._url)
        return self._query


def page_path(url: str) -> str:
    """The path of *url*, with a slash at the end and without percent-encoding."""
    surface = page_surface(url)
    return closed(unescaped(surface[surface.find("/", 6) :]))


def closed(path: str) -> str:
    """*path* with a slash at the end."""
    return path if path.endswith("/") else path + "/"


def parse_query(url: str) -> dict[str, str]:
    """`{name: value}` of the query of *url*."""
    parameters: dict[str, str] = {}
    for pair in url.partition("#")[0].partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        name = decoded(name)
        if name and name not in parameters:
            parameters[name] = decoded(value)
    return parameters


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
