"""The events of one call of trackEvent."""

from given import raises

from pyrite.core.errors import OptionsError
from pyrite.core.jss.answer import answer
from pyrite.core.jss.batch import build_batch, id_at

BASE = "0b9f1a52-6f0f-4f4b-9c55-6a1b000000fe"


def test_each_event_is_an_event_of_the_tracker():
    batch = build_batch([{"goalId": "g", "more": 1}, {"eventId": "e"}], base=BASE)

    assert batch.places == [0, 1]
    assert batch.errors == []
    assert batch.options[0] == {
        "xdm": {"_id": BASE, "eventType": "jss.goal"},
        "carried": {"jss": {"goalId": "g", "more": 1}},
    }
    assert batch.options[1]["xdm"]["_id"] == "0b9f1a52-6f0f-4f4b-9c55-6a1b000000ff"


def test_one_event_needs_no_list():
    assert build_batch({"goalId": "g"}, base=BASE).options[0]["carried"] == {"jss": {"goalId": "g"}}


def test_what_is_wrong_is_refused_beside_the_others():
    batch = build_batch([{"goalId": ""}, {"goalId": "g"}, 3], base=BASE, unloading=True)

    told = [(error["index"], error["code"], error["path"]) for error in batch.errors]
    assert told == [(0, "jss.id", "events[0].goalId"), (2, "body.shape", "events[2]")]
    assert batch.places == [1]
    assert batch.options[0]["documentUnloading"] is True


def test_a_thousand_events_have_a_thousand_ids():
    batch = build_batch([{"goalId": "g"}] * 1000, base=BASE)

    seen = {}
    for options in batch.options:
        seen[options["xdm"]["_id"]] = 1
    assert len(seen) == 1000
    assert id_at("0B9F1A52-6F0F-4F4B-9C55-6A1BFFFFFFFF", 2).endswith("6A1B00000001")


def test_events_are_an_object_or_a_list_of_so_many():
    assert build_batch([], base=BASE).options == []
    for given in (None, "goal", 3, True, [{"goalId": "g"}] * 1001):
        error = raises(OptionsError, lambda: build_batch(given, base=BASE))
        assert error.path == "events"
        assert error.message.startswith(
            "trackEvent: options.events: expected an event, or a list of at most 1000, got "
        )


def test_the_part_answers_with_what_is_to_be_sent_or_with_why_nothing_is():
    found = answer({"options": {"events": {"goalId": "g"}}, "id": BASE})
    assert (found["places"], found["errors"]) == ([0], [])
    assert found["options"][0]["carried"] == {"jss": {"goalId": "g"}}

    error = answer({"options": {"events": 3}, "id": BASE})["error"]
    assert (error["code"], error["path"]) == ("options.invalid", "events")
