"""The rendering of one answer, and its follow-ups as data.

Pure. Events carries the follow-ups out (tracking/events.py). Not for the steps in the page: plan.py, which comes in a part.
"""

from ..effects import Effect
from ..event import DISPLAY, Draft, list_at, part
from ..moment import Moment
from .propositions import display, fetches_page, page_surface

TYPE_CHECKING = False
if TYPE_CHECKING:
    # In order: a follow-up stands in the place of its effects. A Draft has waited for its rendering, and is to be sent. A Rendering
    # needs the part that renders: see `Renderings.prepared`.
    Steps = list["Effect | Draft | Track | Rendering | Released"]


class Rendering:
    """The rendering of one answer for *event*.

    *leaves*: the event has not been sent; it leaves after the first pass. *applied* are the options of `applyPropositions`, None
    for other commands: the next event that includes rendered propositions reports what it shows.
    """

    def __init__(
        self,
        id: str,
        event: Draft,
        *,
        leaves: bool = False,
        applied: "dict[str, object] | None" = None,
    ) -> None:
        self.id = id
        self.event = event
        self.leaves = leaves
        self.applied = applied
        self.propositions: list[dict[str, object]] = []  # that it renders
        self.settled = False
        self.planned = False  # the part knows it
        self.redirects = False
        self.returned: list[dict[str, object]] = []
        self.shown: list[dict[str, object]] = []  # and not reported yet

    @property
    def reports(self) -> bool:
        """Whether a display event reports it."""
        return self.applied is None and self.event.displays

    def due(self) -> list[dict[str, object]]:
        """Take the unreported displays; they count as reported from now on."""
        records = self.shown
        self.shown = []
        return records

    def take(self, answer: dict[str, object]) -> None:
        """Take over from the part what is returned to the caller, and what was shown."""
        self.returned = list_at(answer, "returned")
        self.shown = self.shown + list_at(answer, "shown")

    def question(self, moment: Moment, *, surface: str, view: str) -> dict[str, object]:
        """What the part is asked for it; see Planner. The visitor has gone on to the page *surface* and to *view*."""
        event = self.event
        mine = page_surface(event.page_url)
        asks = fetches_page(event)
        return {
            "plan": self.id,
            # What belongs to a view or a page that the visitor has left is returned, and not rendered.
            "asked": {
                "renders": event.renders,
                "view": event.view,
                "surface": mine if asks else "",
                "page": not asks or surface in ("", mine),
                "here": event.is_in(view),
                "lasts": event.decided or bool(event.query),
            },
            "propositions": self.propositions,
            "applied": self.applied or {},
            "facts": {name: moment.facts.get(name) for name in ("url", "cookie", "cookiesEnabled")},
        }

    def report(self, shown: list[dict[str, object]], *, unloading: bool) -> "Track":
        """The display event for what was *shown*."""
        event = self.event
        xdm: dict[str, object] = {"eventType": DISPLAY, "_experience": display(shown)}
        if event.view:
            xdm["web"] = {"webPageDetails": {"viewName": event.view_name}}
        identities = part(event.xdm, "identityMap")
        if identities:
            xdm["identityMap"] = identities
        return Track({"xdm": xdm, "documentUnloading": unloading})


class Track:
    """Send an automatic event with *options*: a display."""

    def __init__(self, options: dict[str, object]) -> None:
        self.options = options


class Released:
    """A rendering has ended: look again at the events that wait for renderings."""
