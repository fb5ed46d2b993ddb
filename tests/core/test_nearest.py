"""Mistyped names find the one that was meant."""

from pyrite.core.options.suggest import did_you_mean, nearest

COMMANDS = ["configure", "event", "sendEvent", "setConsent"]


def test_a_name_with_a_typo_finds_the_known_one():
    for typed, meant in (
        ("evnt", "event"),
        ("SENDEVENT", "sendEvent"),
        ("setConsnet", "setConsent"),
        ("configrue", "configure"),
    ):
        assert nearest(typed, COMMANDS) == meant


def test_a_name_like_nothing_known_finds_none():
    assert nearest("purchase", COMMANDS) is None
    assert did_you_mean("purchase", COMMANDS) == ""


def test_the_hint_is_a_question():
    assert did_you_mean("evnt", COMMANDS) == " (did you mean 'event'?)"


def test_a_name_without_end_is_near_to_none():
    # Compared letter by letter these would take minutes.
    assert nearest("event" * 100000, COMMANDS) is None
    assert did_you_mean("x" * 65, ["x" * 66]) == ""
