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

from pyrite.core.tracker import Tracker

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
    again = only(tracker.on_timer(timer(failed, "flush").timer, moment()), "Send")

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


ADOBE_2_IN = [{"standard": "Adobe", "version": "2.0", "value": {"collect": {"val": "y"}}}]
KNOWN = "pyrite_fpid=device-1; kndctr_shop_consent=general="


def jar(cookie, effects):
    """The Cookie header of a page that had *cookie* once *effects* are carried out."""
    made = [f"{one.name}={one.value}" for one in all_of(effects, "SetCookie")]
    return "; ".join(made + [cookie])


def test_the_same_consent_again_makes_no_request_after_a_reload_too():
    for consent in (ADOBE_IN, ADOBE_2_IN):
        tracker = configured(defaultConsent="pending")
        asked = only(tracker.command(1, "setConsent", {"consent": consent}, moment()), "Send")
        kept = jar("pyrite_fpid=device-1", answer(tracker, asked))
        again = tracker.command(2, "setConsent", {"consent": consent}, moment(cookie=kept))
        next_page = configured(defaultConsent="pending")
        later = next_page.command(3, "setConsent", {"consent": consent}, moment(cookie=kept))

        assert settled(again, 2) == settled(later, 3) == (True, {})
        assert all_of(again + later, "Send") == all_of(again + later, "SetCookie") == []


def test_a_consent_that_says_anything_else_is_sent():
    tracker = configured()
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_2_IN}, moment()), "Send")
    kept = jar("pyrite_fpid=device-1", answer(tracker, asked))
    dated = dict(ADOBE_2_IN[0], value={"collect": {"val": "y"}, "metadata": {"time": "2026"}})
    other = ("pyrite_fpid=x; kndctr_shop_consent=general=out", "kndctr_shop_consent=general=in", "")
    for options, cookie in [
        ({"consent": ADOBE_OUT}, kept),
        ({"consent": [dated]}, kept),
        ({"consent": ADOBE_2_IN, "identityMap": {"CRM": [{"id": "7"}]}}, kept),
    ] + [({"consent": ADOBE_IN}, cookie) for cookie in other]:
        sent = configured().command(2, "setConsent", options, moment(cookie=cookie))

        assert only(sent, "Send"), (options, cookie)


def test_standards_that_are_told_in_turn_are_sent_once_each():
    tracker = configured()
    cookie = "pyrite_fpid=device-1"
    other = [dict(ADOBE_2_IN[0], version="3.0")]
    for number, consent in enumerate([ADOBE_2_IN, other]):
        asked = tracker.command(number, "setConsent", {"consent": consent}, moment(cookie=cookie))
        cookie = jar(cookie, answer(tracker, only(asked, "Send"), cookie=cookie))
    for consent in (ADOBE_2_IN, other):
        again = configured().command(9, "setConsent", {"consent": consent}, moment(cookie=cookie))

        assert settled(again, 9) == (True, {})


