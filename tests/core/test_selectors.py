"""Alloy's selector language, taken apart."""

from given import raises

from pyrite.core.errors import SelectorError
from pyrite.core.personalization.selectors import parse_selector


def step(css, eq=None, shadow=False):
    return {"css": css, "eq": eq, "shadow": shadow}


def test_plain_css_is_one_step():
    assert parse_selector(" #a .b > c ") == [step("#a .b > c")]


def test_eq_splits():
    assert parse_selector("#a:eq(2) > .b:eq(0) p") == [step("#a", 2), step("> .b", 0), step("p")]


def test_shadow_steps_into_roots_also_after_eq():
    assert parse_selector("x-a:shadow x-b:eq(1):shadow > p") == [
        step("x-a", shadow=True),
        step("x-b", 1, True),
        step("> p"),
    ]


def test_ids_that_begin_with_a_digit_are_escaped_beside_eq_only():
    assert parse_selector("#123:eq(0)") == [step("#\\31 23", 0)]
    assert parse_selector("#123") == [step("#123")]
    assert parse_selector('a[href="x.5"]:eq(0)') == [step('a[href="x.5"]', 0)]


def test_what_cant_be_read_is_refused():
    for selector in ("", "  ", "a:eq(x)", ":eq(1)", ":shadow p"):
        raises(SelectorError, parse_selector, selector)
