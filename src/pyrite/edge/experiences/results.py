"""What experiments came to: stored displays and goals counted by variant, and what may be said of the difference.

Not for deciding, nor for printing: the room cli does. The statistics are GrowthBook's (gbstats): an asymptotic confidence sequence,
valid however often one looks. Source: Waudby-Smith et al. 2023, https://arxiv.org/abs/2103.06476
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from ...core.decisions.audience import at, value_test
from ...core.decisions.rules import HOLDOUT
from ...core.event import part
from ...core.personalization.propositions import PROVIDER
from ...stores.contract import Event, Experiment
from .differences import FEW, FEW_CONVERSIONS, Difference, between, has_statistics, mismatch

UNKNOWN = "unknown"  # the goal of an experience that nobody knows any longer


@dataclass(kw_only=True)
class VariantResult:
    """One variant. `difference` is its rate less the baseline's, with its interval; None for the baseline, and where too few
    visitors or conversions were counted. `p` is the sequential p-value."""

    id: str
    visitors: int
    conversions: int
    difference: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None

    @property
    def rate(self) -> float:
        """Conversions by visitor, 0 to 1."""
        return self.conversions / self.visitors if self.visitors else 0.0


@dataclass(kw_only=True)
class Result:
    """One experiment: its variants, those held out first, then the `baseline`; `warnings` are sentences.

    `held_out` compares every variant with those held out, where there are several: among themselves they are compared with
    the baseline. Where it `is_known` to nobody what counts as success, conversions say nothing.
    """

    id: str
    name: str
    goal: str
    variants: list[VariantResult]
    is_known: bool = True
    baseline: str = ""
    held_out: list[Difference] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """The same as JSON has it."""
        out: dict[str, Any] = msgspec.to_builtins(self)
        for record, variant in zip(out["variants"], self.variants, strict=True):
            record["rate"] = variant.rate if self.is_known else None
            record["conversions"] = variant.conversions if self.is_known else None
        return out


class _Seen:
    """What has been seen of one experiment."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, str]] = {}  # visitor: when, and which variant
        self.mixed: set[str] = set()  # who has seen two
        self.hits: dict[str, int] = {}  # visitor: when a goal was met last

    def show(self, visitor: str, at_ms: int, variant: str) -> None:
        known = self.first.get(visitor)
        if known and known[1] != variant:
            self.mixed.add(visitor)
        if known is None or at_ms < known[0]:
            self.first[visitor] = (at_ms, variant)

    def hit(self, visitor: str, at_ms: int) -> None:
        self.hits[visitor] = max(at_ms, self.hits.get(visitor, 0))


