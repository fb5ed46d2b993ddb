"""One event's error is its own, and every promise settles: in time, or for want of an answer."""

from given import (
    IDENTITY,
    action,
    all_of,
    answer,
    body,
    configured,
    decisions,
    first_event,
    moment,
    only,
    proposition,
    settled,
    steps_of,
    ticked,
    timer,
)  # fmt: skip

from pyrite.core.tracker import Tracker
from pyrite.core.wire import Json, encode

HERE = {"cookie": IDENTITY + "; pyrite_fpid=device-1"}
CONSENT = [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]


def nested(levels):
    """An object with so many levels, more than can be encoded above 200."""
    value = {}
    for _ in range(levels):
        value = {"in": value}
    return value


def hooked(tracker: Tracker, effects, **left):
    """Effects of onBeforeEventSend having left *left* of the event that *effects* ask about."""
    ask = only(effects, "Ask")
    return tracker.hooked(ask.ticket, value=dict(left), error="", moment=moment(**HERE))


# ---- one event's error is its own ----------------------------------------------------------------------------------


def test_of_events_that_wait_for_consent_one_that_cannot_be_encoded_is_rejected_alone():
    tracker = configured(defaultConsent="pending")
    for call in (1, 2, 3, 4):
        data = nested(230) if call == 2 else {"n": call}
        waits = tracker.command(call, "event", {"type": f"t{call}", "data": data}, moment())
        assert all_of(waits, "Send") == all_of(waits, "Settle") == []
    chosen = only(tracker.command(5, "setConsent", {"consent": CONSENT}, moment()), "Send")
    effects = answer(tracker, chosen)
    effects = effects + tracker.on_timer(timer(effects, "flush").timer, moment())

    assert [cookie.name for cookie in all_of(effects, "SetCookie")][:1] == ["kndctr_shop_consent"]
    assert settled(effects, 5)[0]
    assert settled(effects, 2)[1]["code"] == "wire.invalid"
    sent = [
        event["data"]["n"] for send in all_of(effects, "Send") for event in body(send)["events"]
    ]
    assert sent == [1, 3, 4]


def test_an_event_that_cannot_be_encoded_holds_no_other_up_wherever_it_waits():
    bad = {"xdm": {"x": nested(230)}}
    # For the page's offers, which it asked for itself.
    tracker = configured()
    assert settled(tracker.command(1, "event", dict(bad, viewStart=True), moment(**HERE)), 1)
    view = {"web": {"webPageDetails": {"viewName": "cart"}}}
    after = tracker.command(2, "sendEvent", {"renderDecisions": True, "xdm": view}, moment(**HERE))
    assert all_of(after, "Send")
    # For the browser's hints, and while the page goes away.
    for end in ("hinted", "leaving"):
        tracker = configured(context=["highEntropyUserAgentHints"])
        tracker.command(1, "event", dict(bad, type="a"), moment(**HERE))
        tracker.command(2, "event", {"type": "b"}, moment(**HERE))
        now = moment(**HERE)
        effects = tracker.hinted(now) if end == "hinted" else tracker.leaving(now)
        assert settled(effects, 1)[1]["code"] == "wire.invalid"
        assert first_event(only(effects, "Send"))["xdm"]["eventType"] == "b"


def test_what_an_answer_says_in_a_form_that_nobody_foresaw_leaves_no_promise_open():
    deep = Json('{"title":"x","more":' + '{"in":' * 300 + "1" + "}" * 301)
    for said in (
        {"errors": [deep]},
        {"warnings": [deep, 3, None]},
        {
            "handle": [
                {
                    "type": "state:store",
                    "payload": [{"key": "kndctr_shop_a", "value": "b", "maxAge": 1e300}],
                }
            ]
        },
        {
            "handle": [
                {
                    "type": "state:store",
                    "payload": [{"key": "kndctr_shop_a", "value": "b", "attrs": 3}],
                }
            ]
        },
        {"handle": [{"type": "identity:result", "payload": [{"namespace": 3}, 4, None]}]},
        {"handle": [decisions({"id": 3, "scope": None, "items": [deep]}, {"items": 3}, {})]},
    ):
        tracker = configured()
        tracker.on_timer(("outbox", "recall", 0), moment())
        send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
        text = encode(dict({"requestId": "r", "handle": []}, **said))
        effects = answer(tracker, send, text=text)
        for render in all_of(effects, "Render"):
            effects = effects + tracker.rendering(
                render.plan, ["shown"] * len(steps_of(render)), moment()
            )
        assert settled(effects, 1), said
        assert only(effects, "Forget")


# ---- what a callback leaves ----------------------------------------------------------------------------------------


