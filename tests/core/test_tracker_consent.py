"""Nothing leaves and nothing is stored without consent."""

from given import (
    all_of,
    answer,
    body,
    configured,
    first_event,
    moment,
    only,
    settled,
    ticked,
    timer,
)  # fmt: skip

ADOBE_IN = [{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]
ADOBE_OUT = [{"standard": "Adobe", "version": "1.0", "value": {"general": "out"}}]


def test_with_consent_pending_nothing_leaves_and_nothing_is_stored():
    tracker = configured(defaultConsent="pending")
    effects = tracker.command(2, "event", {"viewStart": True}, moment(cookie=""))

    assert all_of(effects, "Send") == []
    assert all_of(effects, "SetCookie") == []
    assert all_of(tracker.leaving(moment(cookie="")), "Send") == []


def test_an_event_waits_until_consent_is_given():
    tracker = configured(defaultConsent="pending")
    tracker.command(1, "event", {"type": "waiting"}, moment())
    asked = only(tracker.command(2, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")
    effects = answer(tracker, asked)

    assert settled(effects, 2) == (True, {})
    assert first_event(only(effects, "Send"))["xdm"]["eventType"] == "waiting"
    assert only(effects, "SetCookie").value == "general=in"


def test_a_declined_consent_resolves_waiting_events_with_nothing_sent():
    tracker = configured(defaultConsent="pending")
    tracker.command(1, "event", {}, moment())
    asked = only(tracker.command(2, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send")
    effects = answer(tracker, asked)

    assert settled(effects, 1) == (True, {})
    assert all_of(effects, "Send") == []
    assert settled(tracker.command(3, "event", {}, moment()), 3) == (True, {})


def test_a_visitor_who_declines_gets_no_device_id():
    tracker = configured(defaultConsent="pending")
    effects = tracker.command(1, "setConsent", {"consent": ADOBE_OUT}, moment(cookie=""))

    assert all_of(effects, "SetCookie") == []
    assert body(only(effects, "Send"))["identityMap"] == {}


def test_the_consent_request_has_the_protocols_form():
    tracker = configured()
    options = {"consent": ADOBE_IN, "identityMap": {"CRM": [{"id": "7"}]}}
    send = only(tracker.command(1, "setConsent", options, moment()), "Send")
    sent = body(send)

    assert "/v1/privacy/set-consent?" in send.url
    assert sent["consent"] == ADOBE_IN
    assert sent["query"] == {"consent": {"operation": "update"}}
    assert sent["identityMap"] == {"FPID": [{"id": "device-1"}], "CRM": [{"id": "7"}]}


def test_the_edges_word_on_consent_counts():
    tracker = configured()
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")
    stored = {
        "type": "state:store",
        "payload": [{"key": "kndctr_shop_consent", "value": "general=out", "maxAge": 9}],
    }
    answer(tracker, asked, [stored])

    assert settled(tracker.command(2, "event", {}, moment()), 2) == (True, {})


def test_a_consent_that_failed_goes_again_with_the_same_text():
    tracker = configured()
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send")
    failed = tracker.failed(asked.request, message="gone", moment=moment())
    again = only(tracker.woken(timer(failed, "flush").timer, moment()), "Send")

    assert settled(failed, 1) is None
    assert (again.body, again.url) == (asked.body, asked.url)
    assert settled(answer(tracker, again), 1) == (True, {})


def test_a_consent_that_never_arrives_leaves_things_as_they_were():
    tracker = configured()
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send")
    tracker.command(2, "event", {"type": "meanwhile"}, moment())
    tracker.failed(asked.request, message="gone", moment=moment())
    effects = ticked(tracker, 6)

    assert settled(effects, 1)[0] is False
    send = only(tracker.connected(moment()), "Send")
    assert first_event(send)["xdm"]["eventType"] == "meanwhile"


def test_consents_are_sent_one_after_the_other():
    tracker = configured()
    first = only(tracker.command(1, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")

    assert all_of(tracker.command(2, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send") == []
    second = only(answer(tracker, first), "Send")
    assert settled(answer(tracker, second), 2) == (True, {})
    assert settled(tracker.command(3, "event", {}, moment()), 3) == (True, {})


def test_privacy_control_counts_as_out_until_the_visitor_says_in():
    tracker = configured()

    assert settled(tracker.command(1, "event", {}, moment(gpc=True)), 1) == (True, {})
    assert only(
        tracker.command(2, "event", {}, moment(gpc=True, cookie="kndctr_shop_consent=general=in")),
        "Send",
    )
    assert only(
        configured(globalPrivacyControlEnabled=False).command(3, "event", {}, moment(gpc=True)),
        "Send",
    )


def test_the_identity_waits_for_consent_and_is_refused_without():
    tracker = configured(defaultConsent="pending")

    assert tracker.command(1, "getIdentity", {}, moment()) == []
    asked = only(tracker.command(2, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send")
    assert settled(answer(tracker, asked), 1)[1]["code"] == "consent.invalid"


def test_clicks_are_not_collected_without_consent():
    tracker = configured(defaultConsent="out", clickCollectionEnabled=True)

    assert (
        tracker.clicked({"url": "https://a.test/", "text": "x", "region": "BODY"}, moment()) == []
    )
