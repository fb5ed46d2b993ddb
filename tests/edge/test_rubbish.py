"""Inputs that nobody thought of: the edge refuses or takes them, and goes on."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pyrite.core.wire import decode, encode
from pyrite.edge.adobe.arrival import Source
from pyrite.edge.adobe.events import read
from pyrite.edge.http.problems import Problem
from pyrite.edge.settings import Limits

SOURCE = Source(
    datastream="shop",
    org="ORG",
    request_id="r",
    action="interact",
    url="/",
    cookie="",
    received_ms=1,
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "events": VALUES
        | st.lists(
            st.fixed_dictionaries(
                {}, optional=dict.fromkeys(("xdm", "data", "query", "meta"), VALUES)
            ),
            max_size=3,
        ),
        "xdm": VALUES | st.fixed_dictionaries({"identityMap": VALUES}),
        "meta": VALUES
        | st.fixed_dictionaries({"state": st.fixed_dictionaries({"entries": VALUES})}),
        "query": VALUES,
        "raw": VALUES | st.fixed_dictionaries({"commands": VALUES, "facts": VALUES}),
    },
)


def taken(content: bytes) -> None:
    refusal: Problem | None = None
    try:
        events = read(content, SOURCE, Limits()).events
    except Problem as problem:
        events, refusal = [], problem
    assert refusal is None or (400 <= refusal.status < 500 and refusal.detail)
    for event in events:
        json.loads(event.body)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_taken(content: bytes) -> None:
    taken(content)


@settings(max_examples=100, deadline=None)
@given(SHAPES)
def test_any_shape_is_refused_or_taken(body: Any) -> None:
    taken(json.dumps(body).encode())


@settings(deadline=None)
@given(VALUES)
def test_any_value_survives_the_wire(value: Any) -> None:
    text = encode(value)

    assert encode(decode(text)) == text
    assert same(json.loads(text), value)


def same(read: Any, written: Any) -> bool:
    """Whether they are equal, a float and the whole number that JavaScript writes for it included."""
    if isinstance(written, list):
        return len(read) == len(written) and all(map(same, read, written))
    if isinstance(written, dict):
        return read.keys() == written.keys() and all(
            same(read[key], written[key]) for key in written
        )
    return bool(float(read) == written if isinstance(written, float) else read == written)
