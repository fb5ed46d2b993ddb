"""What is asked of the edge for personalization, and what propositions are: scopes, surfaces, views, displays.

Pure. Views keeps what belongs to views of a single-page app. Not for rendering: plan.py. Source: Adobe's Web SDK 2.33.
"""

from ..event import Draft, list_at, part
from ..urls import parse_host
from .schemas import DOM_ACTION, SCHEMAS

PAGE_SCOPE = "__view__"
PROVIDER = "PYR"  # the decision provider of Pyrite's own experiences


def build_query(event: Draft, *, fetch_page: bool) -> dict[str, object]:
    """`query.personalization` for *event*; empty when nothing is asked for."""
    options = event.personalization()
    scopes = _texts(event.options.get("decisionScopes")) + _texts(options.get("decisionScopes"))
    full = [full_surface(surface, event.page_url) for surface in _texts(options.get("surfaces"))]
    surfaces = [surface for surface in full if surface]
    if fetch_page:
        scopes = [PAGE_SCOPE] + scopes
        surfaces.append(page_surface(event.page_url))
    if not scopes and not surfaces:
        return {}
    query: dict[str, object] = {
        "schemas": SCHEMAS
        if fetch_page
        else [schema for schema in SCHEMAS if schema != DOM_ACTION],
        "decisionScopes": _unique(scopes),
        "surfaces": _unique(surfaces),
    }
    context = options.get("decisionContext")
    if isinstance(context, dict) and context:
        query["decisionContext"] = context
    return {"personalization": query}


def wants_page(event: Draft, *, first: bool) -> bool:
    """Whether *event* is to ask for the page's own decisions; *first*: no event of this page has."""
    if event.call is None:
        return False
    option = event.personalization().get("defaultPersonalizationEnabled")
    if isinstance(option, bool):
        return option
    return event.view_start or (event.answers and first)


def page_surface(url: str) -> str:
    """`web://www.example.com/path` of a page's *url*: no query, no fragment, no slash at the end."""
    host = parse_host(url)
    rest = url[url.find("://") + 3 + len(host) :].partition("#")[0].partition("?")[0]
    path = rest[rest.find("/") :] if "/" in rest else "/"
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    return f"web://{host.lower()}{path}"


def full_surface(surface: str, url: str) -> str:
    """The full form of *surface*: `#part` belongs to the page at *url*; empty when it is no surface."""
    if surface.startswith("#") and len(surface) > 1:
        return page_surface(url) + surface
    for scheme in ("web://", "webapp://"):
        if (
            surface.startswith(scheme)
            and len(surface) > len(scheme)
            and not surface.startswith(scheme + "/")
        ):
            return surface
    return ""


def scope_kind(proposition: dict[str, object]) -> str:
    """`page`, `view` or `scope` (asked for by name, never rendered by itself)."""
    scope = proposition.get("scope")
    if part(proposition, "scopeDetails", "characteristics").get("scopeType") == "view":
        return "view"
    text = scope if isinstance(scope, str) else ""
    if text == PAGE_SCOPE or (text.startswith("web://") and "#" not in text):
        return "page"
    return "scope"


def short(proposition: dict[str, object]) -> dict[str, object]:
    """What a display event says of a proposition: `{id, scope, scopeDetails}`."""
    return {
        name: proposition[name] for name in ("id", "scope", "scopeDetails") if name in proposition
    }


def display(propositions: list[dict[str, object]]) -> dict[str, object]:
    """`_experience.decisioning` that reports *propositions* (short forms) as shown."""
    return {"decisioning": {"propositions": propositions, "propositionEventType": {"display": 1}}}


def shown_in(xdm: dict[str, object]) -> list[str]:
    """The experiences of Pyrite's own that an event with *xdm* reports as displayed; previews don't count."""
    decisioning = part(xdm, "_experience", "decisioning")
    if not part(decisioning, "propositionEventType").get("display"):
        return []
    ids: list[str] = []
    for record in list_at(decisioning, "propositions"):
        details = part(record, "scopeDetails") if isinstance(record, dict) else {}
        id = part(details, "activity").get("id")
        previewed = part(details, "characteristics").get("preview")
        ours = details.get("decisionProvider") == PROVIDER and not previewed
        if ours and isinstance(id, str):
            ids.append(id)
    return _unique(ids)


class Views:
    """Propositions for views of a single-page app, kept from the answers of this page."""

    def __init__(self) -> None:
        self._by_view: dict[str, list[dict[str, object]]] = {}

    def keep(self, propositions: list[dict[str, object]]) -> None:
        """Remember the view propositions among *propositions*; those of a view that is there already are replaced."""
        fresh: dict[str, list[dict[str, object]]] = {}
        for proposition in propositions:
            if scope_kind(proposition) == "view":
                fresh.setdefault(str(proposition.get("scope")).lower(), []).append(proposition)
        self._by_view.update(fresh)

    def of(self, view: str) -> list[dict[str, object]]:
        """The propositions for *view*; for a view without any, one that only says so in a display event, as the caller named it."""
        propositions = self._by_view.get(view.lower())
        if propositions:
            return propositions
        return [{"scope": view, "scopeDetails": {"characteristics": {"scopeType": "view"}}}]


def returned(
    proposition: dict[str, object], items: list[object], *, attempted: bool
) -> dict[str, object]:
    """A copy of *proposition* with *items* and `renderAttempted`."""
    out = dict(proposition)
    out["items"] = items
    out["renderAttempted"] = attempted
    return out


def promised(event: Draft, propositions: list[dict[str, object]]) -> dict[str, object]:
    """What the promise of *event* resolves with: `{propositions, decisions}`, where decisions are those that were not rendered,
    and its bodies."""
    propositions = propositions + event.kept
    decisions = []
    for proposition in propositions:
        if proposition.get("renderAttempted") is not True:
            decisions.append(
                {key: proposition[key] for key in proposition if key != "renderAttempted"}
            )
    value: dict[str, object] = {"propositions": propositions, "decisions": decisions}
    value.update(event.exchanged)
    return value


def is_for(proposition: dict[str, object], view: str) -> bool:
    """Whether *proposition* is for *view* (in small letters), or for no view at all."""
    return scope_kind(proposition) != "view" or str(proposition.get("scope")).lower() == view


def fetches_page(event: Draft) -> bool:
    """Whether *event* asks for the page's own decisions."""
    scopes = part(event.query, "personalization").get("decisionScopes")
    return isinstance(scopes, list) and PAGE_SCOPE in scopes


def items_in(proposition: dict[str, object]) -> list[object]:
    """The items of *proposition*."""
    return list_at(proposition, "items")


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _unique(values: list[str]) -> list[str]:
    out: list[str] = []
    seen_values: dict[str, bool] = {}  # a list would take its time with a hundred thousand
    for value in values:
        if value not in seen_values:
            seen_values[value] = True
            out.append(value)
    return out