def test_consents_that_wait_for_one_another_are_sent_only_where_they_change_something():
    tracker = configured()
    first = only(tracker.command(1, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")
    for call in (2, 3):
        tracker.command(call, "setConsent", {"consent": ADOBE_IN}, moment())
    tracker.command(4, "setConsent", {"consent": ADOBE_OUT}, moment())
    effects = answer(tracker, first)

    assert settled(effects, 2) == settled(effects, 3) == (True, {})
    assert settled(effects, 4) is None
    assert body(only(effects, "Send"))["consent"] == ADOBE_OUT


def test_a_consent_that_the_edge_refused_goes_again():
    tracker = configured()
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")
    refused = '{"title": "no", "code": "consent.refused", "report": {"requestId": "r"}}'
    assert settled(answer(tracker, asked, status=400, text=refused), 1)[0] is False

    assert only(tracker.command(2, "setConsent", {"consent": ADOBE_IN}, moment()), "Send")


def test_without_consent_configure_alone_ends_prehiding():
    for options, facts in [
        ({}, {"cookie": KNOWN + "out"}),
        ({"defaultConsent": "out"}, {}),
        ({}, {"gpc": True}),
    ]:
        given = dict({"datastreamId": "shop"}, **options)
        effects = Tracker().command(1, "configure", given, moment(**facts))

        assert all_of(effects, "Show"), options
    for options in ({}, {"defaultConsent": "pending"}):
        given = dict({"datastreamId": "shop"}, **options)

        assert all_of(Tracker().command(1, "configure", given, moment()), "Show") == []


def test_a_visitor_who_declines_while_nothing_waits_sees_the_page():
    tracker = configured(defaultConsent="pending")
    asked = only(tracker.command(1, "setConsent", {"consent": ADOBE_OUT}, moment()), "Send")

    assert all_of(answer(tracker, asked), "Show")


def test_a_stored_choice_stands_without_the_identity_cookie():
    for choice in ("in", "out"):
        tracker = Tracker()
        given = {"datastreamId": "shop", "defaultConsent": "pending"}
        stored = moment(cookie=KNOWN + choice)
        tracker.command(1, "configure", given, stored)
        event = tracker.command(2, "event", {}, stored)

        assert len(all_of(event, "Send")) == (1 if choice == "in" else 0)
        assert settled(event, 2) == (None if choice == "in" else (True, {}))


def test_who_has_declined_is_said_as_it_is():
    cases = [
        ({}, {"cookie": KNOWN + "out"}, "the visitor declined consent"),
        ({}, {"gpc": True}, "Global Privacy Control"),
        ({"defaultConsent": "out"}, {}, "defaultConsent"),
    ]
    for options, facts, words in cases:
        tracker = configured(**options)
        told = only(tracker.command(1, "event", {}, moment(**facts)), "Log").message
        refused = settled(tracker.command(2, "getIdentity", {}, moment(**facts)), 2)

        assert words in told
        assert words in refused[1]["message"]


TCF = [{"standard": "IAB TCF", "version": "2.0", "value": "CO052l", "gdprApplies": True}]


def test_the_edge_says_what_a_text_of_the_iab_amounts_to():
    for said in ("in", "out"):
        tracker = configured(defaultConsent="pending")
        tracker.command(1, "event", {"type": "waiting"}, moment())
        asked = only(tracker.command(2, "setConsent", {"consent": TCF}, moment()), "Send")
        entry = {"key": "kndctr_shop_consent", "value": "general=" + said, "maxAge": 100}
        effects = answer(tracker, asked, [{"type": "state:store", "payload": [entry]}])
        kept = jar("pyrite_fpid=device-1", effects)
        again = tracker.command(3, "setConsent", {"consent": TCF}, moment(cookie=kept))

        assert body(asked)["consent"] == TCF
        assert settled(effects, 2) == settled(again, 3) == (True, {})
        assert len(all_of(effects, "Send")) == (1 if said == "in" else 0)
        assert all_of(again, "Send") == []


def test_where_the_edge_says_nothing_to_a_text_of_the_iab_consent_stays_as_it_was():
    tracker = configured(defaultConsent="pending")
    asked = only(tracker.command(2, "setConsent", {"consent": TCF}, moment(cookie="")), "Send")
    effects = answer(tracker, asked, cookie="")
    waiting = tracker.command(3, "event", {}, moment(cookie=""))

    assert settled(effects, 2) == (True, {})
    assert [one for one in all_of(effects, "SetCookie") if one.name.endswith("consent")] == []
    assert all_of(waiting, "Send") == []


CHOSEN = "pyrite_fpid=device-1; kndctr_shop_consent=general%3D"


def test_what_waits_for_a_choice_goes_on_where_another_page_has_told_it():
    choice = {"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}
    for woken in ("setConsent", "connected"):
        tracker = configured(defaultConsent="pending")
        tracker.command(1, "event", {"type": "t"}, moment())
        tracker.command(2, "getIdentity", {}, moment())
        now = moment(cookie=CHOSEN + "in")
        if woken == "connected":
            effects = tracker.connected(now)
        else:
            effects = tracker.command(3, "setConsent", {"consent": [choice]}, now)
            assert settled(effects, 3) == (True, {})

        actions = sorted(
            [send.url.split("/v1/")[1].split("?")[0] for send in all_of(effects, "Send")]
        )
        assert actions == ["identity/acquire", "interact"]


def test_nothing_leaves_once_another_page_has_declined():
    for out in ({"cookie": CHOSEN + "out"}, {"gpc": True}):
        tracker = configured()
        sent = only(tracker.command(1, "event", {"type": "t"}, moment()), "Send")
        tracker.failed(sent.request, message="gone", moment=moment())
        now = moment(**out)
        effects = (
            tracker.hidden(now)
            + tracker.on_timer(("outbox", "flush", 2), now)
            + tracker.on_timer(("outbox", "net", 0), now)
        )
        effects = effects + tracker.leaving(now) + tracker.connected(now)

        assert all_of(effects, "Send") == []
        assert all_of(effects, "Arm") == []

        effects = tracker.on_timer(("outbox", "tick", 0), now)
        assert settled(effects, 1)[1]["code"] == "outbox.consent"
        assert only(effects, "Erase")
        assert tracker.command(2, "getDelivery", {}, now)[0].value["waiting"] == 0


def test_a_body_is_not_sent_in_halves_once_another_page_has_declined():
    tracker = configured()
    first = only(tracker.command(1, "event", {"type": "t"}, moment()), "Send")
    out = moment(cookie=CHOSEN + "out")
    effects = tracker.answered(first.request, status=431, text="", retry_after="", moment=out)

    assert all_of(effects, "Send") == []


def test_what_could_not_leave_for_want_of_consent_leaves_with_it():
    choice = {"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}
    tracker = configured(defaultConsent="pending")
    first = tracker.command(1, "event", {"type": "t"}, moment(cookie=CHOSEN + "in"))
    failed = tracker.failed(
        only(first, "Send").request, message="gone", moment=moment(cookie=CHOSEN + "in")
    )
    late = tracker.on_timer(timer(failed, "flush").timer, moment())
    assert all_of(late, "Send") == []

    effects = tracker.command(2, "setConsent", {"consent": [choice]}, moment())
    told = only(effects, "Send")
    assert "/privacy/set-consent" in told.url
    assert first_event(only(answer(tracker, told), "Send"))["xdm"]["eventType"] == "t"


def test_a_choice_on_a_page_that_is_left_leaves_behind_what_came_before_it():
    tracker = configured()
    first = only(tracker.command(1, "event", {"type": "t"}, moment()), "Send")
    tracker.failed(first.request, message="gone", moment=moment())
    gone = tracker.leaving(moment())
    tracker.failed(only(gone, "Send").request, message="gone", moment=moment())
    effects = tracker.command(2, "setConsent", {"consent": ADOBE_OUT}, moment())

    actions = [send.url.split("/v1/")[1].split("?")[0] for send in all_of(effects, "Send")]
    assert actions == ["collect", "privacy/set-consent"]
