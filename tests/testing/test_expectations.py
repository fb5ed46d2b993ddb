"""What a test expects of tracking, and what a failure prints. In a browser: e2e/testing."""

import re
from typing import Any

import pytest

from pyrite.testing import Tracking

SKU = "data.sku: expected 'A-2', got 'A-1'"


def sent(tracking: Tracking, *types: str, **data: Any) -> None:
    """Have the edge store an event of each type."""
    events = [{"xdm": {"_id": f"{type}-{tracking.events!r:.1}{len(tracking.events)}-4b6e-8f11", "eventType": type}, "data": data} for type in types]  # fmt: skip
    assert tracking.post({"events": events}).status == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"sku": "A-1", "price": 12},
        {"sku": re.compile(r"-\d$"), "price": int},
        {"price": lambda price: price > 10, "tags": ["a", {"b": 1}]},
        {},
    ],
)
def test_fields_are_a_subset_of_values_patterns_types_and_functions(
    tracking: Tracking, fields: dict[str, Any]
) -> None:
    sent(tracking, "one", sku="A-1", price=12, tags=["a", {"b": 1, "c": 2}])

    assert tracking.expect_event("one", data=fields)[0].data["price"] == 12
    tracking.no_more_events()


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"sku": "A-2"}, SKU),
        ({"price": bool}, "data.price: expected a bool, got 12"),
        ({"price": True}, "data.price: expected True, got 12"),
        ({"price": re.compile("x")}, "data.price: expected a text with /x/, got 12"),
        ({"tags": ["a"]}, "data.tags: expected 1 entries, got 2"),
        ({"tags": ["a", {"b": 2}]}, "data.tags[1].b: expected 2, got 1"),
        ({"colour": str}, "data.colour: expected a str, got nothing"),
        ({"price": {"net": 1}}, "data.price: expected {'net': 1}, got 12"),
    ],
)
def test_a_failure_shows_the_nearest_event_field_by_field(
    tracking: Tracking, fields: dict[str, Any], line: str
) -> None:
    sent(tracking, "one", sku="A-1", price=12, tags=["a", {"b": 1, "c": 2}])
    sent(tracking, "two")

    with pytest.raises(AssertionError) as failed:
        tracking.expect_event("one", data=fields, within=0).check()
    text = str(failed.value)
    assert text.startswith("expected 1 event with type='one', data={")
    assert "nearest: one {" in text
    assert f"    {line}\n" in text
    assert "what else came:\n" in text
    assert "requests:\n    POST " in text


def test_more_than_were_expected_fail(tracking: Tracking) -> None:
    sent(tracking, "one", "one-more")
    sent(tracking, "one")

    with pytest.raises(AssertionError, match="expected 1 event with type='one' within 5 s, got 2"):
        tracking.expect_event("one").check()
    assert len(tracking.expect_event("one", count=2)) == 2
    assert len(tracking.expect_event("one", count=None)) == 2
    with pytest.raises(AssertionError, match="expected no event with type='one', got 2"):
        tracking.expect_no_event("one").check()
    with pytest.raises(
        AssertionError, match="expected no more events, got 1\nthese came:\n    one-more"
    ):
        tracking.no_more_events()


def test_a_block_counts_what_comes_in_it_alone(tracking: Tracking) -> None:
    sent(tracking, "one")
    with tracking.expect_event("one"):
        sent(tracking, "one")
    with tracking.expect_no_event("one"):
        pass


def test_a_call_that_nobody_looks_at_is_checked_before_the_next_one(tracking: Tracking) -> None:
    tracking.expect_event("never", within=0)

    with pytest.raises(AssertionError, match="type='never'"):
        tracking.expect_no_event()


def test_refused_events_are_printed_with_the_reason_and_harm_no_terminal(
    tracking: Tracking,
) -> None:
    assert tracking.post('{"events": [{"xdm": {"eventType": "\\u001b[2J"}}, 5]}').status in (
        200,
        207,
        400,
    )
    assert tracking.bad

    with pytest.raises(AssertionError) as failed:
        tracking.expect_event("one", within=0).check()
    assert "refused:\n    " in str(failed.value)
    assert "\x1b" not in str(failed.value)


def test_what_comes_twice_is_a_duplicate(tracking: Tracking) -> None:
    body = {"events": [{"xdm": {"_id": "aaaaaaaa-0001", "eventType": "one"}}]}
    tracking.post(body)
    tracking.post(body)

    assert [event.type for event in tracking.duplicates] == ["one"]
    tracking.expect_event("one")
