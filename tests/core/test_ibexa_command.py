"""The command ibexa: one event in the outbox with the part's help and without, or the part's when it waits."""

from given import configured, moment, settled

from pyrite.core.effects import Load, Send, Serve
from pyrite.core.ibexa.answer import answer
from pyrite.core.wire import decode, decode_object, encode

CLICK = {"event": "click", "itemtype": 1, "item": 128, "lang": "de"}
ID = "0b9f1a52-6f0f-4f4b-9c55-6a1b000000fe"


def part(given):
    """The part, as a page has it."""
    return encode(answer(decode_object(given)))


def called(tracker, options, **facts):
    return tracker.command(7, "ibexa", options, moment(**facts), event_id=ID)


def sent(effects):
    return [decode(effect.body)["events"] for effect in effects if isinstance(effect, Send)]


def test_the_part_is_loaded_once_and_the_event_leaves_with_what_the_page_knows():
    tracker = configured()
    effects = called(tracker, CLICK)
    (load,) = [effect for effect in effects if isinstance(effect, Load)]
    assert (load.part, load.url) == ("ibexa", "https://edge.site.test/")
    ((event,),) = sent(tracker.loaded("ibexa", part, "", moment()))

    assert event["ibexa"] == CLICK
    assert (event["xdm"]["_id"], event["xdm"]["eventType"]) == (ID, "ibexa.click")
    assert event["xdm"]["web"]["webPageDetails"]["URL"] == "https://www.site.test/page?a=1"


def test_its_promise_ends_as_that_of_an_event():
    tracker = configured()
    called(tracker, CLICK)
    (send,) = [effect for effect in tracker.loaded("ibexa", part, "", moment()) if isinstance(effect, Send)]  # fmt: skip
    ok, value = settled(tracker.answered(send.request, status=200, text='{"requestId":"r","handle":[]}', retry_after="", moment=moment()), 7)  # fmt: skip

    assert ok
    assert sorted(value) == ["decisions", "errors", "propositions", "requestBody", "responseBody"]


def test_what_is_no_event_is_refused_in_the_page():
    tracker = configured()
    called(tracker, {"event": "rate", "itemtype": 1, "item": 1})
    effects = tracker.loaded("ibexa", part, "", moment())
    ok, value = settled(effects, 7)

    assert (ok, value["code"], value["path"]) == (False, "ibexa.parameter", "rating")
    assert sent(effects) == []


def test_what_the_edge_refuses_has_the_edges_code():
    tracker = configured()
    called(tracker, CLICK)
    (send,) = [effect for effect in tracker.loaded("ibexa", part, "", moment()) if isinstance(effect, Send)]  # fmt: skip
    problem = (
        '{"code":"ibexa.customer","detail":"none","path":"ibexa.customer","status":422,"report":{}}'
    )
    ok, value = settled(tracker.answered(send.request, status=422, text=problem, retry_after="", moment=moment()), 7)  # fmt: skip

    assert (ok, value["code"], value["status"]) == (False, "ibexa.customer", 422)


def test_without_the_part_and_on_a_page_that_is_left_it_leaves_as_it_was_given():
    for ended in (
        lambda tracker: tracker.loaded("ibexa", None, "404", moment()),
        lambda tracker: tracker.leaving(moment()),
    ):
        tracker = configured()
        called(tracker, CLICK)
        ((event,),) = sent(ended(tracker))
        assert (event["ibexa"], event["xdm"]["_id"]) == (CLICK, ID)


def test_an_event_that_waits_is_the_parts_and_leaves_nothing_behind():
    waits = dict(CLICK)
    waits["after"] = {"seconds": 20}
    tracker = configured()
    called(tracker, waits)
    effects = tracker.loaded("ibexa", part, "", moment())
    (serve,) = [effect for effect in effects if isinstance(effect, Serve)]
    assert (serve.call, serve.part) == (7, "ibexa")

    tracker = configured()
    called(tracker, waits)
    effects = tracker.leaving(moment())
    assert sent(effects) == []
    assert settled(effects, 7)[0] is False


def test_without_consent_nothing_leaves():
    tracker = configured(defaultConsent="out")
    effects = called(tracker, CLICK)

    assert settled(effects, 7) == (True, {})
    assert [effect for effect in effects if isinstance(effect, Load)] == []