def test_whatever_a_callback_leaves_is_the_same_event():
    for left, type, data in (
        ({"xdm": {"eventType": "x"}, "data": {"a": 1}}, "x", {"a": 1}),
        ({"xdm": None}, None, None),
        ({"xdm": "text", "data": [1]}, None, None),
        ({"xdm": {"_id": 7, "timestamp": None}}, None, None),
        ({}, None, None),
    ):
        tracker = configured(onBeforeEventSend="function")
        asked = tracker.command(1, "event", {"type": "t", "data": {"b": 2}}, moment(**HERE))
        before = dict(only(asked, "Ask").value["xdm"])
        event = first_event(only(hooked(tracker, asked, **left), "Send"))

        assert event["xdm"]["_id"] == before["_id"]
        assert event["xdm"]["timestamp"] == before["timestamp"]
        assert (event["xdm"].get("eventType"), event.get("data")) == (type, data)


def test_an_id_that_a_callback_gives_is_taken():
    tracker = configured(onBeforeEventSend="function")
    asked = tracker.command(1, "event", {}, moment(**HERE))

    assert (
        first_event(only(hooked(tracker, asked, xdm={"_id": "own"}), "Send"))["xdm"]["_id"] == "own"
    )


def test_a_callback_that_does_not_answer_counts_as_one_that_threw():
    tracker = configured(onBeforeEventSend="function")
    asked = tracker.command(1, "event", {"type": "t"}, moment(**HERE))
    late = timer(asked, "hook")
    effects = tracker.on_timer(late.timer, moment(**HERE))

    assert late.delay_ms == 10000
    assert settled(effects, 1)[1]["code"] == "hook.failed"
    assert "no answer in time" in settled(effects, 1)[1]["message"]
    assert hooked(tracker, asked, xdm={}) == []


def test_a_callback_that_answers_in_time_is_not_asked_twice():
    tracker = configured(onBeforeEventSend="function")
    asked = tracker.command(1, "event", {"type": "t"}, moment(**HERE))
    assert all_of(hooked(tracker, asked, xdm={}), "Send")

    assert tracker.on_timer(timer(asked, "hook").timer, moment(**HERE)) == []


# ---- what the page can't carry out ---------------------------------------------------------------------------------


def test_what_the_page_cannot_carry_out_is_told_to_whoever_waits():
    tracker = configured(onBeforeEventSend="function")
    ask = only(tracker.command(1, "event", {"type": "t"}, moment(**HERE)), "Ask")
    effects = tracker.undone(ask, "no JSON form", moment(**HERE))
    assert settled(effects, 1)[1]["code"] == "hook.failed"
    assert "no JSON form" in settled(effects, 1)[1]["message"]

    tracker = configured()
    beacon = only(tracker.command(1, "event", {"documentUnloading": True}, moment(**HERE)), "Send")
    fetch = only(tracker.undone(beacon, "sendBeacon is broken", moment(**HERE)), "Send")
    assert (fetch.unloading, fetch.body) == (False, beacon.body)
    failed = tracker.undone(fetch, "fetch is broken", moment(**HERE))
    assert timer(failed, "flush")
    rejection = settled(ticked(tracker, 6, **HERE), 1)[1]
    assert (rejection["code"], "fetch is broken" in rejection["message"]) == (
        "network.failed",
        True,
    )

    tracker = configured()
    send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
    render = only(answer(tracker, send, [decisions(proposition("p", action("setText")))]), "Render")
    effects = tracker.undone(render, "no document", moment())
    assert settled(effects, 1)[0]
    assert all_of(effects, "Send") == []


def test_a_step_that_is_never_done_holds_no_promise_up():
    tracker = configured()
    send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
    effects = answer(tracker, send, [decisions(proposition("p", action("setText")))])

    assert settled(tracker.on_timer(timer(effects, "plan").timer, moment()), 1)[0]


def test_hints_that_never_come_are_not_waited_for():
    tracker = Tracker("alloy")
    options = {"datastreamId": "shop", "context": ["highEntropyUserAgentHints"]}
    effects = tracker.command(0, "configure", options, moment())
    assert all_of(tracker.command(1, "event", {"type": "t"}, moment()), "Send") == []

    assert only(tracker.on_timer(timer(effects, "hints").timer, moment()), "Send")


# ---- without a configuration ---------------------------------------------------------------------------------------


def waits(tracker: Tracker, times):
    """All effects of so many times five seconds."""
    effects = []
    for _ in range(times):
        effects = effects + tracker.on_timer(("pending", "unset", 0), moment())
    return effects


def test_without_configure_the_console_says_so_once_and_promises_are_rejected_within_half_a_minute():
    tracker = Tracker("alloy")
    assert only(tracker.begun(), "Later").timer[1] == "unset"
    for call in (1, 2):
        tracker.command(call, "event", {"type": f"t{call}"}, moment())
    tracker.command(3, "getIdentity", {}, moment())
    first = waits(tracker, 1)
    effects = first + waits(tracker, 5)

    assert "configure, which has not been called" in only(effects, "Log").message
    assert all_of(first, "Log")
    assert [settled(effects, call)[1]["code"] for call in (1, 2, 3)] == ["configure.missing"] * 3
    assert only(waits(tracker, 1), "Later").timer[1] == "unset"


