"""The outbox: what waits for an acknowledgement, how it travels, when it is dropped."""

from given import (
    IDENTITY,
    NOW_MS,
    all_of,
    answer,
    body,
    configured,
    first_event,
    moment,
    only,
    problem,
    settled,
    ticked,
    timer,
)  # fmt: skip

from pyrite.core.wire import encode

HERE = {"cookie": IDENTITY + "; pyrite_fpid=device-1"}
DAY_MS = 86400000


def event(tracker, call=1, now_ms=NOW_MS, **options):
    """Effects of an event of a visitor whom the edge knows."""
    return tracker.command(call, "event", options, moment(now_ms=now_ms, **HERE))


def types(send):
    """The types of the events that a Send carries."""
    return [record["xdm"]["eventType"] for record in body(send)["events"]]


def ids(send):
    """Their ids."""
    return [record["xdm"]["_id"] for record in body(send)["events"]]


def report(tracker):
    """What getDelivery tells."""
    return settled(tracker.command("r", "getDelivery", {}, moment()), "r")[1]


def kept(effects):
    """The ids that effects keep."""
    return [record["id"] for keep in all_of(effects, "Keep") for record in keep.records]


def forgotten(effects):
    """The ids that effects forget."""
    return [id for forget in all_of(effects, "Forget") for id in forget.ids]


# ---- gathering -----------------------------------------------------------------------------------------------------


