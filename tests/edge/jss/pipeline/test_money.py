"""Amounts and currencies in the forms that clients write."""

import math
from typing import Any

import pytest

from pyrite.edge.jss.pipeline.money import amount, currency


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1337.5, 1337.5), ("1337.50", 1337.5), (0, 0), ("0", 0), ("-12.5", -12.5), ("1e3", 1000.0),
        (" 7 ", 7), (".5", 0.5), (10**15, 10**15),
        ("", None), ("1,337.50", None), ("€5", None), ("1337.50EUR", None), ("nan", None), ("inf", None),
        ("1e400", None), (10**16, None), (math.inf, None), (math.nan, None), (True, None), (None, None),
        ([], None), ({}, None), ("٣", None), ("1" * 30, None), ("0x10", None), ("1_000", None),
    ],
)  # fmt: skip
def test_an_amount_is_a_number_or_a_number_as_text(given: Any, expected: Any) -> None:
    assert amount(given) == expected
    assert type(amount(given)) is type(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("USD", "USD"), ("eur", "EUR"), (" CHF", "CHF"), ("US", None), ("USDX", None), ("", None), ("U$D", None), ("ÄÖÜ", None), (840, None), (None, None)],
)  # fmt: skip
def test_a_currency_is_three_letters(given: Any, expected: Any) -> None:
    assert currency(given) == expected