def test_events_that_waited_in_vain_are_sent_when_configure_comes_after_all_with_the_time_they_were_made():
    tracker = Tracker("alloy")
    tracker.command(1, "event", {"type": "t"}, moment(age_ms=2000))
    tracker.command(2, "getIdentity", {}, moment())
    rejected = waits(tracker, 7)
    later = moment(now_ms=moment().now_ms + 60000)
    effects = tracker.command(3, "configure", {"datastreamId": "shop"}, later)
    event = first_event(only(effects, "Send"))

    assert len(all_of(rejected, "Settle")) == 2
    assert (event["xdm"]["eventType"], event["xdm"]["timestamp"]) == (
        "t",
        "2026-11-20T06:53:45.711Z",
    )
    assert [settle.call for settle in all_of(effects, "Settle")] == [3]
    assert waits(tracker, 1) == []


# ---- what pages before this one have kept ---------------------------------------------------------------------------


def test_a_stored_record_that_cannot_be_read_blocks_no_other():
    kept = only(configured().command(1, "event", {"type": "t"}, moment(**HERE)), "Keep").records[0]
    bad = [
        dict(kept, id="b1", head="{"),
        dict(kept, id="b2", head=3),
        dict(kept, id="b3", head="[1]"),
        dict(kept, id="b4", text="{"),
        dict(kept, id="b5", text=None),
        dict(kept, id=6),
        {"id": "b7"},
        {},
        dict(kept, id="b9", head='{"identities":' + '{"a":' * 300 + "1" + "}" * 301),
    ]
    odd = dict(kept, id="odd", made="yesterday", value=None)
    tracker = configured(outbox={"maxAgeHours": 48})
    effects = tracker.recalled(bad + [odd, kept], moment(**HERE))

    assert [event["xdm"]["_id"] for event in body(only(effects, "Send"))["events"]] == [kept["id"]]
    report = settled(tracker.command("r", "getDelivery", {}, moment()), "r")[1]
    assert report["dropped"] == {"unreadable": 9, "too_old": 1}
    forgotten = [id for forget in all_of(effects, "Forget") for id in forget.ids]
    assert [id for id in forgotten if id] == ["b1", "b2", "b3", "b4", "b5", "b7", "b9", "odd"]


def test_clicks_go_on_when_one_of_them_cannot_be_sent():
    tracker = configured(clickCollectionEnabled=True, onBeforeLinkClickSend="function")
    link = {"url": "https://a.test/", "text": "x", "region": "BODY"}
    asked = tracker.clicked(link, moment(**HERE))
    ask = only(asked, "Ask")
    bad = {"xdm": dict(ask.value["xdm"], x=nested(230)), "data": {}}
    effects = tracker.hooked(ask.ticket, value=bad, error="", moment=moment(**HERE))

    assert all_of(effects, "Send") == []
    assert all_of(effects, "Log")


def test_a_page_without_a_host_has_to_say_where_the_edge_is():
    for url in ("about:blank", "file:///x.html", "data:text/html,x"):
        tracker = Tracker("alloy")
        effects = tracker.command(1, "configure", {"datastreamId": "shop"}, moment(url=url))
        ok, error = settled(effects, 1)

        assert (ok, error["code"]) == (False, "options.invalid")
        assert "set edgeDomain" in error["message"] and url[:80] in error["message"]
        assert settled(tracker.command(2, "event", {}, moment(url=url)), 2)[0] is False


def test_a_frame_sends_to_the_host_of_the_page_that_made_it():
    tracker = Tracker("alloy")
    here = moment(url="about:srcdoc", origin="http://www.site.test:8000")
    tracker.command(1, "configure", {"datastreamId": "shop"}, here)
    send = only(tracker.command(2, "event", {"viewStart": True}, here), "Send")

    assert send.url.startswith("http://www.site.test:8000/ee/")


def test_what_could_not_be_read_of_the_page_is_said_to_those_who_debug_it():
    for debugged, lines in ((True, ["configure: screenWidth: gone"]), (False, [])):
        tracker = Tracker("alloy")
        options = {"datastreamId": "shop", "debugEnabled": debugged}
        effects = tracker.command(1, "configure", options, moment(unread="screenWidth: gone"))

        assert [log.message for log in all_of(effects, "Log") if "gone" in log.message] == lines


def test_a_beacon_that_was_taken_settles_its_promise_and_renders_nothing():
    tracker = configured()
    effects = tracker.command(1, "event", {"documentUnloading": True}, moment(**HERE))
    taken = tracker.beaconed(only(effects, "Send").request, taken=True, moment=moment(**HERE))

    assert [type(effect).__name__ for effect in taken] == ["Settle"]
    assert settled(taken, 1)[0]
