"""What is asked of the edge, and what becomes of the propositions that it answers.

Pure. Plans say which steps the page carries out; views keeps what belongs to views of a single-page app. Not for clicks on
what was rendered: interactions.py. Source: Adobe's Web SDK 2.33; where it reports an offer as shown that never was, we don't.
"""

from .actions import CLICK, DEFAULT, DOM_ACTION, REDIRECT, SCHEMAS, placed, step_of
from .event import Draft, part
from .host import host_of
from .interactions import Interactions

PAGE_SCOPE = "__view__"
PROVIDER = "PYR"  # the decision provider of Pyrite's own experiences


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


def shown_in(xdm: dict[str, object]) -> list[str]:
    """The experiences of Pyrite's own that an event with *xdm* reports as displayed; previews don't count."""
    decisioning = part(xdm, "_experience", "decisioning")
    listed = decisioning.get("propositions")
    if not part(decisioning, "propositionEventType").get("display"):
        return []
    found: list[str] = []
    for record in listed if isinstance(listed, list) else []:
        details = part(record, "scopeDetails") if isinstance(record, dict) else {}
        id = part(details, "activity").get("id")
        previewed = part(details, "characteristics").get("preview")
        ours = details.get("decisionProvider") == PROVIDER and not previewed
        if ours and isinstance(id, str) and id not in found:
            found.append(id)
    return found


class Found:
    """A redirect among propositions."""

    def __init__(self, url: str, item: dict[str, object], proposition: dict[str, object]) -> None:
        self.url = url
        self.item = str(item.get("id") or proposition.get("id") or "")
        self.proposition = proposition


