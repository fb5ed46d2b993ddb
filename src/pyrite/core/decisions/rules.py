"""Which experiences a visitor gets: the same answer wherever it is computed.

Pure. An experience is a dict as edge/experiences/folder.py reads it from a file: `{id, enabled, scope, scopeType, priority, group,
share, audience, schedule, percentage, holdout, cap, variants: [{id, weight, items}]}`. Who is in what depends on hashes of names
alone, so it stays when experiences, variants or servers are added. Each use of a hash has a first word of its own, so that no two
uses ever hash the same text, whatever the ids. Not for conditions: audience.py.
"""

from ..event import list_at
from ..personalization.propositions import PAGE_SCOPE, PROVIDER
from ..personalization.schemas import DEFAULT
from .audience import build_check, listed, parse_spans, pieces_from, weekday, within
from .hashing import finished, seed
from .subject import Subject

HOLDOUT = "holdout"
HOUR_MS = 3600000
UNIT = 4294967296  # what a hash is a part of


class Choice:
    """A variant of an experience, prepared."""

    def __init__(self, experience: dict[str, object], variant: dict[str, object]) -> None:
        self.id = str(variant["id"])
        self.weight = _number(variant, "weight", 1)
        owner = str(experience["id"])
        # With the length of the first id, for either id may hold a slash.
        self.seed = seed(f"variant/{len(owner.encode())}/{owner}/{self.id}")
        items = variant.get("items")
        characteristics: dict[str, object] = {"eventToken": f"{experience['id']}:{self.id}"}
        if experience.get("scopeType") == "view":
            characteristics["scopeType"] = "view"
        name = f"{experience['id']}-{self.id}"
        self.proposition: dict[str, object] = {
            "id": f"PY:{experience['id']}:{self.id}",
            "scope": str(experience.get("scope") or PAGE_SCOPE),
            "scopeDetails": {
                "decisionProvider": PROVIDER,
                "activity": {"id": experience["id"]},
                "experience": {"id": self.id},
                "characteristics": characteristics,
            },
            # A variant that changes nothing says so: then it is counted like the others.
            "items": items
            if isinstance(items, list) and items
            else [{"id": name, "schema": DEFAULT, "data": {}}],
        }

    def previewed(self) -> dict[str, object]:
        """The proposition, marked so that nobody counts it."""
        out = dict(self.proposition)
        details = dict(_table(out, "scopeDetails"))
        characteristics = dict(_table(details, "characteristics"))
        characteristics["preview"] = True
        details["characteristics"] = characteristics
        out["scopeDetails"] = details
        return out


class Prepared:
    """An experience, all that can be known beforehand worked out; *rank* orders all of them, the first goes first."""

    def __init__(self, experience: dict[str, object], rank: int) -> None:
        self.id = str(experience["id"])
        self.rank = rank
        self.enabled = experience.get("enabled") is not False
        self.scope = str(experience.get("scope") or PAGE_SCOPE)
        self.asked = PAGE_SCOPE if experience.get("scopeType") == "view" else self.scope
        group = experience.get("group")
        self.group = str(group) if group else ""
        self.slot = f"{self.scope}/{self.group}" if group else ""
        share = experience.get("share")
        self.share = share if isinstance(share, list) else None
        self.group_seed = seed(f"group/{group}")
        audience = _table(experience, "audience")
        self.check = build_check(audience)
        path = _table(audience, "path").get("is")
        self.paths = None if path is None else pieces_from("path", "is", listed(path))
        schedule = _table(experience, "schedule")
        self.scheduled = bool(schedule)
        self.start_ms = _number(schedule, "start_ms", 0)
        self.end_ms = _number(schedule, "end_ms", 0)
        self.days = list_at(schedule, "days")
        self.hours = parse_spans(list_at(schedule, "hours"))
        self.offsets = list_at(schedule, "offsets")
        self.percentage = _number(experience, "percentage", 100)
        self.in_seed = seed(f"percentage/{self.id}")
        self.holdout = _number(experience, HOLDOUT, -1)
        self.holdout_seed = seed(f"holdout/{self.id}")
        cap = _table(experience, "cap")
        self.cap = int(_number(cap, "shown", 0))
        self.cap_ms = int(_number(cap, "hours", 0) * HOUR_MS)
        self.choices = [
            Choice(experience, variant)
            for variant in list_at(experience, "variants")
            if isinstance(variant, dict)
        ]
        self.nothing = Choice(experience, {"id": HOLDOUT})

    def runs(self, now_ms: int) -> bool:
        """Whether its schedule lets it run at *now_ms*."""
        if (self.start_ms and now_ms < self.start_ms) or (self.end_ms and now_ms >= self.end_ms):
            return False
        if not self.days and not self.hours:
            return True
        local_ms = now_ms + _offset_ms(self.offsets, now_ms)
        if self.days and weekday(local_ms) not in self.days:
            return False
        return not self.hours or within(self.hours, local_ms)

    def is_worn(self, subject: Subject) -> bool:
        """Whether the visitor has been shown it as often as its cap allows."""
        times = subject.visitor.shown.get(self.id)
        if not times:
            return False
        since = subject.now_ms - self.cap_ms if self.cap_ms else 0
        return len([time for time in times if time > since]) >= self.cap


