"""The command trackEvent: events in the outbox with the part's help and without, one promise for all of them."""

from given import configured, moment, settled

from pyrite.core.effects import Load, Send, Serve, kind
from pyrite.core.jss.answer import answer
from pyrite.core.tracker import Tracker
from pyrite.core.wire import decode, decode_object, encode

GOALS = [{"goalId": "a", "more": 1}, {"goalId": ""}, {"eventId": "b"}]


def part(given):
    """The part, as a page has it."""
    return encode(answer(decode_object(given)))


def kinds(effects, name):
    return [effect for effect in effects if kind(effect) == name]


def called(tracker: Tracker, options, **facts):
    return tracker.command(7, "trackEvent", options, moment(**facts), event_id="0b9f1a52-6f0f-4f4b-9c55-6a1b000000fe")  # fmt: skip


def bodies(effects):
    return [decode(effect.body)["events"] for effect in effects if isinstance(effect, Send)]


def flushed(tracker: Tracker, effects):
    """Effects of the timers that *effects* ask for, but of the outbox's own clock."""
    timers = [effect.timer for effect in kinds(effects, "Later") if effect.timer[1] == "flush"]
    return tracker.on_timer(timers[-1], moment())


def test_the_events_of_a_call_leave_in_one_body_in_their_order():
    tracker = configured()
    effects = called(tracker, {"events": GOALS})
    (load,) = [effect for effect in effects if isinstance(effect, Load)]
    assert (load.part, load.url) == ("jss", "https://edge.site.test/")
    effects = tracker.loaded("jss", part, "", moment())
    assert bodies(effects) == []
    (events,) = bodies(flushed(tracker, effects))

    assert [event["jss"] for event in events] == [GOALS[0], GOALS[2]]
    assert [event["xdm"]["eventType"] for event in events] == ["jss.goal", "jss.event"]
    assert events[1]["xdm"]["_id"].endswith("000100")
    assert events[0]["xdm"]["web"]["webPageDetails"]["URL"] == "https://www.site.test/page?a=1"


def test_one_promise_ends_when_all_events_have():
    tracker = configured()
    called(tracker, {"events": GOALS})
    sent = flushed(tracker, tracker.loaded("jss", part, "", moment()))
    (send,) = kinds(sent, "Send")
    answered = '{"handle":[],"errors":[{"type":"https://pyrite.dev/problems/jss.unknown","status":422,"title":"no b","detail":"$.x","report":{"eventIndex":1}}]}'
    effects = tracker.answered(send.request, status=207, text=answered, retry_after="", moment=moment())  # fmt: skip
    ok, value = settled(effects, 7)

    assert ok
    told = [(error["index"], error["code"], error["path"]) for error in value["errors"]]
    assert told == [(1, "jss.id", "events[1].goalId"), (2, "jss.unknown", "$.x")]
    assert len(decode_object(encode(value))["requestBody"]["events"]) == 2


def test_where_all_are_refused_the_promise_is_rejected_as_the_originals():
    tracker = configured()
    called(tracker, {"events": {"goalId": "a"}})
    (send,) = kinds(tracker.loaded("jss", part, "", moment()), "Send")
    problem = (
        '{"code":"jss.unknown","detail":"no a","path":"$.events[0].jss","status":422,"report":{}}'
    )
    effects = tracker.answered(send.request, status=422, text=problem, retry_after="", moment=moment())  # fmt: skip
    ok, value = settled(effects, 7)

    assert not ok
    assert (value["code"], value["status"], value["response"]) == ("jss.unknown", 422, {"status": 422})  # fmt: skip


def test_without_the_part_events_leave_as_they_were_given():
    tracker = configured()
    called(tracker, {"events": GOALS})
    (events,) = bodies(flushed(tracker, tracker.loaded("jss", None, "404", moment())))

    assert [event["jss"] for event in events] == GOALS


def test_a_page_that_is_left_does_not_wait_for_the_part():
    tracker = configured()
    called(tracker, {"events": GOALS})
    (events,) = bodies(tracker.leaving(moment()))
    assert [event["jss"] for event in events] == GOALS

    assert tracker.loaded("jss", part, "", moment()) == []


def test_the_part_is_loaded_once():
    tracker = configured()
    called(tracker, {"events": GOALS})
    tracker.loaded("jss", part, "", moment())

    assert kinds(called(tracker, {"events": GOALS}), "Load") == []


def test_no_events_are_no_request():
    tracker = configured()
    called(tracker, {"events": []})
    effects = tracker.loaded("jss", part, "", moment())

    assert settled(effects, 7) == (True, {"errors": []})
    assert kinds(effects, "Send") == []


def test_another_service_is_the_parts():
    tracker = configured()
    for options in ({"events": [], "host": "https://s.test"}, {"events": [], "action": "flush"}):
        called(tracker, options)
        effects = tracker.loaded("jss", part, "", moment()) + called(tracker, options)
        serve = [effect for effect in effects if isinstance(effect, Serve)][0]
        assert (serve.part, serve.origin) == ("jss", "https://edge.site.test")


def test_another_service_needs_the_part():
    tracker = configured()
    called(tracker, {"events": [], "host": "https://s.test"})
    ok, value = settled(tracker.loaded("jss", None, "404", moment()), 7)

    assert (ok, value["code"]) == (False, "network.failed")


def test_without_consent_nothing_leaves():
    tracker = configured(defaultConsent="out")
    effects = called(tracker, {"events": GOALS})
    assert settled(effects, 7) == (True, {})

    pending = configured(defaultConsent="pending")
    assert called(pending, {"events": [], "host": "https://s.test"}) == []
    effects = called(pending, {"events": GOALS}) + pending.loaded("jss", part, "", moment())
    assert kinds(effects + pending.leaving(moment()), "Send") == []
