"""What is asked of the edge, and what becomes of the propositions that it answers.

Pure. Plans say which steps the page carries out; views keeps what belongs to views of a single-page app.
Source: Adobe's Web SDK 2.33; where it reports an offer as shown that never was, we don't.
"""

from .actions import DEFAULT, DOM_ACTION, SCHEMAS, step_of
from .event import Draft, part
from .host import host_of

PAGE_SCOPE = "__view__"


def query_of(event: Draft, *, fetch_page: bool) -> dict[str, object]:
    """`query.personalization` for *event*; empty when nothing is asked for."""
    wanted = event.personalization()
    scopes = _texts(event.options.get("decisionScopes")) + _texts(wanted.get("decisionScopes"))
    surfaces = []
    for surface in _texts(wanted.get("surfaces")):
        full = surface_of(surface, event.page_url)
        if full and full not in surfaces:
            surfaces.append(full)
    if fetch_page:
        scopes = [PAGE_SCOPE] + scopes
        page = page_surface(event.page_url)
        if page not in surfaces:
            surfaces.append(page)
    if not scopes and not surfaces:
        return {}
    query: dict[str, object] = {
        "schemas": SCHEMAS
        if fetch_page
        else [schema for schema in SCHEMAS if schema != DOM_ACTION],
        "decisionScopes": _unique(scopes),
        "surfaces": surfaces,
    }
    context = wanted.get("decisionContext")
    if isinstance(context, dict) and context:
        query["decisionContext"] = context
    return {"personalization": query}


def page_surface(url: str) -> str:
    """`web://www.example.com/path` of a page's *url*: no query, no fragment, no slash at the end."""
    host = host_of(url)
    rest = url[url.find("://") + 3 + len(host) :].partition("#")[0].partition("?")[0]
    path = rest[rest.find("/") :] if "/" in rest else "/"
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    return f"web://{host.lower()}{path}"


def surface_of(surface: str, url: str) -> str:
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


class Plan:
    """The rendering of one answer for *event*: its steps, and which proposition each belongs to."""

    def __init__(self, id: str, event: Draft) -> None:
        self.id = id
        self.event = event
        self.answer: dict[
            str, object
        ] = {}  # what the event's promise resolves with; empty while it has not been sent
        self.reports = event.personalization().get("sendDisplayEvent") is not False
        self.steps: list[dict[str, object]] = []
        self._owners: list[dict[str, object]] = []
        self._shown: list[dict[str, object]] = []
        self._noted: dict[str, list[dict[str, object]]] = {}  # by id, for plans of hundreds

    def take(self, propositions: list[dict[str, object]]) -> list[dict[str, object]]:
        """*propositions* as the caller gets them, without those for other views; what is rendered becomes steps."""
        out: list[dict[str, object]] = []
        for proposition in propositions:
            kind = scope_kind(proposition)
            if kind == "view" and str(proposition.get("scope")).lower() != self.event.view:
                continue
            if self.event.renders and kind != "scope":
                out.extend(self._add(proposition))
            else:
                items = proposition.get("items")
                kept = items if isinstance(items, list) else []
                out.append(returned(proposition, kept, attempted=False))
        return out

    def note_empty(self, propositions: list[dict[str, object]]) -> None:
        """Note as shown the propositions that stand for a view without offers."""
        for proposition in propositions:
            if "items" not in proposition:
                self._note(proposition)

    def finish(self, results: list[str]) -> None:
        """Note as shown each proposition with a step that the page reports as `shown`."""
        for index in range(min(len(results), len(self._owners))):
            if results[index] == "shown":
                self._note(self._owners[index])

    def due(self) -> list[dict[str, object]]:
        """What was shown and has not been told; from now on it counts as told."""
        shown, self._shown = self._shown, []
        return shown

    def problems(self, results: list[str]) -> list[str]:
        """A line for each step that came to nothing."""
        out = []
        for index in range(min(len(results), len(self.steps))):
            if results[index] != "shown":
                step = self.steps[index]
                out.append(
                    f"{step['type']} at {step['selector']!r} was not shown: {results[index]}"
                )
        return out

    def _add(self, proposition: dict[str, object]) -> list[dict[str, object]]:
        """*proposition* once with its rendered items and once with the others."""
        done: list[object] = []
        left: list[object] = []
        items = proposition.get("items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and item.get("schema") == DEFAULT:
                done.append(item)
                self._note(proposition)
                continue
            step = step_of(item, key=len(self.steps)) if isinstance(item, dict) else None
            if step is None:
                left.append(item)
            else:
                done.append(item)
                self.steps.append(step)
                self._owners.append(proposition)
        out = []
        if done:
            out.append(returned(proposition, done, attempted=True))
        if left:
            out.append(returned(proposition, left, attempted=False))
        return out

    def _note(self, proposition: dict[str, object]) -> None:
        record = short(proposition)
        known = self._noted.setdefault(str(record.get("id")), [])
        if record not in known:
            known.append(record)
            self._shown.append(record)


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
        """The propositions for *view* (lower case); for a view without any, one that only says so in a display event."""
        kept = self._by_view.get(view)
        if kept:
            return kept
        return [{"scope": view, "scopeDetails": {"characteristics": {"scopeType": "view"}}}]


def returned(
    proposition: dict[str, object], items: list[object], *, attempted: bool
) -> dict[str, object]:
    """A copy of *proposition* with *items* and `renderAttempted`."""
    out = dict(proposition)
    out["items"] = items
    out["renderAttempted"] = attempted
    return out


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _unique(values: list[str]) -> list[str]:
    out: list[str] = []
    for value in values:
        if value not in out:
            out.append(value)
    return out
