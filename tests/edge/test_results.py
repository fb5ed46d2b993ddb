"""What experiments came to: counted once, compared with a test that may be looked at every day."""

import json
import random
import sys
from typing import Any

import pytest
from msgspec.structs import replace

from pyrite.edge.experiences.differences import between
from pyrite.edge.experiences.results import Counts, Result, VariantResult, _compare
from pyrite.stores.contract import Event, Experiment

# gbstats asks for pandas below 2, which has no build for later Pythons: there the extra brings nothing.
with_statistics = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="gbstats is for Python 3.11"
)

EXPERIMENT = {
    "id": "e",
    "name": "Experiment",
    "variants": [
        {"id": "old", "weight": 1, "items": []},
        {"id": "new", "weight": 1, "items": [{}]},
    ],
}


def event(type: str, visitor: str, at_ms: int, decisioning: Any = None, **data: Any) -> Event:
    """A stored event."""
    xdm = {"_experience": {"decisioning": decisioning}} if decisioning else {}
    return Event(
        datastream="shop",
        id=f"{type}-{visitor}-{at_ms}",
        type=type,
        url="",
        visitor=visitor,
        made_ms=at_ms,
        received_ms=at_ms,
        body=json.dumps({"xdm": xdm, "data": data}, separators=(",", ":")),
    )


def report(
    kind: str, visitor: str, variant: str, at_ms: int = 1, *, id: str = "e", **characteristics: Any
) -> Event:
    """A display or interact event."""
    record = {
        "id": f"PY:{id}:{variant}",
        "scopeDetails": {
            "decisionProvider": "PYR",
            "activity": {"id": id},
            "experience": {"id": variant},
            "characteristics": characteristics,
        },
    }
    return event("r", visitor, at_ms, {"propositions": [record], "propositionEventType": {kind: 1}})


def counted(*events: Event, **changes: Any) -> Result:
    counts = Counts([{**EXPERIMENT, **changes}])
    counts.add(events)
    (result,) = counts.results()
    return result


def rows(result: Result) -> dict[str, tuple[int, int]]:
    return {one.id: (one.visitors, one.conversions) for one in result.variants}


def test_a_visitor_counts_once_and_a_click_is_a_conversion() -> None:
    result = counted(
        report("display", "v1", "old"),
        report("display", "v1", "old", 2),
        report("display", "v2", "new"),
        report("interact", "v2", "new", 3),
        report("interact", "v2", "new", 4),
        report("interact", "v3", "new", 4),
    )

    assert rows(result) == {"old": (1, 0), "new": (1, 1)}
    assert result.goal == "click"


def test_a_goal_is_an_event_of_a_type_and_with_data_after_the_display() -> None:
    goal = {"type": "order", "data": {"cart.total": {"min": 50}}}
    result = counted(
        event("order", "v1", 1, cart={"total": 60}),
        report("display", "v1", "old", 2),
        report("display", "v2", "new", 2),
        event("order", "v2", 3, cart={"total": 60}),
        report("display", "v3", "new", 2),
        event("order", "v3", 3, cart={"total": 40}),
        report("interact", "v3", "new", 4),
        event("view", "v3", 5, cart={"total": 60}),
        goal=goal,
    )

    assert rows(result) == {"old": (1, 0), "new": (2, 1)}
    assert result.goal == "order"


def test_previews_and_other_providers_dont_count() -> None:
    counts = Counts([EXPERIMENT])
    other = report("display", "v2", "new")
    counts.add(
        [
            report("display", "v1", "new", preview=True),
            replace(other, body=other.body.replace("PYR", "TGT")),
        ]
    )

    assert counts.results() == []


@with_statistics
def test_who_has_seen_two_variants_is_left_out_and_told_of() -> None:
    result = counted(
        report("display", "v1", "old"),
        report("display", "v1", "new", 2),
        report("display", "v2", "new"),
    )

    assert rows(result) == {"old": (0, 0), "new": (1, 0)}
    assert "1 visitors have seen two variants" in result.warnings[-1]


def test_those_held_out_are_the_baseline() -> None:
    result = counted(
        report("display", "v1", "holdout"),
        report("display", "v2", "old"),
        holdout=50,
    )

    assert [one.id for one in result.variants] == ["holdout", "old", "new"]


@with_statistics
def test_a_difference_is_told_with_its_interval() -> None:
    old = VariantResult(id="old", visitors=10_000, conversions=1000)
    new = VariantResult(id="new", visitors=10_000, conversions=1300)
    _compare(old, new)

    assert new.difference == pytest.approx(0.03)
    assert new.interval
    low, high = new.interval
    assert 0 < low < 0.03 < high < 0.06
    assert new.p is not None
    assert new.p < 0.01


