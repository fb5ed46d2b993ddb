"""Clicks on what was rendered: which propositions a click belongs to, and what its interact event says.

Pure. The page puts a number of ours into an attribute of each element that an offer has changed, and tells of each click
the numbers, labels and tokens in its path (nearest first) and which awaited selectors it has met.
Source: Adobe's Web SDK 2.33, `autoCollectPropositionInteractions`, the action `click`.
"""

from ..event import INTERACT, part

ALWAYS = "always"
NEVER = "never"
# For each tracker of a page; alloy.js, which counts from 1, may be on the page too.
NUMBERS = 1000000


class Click:
    """What a click has met on its way: *marks* are the numbers in its path, *label* and *token* the nearest ones, and *met* is
    `[(index of a selector, elements between), …]`."""

    def __init__(
        self,
        *,
        marks: list[int],
        label: str = "",
        token: str = "",
        met: "list[tuple[int, int]] | None" = None,
    ) -> None:
        self.marks = marks
        self.label = label
        self.token = token
        self.met = met or []


class Interactions:
    """What the page has marked and waits for; *modes* is the option `autoCollectPropositionInteractions`, by decision provider.

    Elements carry the marks of every tracker of their page: those of the tracker at *place* follow `place * NUMBERS`.
    """

    def __init__(self, modes: dict[str, object], *, place: int = 0) -> None:
        self.modes = modes
        self._before = place * NUMBERS
        # By number, from the first of this tracker: the proposition in short, the item's id, the view.
        self._marked: list[tuple[dict[str, object], str, str]] = []
        self._numbers: dict[str, int] = {}
        self.selectors: list[str] = []  # whose clicks count, in the order that they came in
        self._awaited: dict[str, list[tuple[dict[str, object], str, str]]] = {}

    @property
    def any(self) -> bool:
        """Whether a click can count at all."""
        return bool(self._marked) or bool(self.selectors)

    def number(self, record: dict[str, object], item: str, *, view: str) -> int:
        """The number that elements changed by *item* carry, always the same; 0 where clicks on its provider's don't count."""
        if self._mode(record) == NEVER:
            return 0
        key = f"{record.get('id')}/{record.get('scope')}/{item}"
        if key not in self._numbers:
            self._marked.append((record, item, view))
            self._numbers[key] = self._before + len(self._marked)
        return self._numbers[key]

    def await_click(
        self, selector: str, record: dict[str, object], *, label: str, view: str
    ) -> None:
        """Let clicks on and inside what *selector* matches count for the proposition *record*."""
        if selector not in self._awaited:
            self.selectors.append(selector)
        others = [
            entry
            for entry in self._awaited.get(selector, [])
            if entry[0].get("id") != record.get("id")
        ]
        self._awaited[selector] = others + [(record, label, view)]

    def event_of(self, click: Click) -> dict[str, object]:
        """The `xdm` of an interact event for *click*; {} where it belongs to no proposition."""
        label = click.label
        token = click.token
        records: list[dict[str, object]] = []
        views: list[str] = []
        for mark in click.marks:
            number = mark - self._before
            if 0 < number <= len(self._marked):
                record, item, view = self._marked[number - 1]
                if self._mode(record) == ALWAYS or label or token:
                    _put(records, record, item)
                    views.append(view)
        nearest = -1
        name = ""
        for index, distance in click.met:
            for record, own, view in self._awaited[self.selectors[index]]:
                if own and (nearest < 0 or distance <= nearest):
                    name = own
                    nearest = distance
                if record not in records:
                    records.append(record)
                views.append(view)
        if not records:
            return {}
        decisioning: dict[str, object] = {
            "propositions": records,
            "propositionEventType": {"interact": 1},
        }
        action: dict[str, object] = {}
        if label or name:
            action["label"] = label or name
        if token:
            action["tokens"] = [token]
        if action:
            decisioning["propositionAction"] = action
        xdm: dict[str, object] = {
            "eventType": INTERACT,
            "_experience": {"decisioning": decisioning},
        }
        named = [view for view in views if view]
        if named:
            xdm["web"] = {"webPageDetails": {"viewName": named[0]}}
        return xdm

    def _mode(self, record: dict[str, object]) -> object:
        provider = part(record, "scopeDetails").get("decisionProvider")
        return self.modes.get(provider, NEVER) if isinstance(provider, str) else NEVER


def _put(records: list[dict[str, object]], record: dict[str, object], item: str) -> None:
    """Add *record* with *item* to *records*, where it may stand already with other items."""
    for existing in records:
        items = existing.get("items")
        if isinstance(items, list) and all([existing.get(name) == record[name] for name in record]):
            if {"id": item} not in items:
                items.append({"id": item})
            return
    fresh = dict(record)
    fresh["items"] = [{"id": item}]
    records.append(fresh)
