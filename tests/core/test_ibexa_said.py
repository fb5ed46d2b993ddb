"""Ibexa's events as pages say them."""

from pyrite.core.ibexa.refusal import Refused
from pyrite.core.ibexa.said import event_of, spelled_out

UUID = "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"
GOOD = (
    ({"event": "click", "itemtype": 1, "item": 77}, ["click", "_me", 1, ["77"], {}, {}]),
    ({"kind": "click", "itemtype": "1", "items": [77, "78"], "user": "a\u20acb"}, ["click", "a\u20acb", 1, ["77", "78"], {}, {}]),
    ({"event": "rendered", "itemtype": 1, "item": [1, 2], "scenario": "top"}, ["rendered", "_me", 1, ["1", "2"], {"scenario": "top"}, {}]),
    ({"event": "buy", "itemtype": 1, "item": 7.0, "quantity": 2, "fullprice": "12.45EUR", "gift": True}, ["buy", "_me", 1, ["7"], {"quantity": "2", "fullprice": "12.45EUR"}, {"gift": "true"}]),
    ({"event": "consume", "itemtype": 1, "item": 7, "percentage": 0, "after": {"seconds": 2}}, ["consume", "_me", 1, ["7"], {"percentage": "0"}, {}]),
    ({"event": "click", "itemtype": 1, "item": 7, "lang": None, "user": "not_defined"}, ["click", "not_defined", 1, ["7"], {}, {}]),
    ({"event": "triggeropened", "triggername": "T1"}, ["triggeropened", "_me", 0, [], {"triggername": "T1"}, {}]),
    ({"path": "basket/1/128"}, ["basket", "_me", 1, ["128"], {}, {}]),
    ({"path": "/clickrecommended/1/7%2C8?scenario=top+five", "user": "x"}, ["clickrecommended", "x", 1, ["7", "8"], {"scenario": "top five"}, {}]),
    ({"path": "consume/1/128?percentage=10", "percentage": 20}, ["consume", "_me", 1, ["128"], {"percentage": "20"}, {}]),
)  # fmt: skip
BAD = (
    ({}, "event"),
    ({"event": "clik", "itemtype": 1, "item": 7}, "event"),
    ({"event": "click", "item": 7}, "item"),
    ({"event": "click", "itemtype": 1}, "item"),
    ({"event": "click", "itemtype": 1, "items": []}, "item"),
    ({"event": "click", "itemtype": 1, "item": True}, "item"),
    ({"event": "click", "itemtype": 1, "item": [[1]]}, "parameter"),
    ({"event": "click", "itemtype": 1, "item": {"id": 1}}, "parameter"),
    ({"event": "click", "itemtype": 1, "item": 7, "user": ".."}, "user"),
    ({"event": "click", "itemtype": 1, "item": 7, "user": "a\\b"}, "address"),
    ({"event": "rate", "itemtype": 1, "item": 7}, "parameter"),
    ({"event": "rate", "itemtype": 1, "item": 7, "rating": 101}, "parameter"),
    ({"event": "rate", "itemtype": 1, "item": 7, "rating": 7.5}, "parameter"),
    ({"event": "login"}, "user"),
    ({"event": "login", "target": "_me"}, "user"),
    ({"path": "basket/1"}, "address"),
    ({"path": "basket/1/2/3"}, "address"),
    ({"path": "basket/1/a"}, "item"),
    ({"path": "%ff/1/2"}, "address"),
)  # fmt: skip


def refusal(said):
    try:
        event_of(said, customer="1")
    except Refused as error:
        return error.as_record()["code"].replace("ibexa.", "")
    return "none"


def test_what_pages_say_is_what_addresses_say():
    for said, expected in GOOD:
        event = event_of(said, customer="1")
        assert [
            event.kind,
            event.user,
            event.itemtype,
            event.items,
            event.parameters,
            event.extra,
        ] == expected, said


def test_what_is_no_event_is_refused_with_its_reason():
    for said, reason in BAD:
        assert [said, refusal(said)] == [said, reason]


def test_a_login_is_the_devices_unless_it_names_a_source():
    event = event_of({"event": "login", "target": "john", "lang": "de"}, customer="1")

    assert [event.user, event.target, event.extra] == ["_me", "john", {"lang": "de"}]
    assert event_of({"event": "transfer", "user": "a", "target": "b"}, customer="1").user == "a"


def test_parameters_of_every_event_stand_apart():
    event = event_of({"path": "click/1/2", "eid": UUID.upper(), "token": "t"}, customer="1")

    assert [event.eid, event.token, event.extra] == [UUID, "t", {}]


def test_ids_of_items_may_be_texts_and_codes_ones_own():
    said = {"event": "share", "itemtype": 3, "items": ["a/b", "c"]}

    assert event_of(said, customer="1", custom=("share",), numeric=False).items == ["a/b", "c"]


def test_a_path_is_spelled_out_and_what_stands_beside_it_wins():
    said = {"path": "basket/1/5?lang=de", "lang": "fr", "after": {"seconds": 1}}

    assert spelled_out(said) == {"event": "basket", "itemtype": "1", "items": ["5"], "lang": "fr", "after": {"seconds": 1}}  # fmt: skip
