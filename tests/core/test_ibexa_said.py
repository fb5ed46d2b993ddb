"""Ibexa's events as pages say them."""

from pyrite.core.ibexa.answer import answer
from pyrite.core.ibexa.refusal import Refused
from pyrite.core.ibexa.said import event_of, spelled_out
from pyrite.core.ibexa.waiting import Waiting, key_of

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


def asked(**options):
    return answer({"options": options, "id": UUID})


def test_the_part_answers_with_the_event_or_with_why_there_is_none():
    (options,) = asked(path="basket/1/128?lang=de", user="x", after=None, documentUnloading=True)["options"]  # fmt: skip
    assert options["xdm"] == {"_id": UUID, "eventType": "ibexa.basket"}
    assert options["carried"] == {"ibexa": {"event": "basket", "itemtype": "1", "items": ["128"], "lang": "de", "user": "x"}}  # fmt: skip

    error = asked(event="rate", itemtype=1, item=1)["error"]
    assert [error["code"], error["path"]] == ["ibexa.parameter", "rating"]


def test_a_page_takes_what_only_the_edge_can_know_and_an_id_of_ones_own():
    own = "2" + UUID[1:]
    (options,) = asked(event="share_it", itemtype=1, item="a/b", eid=own)["options"]

    assert options["xdm"] == {"_id": own, "eventType": "ibexa.share_it"}
    assert "eid" not in options["carried"]["ibexa"]
    assert asked(event="Share", itemtype=1, item=1)["error"]["code"] == "ibexa.event"


def test_what_waits_for_time_comes_step_by_step():
    whole = Waiting({"seconds": 20})
    steps = Waiting({"seconds": 20, "steps": 3})

    assert [whole.spent(2000) for _ in range(11)] == [0] * 9 + [100, 0]
    assert [steps.spent(2000) for _ in range(10)] == [0, 0, 0, 33, 0, 0, 66, 0, 0, 100]
    assert [whole.is_over, steps.is_over] == [True, True]
    assert Waiting({"seconds": 20, "steps": 10}).left_ms() == 2000
    assert Waiting({"visible": "#a"}).left_ms() == 1000


def test_a_time_in_which_nobody_can_have_looked_does_not_count():
    waiting = Waiting({"seconds": 4})

    assert [waiting.spent(ms) for ms in (2400, 3600000, -5, 1500, 100)] == [0, 0, 0, 0, 100]


def test_what_waits_for_a_share_tells_how_far_it_has_come():
    read = Waiting({"scrolled": 50})
    played = Waiting({"played": "#film"})

    assert [read.come(0.99), read.come(1.5), read.come(2)] == [0, 50, 0]
    assert [played.come(share) for share in (0.1, 0.6, 0.6, 1.0)] == [0, 50, 0, 100]


def test_the_event_says_how_far_where_that_is_more_than_once_or_a_share():
    said = {"event": "consume", "itemtype": 1, "item": 1, "eid": UUID, "after": {}}
    plain = {"event": "consume", "itemtype": 1, "item": 1}
    for after, expected in (
        ({"seconds": 1}, {"eid": UUID}),
        ({"seconds": 1, "steps": 4}, {"percentage": 25}),
        ({"scrolled": 25}, {"eid": UUID, "percentage": 25}),
    ):
        found = dict(plain)
        found.update(expected)
        assert Waiting(after).event(said, 25) == found
    assert "percentage" not in Waiting({"scrolled": 25}).event({"event": "rendered"}, 25)


def test_what_nothing_can_wait_for_is_refused():
    for after in (
        3,
        {},
        {"seconds": 0},
        {"seconds": "20"},
        {"seconds": True},
        {"seconds": 20, "scrolled": 50},
        {"scrolled": 101},
        {"scrolled": 50, "steps": 2},
        {"seconds": 20, "steps": 1.5},
        {"seconds": 20, "steps": 101},
        {"second": 20},
    ):
        try:
            Waiting(after)
            raise AssertionError(after)
        except Refused as error:
            assert error.as_record()["code"] == "ibexa.after", after


def test_the_same_event_of_an_item_and_view_has_one_key():
    said = {"event": "consume", "itemtype": 1, "item": 1}
    same = {"event": "consume", "itemtype": 1, "item": 1, "lang": "de"}
    key = key_of(said, "https://a.test/b?c#d")

    assert key == key_of(same, "https://a.test/b?c#e")
    assert key != key_of(said, "https://a.test/b?d")
    assert key != key_of({"event": "consume", "itemtype": 1, "item": 2}, "https://a.test/b?c")
