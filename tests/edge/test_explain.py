"""Why a visitor gets an experience or does not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.core.decisions.rules import Rules
from pyrite.core.decisions.subject import Profile, Subject
from pyrite.edge.experiences.explain import Explanation, explain

NOW_MS = 1795157627711  # a Friday, 2026-11-20T06:53:47.711Z
DAY_MS = 86_400_000
CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36"


def experience(id: str = "e", **more: Any) -> dict[str, Any]:
    return {"id": id, "scope": "__view__", "variants": [{"id": "a", "items": []}], **more}


def subject(visitor: str = "v1", **profile: Any) -> Subject:
    xdm = {
        "web": {"webPageDetails": {"URL": "https://shop.test/cart?size=7"}},
        "eventType": "view",
        "placeContext": {"localTimezoneOffset": -60},
    }
    return Subject(
        event={"xdm": xdm, "data": {"plan": "free", "n": {"m": 3}}},
        visitor=Profile(id=visitor, **profile),
        now_ms=NOW_MS,
        language="de-AT",
        agent=CHROME,
        context={"seat": 1},
    )


def why(record: dict[str, Any], **profile: Any) -> str:
    return explain([record], subject(**profile))[0].reason


AUDIENCES: list[tuple[dict[str, Any], str]] = [
    ({"path": {"is": "/home"}}, 'audience.path: expected {"is": "/home"}, saw "/cart/"'),
    ({"url": "nowhere"}, 'audience.url: expected "nowhere", saw "https://shop.test/cart?size=7"'),
    ({"type": "order"}, 'audience.type: expected "order", saw "view"'),
    ({"referrer": "search"}, 'audience.referrer: expected "search", saw ""'),
    ({"views": {"min": 9}}, 'audience.views: expected {"min": 9}, saw 2'),
    ({"days_since_first": {"min": 9}}, 'audience.days_since_first: expected {"min": 9}, saw 1.5'),
    ({"days_since_last": {"max": 9}}, 'audience.days_since_last: expected {"max": 9}, saw nothing'),
    ({"device": "mobile"}, 'audience.device: expected "mobile", saw "desktop"'),
    ({"browser": ["safari"]}, 'audience.browser: expected ["safari"], saw "chrome"'),
    ({"query": {"size": 8}}, 'audience.query.size: expected 8, saw "7"'),
    ({"data": {"plan": "pro"}}, 'audience.data.plan: expected "pro", saw "free"'),
    ({"data": {"n.m": {"max": 2}}}, 'audience.data.n.m: expected {"max": 2}, saw 3'),
    ({"xdm": {"a.b": True}}, "audience.xdm.a.b: expected true, saw nothing"),
    ({"context": {"seat": 2}}, "audience.context.seat: expected 2, saw 1"),
    ({"visitor": "returning"}, 'audience.visitor: expected "returning", saw "new"'),
    ({"consent": "in"}, 'audience.consent: expected "in", saw ""'),
    ({"language": "en"}, 'audience.language: expected "en", saw "de-at"'),
    ({"days": ["sat"]}, 'audience.days: expected ["sat"], saw "fri"'),
    ({"hours": ["09:00-17:00"]}, 'audience.hours: expected ["09:00-17:00"], saw "07:53"'),
    ({"all": [{"type": "view"}, {"consent": "in"}]}, 'audience.all[1].consent: expected "in", saw ""'),
    ({"any": [{"type": "x"}, {"views": 9}]}, 'audience.any: none holds: audience.any[0].type: expected "x", saw "view"; audience.any[1].views: expected 9, saw 2'),
    ({"not": {"type": "view"}}, 'audience.not: expected not {"type": "view"}, and that holds'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("audience", "reason"), AUDIENCES, ids=[str(number) for number in range(len(AUDIENCES))]
)
def test_the_condition_that_failed_is_told_with_what_it_saw(
    audience: dict[str, Any], reason: str
) -> None:
    profile = {"views": 2, "first_ms": NOW_MS - DAY_MS * 3 // 2}

    assert why(experience(audience={"type": "view", **audience}), **profile) == reason


OTHERS: list[tuple[dict[str, Any], str]] = [
    ({"enabled": False}, "it is not enabled"),
    ({"schedule": {"start_ms": NOW_MS + 1}}, "schedule: it starts 2026-11-20T06:53:47.712Z"),
    ({"schedule": {"end_ms": NOW_MS}}, "schedule: it ended 2026-11-20T06:53:47.711Z"),
    ({"schedule": {"days": ["mon"]}}, "schedule: its days and hours leave out 2026-11-20T06:53:47.711Z"),
    ({"cap": {"shown": 2, "hours": 1}}, "cap: expected fewer than 2 displays within 1 hours, saw 3 in all"),
    ({"variants": [{"id": "a", "weight": 0}]}, "no variant has a weight"),
    ({"holdout": 100}, "held out: given nothing, and counted"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reason"), OTHERS, ids=[str(number) for number in range(len(OTHERS))]
)
def test_what_is_no_audience_is_told_too(more: dict[str, Any], reason: str) -> None:
    shown = {"e": [1, NOW_MS - 2, NOW_MS - 1]}

    assert why(experience(**more), shown=shown) == reason


def test_shares_of_visitors_are_told() -> None:
    assert why(experience(percentage=0)).startswith(
        "percentage: it has 0 % of all visitors, and this one is at "
    )
    assert why(experience(group="g", share=[0, 0])).startswith(
        "group 'g': it has the visitors from 0 to 0 %, and this one is at "
    )


def test_of_a_group_the_one_that_goes_before_is_named() -> None:
    records = [experience("low", group="g"), experience("high", group="g", priority=5)]

    assert explain(records, subject()) == [
        Explanation(id="high", scope="__view__", variant="a"),
        Explanation(id="low", scope="__view__", reason="group 'g': 'high' goes before it"),
    ]


def test_a_long_value_is_shortened() -> None:
    assert len(why(experience(audience={"type": "x" * 5000}))) < 500


RECORDS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcdefgh")},
        optional={
            "enabled": st.booleans(),
            "priority": st.integers(0, 3),
            "group": st.sampled_from(["g", "h"]),
            "percentage": st.integers(0, 100),
            "holdout": st.integers(0, 100),
            "audience": st.sampled_from([audience for audience, _ in AUDIENCES] + [{}]),
            "cap": st.just({"shown": 1}),
        },
    ).map(lambda more: {**experience(), **more}),
    unique_by=lambda record: record["id"],
    max_size=6,
)


@settings(max_examples=50, deadline=None)
@given(records=RECORDS, visitor=st.sampled_from("uvwxyz"), holdout=st.sampled_from([0, 30]))
def test_an_explanation_says_what_a_page_is_given(
    records: list[dict[str, Any]], visitor: str, holdout: float
) -> None:
    about = subject(visitor, shown={"a": [1]})
    decided = Rules(records, holdout=holdout).decide(about, {"decisionScopes": ["__view__"]})
    found = explain(records, about, holdout=holdout)

    assert [f"PY:{one.id}:{one.variant or 'holdout'}" for one in found if one.variant or one.held_out] == [one["id"] for one in decided]  # fmt: skip
    assert len(found) == len(records)
    assert all(one.variant or one.reason for one in found)
