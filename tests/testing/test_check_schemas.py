"""The events of a test against their data stream's schemas."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyrite.testing import Tracking

SCHEMA = {"properties": {"data": {"properties": {"price": {"type": "number"}}}}}


@pytest.fixture(params=["refuse", "warn"])
def edge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tracking]:
    (tmp_path / "one.json").write_text(json.dumps(SCHEMA))
    stream = {"schemas": {"one": str(tmp_path / "one.json")}, "violations": request.param}
    made = Tracking({"datastreams": {"shop": stream}})
    yield made
    made.close()


def test_an_event_that_is_not_as_its_schema_says_is_named(edge: Tracking) -> None:
    path = "/ee/v1/interact?configId=shop"
    edge.post({"events": [{"xdm": {"eventType": "one"}, "data": {"price": 12}}]}, path)
    edge.check_schemas()
    edge.post({"events": [{"xdm": {"eventType": "one"}, "data": {"price": "12"}}]}, path)

    with pytest.raises(AssertionError, match=r"data\.price"):
        edge.check_schemas()


def test_without_schemas_there_is_nothing_to_check(tracking: Tracking) -> None:
    with pytest.raises(ValueError, match="expected schemas in tracking_settings"):
        tracking.check_schemas()