class Counts:
    """Displays and goals of stored events, counted. *kept* are the experiences as the store knows them, their goals and weights;
    *experiences* are records for those that it does not know, and *holdout* is their percentage of visitors held out."""

    def __init__(
        self,
        experiences: list[dict[str, Any]],
        *,
        holdout: float = 0,
        kept: Iterable[Experiment] = (),
    ) -> None:
        self._records = {record["id"]: {"holdout": holdout} | record for record in experiences}
        self._versions: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        for version in kept:
            record = msgspec.json.decode(version.record)
            self._records[version.id] = record
            self._versions.setdefault(version.id, []).append((version.since_ms, record))
        self._seen: dict[str, _Seen] = {}
        self._goals: dict[str, list[tuple[str, Callable[[Any], bool]]]] = {}
        for record in self._records.values():
            goal = record.get("goal")
            if goal:
                self._goals.setdefault(goal["type"], []).append((record["id"], _goal_test(goal)))

    def add(self, events: Iterable[Event]) -> None:
        """Count *events*."""
        for event in events:
            # Most events are neither: they are told by their text, without being read.
            if '"propositionEventType"' in event.body:
                self._add_report(event)
            for id, holds in self._goals.get(event.type, ()):
                if holds(msgspec.json.decode(event.body)):
                    self._of(id).hit(event.visitor, event.made_ms)

    def _add_report(self, event: Event) -> None:
        body = msgspec.json.decode(event.body)
        decisioning = part(body, "xdm", "_experience", "decisioning")
        kinds = part(decisioning, "propositionEventType")
        listed = decisioning.get("propositions")
        for record in listed if isinstance(listed, list) else []:
            details = part(record, "scopeDetails") if isinstance(record, dict) else {}
            id = part(details, "activity").get("id")
            variant = part(details, "experience").get("id")
            ours = details.get("decisionProvider") == PROVIDER
            previewed = part(details, "characteristics").get("preview")
            if not ours or previewed or not isinstance(id, str) or not isinstance(variant, str):
                continue
            if kinds.get("display"):
                self._of(id).show(event.visitor, event.made_ms, variant)
            if kinds.get("interact") and "goal" not in self._records.get(id, {}):
                self._of(id).hit(event.visitor, event.made_ms)

    def _of(self, id: str) -> _Seen:
        return self._seen.setdefault(id, _Seen())

    def results(self) -> list[Result]:
        """What each experiment that was displayed came to, in the order of their ids; counts alone without the statistics."""
        out = []
        for id in sorted(self._seen):
            if self._seen[id].first:
                out.append(self._result(id, self._seen[id]))
        return out

    def _result(self, id: str, seen: _Seen) -> Result:
        record = self._records.get(id)
        visitors: Counter[str] = Counter()
        conversions: Counter[str] = Counter()
        for visitor, (at_ms, variant) in seen.first.items():
            if visitor not in seen.mixed:
                visitors[variant] += 1
                conversions[variant] += seen.hits.get(visitor, -1) >= at_ms
        variants = [
            VariantResult(
                id=name,
                visitors=visitors[name],
                conversions=conversions[name],
            )
            for name in _order(record or {"variants": []}, visitors)
        ]
        if record is None:
            warning = (
                "its experience is in no folder or store here, so what counts as success is not known: "
                "only visitors are told; name its folder with --experiences"
            )
            return Result(
                id=id, name=id, goal=UNKNOWN, is_known=False, variants=variants, warnings=[warning]
            )
        result = Result(
            id=id, name=record.get("name", id), goal=_goal_of(record), variants=variants
        )
        if not has_statistics():
            result.warnings.append(
                "the statistics need gbstats; pip install 'pyrite[experiments]' brings it, on Python 3.11"
            )
            return result
        _compare_all(result)
        changes = self._changes(id, min([at_ms for at_ms, _ in seen.first.values()]))
        result.warnings += _warnings(record, result, len(seen.mixed), divided=not changes[1])
        result.warnings += [warning for warning in changes if warning]
        return result

    def _changes(self, id: str, first_ms: int) -> tuple[str, str]:
        """Sentences on what was changed after the first display: of the goal, and of who was to get what; '' for nothing."""
        versions = self._versions.get(id, [])
        began = max([index for index, one in enumerate(versions) if one[0] <= first_ms], default=0)
        goal = division = ""
        for (_, before), (at_ms, after) in zip(
            versions[began:], versions[began + 1 :], strict=False
        ):
            day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
            if before.get("goal") != after.get("goal"):
                goal = (
                    f"its goal was changed on {day} from {_goal_of(before)} to {_goal_of(after)}; "
                    "conversions of all visitors are counted by the last one"
                )
            if _division(before) != _division(after):
                division = (
                    f"variants, weights or the holdout were changed on {day}; "
                    "whether visitors were divided as they should have been is not checked"
                )
        return goal, division


def _goal_of(record: dict[str, Any]) -> str:
    goal = record.get("goal")
    return str(goal["type"]) if goal else "click"


def _division(record: dict[str, Any]) -> tuple[Any, ...]:
    weights = {variant["id"]: variant["weight"] for variant in record["variants"]}
    return weights, record.get("holdout")


def _goal_test(goal: dict[str, Any]) -> Callable[[Any], bool]:
    tests = {name: value_test(condition) for name, condition in goal.get("data", {}).items()}

    def holds(body: Any) -> bool:
        return all(test(at(part(body, "data"), name)) for name, test in tests.items())

    return holds


