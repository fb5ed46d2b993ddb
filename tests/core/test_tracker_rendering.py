"""What comes back is rendered, and reported as shown only if it was."""

from given import (
    action,
    all_of,
    answer,
    configured,
    decisions,
    first_event,
    moment,
    only,
    proposition,
    scoped,
    settled,
)

from pyrite.core.delivery.entry import Outcome
from pyrite.core.tracker import Tracker

VIEW = {"xdm": {"web": {"webPageDetails": {"viewName": "Cart"}}}}


def view_start(tracker, call=1, **more):
    return only(tracker.command(call, "event", dict({"viewStart": True}, **more), moment()), "Send")


def shown_in(send):
    event = first_event(send)
    return [
        record["id"]
        for record in event["xdm"]["_experience"]["decisioning"]["propositions"]
        if "id" in record
    ]


def test_propositions_become_a_plan_and_the_promise_waits_for_its_first_pass():
    tracker = configured()
    effects = answer(tracker, view_start(tracker), [decisions(proposition("p", action("setText")))])
    render = only(effects, "Render")

    assert settled(effects, 1) is None
    value = settled(tracker.rendering(render.plan, ["shown"], moment()), 1)[1]
    assert [(found["id"], found["renderAttempted"]) for found in value["propositions"]] == [
        ("p", True)
    ]
    assert value["decisions"] == []


def test_one_display_event_reports_all_that_was_shown():
    tracker = configured()
    handles = [decisions(proposition("a", action("setText")), proposition("b", action("remove")))]
    render = only(answer(tracker, view_start(tracker), handles), "Render")
    tracker.rendering(render.plan, ["shown", "shown"], moment())
    send = only(tracker.rendered(render.plan, ["shown", "shown"], moment()), "Send")
    event = first_event(send)

    assert event["xdm"]["eventType"] == "decisioning.propositionDisplay"
    assert event["xdm"]["_experience"]["decisioning"]["propositionEventType"] == {"display": 1}
    assert shown_in(send) == ["a", "b"]
    assert "query" not in event


def test_an_offer_whose_selector_never_matched_is_not_reported():
    tracker = configured()
    handles = [decisions(proposition("a", action("setText")), proposition("b", action("setText")))]
    render = only(answer(tracker, view_start(tracker), handles), "Render")
    tracker.rendering(render.plan, ["shown", "waiting"], moment())
    effects = tracker.rendered(render.plan, ["shown", "no element within 5 s"], moment())

    assert shown_in(only(effects, "Send")) == ["a"]
    assert "was not shown: no element within 5 s" in only(effects, "Log").message


def test_what_was_shown_is_reported_when_the_page_leaves_while_the_rest_is_awaited():
    tracker = configured()
    handles = [decisions(proposition("a", action("setText")), proposition("b", action("setText")))]
    render = only(answer(tracker, view_start(tracker), handles), "Render")
    tracker.rendering(render.plan, ["shown", "waiting"], moment())
    send = only(tracker.leaving(moment()), "Send")

    assert send.unloading
    assert shown_in(send) == ["a"]
    assert (
        all_of(tracker.rendered(render.plan, ["shown", "no element within 5 s"], moment()), "Send")
        == []
    )


def test_nothing_shown_sends_no_display_event():
    tracker = configured()
    render = only(
        answer(tracker, view_start(tracker), [decisions(proposition("a", action("setText")))]),
        "Render",
    )
    tracker.rendering(render.plan, ["waiting"], moment())

    assert all_of(tracker.rendered(render.plan, ["no element within 5 s"], moment()), "Send") == []


def test_an_event_that_does_not_render_returns_decisions_only():
    tracker = configured()
    send = only(tracker.command(1, "sendEvent", {}, moment()), "Send")
    effects = answer(tracker, send, [decisions(proposition("a", action("setText")))])

    assert all_of(effects, "Render") == []
    value = settled(effects, 1)[1]
    assert value["propositions"][0]["renderAttempted"] is False
    assert "renderAttempted" not in value["decisions"][0]


def test_named_scopes_are_returned_and_never_rendered():
    tracker = configured()
    send = view_start(tracker, decisionScopes=["hero"])
    effects = answer(
        tracker, send, [decisions(scoped(proposition("h", action("setText")), "hero"))]
    )

    assert all_of(effects, "Render") == []
    assert settled(effects, 1)[1]["decisions"][0]["id"] == "h"


def test_unreported_displays_wait_for_the_event_that_includes_them():
    tracker = configured()
    send = view_start(tracker, personalization={"sendDisplayEvent": False})
    render = only(answer(tracker, send, [decisions(proposition("a", action("setText")))]), "Render")
    tracker.rendering(render.plan, ["shown"], moment())

    assert all_of(tracker.rendered(render.plan, ["shown"], moment()), "Send") == []
    bottom = {"personalization": {"includeRenderedPropositions": True}}
    assert shown_in(only(tracker.command(2, "event", bottom, moment()), "Send")) == ["a"]


