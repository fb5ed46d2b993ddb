"""The net under a page: what the browser has beforehand, and sends should the page end in whatever way."""

from given import (
    IDENTITY,
    all_of,
    answer,
    configured,
    moment,
    only,
    settled,
    ticked,
    timer,
)  # fmt: skip

from pyrite.core.tracker import Tracker
from pyrite.core.wire import decode

HERE = {"cookie": IDENTITY + "; pyrite_fpid=device-1"}


def event(tracker, call=1, **options):
    """Effects of an event of a visitor whom the edge knows."""
    return tracker.command(call, "event", options, moment(**HERE))


def failed(tracker: Tracker, call=1, **options):
    """Effects of an event whose first attempt has come to nothing."""
    send = only(event(tracker, call, **options), "Send")
    return tracker.failed(send.request, message="gone", moment=moment(**HERE))


def cast(tracker):
    """Effects of the moment after which a net is cast."""
    return tracker.on_timer(("outbox", "net", 0), moment(**HERE))


def records(arm):
    """The events of each body of an Arm."""
    return [decode(one["body"])["events"] for one in arm.bodies]


def types(events):
    return [record["xdm"]["eventType"] for record in events]


def test_what_waits_for_another_attempt_is_with_the_browser_a_second_later():
    tracker = configured()
    effects = failed(tracker, 1, type="a")
    assert timer(effects, "net").delay_ms == 1000
    more = event(tracker, 2, type="b")
    assert [later.timer for later in all_of(more, "Later")] == []
    arm = only(cast(tracker), "Arm")

    assert types(records(arm)[0]) == ["a", "b"]
    assert "/v1/collect?" in arm.bodies[0]["url"]


def test_a_body_that_leaves_nobody_knows_when_says_nothing_of_when_it_was_sent():
    tracker = configured()
    failed(tracker, type="a")
    meta = decode(only(cast(tracker), "Arm").bodies[0]["body"])["meta"]

    assert "sentAt" not in meta
    assert "queueTimeMillis" not in meta


def test_where_nothing_has_changed_it_stays_as_it_is():
    tracker = configured()
    failed(tracker, type="a")
    assert all_of(cast(tracker), "Arm")
    assert timer(ticked(tracker, 1, **HERE), "net")
    assert cast(tracker) == []

    event(tracker, 2, type="b")
    assert only(cast(tracker), "Arm").net == 2


def test_what_the_browser_has_does_not_leave_by_beacon_as_well():
    tracker = configured()
    failed(tracker, 1, type="a")
    arm = only(cast(tracker), "Arm")
    tracker.armed(arm.net, 0)
    event(tracker, 2, type="b")
    left = only(tracker.leaving(moment(**HERE)), "Send")

    assert types(decode(left.body)["events"]) == ["b"]


def test_what_the_browser_has_refused_leaves_by_beacon():
    tracker = configured()
    failed(tracker, 1, type="a")
    cast(tracker)

    assert only(tracker.leaving(moment(**HERE)), "Send").unloading


def test_a_page_that_is_back_sees_to_its_events_itself():
    tracker = configured()
    failed(tracker, type="a")
    tracker.armed(only(cast(tracker), "Arm").net, 0)
    assert all_of(tracker.leaving(moment(**HERE)), "Send") == []
    effects = tracker.connected(moment(**HERE))

    assert all_of(effects, "Disarm")
    assert types(decode(only(effects, "Send").body)["events"]) == ["a"]


def test_an_acknowledgement_takes_it_away():
    tracker = configured()
    effects = failed(tracker, type="a")
    tracker.armed(only(cast(tracker), "Arm").net, 0)
    again = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")

    assert all_of(answer(tracker, again, status=204, text=""), "Disarm")
    assert cast(tracker) == []


def test_a_visitor_who_declines_is_not_told_of_by_what_the_browser_has():
    tracker = configured()
    failed(tracker, type="a")
    tracker.armed(only(cast(tracker), "Arm").net, 0)
    declined = {"standard": "Adobe", "version": "1.0", "value": {"general": "out"}}
    asked = tracker.command(9, "setConsent", {"consent": [declined]}, moment(**HERE))
    cookie = {"key": "kndctr_shop_consent", "value": "general=out", "maxAge": 3600}
    stored = {"type": "state:store", "payload": [cookie]}
    effects = answer(
        tracker, only(asked, "Send"), [stored], cookie="kndctr_shop_consent=general=out"
    )

    assert all_of(effects, "Disarm")


def test_many_events_lie_in_bodies_that_fit_and_there_is_an_end_to_them():
    tracker = configured()
    failed(tracker, type="a")
    for call in range(2, 14):
        event(tracker, call, type="b", data={"text": "x" * 50000})
    arm = only(cast(tracker), "Arm")

    assert len(arm.bodies) == 8
    assert all([len(one["body"]) < 62000 for one in arm.bodies])
    assert types(records(arm)[0]) == ["a", "b"]


def test_no_body_holds_more_events_than_an_edge_takes():
    tracker = configured()
    failed(tracker, type="a")
    for call in range(2, 122):
        event(tracker, call, type="b")

    assert [len(events) for events in records(only(cast(tracker), "Arm"))] == [100, 21]


def test_events_of_other_streams_lie_in_bodies_of_their_own():
    tracker = configured()
    failed(tracker, type="a")
    event(tracker, 2, type="b", edgeConfigOverrides={"datastreamId": "other"})
    event(tracker, 3, type="c")
    arm = only(cast(tracker), "Arm")

    assert [types(events) for events in records(arm)] == [["a", "c"], ["b"]]
    assert "configId=other" in arm.bodies[1]["url"]


def test_where_all_goes_well_there_is_no_net():
    tracker = configured()
    effects = event(tracker, type="a")
    effects = effects + answer(tracker, only(effects, "Send"), status=204, text="")

    assert settled(effects, 1)[0]
    assert [later.timer for later in all_of(effects, "Later") if later.timer[1] == "net"] == []