def test_of_few_visitors_nothing_is_said() -> None:
    new = VariantResult(id="new", visitors=29, conversions=29)
    _compare(VariantResult(id="old", visitors=1000, conversions=0), new)

    assert (new.difference, new.p) == (None, None)


@with_statistics
def test_too_few_visitors_are_told_of() -> None:
    result = counted(report("display", "v1", "old"), report("display", "v2", "new"))

    assert result.warnings == [
        "fewer than 30 visitors of old, new: nothing is said of the difference yet"
    ]


@with_statistics
def test_looking_every_day_does_not_find_differences_that_are_not_there() -> None:
    chance = random.Random(11)
    found = naive = 0
    for _ in range(60):
        old = VariantResult(id="old", visitors=0, conversions=0)
        new = VariantResult(id="new", visitors=0, conversions=0)
        wrong = wrong_naive = False
        for _ in range(30):
            for one in (old, new):
                one.visitors += 100
                one.conversions += sum(chance.random() < 0.2 for _ in range(100))
            _compare(old, new)
            assert new.p is not None
            wrong |= new.p < 0.05
            spread = ((old.rate * (1 - old.rate) + new.rate * (1 - new.rate)) / new.visitors) ** 0.5
            wrong_naive |= abs(new.rate - old.rate) > 1.96 * spread
        found += wrong
        naive += wrong_naive

    # Of 60 experiments without a difference 3 may be wrong; a test made for one look errs in about every fourth.
    assert found <= 3
    assert naive >= 10


@with_statistics
def test_visitors_that_were_lost_are_warned_of() -> None:
    shown = [report("display", f"o{number}", "old") for number in range(600)]
    shown += [report("display", f"n{number}", "new") for number in range(400)]
    result = counted(*shown)

    assert "sample ratio mismatch" in result.warnings[0]
    assert "old 600 where 500 were expected" in result.warnings[0]
    weights = [{"id": "old", "weight": 3, "items": []}, {"id": "new", "weight": 2, "items": [{}]}]
    assert counted(*shown, variants=weights).warnings == []


def test_without_the_statistics_counts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gbstats", None)  # as if it were not installed
    shown = [report("display", f"v{n}", "old" if n % 2 else "new") for n in range(100)]
    result = counted(*shown)

    assert rows(result) == {"old": (50, 0), "new": (50, 0)}
    assert result.warnings == [
        "the statistics need gbstats; pip install 'pyrite[experiments]' brings it, on Python 3.11"
    ]


def test_results_are_json() -> None:
    record = counted(report("display", "v1", "old"), report("interact", "v1", "old", 2)).as_record()

    assert record["variants"][0] == {
        "id": "old",
        "visitors": 1,
        "conversions": 1,
        "difference": None,
        "interval": None,
        "p": None,
        "rate": 1.0,
    }


# ---- what can't be told -------------------------------------------------------------------------------------------------

# Conversions and visitors of both; where the library can't tell, or divides by nothing, nothing is to be said.
DEGENERATE = [
    ((0, 1000), (300, 1000)),
    ((300, 1000), (0, 1000)),
    ((0, 1000), (0, 1000)),
    ((1000, 1000), (1000, 1000)),
    ((1000, 1000), (300, 1000)),
    ((0, 1000), (1000, 1000)),
    ((0, 0), (300, 1000)),
    ((300, 1000), (0, 0)),
    ((0, 0), (0, 0)),
    ((4, 1000), (300, 1000)),
    ((996, 1000), (300, 1000)),
    ((1, 1), (0, 1)),
]


@pytest.mark.parametrize(("old", "new"), DEGENERATE)
def test_where_nothing_can_be_told_nothing_is_said(
    old: tuple[int, int], new: tuple[int, int]
) -> None:
    found = between(old, new, id="new")

    assert (found.difference, found.interval, found.p) == (None, None, None)


@with_statistics
def test_what_is_beyond_doubt_is_said_without_a_warning() -> None:
    found = between((1000, 2_000_000), (1_999_000, 2_000_000), id="new")

    assert found.p == 0
    assert found.interval
    assert 0.99 < found.interval[0] < found.interval[1] <= 1


def converted(variant: str, visitors: int, conversions: int) -> list[Event]:
    """That many visitors of a variant, of whom so many click."""
    shown = [report("display", f"{variant}{n}", variant) for n in range(visitors)]
    return shown + [report("interact", f"{variant}{n}", variant, 2) for n in range(conversions)]


