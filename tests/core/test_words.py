"""Values are shown as Python shows them, in their own letters."""

from pyrite.core.words import quoted


def test_a_value_is_shown_as_python_shows_it() -> None:
    values = [
        "plain",
        "it's",
        'say "x"',
        'it\'s "x"',
        "a\\b\n\r\t\x00\x7f",
        "",
        "\x85\xa0\xad\u2003\u2028\u202e\u2066\u3000\ufeff",
        5,
        None,
        True,
        [1, "a"],
        {"k": ["v"]},
    ]
    for value in values:
        assert quoted(value) == repr(value)
        assert f"{value!r}" == repr(value)


def test_letters_stay_letters() -> None:
    assert quoted("évènement größe 💎") == "'évènement größe 💎'"
    assert quoted(["é", {"ö": "ü"}]) == "['é', {'ö': 'ü'}]"
