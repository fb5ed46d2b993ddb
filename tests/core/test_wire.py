"""One text for one value, on every runtime. The texts here are the golden bytes."""

from given import raises

from pyrite.core.errors import WireError
from pyrite.core.wire import LEVELS, Json, decode, decode_object, encode, merge

GOLDEN = [
    ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
    ({"10": 0, "9": 1, "a10": 2, "a9": 3}, '{"10":0,"9":1,"a10":2,"a9":3}'),
    ([], "[]"),
    ({}, "{}"),
    ([None, True, False, 0, -1, ""], '[null,true,false,0,-1,""]'),
    ("plain", '"plain"'),
    ("ünïcödé 漢字", '"ünïcödé 漢字"'),
    ("😀", '"😀"'),
    ("😀\x01", '"😀\\u0001"'),
    ('quote " backslash \\ slash /', '"quote \\" backslash \\\\ slash /"'),
    ("\n\r\t\b\f", '"\\n\\r\\t\\b\\f"'),
    ("a \\u0041 b \\x41", '"a \\\\u0041 b \\\\x41"'),
    ("\x00\x1f\x7f", '"\\u0000\\u001f\\u007f"'),
    ("line\u2028para\u2029end", '"line\\u2028para\\u2029end"'),
    (1.0, "1"),
    (-0.0, "0"),
    (1.5, "1.5"),
    (0.1, "0.1"),
    (1757000000123, "1757000000123"),
    (9007199254740991, "9007199254740991"),
    (1e16, "10000000000000000"),
    (-9944832312638364.0, "-9944832312638364"),
    (1.5e20, "150000000000000000000"),
    (1e21, "1e21"),
    (-2.5e30, "-2.5e30"),
    (0.00001, "0.00001"),
    (0.000001, "0.000001"),
    (1e-7, "1e-7"),
    (-1.5e-9, "-1.5e-9"),
    ({"ключ": {"x": [1, [2, [3]]]}}, '{"ключ":{"x":[1,[2,[3]]]}}'),
    ((1, 2), "[1,2]"),
]


def test_every_value_has_one_text():
    for value, text in GOLDEN:
        assert encode(value) == text, (value, encode(value), text)


def test_a_text_read_and_written_again_is_the_same_text():
    for _, text in GOLDEN:
        assert encode(decode(text)) == text, text


def test_a_number_without_a_json_form_is_refused_with_its_path():
    assert (
        raises(WireError, encode, {"a": [0, {"b": float("nan")}]}).message
        == "$.a[1].b: nan has no JSON form"
    )
    assert raises(WireError, encode, {"a": float("nan")}).path == "$.a"
    assert raises(WireError, encode, [float("inf")]).path == "$[0]"


def test_escaped_pairs_become_one_character_and_lone_halves_a_replacement():
    assert decode('"\\ud83d\\ude00"') == "😀"
    assert decode('"a\\ud83dz"') == "a\ufffdz"
    assert decode('"\\ude00\\ud83d"') == "\ufffd\ufffd"
    assert decode('"\\\\ud83d"') == "\\ud83d"
    assert decode('"\\u00e9\\n"') == "é\n"


def test_what_is_not_json_is_refused_with_what_was_seen():
    assert "got '{oops'" in raises(WireError, decode, "{oops").message
    assert "expected a JSON object" in raises(WireError, decode_object, "[1]").message


def test_a_deep_value_keeps_its_shape():
    value = "end"
    for _ in range(40):
        value = {"a": [value]}

    assert decode(encode(value)) == value


def test_a_value_too_deep_for_the_runtime_is_refused_and_not_half_written():
    value = []
    for _ in range(1000):
        value = [value]

    assert "too deep" in raises(WireError, encode, value).message


def test_as_many_levels_as_every_lane_can_write_are_written_and_no_more():
    value = 1
    for _ in range(LEVELS):
        value = {"a": value}
    assert decode(encode(value)) == value

    assert "too deep" in raises(WireError, encode, [value]).message


def test_merging_goes_into_objects_and_replaces_everything_else():
    assert merge({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2]}, "d": {"e": 1}}) == {
        "a": {"b": 1, "c": [2]},
        "d": {"e": 1},
    }


def test_a_text_that_is_json_already_is_written_as_it_is():
    assert encode({"a": Json('{"z":1,"b":[ ]}')}) == '{"a":{"z":1,"b":[ ]}}'
    assert Json("[1, 2]") == [1, 2]


def test_each_separator_of_lines_is_escaped_by_itself():
    for separator, escaped in (("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        assert encode("a" + separator + "b") == '"a' + escaped + 'b"'
