"""What was seen of one page: calls of the tracker, its requests, scripts, errors. Not for what it means: causes.py."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Call:
    """One call of the tracker's function: `outcome` is `resolved`, `rejected`, or '' while it is open.

    `watched` says whether the page looks at the call's promise. `url` is the page's address at the call, `caller` the line of the page
    that called, `error` what the promise was rejected with.
    """

    number: int
    command: str
    options: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    caller: str = ""
    at_ms: float = 0.0
    outcome: str = ""
    error: str = ""
    watched: bool = False

    @property
    def is_view(self) -> bool:
        """Whether it tells a view of a page."""
        xdm = self.options.get("xdm")
        kinds = (self.options.get("type"), xdm.get("eventType") if isinstance(xdm, dict) else None)
        return self.command in ("event", "sendEvent") and (
            self.options.get("viewStart") is True or "web.webpagedetails.pageViews" in kinds
        )


@dataclass(kw_only=True)
class Request:
    """One request of the page that concerns tracking. `status` is 0 without an answer, `failure` the browser's word for why.

    `site` is what the browser says of page and address (`same-origin`, `same-site`, `cross-site`), `off_s` how far the time in the
    body is from the time of the answer, in seconds; None where one of both is not told.
    """

    url: str
    kind: str  # "script", "base" or "edge"
    status: int = 0
    failure: str = ""
    site: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    is_json: bool = False
    from_worker: bool = False
    off_s: float | None = None
    size: int = 0
    digest: str = ""


@dataclass(kw_only=True)
class Seen:
    """One page, from its first byte until it fell quiet. Times in the page are milliseconds since its navigation began."""

    url: str
    status: int = 0
    failure: str = ""
    calls: list[Call] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    blocked: list[tuple[str, str]] = field(default_factory=list)  # by CSP: (directive, address)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # that nobody caught
    bases: list[str] = field(default_factory=list)  # base codes in the document
    has_function: bool = False
    is_running: bool = False  # the tracker has taken the function's queue over
    privacy_control: bool = False
    keeps_cookies: bool = True
    delivery: dict[str, Any] = field(default_factory=dict)  # as getDelivery tells
    config: dict[str, Any] = field(default_factory=dict)  # as getLibraryInfo tells
    hidden: list[tuple[float, float]] = field(default_factory=list)  # prehiding, from and to
    answered_ms: list[float] = field(default_factory=list)  # ends of requests to the edge
    edge_digest: str = ""  # of the tracker's script, as the edge has it

    def of(self, kind: str) -> list[Request]:
        """The requests of *kind*."""
        return [one for one in self.requests if one.kind == kind]

    def ran(self, *commands: str) -> list[Call]:
        """The calls of *commands*."""
        return [one for one in self.calls if one.command in commands]