def _order(record: dict[str, Any], visitors: Counter[str]) -> list[str]:
    """The variants: those held out first, then the baseline: one that changes nothing, else the first of the file."""
    named = [variant["id"] for variant in record["variants"]]
    names = named + sorted(set(visitors) - set(named) - {HOLDOUT})
    unchanged = [variant["id"] for variant in record["variants"] if not variant["items"]]
    weightless = {variant["id"] for variant in record["variants"] if not variant["weight"]}
    # What nobody is given any longer compares with nothing.
    variants = [name for name in unchanged + names if visitors[name] or name not in weightless]
    baseline = variants[:1]
    held_out = [HOLDOUT] if HOLDOUT in visitors else []
    return held_out + baseline + [name for name in names if name not in baseline]


def _compare_all(result: Result) -> None:
    """Compare the variants with the baseline, and with those held out: a single variant with them alone."""
    own = [one for one in result.variants if one.id != HOLDOUT]
    held_out = next((one for one in result.variants if one.id == HOLDOUT), None)
    baseline = own[0] if own and (len(own) > 1 or held_out is None) else held_out
    if baseline is None:
        return
    result.baseline = baseline.id
    for other in own:
        if other is not baseline:
            _compare(baseline, other)
    if held_out is not None and held_out is not baseline:
        result.held_out = [_difference(held_out, other) for other in own]


def _compare(baseline: VariantResult, variant: VariantResult) -> None:
    """Set what may be said of the difference between *variant* and *baseline*."""
    difference = _difference(baseline, variant)
    variant.difference, variant.interval, variant.p = (
        difference.difference,
        difference.interval,
        difference.p,
    )


def _difference(baseline: VariantResult, variant: VariantResult) -> Difference:
    return between(
        (baseline.conversions, baseline.visitors),
        (variant.conversions, variant.visitors),
        id=variant.id,
    )


def _warnings(record: dict[str, Any], result: Result, mixed: int, *, divided: bool) -> list[str]:
    out = []
    several = len(result.variants) > 1
    few = [one.id for one in result.variants if one.visitors < FEW]
    if few and several:
        out.append(
            f"fewer than {FEW} visitors of {', '.join(few)}: nothing is said of the difference yet"
        )
    unsure = [one.id for one in result.variants if one.visitors >= FEW and _is_unsure(one)]
    if unsure and several and any(one.conversions for one in result.variants):
        out.append(
            f"fewer than {FEW_CONVERSIONS} visitors of {', '.join(unsure)} have converted, or have not: "
            "nothing is said of the difference yet"
        )
    expected = _expected(record, [variant.id for variant in result.variants]) if divided else []
    counts = [one.visitors for one in result.variants]
    if expected and several and sum(counts):
        p = mismatch(counts, expected)
        if p is not None:
            shares = ", ".join(
                f"{one.id} {one.visitors:,} where {share / sum(expected) * sum(counts):,.0f} were expected"
                for one, share in zip(result.variants, expected, strict=True)
            )
            out.append(
                f"sample ratio mismatch (p = {p:.1g}): {shares}; something loses visitors of a variant, so its rate says nothing"
            )
    if mixed:
        out.append(
            f"{mixed:,} visitors have seen two variants and are left out; weights or ids were changed while it ran"
        )
    return out


def _is_unsure(one: VariantResult) -> bool:
    return min(one.conversions, one.visitors - one.conversions) < FEW_CONVERSIONS


def _expected(record: dict[str, Any], names: list[str]) -> list[float]:
    """The share of visitors that each of *names* should have; empty where that isn't known."""
    weights = {variant["id"]: float(variant["weight"]) for variant in record["variants"]}
    total = sum(weights.values())
    holdout = record.get("holdout")
    if not total or set(names) - set(weights) - {HOLDOUT} or (HOLDOUT in names and not holdout):
        return []
    rest = 100 - (holdout or 0)
    return [
        float(holdout or 0) if name == HOLDOUT else rest * weights[name] / total for name in names
    ]