def test_the_first_event_leaves_at_once_and_those_close_behind_it_in_one_body():
    tracker = configured()
    first = event(tracker, 1, type="a")
    assert types(only(first, "Send")) == ["a"]
    for call in (2, 3, 4):
        assert all_of(event(tracker, call, type=f"b{call}"), "Send") == []

    gathered = only(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")
    assert types(gathered) == ["b2", "b3", "b4"]
    effects = answer(tracker, gathered, status=204, text="")
    assert [settled(effects, call)[0] for call in (2, 3, 4)] == [True, True, True]
    assert settled(effects, 3)[1]["requestBody"] == body(gathered)


def test_a_view_start_never_waits():
    tracker = configured()
    event(tracker, 1, type="a")
    event(tracker, 2, type="b")

    assert first_event(only(event(tracker, 3, viewStart=True), "Send"))["query"]


def test_a_burst_of_a_thousand_leaves_in_bodies_of_a_hundred():
    tracker = configured()
    first = event(tracker, 0, type="a")
    for call in range(1, 1000):
        event(tracker, call, type="a")
    sends = all_of(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")

    assert [len(types(send)) for send in sends] == [100] * 9 + [99]


def test_bodies_end_at_200_kb():
    tracker = configured()
    first = event(tracker, 0, type="a")
    for call in range(1, 8):
        event(tracker, call, type="a", data={"text": "x" * 60000})
    sends = all_of(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")

    assert [len(types(send)) for send in sends] == [3, 3, 1]


def test_events_with_overrides_of_their_own_travel_apart():
    tracker = configured()
    first = event(tracker, 1, type="a")
    event(tracker, 2, type="b", edgeConfigOverrides={"datastreamId": "other"})
    event(tracker, 3, type="c", edgeConfigOverrides={"x": 1})
    event(tracker, 4, type="d")
    sends = all_of(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")

    assert [types(send) for send in sends] == [["b"], ["c"], ["d"]]
    assert ["configId=other&" in send.url for send in sends] == [True, False, False]


def test_the_same_id_twice_settles_both_promises():
    tracker = configured()
    first = event(tracker, 1, type="a", xdm={"_id": "mine"})
    event(tracker, 2, type="a", xdm={"_id": "mine"})
    again = only(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")

    assert ids(again) == ["mine"]
    assert settled(answer(tracker, again, status=204, text=""), 2)[0]
    assert settled(answer(tracker, only(first, "Send"), status=204, text=""), 1)[0]


# ---- trying again --------------------------------------------------------------------------------------------------


def test_what_may_pass_is_tried_again_under_the_same_ids_until_it_is_acknowledged():
    for status in (0, 408, 429, 500, 502, 503, 504):
        tracker = configured()
        send = only(event(tracker, type="a"), "Send")
        for wait_ms in (500, 1000, 2000, 4000):
            if status:
                effects = answer(tracker, send, status=status, text="")
            else:
                effects = tracker.failed(send.request, message="gone", moment=moment(**HERE))
            assert settled(effects, 1) is None
            assert timer(effects, "flush").delay_ms == wait_ms
            again = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")
            assert (ids(again), types(again)) == (ids(send), ["a"])
            send = again
        effects = answer(tracker, send, status=204, text="")
        assert settled(effects, 1)[0]
        assert forgotten(effects) == ids(send)
        assert report(tracker)["waiting"] == 0


def test_what_is_final_rejects_with_the_edges_words_and_is_not_tried_again():
    for status in (400, 401, 403, 404, 413, 422):
        tracker = configured()
        send = only(event(tracker, type="a"), "Send")
        effects = answer(tracker, send, status=status, text=problem("no such thing"))
        ok, error = settled(effects, 1)
        assert (ok, error["code"], error["status"]) == (False, "edge.refused", status)
        assert "no such thing" in error["message"]
        assert forgotten(effects) == ids(send)
        assert report(tracker)["dropped"] == {"refused": 1}


def test_of_a_body_that_was_taken_in_part_only_what_was_refused_is_rejected():
    tracker = configured()
    first = event(tracker, 1, type="a")
    event(tracker, 2, type="b")
    event(tracker, 3, type="c")
    send = only(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")
    problem = {"status": 400, "title": "xdm.n: expected a number", "report": {"eventIndex": 1}}
    text = {"requestId": "r", "handle": [], "errors": [problem]}
    effects = answer(tracker, send, status=207, text=encode(text))
    assert settled(effects, 2)[0]
    assert (
        settled(effects, 3)[1]["message"] == "the edge refused the event: xdm.n: expected a number"
    )


def test_a_body_that_is_too_large_for_whatever_stands_between_is_halved():
    tracker = configured()
    first = event(tracker, 0, type="a")
    for call in range(1, 6):
        event(tracker, call, type=f"b{call}")
    send = only(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")
    halves = all_of(answer(tracker, send, status=413, text=""), "Send")

    assert [types(half) for half in halves] == [["b1", "b2", "b3"], ["b4", "b5"]]


def test_several_bodies_that_fail_at_once_count_as_one_failure():
    tracker = configured()
    sends = [only(event(tracker, call, viewStart=True), "Send") for call in (1, 2, 3)]
    delays = []
    for send in sends:
        for later in all_of(answer(tracker, send, status=500, text=""), "Later"):
            if later.timer[1] == "flush":
                delays.append(later.delay_ms)

    assert delays == [500]


def test_a_request_says_which_attempt_it_is_where_that_is_not_the_first():
    tracker = configured()
    send = only(event(tracker, type="a"), "Send")
    told = [body(send)["meta"].get("attempt")]
    for _ in range(2):
        effects = answer(tracker, send, status=503, text="")
        send = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")
        told.append(body(send)["meta"].get("attempt"))

    assert told == [None, 2, 3]


def test_retry_after_is_obeyed_even_by_new_events_but_for_view_starts():
    tracker = configured()
    send = only(event(tracker, 1, type="a"), "Send")
    effects = answer(tracker, send, status=503, text="", retry_after="7")

    assert timer(effects, "flush").delay_ms == 7000
    assert all_of(event(tracker, 2, now_ms=NOW_MS + 6000, type="b"), "Send") == []
    assert only(event(tracker, 3, now_ms=NOW_MS + 6000, viewStart=True), "Send")


def test_a_new_event_wakes_what_waits_though_not_within_a_second():
    tracker = configured()
    send = only(event(tracker, 1, type="a"), "Send")
    tracker.failed(send.request, message="gone", moment=moment(**HERE))

    assert all_of(event(tracker, 2, now_ms=NOW_MS + 999, type="b"), "Send") == []
    assert types(only(event(tracker, 3, now_ms=NOW_MS + 1000, type="c"), "Send")) == ["a", "b", "c"]


def test_what_waits_leaves_when_the_network_is_back():
    tracker = configured()
    send = only(event(tracker, 1, type="a"), "Send")
    tracker.failed(send.request, message="gone", moment=moment(**HERE))
    effects = tracker.connected(moment(**HERE))

    assert ids(only(effects, "Send")) == ids(send)


def test_what_other_pages_have_left_is_asked_for_a_second_after_the_last_return():
    tracker = configured()
    first = timer(tracker.connected(moment()), "recall")
    last = timer(tracker.connected(moment()), "recall")
    assert first.delay_ms == 1000
    assert tracker.on_timer(("outbox", "recall", 0), moment()) == []  # of before
    assert tracker.on_timer(first.timer, moment()) == []

    assert only(tracker.on_timer(last.timer, moment()), "Recall").stream == "shop"


def test_a_page_that_is_left_asks_for_nothing_that_others_have_left():
    tracker = configured()
    due = timer(tracker.connected(moment()), "recall")
    tracker.leaving(moment())

    assert all_of(tracker.on_timer(due.timer, moment()), "Recall") == []


def test_without_a_network_it_is_tried_once_a_minute():
    tracker = configured()
    send = only(event(tracker, 1, type="a"), "Send")
    effects = tracker.failed(send.request, message="gone", moment=moment(online=False, **HERE))

    assert timer(effects, "flush").delay_ms == 60000


def test_a_recovered_edge_gets_all_that_waits_at_once():
    tracker = configured()
    sends = [only(event(tracker, call, viewStart=True), "Send") for call in (1, 2, 3)]
    for send in sends[:2]:
        answer(tracker, send, status=503, text="", retry_after="60")

    assert len(all_of(answer(tracker, sends[2]), "Send")) == 2


def test_an_event_that_asks_goes_again_with_its_question_while_its_page_is_there():
    tracker = configured()
    send = only(event(tracker, viewStart=True), "Send")
    failed = answer(tracker, send, status=503, text="")
    again = only(tracker.on_timer(timer(failed, "flush").timer, moment(**HERE)), "Send")

    assert first_event(again) == first_event(send)
    tracker.failed(again.request, message="gone", moment=moment(**HERE))
    left = only(tracker.leaving(moment(**HERE)), "Send")
    assert ids(left) == ids(send)
    assert "query" not in first_event(left)


def test_a_page_that_waits_for_offers_is_shown_at_the_first_failure():
    tracker = configured(prehidingStyle="a {}")
    send = only(event(tracker, viewStart=True), "Send")

    assert all_of(answer(tracker, send, status=500, text=""), "Show")


def test_a_page_of_something_in_between_rejects_and_keeps_the_event():
    tracker = configured()
    send = only(event(tracker, type="a"), "Send")
    effects = answer(tracker, send, text="<html>Welcome to our wireless network</html>")

    assert settled(effects, 1)[1]["code"] == "edge.answer"
    assert forgotten(effects) == []
    again = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")
    assert ids(again) == ids(send)


def test_an_attempt_without_an_answer_is_given_up_after_20_seconds_and_a_late_answer_counts():
    tracker = configured()
    effects = event(tracker, type="a")
    assert timer(effects, "tick").delay_ms == 5000
    send = only(effects, "Send")
    late = ticked(tracker, 4, **HERE)

    again = only(tracker.on_timer(timer(late, "flush").timer, moment(**HERE)), "Send")
    assert ids(again) == ids(send)
    assert settled(answer(tracker, send, status=204, text=""), 1)[0]
    assert settled(answer(tracker, again, status=204, text=""), 1) is None
    assert report(tracker)["acknowledged"] == 1


def test_of_several_attempts_without_an_answer_the_first_to_leave_is_told():
    tracker = configured()
    effects = tracker.command(9, "getIdentity", {"namespaces": ["CORE"]}, moment(**HERE))
    for name in ("a", "b", "c", "d", "e", "f"):
        effects = effects + event(tracker, type=name, viewStart=True)
    late = ticked(tracker, 4, **HERE)

    assert len(all_of(effects, "Send")) == 7
    told = only(late, "Log").message
    assert "/identity/acquire: none within 20 s" in told, told


def test_a_promise_settles_within_half_a_minute_and_its_event_stays():
    tracker = configured()
    send = only(event(tracker, type="a"), "Send")
    tracker.failed(send.request, message="gone", moment=moment(**HERE))
    effects = ticked(tracker, 6, **HERE)

    error = settled(effects, 1)[1]
    assert (error["code"], "gone" in error["message"]) == ("network.failed", True)
    assert forgotten(effects) == []
    again = only(tracker.connected(moment(**HERE)), "Send")
    assert ids(again) == ids(send)
    assert forgotten(answer(tracker, again, status=204, text="")) == ids(send)


# ---- leaving -------------------------------------------------------------------------------------------------------


def test_all_that_waits_leaves_with_the_page_in_one_body():
    tracker = configured()
    send = only(event(tracker, 1, viewStart=True), "Send")
    answer(tracker, send, status=503, text="")
    for call in (2, 3):
        event(tracker, call, type="a")
    left = only(tracker.leaving(moment(**HERE)), "Send")

    assert left.unloading
    assert "/v1/collect?" in left.url
    assert types(left) == ["web.webpagedetails.pageViews", "a", "a"]


def test_bodies_of_a_page_that_goes_away_stay_below_the_browsers_limit():
    tracker = configured()
    event(tracker, 0, type="a")
    for call in range(1, 4):
        event(tracker, call, type="b", data={"text": "x" * 29000})
    sends = all_of(tracker.leaving(moment(**HERE)), "Send")

    assert [len(types(send)) for send in sends] == [2, 1]
    assert all([len(send.body) < 65536 for send in sends])


def test_a_beacon_that_is_refused_goes_in_halves_and_at_last_by_fetch():
    tracker = configured()
    event(tracker, 0, type="a")
    for call in (1, 2):
        event(tracker, call, type=f"b{call}")
    beacon = only(tracker.leaving(moment(**HERE)), "Send")
    halves = all_of(tracker.beaconed(beacon.request, taken=False, moment=moment(**HERE)), "Send")
    assert [(types(half), half.unloading) for half in halves] == [(["b1"], True), (["b2"], True)]

    last = only(tracker.beaconed(halves[0].request, taken=False, moment=moment(**HERE)), "Send")
    assert (types(last), last.unloading) == (["b1"], False)


def test_of_a_beacon_for_which_there_is_no_room_what_fits_goes_by_beacon_and_the_rest_by_fetch():
    tracker = configured()
    event(tracker, 0, type="a")
    for call, size in ((1, 41000), (2, 19200), (3, 30000)):
        event(tracker, call, type=f"b{call}", data={"text": "x" * size})
    first, second = all_of(tracker.leaving(moment(**HERE)), "Send")
    assert (types(first), types(second)) == (["b1"], ["b2", "b3"])
    tracker.beaconed(first.request, taken=True, moment=moment(**HERE))
    fits, rest = all_of(
        tracker.beaconed(second.request, taken=False, moment=moment(**HERE)), "Send"
    )
    assert (types(fits), types(rest)) == (["b2"], ["b3"])
    tracker.beaconed(fits.request, taken=True, moment=moment(**HERE))
    last = only(tracker.beaconed(rest.request, taken=False, moment=moment(**HERE)), "Send")

    assert (last.unloading, last.keepalive) == (False, False)


def test_a_beacon_resolves_its_promise_and_stays_until_an_acknowledgement():
    tracker = configured()
    beacon = only(event(tracker, 1, type="a", documentUnloading=True), "Send")
    effects = tracker.beaconed(beacon.request, taken=True, moment=moment(**HERE))

    assert settled(effects, 1)[0]
    assert forgotten(effects) == []
    again = only(ticked(tracker, 2, **HERE), "Send")
    assert (ids(again), again.unloading) == (ids(beacon), False)
    assert forgotten(answer(tracker, again, status=204, text="")) == ids(beacon)


def test_what_is_on_its_way_and_would_end_with_the_page_leaves_by_beacon_too():
    tracker = configured()
    small = only(event(tracker, 1, viewStart=True), "Send")
    large = only(event(tracker, 2, viewStart=True, data={"text": "x" * 40000}), "Send")
    assert (small.keepalive, large.keepalive) == (True, False)

    assert ids(only(tracker.leaving(moment(**HERE)), "Send")) == ids(large)


def test_events_of_a_page_that_is_going_away_are_beacons_until_it_comes_back():
    tracker = configured()
    tracker.leaving(moment(**HERE))
    assert only(event(tracker, 1, type="a"), "Send").unloading

    tracker.connected(moment(**HERE))
    assert not only(event(tracker, 2, viewStart=True), "Send").unloading


def test_what_was_gathered_leaves_when_the_page_is_hidden():
    tracker = configured()
    event(tracker, 1, type="a")
    event(tracker, 2, type="b")
    send = only(tracker.hidden(moment(**HERE)), "Send")

    assert (types(send), send.unloading) == (["b"], False)


# ---- across pages --------------------------------------------------------------------------------------------------


def test_every_event_is_kept_until_its_acknowledgement():
    tracker = configured()
    effects = event(tracker, viewStart=True, data={"n": 1})
    record = only(effects, "Keep").records[0]

    assert record["id"] == ids(only(effects, "Send"))[0]
    assert (record["stream"], record["made"], record["value"]) == ("shop", NOW_MS, 1)
    assert '"n":1' in record["text"]
    assert "query" not in record["text"]
    assert forgotten(answer(tracker, only(effects, "Send"))) == [record["id"]]


def test_what_another_page_has_kept_goes_again_under_its_id_and_for_its_visitor():
    before = event(configured(), type="a", data={"n": 1})
    records = only(before, "Keep").records
    tracker = configured()
    effects = tracker.recalled(records, moment(cookie=IDENTITY + "; pyrite_fpid=device-2"))
    send = only(effects, "Send")

    assert body(send)["events"] == body(only(before, "Send"))["events"]
    assert body(send)["xdm"]["identityMap"]["FPID"] == [{"id": "device-1"}]
    assert forgotten(answer(tracker, send, status=204, text="")) == ids(send)
    assert report(tracker)["restored"] == 1


def test_what_is_kept_is_asked_for_shortly_after_configuring_and_only_with_consent():
    tracker = configured()
    effects = tracker.command("x", "getDelivery", {}, moment())
    assert all_of(effects, "Recall") == []
    assert only(tracker.on_timer(("outbox", "recall", 0), moment()), "Recall").stream == "shop"
    assert tracker.on_timer(("outbox", "recall", 0), moment(gpc=True)) == []


def test_without_consent_all_that_is_kept_is_erased():
    out = [{"standard": "Adobe", "version": "1.0", "value": {"general": "out"}}]
    tracker = configured()
    send = only(event(tracker, 1, type="a"), "Send")
    tracker.failed(send.request, message="gone", moment=moment(**HERE))
    asked = only(tracker.command(2, "setConsent", {"consent": out}, moment(**HERE)), "Send")
    effects = answer(tracker, asked, **HERE)

    assert only(effects, "Erase")
    assert forgotten(effects) == ids(send)
    assert settled(effects, 1)[1]["code"] == "outbox.consent"
    assert report(tracker)["dropped"] == {"consent": 1}


def test_what_was_taken_over_is_erased_only_where_the_visitor_declined():
    records = only(event(configured(), type="a"), "Keep").records
    pending = configured(defaultConsent="pending").recalled(records, moment())
    declined = configured().recalled(records, moment(gpc=True))

    assert pending == []
    assert only(declined, "Erase")
    assert all_of(declined, "Send") == []


def test_with_consent_pending_nothing_is_kept():
    tracker = configured(defaultConsent="pending")

    assert all_of(event(tracker, type="a"), "Keep") == []
    assert tracker.on_timer(("outbox", "recall", 0), moment()) == []


# ---- bounds --------------------------------------------------------------------------------------------------------


def test_of_too_many_the_oldest_of_least_value_goes_and_its_promise_is_rejected():
    tracker = configured(outbox={"maxEvents": 3}, clickCollectionEnabled=True)
    send = only(event(tracker, 1, type="a"), "Send")
    tracker.failed(send.request, message="gone", moment=moment(**HERE))
    event(tracker, 2, type="b")
    tracker.hidden(moment(**HERE))
    link = {"url": "https://a.test/", "text": "x", "region": "BODY", "type": "other"}
    link = kept(tracker.clicked(link, moment(**HERE)))
    first = event(tracker, 3, type="c")
    second = event(tracker, 4, type="d")

    assert forgotten(first) == link
    assert forgotten(second) == ids(send)
    assert settled(second, 1)[1]["code"] == "outbox.full"
    assert report(tracker)["dropped"] == {"full": 2}
    assert report(tracker)["waiting"] == 3


def test_bytes_are_bounded_too():
    tracker = configured(outbox={"maxBytes": 20000})
    first = event(tracker, 1, type="a", data={"text": "x" * 8000})
    tracker.failed(only(first, "Send").request, message="gone", moment=moment(**HERE))
    event(tracker, 2, type="b", data={"text": "x" * 8000})
    effects = event(tracker, 3, type="c", data={"text": "x" * 8000})

    assert forgotten(effects) == kept(first)
    assert report(tracker)["bytes"] <= 20000


def test_an_event_larger_than_the_whole_outbox_is_refused_alone():
    tracker = configured(outbox={"maxBytes": 5000})
    event(tracker, 1, type="a")
    effects = event(tracker, 2, type="b", data={"text": "x" * 5000})

    assert settled(effects, 2)[1]["code"] == "outbox.too_large"
    assert all_of(effects, "Send") == []
    assert report(tracker)["waiting"] == 1


def test_what_is_too_old_is_dropped_and_counted():
    records = only(event(configured(), type="a"), "Keep").records
    tracker = configured(outbox={"maxAgeHours": 48})
    effects = tracker.recalled(records, moment(now_ms=NOW_MS + 2 * DAY_MS + 1, **HERE))

    assert all_of(effects, "Send") == []
    assert forgotten(effects) == kept(effects) + [records[0]["id"]]
    assert report(tracker)["dropped"] == {"too_old": 1}


def test_a_clock_that_was_set_back_makes_nothing_too_old():
    records = only(event(configured(), type="a"), "Keep").records
    effects = configured().recalled(records, moment(now_ms=NOW_MS - 90 * DAY_MS, **HERE))

    assert only(effects, "Send")


# ---- counts --------------------------------------------------------------------------------------------------------


def test_the_edge_is_told_of_what_went_wrong_and_of_nothing_where_all_went_well():
    tracker = configured()
    send = only(event(tracker, 1, viewStart=True), "Send")
    assert "delivery" not in body(send)["meta"]
    failed = answer(tracker, send, status=503, text="")
    again = only(tracker.on_timer(timer(failed, "flush").timer, moment(**HERE)), "Send")
    answer(tracker, again)
    told = body(only(event(tracker, 2, viewStart=True), "Send"))["meta"]["delivery"]

    assert len(told.pop("page")) == 36
    assert told == {"sent": 1, "retried": 1, "acknowledged": 1, "restored": 0, "dropped": {}}
