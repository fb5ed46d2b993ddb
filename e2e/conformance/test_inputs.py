"""Inputs that nobody thought of, and some that somebody did: every lane makes the same bytes of them as CPython."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

CORE_TESTS = Path(__file__).resolve().parents[2] / "tests" / "core"

CHOSEN = [
    {},
    [],
    [[], {}, [[]], {"a": {}}],
    {"10": 0, "9": 1, "1": 2, "a": 3, "-1": 4, "01": 5},
    "ünïcödé 漢字 😀 👩‍👩‍👧 \u2028 \u2029 \ufeff \u200b",
    "".join(chr(code) for code in range(0x20)) + "\x7f\x80\x9f",
    {"😀": 1, "\uffee": 2, "z": 3},
    [
        0,
        -1,
        1.0,
        -0.0,
        0.1,
        1.5e300,
        1e21,
        1e-7,
        123456789.125,
        2**53,
        -(2**53),
        1e16,
        1 / 3,
    ],
    {"constructor": 1, "toString": {"valueOf": 2}, "hasOwnProperty": None},
    "a=b; kndctr_x_consent=general%3Din; a=c",
    "#a:eq(0) > .1b:shadow p:eq(2)",
    "https://[::1]:8000/a/b/?q#f",
    [None, True, False, "", "null", "\\u0041", '"', "\\", "</script>"],
]
# As JSON.stringify writes them: numbers are doubles, texts have no halves of pairs.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(
    allow_nan=False, allow_infinity=False, allow_subnormal=False
)
NAMES = TEXT.filter(lambda name: name != "__proto__")
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
EXAMPLES = 150


def breaks_brython(text: str) -> bool:
    """What Brython 3.14 can't hold: its dicts are JavaScript objects, which this name breaks, and a key beyond U+FFFF that was cut out of a text is lost in them."""
    return '"hasOwnProperty"' in text or any(ord(char) > 0xFFFF for char in text)


def inputs() -> list[str]:
    """JSON texts: the chosen ones, and as many that hypothesis makes, the same each time."""
    made: list[Any] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(VALUES)
    def collect(value: Any) -> None:
        made.append(value)

    collect()
    values = [*CHOSEN, *made]
    plain = [value for value in values if isinstance(value, str)]
    return [json.dumps(value, ensure_ascii=False) for value in values] + plain


@pytest.fixture(scope="module")
def expected() -> tuple[list[str], list[str]]:
    """The inputs, and what CPython makes of them."""
    sys.path.insert(0, str(CORE_TESTS))
    import probe

    texts = inputs()
    return texts, [probe.answered(text) for text in texts]


@pytest.mark.parametrize("lane", ["compiled", "micropython", "pyodide", "brython"])
def test_every_lane_makes_the_same_bytes_of_any_input(
    prepared: Callable[[], None], page: Page, lane: str, expected: tuple[list[str], list[str]]
) -> None:
    pairs = list(zip(*expected, strict=True))
    if lane == "brython":
        pairs = [pair for pair in pairs if not breaks_brython(pair[0])]
    texts, wanted = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    made = page.evaluate("(texts) => window.probe(texts)", texts)
    differing = [
        (text, one, other)
        for text, one, other in zip(texts, made, wanted, strict=True)
        if one != other
    ]

    assert len(texts) > EXAMPLES / 4
    assert differing == [], f"{len(differing)} of {len(texts)}; the first: {differing[0]}"
