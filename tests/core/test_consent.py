"""Who decides about consent, and what their words mean."""

from given import raises

from pyrite.core.errors import ConsentError
from pyrite.core.visitor.consent import consent_state, general


def adobe(value, version="1.0"):
    return {"standard": "Adobe", "version": version, "value": value}


def test_the_visitors_choice_wins_over_privacy_control_which_wins_over_the_default():
    assert consent_state(cookie="general=in", gpc=True, default="pending") == "in"
    assert consent_state(cookie="general=out", gpc=False, default="in") == "out"
    assert consent_state(cookie="general%3Dout", gpc=False, default="in") == "out"
    assert consent_state(cookie="", gpc=True, default="in") == "out"
    assert consent_state(cookie="", gpc=False, default="pending") == "pending"
    assert consent_state(cookie="general=perhaps", gpc=False, default="in") == "in"


def test_both_adobe_standards_are_understood():
    assert general([adobe({"general": "in"})]) == "in"
    assert general([adobe({"general": "out"})]) == "out"
    assert general([adobe({"collect": {"val": "y"}}, "2.0")]) == "in"
    assert general([adobe({"collect": {"val": "n"}}, "2.0")]) == "out"
    assert general([adobe({"general": "in"}), adobe({"collect": {"val": "n"}}, "2.0")]) == "out"


def test_a_consent_that_cant_be_read_is_refused():
    for consent in (
        [],
        None,
        [{}],
        [adobe({"general": "yes"})],
        [{"standard": "IAB TCF", "value": "x"}],
        ["in"],
    ):
        assert raises(ConsentError, general, consent).code == "consent.invalid"


def test_a_text_of_the_iab_is_for_the_edge_to_decode():
    iab = {"standard": "IAB TCF", "version": "2.0", "value": "CO052l", "gdprApplies": True}

    assert general([iab]) == ""
    assert general([iab, adobe({"general": "in"})]) == ""
    assert general([iab, adobe({"general": "out"})]) == "out"
    for wrong in (dict(iab, version="6.9"), dict(iab, value=""), dict(iab, standard="IAB")):
        assert "'IAB TCF'" in raises(ConsentError, general, [wrong]).message
