"""The addresses of the dialect, and what each asks for.

Pure.
"""

from starlette.types import Scope

from ..http.call import Route, path_of
from ..settings import Jss
from ..settings.jss import LAYOUT as LAYOUT_SERVICE
from ..settings.jss import TRACKER

EVENT, FLUSH, HUMAN, LAYOUT, PROFILE, WHY = (
    "jss.event",
    "jss.flush",
    "jss.human",
    "jss.layout",
    "jss.profile",
    "jss.why",
)
ASKING = (PROFILE, WHY)  # they bring nothing
SERVICES = {EVENT: TRACKER, FLUSH: TRACKER, LAYOUT: LAYOUT_SERVICE}
PROBES = ("/layouts/system/visitoridentificationcss.aspx", "/layouts/system/vichecker.aspx")
UNKNOWN = Route("")


class Addresses:
    """The addresses that settings say; in *development* what a caller may ask about itself, too."""

    def __init__(self, jss: Jss, *, development: bool) -> None:
        track = "/" + jss.path.strip("/").lower()
        layout = "/" + jss.layout_path.strip("/").lower()
        self._bases = (track + "/", layout + "/")
        self._routes = {
            f"{track}/event": Route(EVENT),
            f"{track}/flush": Route(FLUSH, ("GET", "POST")),
            f"{layout}/jss": Route(LAYOUT, ("GET",)),
        }
        if development:
            self._routes[f"{track}/profile"] = Route(PROFILE, ("GET",))
            self._routes[f"{track}/why"] = Route(WHY, ("GET",))
        if jss.enabled:
            self._routes |= dict.fromkeys(PROBES, Route(HUMAN, ("GET",)))

    def find(self, scope: Scope) -> Route | None:
        """What the address of a request asks for, in any case; UNKNOWN where it is below one of the paths and asks for nothing."""
        path = path_of(scope).lower()
        return self._routes.get(path) or (UNKNOWN if path.startswith(self._bases) else None)