class Rules:
    """Experiences that have been prepared; *holdout* percent of all visitors are given none of them, and counted."""

    def __init__(self, experiences: list[dict[str, object]], *, holdout: float = 0) -> None:
        order = sorted(
            range(len(experiences)),
            key=lambda index: (-_number(experiences[index], "priority", 0), index),
        )
        self._holdout = holdout
        self._holdout_seed = seed("everything")
        self._all: dict[str, Prepared] = {}
        # By what asks for them: those that only one path can have, by that path, and the rest.
        self._by_path: dict[str, dict[str, list[Prepared]]] = {}
        self._others: dict[str, list[Prepared]] = {}
        for rank in range(len(order)):
            self._place(Prepared(experiences[order[rank]], rank))

    def _place(self, prepared: Prepared) -> None:
        self._all[prepared.id] = prepared
        if prepared.paths is None:
            self._others.setdefault(prepared.asked, []).append(prepared)
            return
        places = self._by_path.setdefault(prepared.asked, {})
        for path in prepared.paths:
            entries = places.setdefault(path, [])
            if prepared not in entries:
                entries.append(prepared)

    def decide(
        self,
        subject: Subject,
        query: dict[str, object],
        *,
        preview: "dict[str, str] | None" = None,
    ) -> list[dict[str, object]]:
        """The propositions for *subject*, the highest priority first; of a group at most one for each scope.

        *query* is the event's `query.personalization`; view scopes come along whenever the page's own do. *preview* forces
        variants, `{experience: variant}`, whatever stands against them.
        """
        forced = preview or {}
        visitor_seed = seed(subject.visitor.id)
        held_out = (
            self._holdout > 0
            and finished(visitor_seed ^ self._holdout_seed) * 100 < self._holdout * UNIT
        )
        slots: list[str] = []
        out: list[dict[str, object]] = []
        for prepared in self._candidates(subject, query, forced):
            if prepared.slot and prepared.slot in slots:
                continue
            if prepared.id in forced:
                decision = _named(prepared, forced[prepared.id])
            else:
                decision = _given(prepared, subject, visitor_seed, held_out=held_out)
            if decision is not None:
                if prepared.slot:
                    slots.append(prepared.slot)
                out.append(decision)
        return out

    def _candidates(
        self, subject: Subject, query: dict[str, object], forced: dict[str, str]
    ) -> list[Prepared]:
        """The experiences for the requested scopes and this path, by rank; forced ones first."""
        scopes: dict[str, bool] = {}  # a list would take its time with a hundred thousand scopes
        for name in ("decisionScopes", "surfaces"):
            for scope in list_at(query, name):
                if isinstance(scope, str):
                    scopes[scope] = True
        candidates: list[Prepared] = []
        for scope in scopes:
            candidates.extend(self._others.get(scope, []))
            places = self._by_path.get(scope)
            if places:
                candidates.extend(places.get(subject.path, []))
        if forced:
            named = [self._all[id] for id in sorted(forced) if id in self._all]
            first = [one for one in named if one.asked in scopes]
            return first + sorted([one for one in candidates if one not in first], key=_rank)
        return sorted(candidates, key=_rank) if len(candidates) > 1 else candidates


def _rank(prepared: Prepared) -> int:
    return prepared.rank


def _given(
    prepared: Prepared, subject: Subject, visitor_seed: int, *, held_out: bool
) -> dict[str, object] | None:
    """The proposition that the visitor gets of one experience, None for none."""
    if not prepared.enabled or (prepared.scheduled and not prepared.runs(subject.now_ms)):
        return None
    if prepared.check is not None and not prepared.check(subject):
        return None
    if prepared.share is not None:
        # Those of one group that have shares of it divide the visitors up: nobody is in two of them.
        place = finished(visitor_seed ^ prepared.group_seed) * 100 / UNIT
        if not prepared.share[0] <= place < prepared.share[1]:
            return None
    elif (
        prepared.percentage < 100
        and finished(visitor_seed ^ prepared.in_seed) * 100 >= prepared.percentage * UNIT
    ):
        return None
    if prepared.cap and prepared.is_worn(subject):
        return None
    if prepared.holdout >= 0:
        held_out = finished(visitor_seed ^ prepared.holdout_seed) * 100 < prepared.holdout * UNIT
    variant = prepared.nothing if held_out else variant_for(prepared, visitor_seed)
    return variant.proposition if variant is not None else None


def variant_for(prepared: Prepared, visitor_seed: int) -> Choice | None:
    """The variant of the visitor with that seed, always the same one; None where none has a weight.

    Each variant draws a lot of its own, and the highest wins: one that is added takes visitors from all others in proportion,
    and nobody else moves. Source: weighted rendezvous hashing, https://en.wikipedia.org/wiki/Rendezvous_hashing
    """
    choices = prepared.choices
    if len(choices) == 1:
        return choices[0] if choices[0].weight > 0 else None
    best: Choice | None = None
    highest = 0.0
    # Weights count in proportion to the greatest: powers of lots with small weights would all be 0.
    greatest = max([choice.weight for choice in choices])
    for choice in choices:
        if choice.weight > 0:
            lot = (finished(visitor_seed ^ choice.seed) + 0.5) / UNIT
            if choice.weight != greatest:
                lot = lot ** (greatest / choice.weight)
            if lot > highest:
                best = choice
                highest = lot
    return best


def _named(prepared: Prepared, variant: str) -> dict[str, object] | None:
    for choice in prepared.choices + [prepared.nothing]:
        if choice.id == variant:
            return choice.previewed()
    return None


def _offset_ms(offsets: list[object], now_ms: int) -> int:
    """How far the clock of a schedule's time zone is ahead of UTC at *now_ms*; *offsets* are `[from_ms, minutes]`, in order."""
    minutes = 0
    for pair in offsets:
        if isinstance(pair, list) and pair[0] <= now_ms:
            minutes = pair[1]
    return minutes * 60000


def _table(record: dict[str, object], name: str) -> dict[str, object]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _number(record: dict[str, object], name: str, default: float) -> float:
    value = record.get(name)
    return value if isinstance(value, (int, float)) else default
