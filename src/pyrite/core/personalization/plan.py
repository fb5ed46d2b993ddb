"""The rendering of one answer: which steps the page carries out, whose they are, what came of them.

Pure, and in the part that renders. Not for clicks on what was rendered: interactions.py; nor for when a plan begins and
ends: renderer.py.
Source: Adobe's Web SDK 2.33; where it reports an offer as shown that never was, we don't.
"""

from ..event import part, text_at
from .actions import CLICK, build_step, placed
from .interactions import Interactions
from .propositions import PAGE_SCOPE, items_in, returned, scope_kind, short
from .schemas import DEFAULT, REDIRECT


class Found:
    """A redirect among propositions."""

    def __init__(self, url: str, item: dict[str, object], proposition: dict[str, object]) -> None:
        self.url = url
        self.item = str(item.get("id") or proposition.get("id") or "")
        self.proposition = proposition


class Plan:
    """The rendering of one answer: its steps, and which proposition each belongs to.

    *asked* says of the event that is answered: `renders`, its `view`, the `surface` of the page that it has asked for ('' for
    none), and whether the visitor is still on that `page` and `here`, in that view: what belongs to another is returned, and not
    rendered. It `lasts` where the page has not chosen the moment itself.
    """

    def __init__(self, id: str, asked: dict[str, object], interactions: Interactions) -> None:
        self.id = id
        self._asked = asked
        self.lasts = asked.get("lasts") is True
        self.steps: list[dict[str, object]] = []
        self.warnings: list[str] = []
        self.redirect: Found | None = None  # then nothing else is rendered
        self._interactions = interactions
        self._owners: list[dict[str, object]] = []
        self.returned: list[dict[str, object]] = []  # to the caller
        self._spans: list[tuple[dict[str, object], int, int]] = []  # with its steps, from and to
        self._shown: list[dict[str, object]] = []
        self._noted: dict[str, list[dict[str, object]]] = {}  # by id, for plans of hundreds

    def take(self, propositions: list[dict[str, object]]) -> None:
        """Note *propositions* as the caller gets them; what is rendered becomes steps."""
        for proposition in propositions:
            leads = self.redirect is not None and self.redirect.proposition is proposition
            if self.redirect is None and self._renders(proposition):
                self._add(proposition)
            else:
                self.returned.append(returned(proposition, items_in(proposition), attempted=leads))

    def redirects(self, propositions: list[dict[str, object]]) -> list[Found]:
        """The redirects among *propositions* that would be rendered, in order."""
        out: list[Found] = []
        for proposition in propositions:
            if not self._renders(proposition):
                continue
            for item in items_in(proposition):
                if isinstance(item, dict) and item.get("schema") == REDIRECT:
                    url = part(item, "data").get("content")
                    if isinstance(url, str) and url:
                        out.append(Found(url, item, proposition))
        return out

    def outdated(self, view: str, surface: str) -> list[int]:
        """The numbers of the steps that are for another view than *view*, or another page than *surface*."""
        mine = text_at(self._asked, "surface")
        out = []
        for index in range(len(self._owners)):
            kind = scope_kind(self._owners[index])
            moved = kind == "page" and mine not in ("", surface)
            if moved or (kind == "view" and self._asked.get("view") != view):
                out.append(index)
        return out

    def apply(self, options: dict[str, object]) -> None:
        """Render the propositions among *options* at once, whatever their scope, at the places that `metadata` names for scopes.

        The page's own that have been rendered already are left out, and items that can't be rendered.
        """
        propositions = options.get("propositions")
        proposition: dict[str, object]
        for proposition in propositions if isinstance(propositions, list) else []:
            scope = str(proposition.get("scope"))
            if scope == PAGE_SCOPE and proposition.get("renderAttempted") is True:
                continue
            place = part(options, "metadata", scope)
            items: list[object] = [
                content
                for content in [
                    placed(item, place) for item in items_in(proposition) if isinstance(item, dict)
                ]
                if content is not None
            ]
            if items:
                self._add(returned(short(proposition), items, attempted=True))

    def finish(self, results: list[str]) -> None:
        """Note as shown each proposition with a step that the page reports as `shown`, and say so in what is returned."""
        for proposition, start, end in self._spans:
            words = results[start:end]
            if "shown" in words or self._is_default(proposition):
                self.note(proposition)
            bad = [word for word in words if word not in ("shown", "waiting")]
            if "shown" in words or start == end:
                proposition["renderStatus"] = "shown"
            else:
                proposition["renderStatus"] = "waiting" if "waiting" in words else "failed"
            if bad:
                proposition["renderProblems"] = bad

    def due(self) -> list[dict[str, object]]:
        """Take the unreported displays; they count as reported from now on."""
        records = self._shown
        self._shown = []
        return records

    def problems(self, results: list[str]) -> list[str]:
        """A log line for each failed step."""
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
        records = self._noted.setdefault(str(record.get("id")), [])
        if record not in records:
            records.append(record)
            self._shown.append(record)

    def _is_default(self, proposition: dict[str, object]) -> bool:
        """Whether *proposition* says that the page stays as it is: that counts as shown."""
        return DEFAULT in [
            item.get("schema") for item in items_in(proposition) if isinstance(item, dict)
        ]

    def _renders(self, proposition: dict[str, object]) -> bool:
        kind = scope_kind(proposition)
        still_there = self._asked.get("page" if kind == "page" else "here") is True
        return self._asked.get("renders") is True and kind != "scope" and still_there

    def _add(self, proposition: dict[str, object]) -> None:
        """Note *proposition* once with its rendered items and once with the others."""
        rendered: list[object] = []
        others: list[object] = []
        start = len(self.steps)
        for item in items_in(proposition):
            if self._take_item(proposition, item):
                rendered.append(item)
            else:
                others.append(item)
        if rendered:
            copy = returned(proposition, rendered, attempted=True)
            self._spans.append((copy, start, len(self.steps)))
            self.returned.append(copy)
        if others:
            self.returned.append(returned(proposition, others, attempted=False))

    def _take_item(self, proposition: dict[str, object], item: object) -> bool:
        """Whether *item* is rendered, or noted as shown, or waits for clicks."""
        if not isinstance(item, dict):
            return False
        if item.get("schema") == DEFAULT:
            return True
        step, problem = build_step(item, key=len(self.steps))
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