def test_content_is_hidden_until_the_first_pass_is_over():
    tracker = configured(prehidingStyle="#a { opacity: 0 }")
    effects = tracker.command(1, "event", {"viewStart": True}, moment())
    timer = [later for later in all_of(effects, "Later") if later.timer[1] == "show"][0]

    assert only(effects, "Hide").css == "#a { opacity: 0 }"
    assert timer.delay_ms == 3000
    assert only(tracker.on_timer(("events", "show", 0), moment()), "Show")
    render = only(
        answer(tracker, only(effects, "Send"), [decisions(proposition("a", action("setText")))]),
        "Render",
    )
    assert only(tracker.rendering(render.plan, ["shown"], moment()), "Show")


def test_content_is_shown_when_nothing_comes_back_when_it_fails_and_when_consent_is_out():
    for end in ("empty", "refused", "failed"):
        tracker = configured(prehidingStyle="x")
        send = view_start(tracker)
        if end == "failed":
            effects = tracker.failed(send.request, message="gone", moment=moment())
        else:
            effects = answer(tracker, send, status=200 if end == "empty" else 400)
        assert all_of(effects, "Show"), end
    declined = configured(prehidingStyle="x", defaultConsent="out").command(
        1, "event", {"viewStart": True}, moment()
    )
    assert all_of(declined, "Show")
    assert all_of(declined, "Hide") == []


def test_a_first_event_that_does_not_render_shows_what_the_page_hid_itself():
    assert all_of(configured().command(1, "event", {}, moment()), "Show")


def test_a_failed_configuration_shows_what_the_page_hid_itself():
    assert all_of(Tracker("alloy").command(1, "configure", {}, moment()), "Show")


def test_a_views_offers_come_from_the_first_answer_and_its_event_reports_them():
    tracker = configured()
    handles = [decisions(scoped(proposition("v", action("setText")), "cart", view=True))]
    first = answer(tracker, view_start(tracker), handles)
    assert all_of(first, "Render") == []
    assert settled(first, 1)[1]["propositions"] == []

    effects = tracker.command(2, "sendEvent", dict(VIEW, renderDecisions=True), moment())
    assert all_of(effects, "Send") == []
    send = only(tracker.rendering(only(effects, "Render").plan, ["shown"], moment()), "Send")
    assert shown_in(send) == ["v"]
    assert "query" not in first_event(send)
    assert settled(answer(tracker, send), 2)[1]["propositions"][0]["id"] == "v"
    assert all_of(tracker.rendered(only(effects, "Render").plan, ["shown"], moment()), "Send") == []


def test_a_view_without_offers_says_so_in_its_event():
    tracker = configured()
    answer(tracker, view_start(tracker))
    send = only(tracker.command(2, "sendEvent", dict(VIEW, renderDecisions=True), moment()), "Send")

    assert first_event(send)["xdm"]["_experience"]["decisioning"]["propositions"] == [
        {"scope": "Cart", "scopeDetails": {"characteristics": {"scopeType": "view"}}}
    ]


def test_a_view_waits_for_the_request_that_brings_the_views():
    tracker = configured()
    send = view_start(tracker)

    assert (
        all_of(tracker.command(2, "sendEvent", dict(VIEW, renderDecisions=True), moment()), "Send")
        == []
    )
    effects = answer(
        tracker, send, [decisions(scoped(proposition("v", action("setText")), "cart", view=True))]
    )
    assert only(effects, "Render")


def test_a_waiting_view_leaves_with_the_page():
    tracker = configured()
    view_start(tracker)
    tracker.command(2, "sendEvent", dict(VIEW, renderDecisions=True, type="late"), moment())

    assert first_event(only(tracker.leaving(moment()), "Send"))["xdm"]["eventType"] == "late"


def test_every_further_view_start_asks_and_renders_again():
    tracker = configured()
    first = answer(tracker, view_start(tracker), [decisions(proposition("p", action("setText")))])
    second = answer(
        tracker, view_start(tracker, call=2), [decisions(proposition("p", action("setText")))]
    )

    assert only(first, "Render")
    assert only(second, "Render")


def test_the_callback_may_change_cancel_or_break_an_event():
    tracker = configured(onBeforeEventSend="function")
    ask = only(tracker.command(1, "event", {"type": "t", "data": {"a": 1}}, moment()), "Ask")

    changed = {"xdm": {"eventType": "changed", "_id": "x"}, "data": {"b": 2}}
    event = first_event(
        only(tracker.hooked(ask.ticket, value=changed, error="", moment=moment()), "Send")
    )
    assert (event["xdm"]["eventType"], event["data"]) == ("changed", {"b": 2})

    ask = only(tracker.command(2, "event", {}, moment()), "Ask")
    assert settled(tracker.hooked(ask.ticket, value=None, error="", moment=moment()), 2) == (
        True,
        {},
    )

    ask = only(tracker.command(3, "event", {}, moment()), "Ask")
    assert (
        settled(tracker.hooked(ask.ticket, value=None, error="Error: no", moment=moment()), 3)[1][
            "code"
        ]
        == "hook.failed"
    )