class Plan:
    """The rendering of one answer for *event*: its steps, and which proposition each belongs to."""

    def __init__(self, id: str, event: Draft, interactions: Interactions) -> None:
        self.id = id
        self.event = event
        self.answer: dict[
            str, object
        ] = {}  # what the event's promise resolves with; empty while it has not been sent
        self.reports = event.personalization().get("sendDisplayEvent") is not False
        self.renders_page = True
        self.renders_view = True
        self.steps: list[dict[str, object]] = []
        self.warnings: list[str] = []
        self.redirect: Found | None = None  # then nothing else is rendered
        self.settled = False
        self._interactions = interactions
        self._owners: list[dict[str, object]] = []
        self._returned: list[tuple[dict[str, object], int, int]] = []  # with its steps, from and to
        self._shown: list[dict[str, object]] = []
        self._noted: dict[str, list[dict[str, object]]] = {}  # by id, for plans of hundreds

    def take(self, propositions: list[dict[str, object]]) -> list[dict[str, object]]:
        """*propositions* as the caller gets them, without those for other views; what is rendered becomes steps."""
        out: list[dict[str, object]] = []
        for proposition in propositions:
            if self._is_of_another_view(proposition):
                continue
            leads = self.redirect is not None and self.redirect.proposition is proposition
            if self.redirect is None and self._renders(proposition):
                out.extend(self._add(proposition))
            else:
                out.append(returned(proposition, _items(proposition), attempted=leads))
        return out

    def redirects(self, propositions: list[dict[str, object]]) -> list[Found]:
        """The redirects among *propositions* that would be rendered, in order."""
        out: list[Found] = []
        for proposition in propositions:
            if self._is_of_another_view(proposition) or not self._renders(proposition):
                continue
            for item in _items(proposition):
                if isinstance(item, dict) and item.get("schema") == REDIRECT:
                    url = part(item, "data").get("content")
                    if isinstance(url, str) and url:
                        out.append(Found(url, item, proposition))
        return out

    def outdated(self, view: str, surface: str) -> list[int]:
        """The numbers of the steps that are for another view than *view*, or another page than *surface*."""
        mine = page_surface(self.event.page_url)
        out = []
        for index in range(len(self._owners)):
            kind = scope_kind(self._owners[index])
            moved = kind == "page" and fetches_page(self.event) and mine != surface
            if moved or (kind == "view" and self.event.view != view):
                out.append(index)
        return out

    def apply(self, options: dict[str, object]) -> list[dict[str, object]]:
        """The propositions among *options* rendered at once, whatever their scope, at the places that `metadata` names for scopes.

        The page's own that have been rendered already are left out, and items that can't be rendered.
        """
        out: list[dict[str, object]] = []
        given = options.get("propositions")
        for proposition in given if isinstance(given, list) else []:
            scope = str(proposition.get("scope"))
            if scope == PAGE_SCOPE and proposition.get("renderAttempted") is True:
                continue
            place = part(options, "metadata", scope)
            kept: list[object] = [
                found
                for found in [
                    placed(item, place) for item in _items(proposition) if isinstance(item, dict)
                ]
                if found is not None
            ]
            if kept:
                out.extend(self._add(returned(short(proposition), kept, attempted=True)))
        return out

    def note_empty(self, propositions: list[dict[str, object]]) -> None:
        """Note as shown the propositions that stand for a view without offers."""
        for proposition in propositions:
            if "items" not in proposition:
                self.note(proposition)

    def finish(self, results: list[str]) -> None:
        """Note as shown each proposition with a step that the page reports as `shown`, and say so in what is returned."""
        for proposition, start, end in self._returned:
            said = results[start:end]
            if "shown" in said or self._is_default(proposition):
                self.note(proposition)
            bad = [word for word in said if word not in ("shown", "waiting")]
            if "shown" in said or start == end:
                proposition["renderStatus"] = "shown"
            else:
                proposition["renderStatus"] = "waiting" if "waiting" in said else "failed"
            if bad:
                proposition["renderProblems"] = bad

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

    def note(self, proposition: dict[str, object]) -> None:
        """Note *proposition* as shown, once."""
        record = short(proposition)
        known = self._noted.setdefault(str(record.get("id")), [])
        if record not in known:
            known.append(record)
            self._shown.append(record)

    def _is_default(self, proposition: dict[str, object]) -> bool:
        """Whether *proposition* says that the page stays as it is: that counts as shown."""
        return DEFAULT in [
            item.get("schema") for item in _items(proposition) if isinstance(item, dict)
        ]

    def _is_of_another_view(self, proposition: dict[str, object]) -> bool:
        scope = str(proposition.get("scope")).lower()
        return scope_kind(proposition) == "view" and scope != self.event.view

    def _renders(self, proposition: dict[str, object]) -> bool:
        kind = scope_kind(proposition)
        still_there = self.renders_page if kind == "page" else self.renders_view
        return self.event.renders and kind != "scope" and still_there

    def _add(self, proposition: dict[str, object]) -> list[dict[str, object]]:
        """*proposition* once with its rendered items and once with the others."""
        done: list[object] = []
        left: list[object] = []
        start = len(self.steps)
        for item in _items(proposition):
            if self._take_item(proposition, item):
                done.append(item)
            else:
                left.append(item)
        out = []
        if done:
            made = returned(proposition, done, attempted=True)
            self._returned.append((made, start, len(self.steps)))
            out.append(made)
        if left:
            out.append(returned(proposition, left, attempted=False))
        return out

    def _take_item(self, proposition: dict[str, object], item: object) -> bool:
        """Whether *item* is rendered, or noted as shown, or waits for clicks."""
        if not isinstance(item, dict):
            return False
        if item.get("schema") == DEFAULT:
            return True
        step, problem = step_of(item, key=len(self.steps))
        if problem:
            id = proposition.get("id")
            self.warnings.append(f"item {item.get('id')!r} of {id!r} is not rendered: {problem}")
        if step is None:
            return False
        record = short(proposition)
        view = str(proposition.get("scope")) if scope_kind(proposition) == "view" else ""
        if step["type"] == CLICK:
            self._interactions.await_click(
                str(step["selector"]), record, label=str(step["label"]), view=view
            )
            return True
        step["mark"] = self._interactions.number(record, str(step["item"]), view=view)
        self.steps.append(step)
        self._owners.append(proposition)
        return True


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


def fetches_page(event: Draft) -> bool:
    """Whether *event* asks for the page's own decisions."""
    scopes = part(event.query, "personalization").get("decisionScopes")
    return isinstance(scopes, list) and PAGE_SCOPE in scopes


def _items(proposition: dict[str, object]) -> list[object]:
    items = proposition.get("items")
    return items if isinstance(items, list) else []


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _unique(values: list[str]) -> list[str]:
    out: list[str] = []
    for value in values:
        if value not in out:
            out.append(value)
    return out