@with_statistics
def test_a_minimum_of_conversions_is_asked_for() -> None:
    result = counted(*converted("old", 100, 0), *converted("new", 100, 30))

    assert [(one.difference, one.interval, one.p) for one in result.variants] == [
        (None, None, None)
    ] * 2
    assert result.warnings == [
        "fewer than 5 visitors of old have converted, or have not: nothing is said of the difference yet"
    ]


# ---- baselines ----------------------------------------------------------------------------------------------------------


@with_statistics
def test_one_who_is_held_out_does_not_keep_variants_from_being_compared() -> None:
    result = counted(
        *converted("old", 100, 10),
        *converted("new", 100, 40),
        report("display", "h", "holdout"),
        holdout=1,
    )
    held_out, old, new = result.variants

    assert (held_out.id, result.baseline) == ("holdout", "old")
    assert new.difference == pytest.approx(0.3)
    assert old.difference is None
    assert [(one.id, one.difference) for one in result.held_out] == [("old", None), ("new", None)]


@with_statistics
def test_variants_are_compared_with_those_held_out_as_well() -> None:
    result = counted(
        *converted("old", 100, 20),
        *converted("new", 100, 40),
        *converted("holdout", 100, 10),
        holdout=33,
    )

    assert result.variants[2].difference == pytest.approx(0.2)
    assert [one.id for one in result.held_out] == ["old", "new"]
    assert [one.difference for one in result.held_out] == [pytest.approx(0.1), pytest.approx(0.3)]
    assert result.as_record()["held_out"][1]["difference"] == pytest.approx(0.3)


@with_statistics
def test_a_single_variant_is_compared_with_those_held_out() -> None:
    result = counted(
        *converted("new", 100, 40),
        *converted("holdout", 100, 10),
        holdout=50,
        variants=[{"id": "new", "weight": 1, "items": [{}]}],
    )

    assert result.baseline == "holdout"
    assert result.variants[1].difference == pytest.approx(0.3)
    assert result.held_out == []


@with_statistics
def test_a_control_that_nobody_is_given_is_no_baseline() -> None:
    variants = [
        {"id": "control", "weight": 0, "items": []},
        {"id": "old", "weight": 1, "items": [{}]},
        {"id": "new", "weight": 1, "items": [{}]},
    ]
    result = counted(*converted("old", 50, 10), *converted("new", 50, 20), variants=variants)

    assert result.baseline == "old"
    assert [one.difference for one in result.variants if one.id == "new"] == [pytest.approx(0.2)]


# ---- what was in force --------------------------------------------------------------------------------------------------


def version(since_ms: int, **changes: Any) -> Experiment:
    """The experiment as a store keeps it."""
    return Experiment(id="e", since_ms=since_ms, record=json.dumps({**EXPERIMENT, **changes}))


def kept(events: list[Event], *versions: Experiment, folder: Any = None) -> Result:
    counts = Counts(folder or [], kept=versions)
    counts.add(events)
    (result,) = counts.results()
    return result


ORDERS = [report("display", "v1", "new", 10), event("order", "v1", 20)]


def test_the_goal_in_force_comes_from_the_store() -> None:
    goal = {"type": "order"}
    result = kept(ORDERS, version(1, goal=goal), folder=[{**EXPERIMENT, "goal": {"type": "other"}}])

    assert (result.name, result.goal, rows(result)["new"]) == ("Experiment", "order", (1, 1))


def test_where_the_goal_is_unknown_nothing_is_claimed() -> None:
    result = kept([*ORDERS, report("interact", "v1", "new", 30)])
    record = result.as_record()

    assert not result.is_known
    assert record["goal"] == "unknown"
    assert [(one["conversions"], one["rate"]) for one in record["variants"]] == [(None, None)]
    assert "what counts as success is not known" in result.warnings[0]


@with_statistics
def test_a_goal_that_was_changed_while_it_ran_is_told_of() -> None:
    changed = version(15, goal={"type": "order"})
    result = kept(ORDERS, version(1), changed)

    assert rows(result)["new"] == (1, 1)
    assert "its goal was changed on 1970-01-01 from click to order" in result.warnings[-1]
    assert kept(ORDERS, version(1), version(5, goal={"type": "order"})).warnings[1:] == []


@with_statistics
def test_weights_that_were_changed_while_it_ran_are_not_checked() -> None:
    shown = [report("display", f"o{n}", "old", 10) for n in range(600)]
    shown += [report("display", f"n{n}", "new", 10) for n in range(400)]
    weights = [{"id": "old", "weight": 3, "items": []}, {"id": "new", "weight": 1, "items": [{}]}]
    result = kept(shown, version(1, variants=weights), version(15))

    assert len(result.warnings) == 1
    assert "weights or the holdout were changed" in result.warnings[0]