def test_a_cancelled_view_start_does_not_keep_views_waiting_or_content_hidden():
    tracker = configured(onBeforeEventSend="function", prehidingStyle="x")
    ask = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Ask")
    assert all_of(tracker.hooked(ask.ticket, value=None, error="", moment=moment()), "Show")

    ask = only(
        tracker.command(
            2,
            "sendEvent",
            dict(
                VIEW, renderDecisions=True, personalization={"defaultPersonalizationEnabled": False}
            ),
            moment(),
        ),
        "Ask",
    )
    assert only(tracker.hooked(ask.ticket, value=ask.value, error="", moment=moment()), "Send")


def test_a_click_on_a_link_leaves_at_once_and_may_be_filtered():
    facts = {"url": "https://www.site.test/n", "host": "www.site.test", "pageHost": "www.site.test", "protocol": "https:",
             "text": "Next", "names": [], "region": "NAV", "download": False, "qualified": None, "scripted": False}  # fmt: skip
    tracker = configured(clickCollectionEnabled=True)
    send = only(tracker.clicked(facts, moment()), "Send")
    assert send.unloading
    assert first_event(send)["xdm"]["web"]["webInteraction"]["name"] == "Next"

    tracker = configured(
        clickCollectionEnabled=True, clickCollection={"filterClickDetails": "function"}
    )
    ask = only(tracker.clicked(facts, moment()), "Ask")
    changed = dict(ask.value, linkName="Other")
    sent = only(tracker.hooked(ask.ticket, value=changed, error="", moment=moment()), "Send")
    assert first_event(sent)["xdm"]["web"]["webInteraction"]["name"] == "Other"
    ask = only(tracker.clicked(facts, moment()), "Ask")
    assert tracker.hooked(ask.ticket, value=None, error="", moment=moment()) == []


def test_a_route_change_starts_a_view_by_itself():
    tracker = configured(autoViewStart=True)
    send = only(tracker.routed("push", moment(url="https://www.site.test/other")), "Send")

    assert first_event(send)["xdm"]["eventType"] == "web.webpagedetails.pageViews"
    assert tracker.routed("replace", moment(url="https://www.site.test/other?x=1")) == []


def test_hints_are_waited_for_and_an_unloading_event_does_not_wait():
    tracker = configured(context=["web", "highEntropyUserAgentHints"])

    assert all_of(tracker.command(1, "event", {}, moment()), "Send") == []
    assert only(tracker.command(2, "event", {"documentUnloading": True}, moment()), "Send")
    send = only(tracker.hinted(moment(hints={"model": "M"})), "Send")
    assert first_event(send)["xdm"]["environment"]["browserDetails"]["userAgentClientHints"] == {
        "model": "M"
    }


def test_an_answer_of_a_shape_that_nobody_foresaw_settles_and_hides_nothing():
    tracker = configured(prehidingStyle="x")
    odd = action("setAttribute", content={})
    nested = []
    for _ in range(1000):
        nested = [nested]
    send = view_start(tracker)
    outcome = {"requestId": "r", "handle": [decisions(proposition("p", odd))]}
    odd["data"]["content"] = {"title": nested}
    ready = tracker._set
    request = ready.outbox._sender.in_flight.finished(send.request)
    ended = ready.events.on_outcome(
        Outcome(request.entries[0], request, answer=outcome, error=None), moment()
    )

    # What has no JSON form rejects where the page would be given it (browser/page.py).
    assert settled(ended, 1)
    assert "can't be rendered" in only(ended, "Log").message
    assert all_of(ended, "Show")
    assert only(tracker.command(2, "event", {}, moment()), "Send")


def test_the_marker_of_a_view_without_offers_keeps_the_case_of_its_name():
    marker = {"scope": "CartView", "scopeDetails": {"characteristics": {"scopeType": "view"}}}
    xdm = {"web": {"webPageDetails": {"viewName": "CartView"}}}
    tracker = configured()
    first = tracker.command(1, "sendEvent", {"renderDecisions": True, "xdm": xdm}, moment())
    display = only(answer(tracker, only(first, "Send")), "Send")
    later = tracker.command(2, "sendEvent", {"renderDecisions": True, "xdm": xdm}, moment())

    for send in (display, only(later, "Send")):
        found = first_event(send)["xdm"]["_experience"]["decisioning"]["propositions"]
        assert found == [marker]


def test_a_display_event_carries_the_identities_of_the_event_that_rendered():
    tracker = configured()
    identities = {"CRM": [{"id": "7", "primary": True}]}
    options = {"viewStart": True, "xdm": {"identityMap": identities}}
    send = only(tracker.command(1, "event", options, moment()), "Send")
    render = only(answer(tracker, send, [decisions(proposition("p", action("setText")))]), "Render")
    tracker.rendering(render.plan, ["shown"], moment())
    display = only(tracker.rendered(render.plan, ["shown"], moment()), "Send")

    assert first_event(display)["xdm"]["identityMap"] == identities
    assert "identityMap" not in first_event(view_start_display())["xdm"]


def view_start_display():
    """The display event of a view start without identities."""
    tracker = configured()
    found = [decisions(proposition("p", action("setText")))]
    render = only(answer(tracker, view_start(tracker), found), "Render")
    return only(tracker.rendered(render.plan, ["shown"], moment()), "Send")
