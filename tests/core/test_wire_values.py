"""Values that only a Python caller can make: they have no counterpart where the tracker is JavaScript itself."""

from given import raises

from pyrite.core.errors import WireError
from pyrite.core.wire import encode


def test_a_value_without_a_json_form_is_refused_with_its_path():
    assert (
        raises(WireError, encode, {"a": [0, {"b": {1, 2}}]}).message
        == "$.a[1].b: set has no JSON form"
    )
    assert "expected a string as key, got 1" in raises(WireError, encode, {1: 2}).message
    assert "no JSON form" in raises(WireError, encode, b"bytes").message


def test_a_whole_number_of_any_length_keeps_its_digits():
    assert encode(123456789012345678901234567890) == "123456789012345678901234567890"
