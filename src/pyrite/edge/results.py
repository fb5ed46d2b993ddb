"""What experiments came to: stored displays and goals counted by variant, and what may be said of the difference.

Not for deciding, nor for printing: the room cli does. The statistics are GrowthBook's (gbstats): an asymptotic confidence sequence,
valid however often one looks. Source: Waudby-Smith et al. 2023, https://arxiv.org/abs/2103.06476
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..core.audience import value_test
from ..core.decide import HOLDOUT
from ..core.event import part
from ..core.personalization import PROVIDER
from ..stores.contract import Event

ALPHA = 0.05  # intervals hold in 95 of 100 experiments, at every look
MISMATCH = 0.001  # below this the visitors were not divided as they should have been
FEW = 30  # visitors of a variant: below that nothing is said of its difference


@dataclass(kw_only=True)
class VariantResult:
    """One variant. `difference` is its rate less the baseline's, with its interval; None for the baseline, and where too few
    visitors were counted. `p` is the sequential p-value."""

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
    """One experiment: its variants, the baseline first; `warnings` are sentences."""

    id: str
    name: str
    goal: str
    variants: list[VariantResult]
    warnings: list[str] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """The same as JSON has it."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        for record, variant in zip(made["variants"], self.variants, strict=True):
            record["rate"] = variant.rate
        return made


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
    """Displays and goals of stored events, counted; *experiences* are the records in force, for their goals and weights, and
    *holdout* is the percentage of all visitors who are given none of them."""

    def __init__(self, experiences: list[dict[str, Any]], *, holdout: float = 0) -> None:
        self._records = {record["id"]: {"holdout": holdout} | record for record in experiences}
        self._seen: dict[str, _Seen] = {}
        self._goals: dict[str, list[tuple[str, Callable[[Any], bool]]]] = {}
        for record in experiences:
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
        found = []
        for id in sorted(self._seen):
            if self._seen[id].first:
                found.append(self._result(id, self._seen[id]))
        return found

    def _result(self, id: str, seen: _Seen) -> Result:
        record = self._records.get(id, {"id": id, "variants": []})
        visitors: Counter[str] = Counter()
        conversions: Counter[str] = Counter()
        for visitor, (at_ms, variant) in seen.first.items():
            if visitor not in seen.mixed:
                visitors[variant] += 1
                conversions[variant] += seen.hits.get(visitor, -1) >= at_ms
        order = _order(record, visitors)
        variants = [
            VariantResult(id=name, visitors=visitors[name], conversions=conversions[name])
            for name in order
        ]
        goal = record.get("goal")
        result = Result(
            id=id,
            name=record.get("name", id),
            goal=goal["type"] if goal else "click",
            variants=variants,
        )
        if not _has_statistics():
            result.warnings.append(
                "the statistics need gbstats; pip install 'pyrite[experiments]' brings it"
            )
            return result
        for other in variants[1:]:
            _compare(variants[0], other)
        result.warnings += _warnings(record, result, len(seen.mixed))
        return result


def _has_statistics() -> bool:
    """Whether the library is installed, which is an extra: it brings scipy."""
    try:
        import gbstats  # noqa: F401
    except ImportError:
        return False
    return True


def _goal_test(goal: dict[str, Any]) -> Callable[[Any], bool]:
    tests = {name: value_test(condition) for name, condition in goal.get("data", {}).items()}

    def holds(body: Any) -> bool:
        for name, test in tests.items():
            value: Any = part(body, "data")
            for key in name.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if not test(value):
                return False
        return True

    return holds


def _order(record: dict[str, Any], visitors: Counter[str]) -> list[str]:
    """The variants, the baseline first: who was held out, else one that changes nothing, else the first of the file."""
    named = [variant["id"] for variant in record["variants"]]
    unchanged = [variant["id"] for variant in record["variants"] if not variant["items"]]
    names = named + sorted(set(visitors) - set(named))
    baseline = HOLDOUT if HOLDOUT in visitors else next(iter(unchanged + names))
    return [baseline] + [name for name in names if name != baseline]


def _compare(baseline: VariantResult, variant: VariantResult) -> None:
    """Set what may be said of the difference between *variant* and *baseline*."""
    if min(baseline.visitors, variant.visitors) < FEW:
        return
    from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest
    from gbstats.models.statistics import ProportionStatistic

    test = SequentialTwoSidedTTest(
        ProportionStatistic(sum=baseline.conversions, n=baseline.visitors),
        ProportionStatistic(sum=variant.conversions, n=variant.visitors),
        SequentialConfig(difference_type="absolute", alpha=ALPHA),
    )
    variant.difference = variant.rate - baseline.rate
    if baseline.conversions + variant.conversions == 0:
        return  # nothing varies yet
    found = test.compute_result()
    low, high = found.ci
    variant.interval = (max(-1.0, float(low)), min(1.0, float(high)))
    variant.p = float(found.p_value)


def _warnings(record: dict[str, Any], result: Result, mixed: int) -> list[str]:
    out = []
    few = [one.id for one in result.variants if one.visitors < FEW]
    if few and len(result.variants) > 1:
        out.append(
            f"fewer than {FEW} visitors of {', '.join(few)}: nothing is said of the difference yet"
        )
    expected = _expected(record, [variant.id for variant in result.variants])
    if expected and len(result.variants) > 1 and sum(one.visitors for one in result.variants):
        from gbstats.utils import check_srm

        p = float(check_srm([one.visitors for one in result.variants], expected))
        if p < MISMATCH:
            shares = ", ".join(
                f"{one.id} {one.visitors:,} where {share / sum(expected) * sum(two.visitors for two in result.variants):,.0f} were expected"
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


def _expected(record: dict[str, Any], names: list[str]) -> list[float]:
    """The share of visitors that each of *names* should have; empty where that isn't known."""
    weights = {variant["id"]: float(variant["weight"]) for variant in record["variants"]}
    total = sum(weights.values())
    held = record.get("holdout")
    if not total or set(names) - set(weights) - {HOLDOUT} or (HOLDOUT in names and not held):
        return []
    rest = 100 - (held or 0)
    return [float(held or 0) if name == HOLDOUT else rest * weights[name] / total for name in names]
