"""Drafts events: the caller's values over the collected context.

Pure. Not for deciding whether or how it is sent: tracker.py and request.py do.
"""

from .effects import Effect, resolved
from .moment import Moment
from .wire import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Draft:
    """An event that has not left: its content, and what the caller wants of it.

    `call` is the promise to settle, None for events of our own. `renders`: what comes back is rendered. `view` is the
    name of a single-page app's view, lower case, or empty.
    """

    def __init__(
        self, *, call: object, xdm: dict[str, object], data: dict[str, object], made_ms: int
    ) -> None:
        self.call = call
        self.xdm = xdm
        self.data = data
        self.made_ms = made_ms
        self.answers = False
        self.renders = False
        self.unloading = False
        self.view_start = False
        self.options: dict[str, object] = {}
        self.page_url = ""
        self.query: dict[str, object] = {}
        self.decided = False  # by what the page has already: the edge is not asked
        self.page_settled = False  # what it asks for the page has come, or will not
        self.shown: list[dict[str, object]] = []  # what this event reports as shown
        # Propositions that it rendered from earlier answers.
        self.kept: list[dict[str, object]] = []
        self.exchanged: dict[str, object] = {}  # the bodies of its request and response

    @property
    def view(self) -> str:
        """The view's name as the cache keys it."""
        return self.view_name.lower()

    @property
    def view_name(self) -> str:
        """The view's name as the caller writes it."""
        return text_at(part(self.xdm, "web", "webPageDetails"), "viewName")

    def is_in(self, view: str) -> bool:
        """Whether it belongs to *view*, or to no view."""
        return self.view in ("", view)

    @property
    def until_rendered(self) -> bool:
        """Whether the promise waits for elements that are not there yet."""
        return self.personalization().get("untilRendered") is True

    @property
    def displays(self) -> bool:
        """Whether a display event reports what it has rendered."""
        return self.personalization().get("sendDisplayEvent") is not False

    @property
    def includes_rendered(self) -> bool:
        """Whether it reports what was shown and no other event has reported."""
        return self.personalization().get("includeRenderedPropositions") is True

    def resolved(self, value: dict[str, object]) -> list[Effect]:
        """The effect that resolves its promise with *value*; none for an automatic event."""
        return [] if self.call is None else [resolved(self.call, value)]

    def replace(self, left: dict[str, object]) -> None:
        """Be what the page's callback has *left* of this event; an id or time that it took away is this event's own."""
        xdm = part(left, "xdm")
        for name in ("_id", "timestamp"):
            value = xdm.get(name)
            if not isinstance(value, str) or not value:
                xdm[name] = self.xdm[name]
        self.xdm = xdm
        self.data = part(left, "data")
        carried = part(self.options, CARRIED)
        for name in carried:
            carried[name] = left.get(name)

    def personalization(self) -> dict[str, object]:
        """The option `personalization`, empty when it was not given."""
        value = self.options.get("personalization")
        return value if isinstance(value, dict) else {}


def draft(
    call: object,
    options: dict[str, object],
    *,
    collected: dict[str, object],
    data: dict[str, object],
    moment: Moment,
    event_id: str,
) -> Draft:
    """The event that *options* describe, over the *collected* context and *data*.

    The caller's values win. The type is `xdm.eventType`, else `type`, else `data.type`, else the page-view type for a
    view start. `_id` is *event_id* unless the caller's xdm has one: it is the key by which nothing counts twice.
    """
    xdm = merge(dict(collected), _object(options, "xdm"))
    event = Draft(
        call=call, xdm=xdm, data=merge(data, _object(options, "data")), made_ms=moment.made_ms
    )
    event.options = options
    event.page_url = moment.text("url")
    event.unloading = options.get("documentUnloading") is True
    event.view_start = options.get("viewStart") is True
    event.renders = event.view_start or options.get("renderDecisions") is True
    _name(event, options)
    if not isinstance(xdm.get("_id"), str) or not xdm["_id"]:
        xdm["_id"] = event_id
    if options.get("mergeId"):
        xdm["eventMergeId"] = options["mergeId"]
    return event


def part(value: dict[str, object], *names: str) -> dict[str, object]:
    """The object at the path *names* in *value*; an empty one where there is none."""
    for name in names:
        inner = value.get(name)
        if not isinstance(inner, dict):
            return {}
        value = inner
    return value


def text_at(value: dict[str, object], name: str) -> str:
    """The text *name* in *value*; an empty one where there is none."""
    text = value.get(name)
    return text if isinstance(text, str) else ""


def list_at(value: dict[str, object], name: str) -> "list[Any]":
    """The list *name* in *value*; an empty one where there is none."""
    items = value.get(name)
    return items if isinstance(items, list) else []


def _name(event: Draft, options: dict[str, object]) -> None:
    if isinstance(event.xdm.get("eventType"), str) and event.xdm["eventType"]:
        return
    for name in (
        options.get("type"),
        event.data.get("type"),
        PAGE_VIEW if event.view_start else "",
    ):
        if isinstance(name, str) and name:
            event.xdm["eventType"] = name
            return


CARRIED = "carried"  # what an event has for other dialects, by the names of their parts (parts.py)
PAGE_VIEW = "web.webpagedetails.pageViews"
DISPLAY = "decisioning.propositionDisplay"
INTERACT = "decisioning.propositionInteract"
LINK_CLICK = "web.webinteraction.linkClicks"


def _object(options: dict[str, object], name: str) -> dict[str, object]:
    value = options.get(name)
    return value if isinstance(value, dict) else {}
