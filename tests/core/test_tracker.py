"""The tracker: commands in, effects out."""

from given import (
    ECID,
    IDENTITY,
    NOW_MS,
    URL,
    all_of,
    answer,
    body,
    configured,
    first_event,
    moment,
    only,
    problem,
    settled,
    timer,
)  # fmt: skip

from pyrite.core.tracker import Tracker


def test_an_event_before_configure_waits_for_it_and_keeps_its_order():
    tracker = Tracker("alloy")

    assert tracker.command(1, "event", {"type": "first"}, moment()) == []
    assert tracker.command(2, "event", {"type": "second"}, moment()) == []
    effects = tracker.command(3, "configure", {"datastreamId": "shop"}, moment())
    effects = effects + tracker.on_timer(timer(effects, "flush").timer, moment())
    assert [first_event(send)["xdm"]["eventType"] for send in all_of(effects, "Send")] == [
        "first",
        "second",
    ]


def test_waiting_events_are_refused_when_configuring_fails():
    tracker = Tracker("alloy")
    tracker.command(1, "event", {}, moment())
    effects = tracker.command(2, "configure", {}, moment())

    assert settled(effects, 2)[1]["code"] == "options.invalid"
    assert settled(effects, 1)[1]["code"] == "command.unconfigured"
    assert "datastreamId: missing" in settled(effects, 1)[1]["message"]
    assert (
        settled(tracker.command(3, "event", {}, moment()), 3)[1]["code"] == "command.unconfigured"
    )


def test_a_second_try_to_configure_may_succeed():
    tracker = Tracker("alloy")
    tracker.command(1, "configure", {}, moment())

    assert settled(tracker.command(2, "configure", {"datastreamId": "shop"}, moment()), 2) == (
        True,
        {},
    )
    assert only(tracker.command(3, "event", {}, moment()), "Send")


def test_configuring_twice_is_refused():
    assert (
        settled(configured().command(2, "configure", {"datastreamId": "b"}, moment()), 2)[1]["code"]
        == "command.configured_twice"
    )


def test_an_unknown_command_names_the_known_ones_and_the_nearest():
    ok, error = settled(configured().command(1, "evnt", {}, moment()), 1)

    assert not ok
    assert error["message"].startswith(
        "unknown command 'evnt'; commands are configure, appendIdentityToUrl"
    )
    assert error["message"].endswith("(did you mean 'event'?)")


def test_unknown_options_of_an_event_are_refused():
    error = settled(configured().command(1, "event", {"viewstart": True}, moment()), 1)[1]

    assert "did you mean 'viewStart'?" in error["message"]


def test_the_body_of_a_view_start_is_the_protocols():
    send = only(
        configured().command(1, "event", {"viewStart": True, "data": {"key": "value"}}, moment()),
        "Send",
    )
    sent = body(send)
    event = sent["events"][0]
    id = event["xdm"].pop("_id")

    assert len(id) == 36
    assert send.url.startswith("https://edge.site.test/ee/v1/interact?configId=shop&requestId=")
    assert event["data"] == {"key": "value"}
    assert event["xdm"]["eventType"] == "web.webpagedetails.pageViews"
    assert event["query"]["personalization"]["decisionScopes"] == ["__view__"]
    assert event["query"]["personalization"]["surfaces"] == ["web://www.site.test/page"]
    assert len(event["query"]["personalization"]["schemas"]) == 8
    assert sent["query"] == {"identity": {"fetch": ["ECID"]}}
    assert sent["meta"] == {
        "queueTimeMillis": 0,
        "sentAt": NOW_MS,
        "state": {"domain": "site.test", "cookiesEnabled": True},
    }
    assert sent["xdm"] == {"identityMap": {"FPID": [{"id": "device-1"}]}}


def test_the_type_is_taken_from_xdm_then_type_then_data():
    def type_of(options):
        return first_event(only(configured().command(1, "event", options, moment()), "Send"))[
            "xdm"
        ].get("eventType")

    everything = {"xdm": {"eventType": "x"}, "type": "t", "data": {"type": "d"}, "viewStart": True}
    assert type_of(everything) == "x"
    assert type_of({"type": "t", "data": {"type": "d"}}) == "t"
    assert type_of({"data": {"type": "d"}}) == "d"
    assert type_of({"viewStart": True}) == "web.webpagedetails.pageViews"
    assert type_of({}) is None


def test_the_callers_xdm_wins_over_the_context_and_data_stay_as_given():
    options = {
        "xdm": {"web": {"webPageDetails": {"name": "home", "URL": "x"}}, "_id": "mine"},
        "data": {"type": "t", "n": [1]},
    }
    event = first_event(only(configured().command(1, "event", options, moment()), "Send"))

    assert event["xdm"]["web"]["webPageDetails"] == {"name": "home", "URL": "x"}
    assert event["xdm"]["web"]["webReferrer"] == {"URL": ""}
    assert event["xdm"]["_id"] == "mine"
    assert event["data"] == {"type": "t", "n": [1]}


def test_an_event_keeps_the_id_and_the_time_that_it_got_before_the_tracker_was_there():
    effects = configured().command(1, "event", {}, moment(age_ms=1500), event_id="early")
    sent = body(only(effects, "Send"))

    assert sent["events"][0]["xdm"]["_id"] == "early"
    assert sent["events"][0]["xdm"]["timestamp"] == "2026-11-20T06:53:46.211Z"
    assert sent["meta"]["queueTimeMillis"] == 1500


def test_an_event_resolves_with_what_was_sent_and_what_was_answered():
    tracker = configured()
    send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
    ok, value = settled(answer(tracker, send), 1)

    assert ok
    assert value["requestBody"] == body(send)
    assert value["responseBody"] == {"requestId": send.request, "handle": []}
    assert value["propositions"] == value["decisions"] == []


def test_an_event_that_expects_no_answer_is_collected_and_has_no_response_body():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment(cookie=IDENTITY)), "Send")
    value = settled(answer(tracker, send, status=204, text=""), 1)[1]

    assert "/v1/collect?" in send.url
    assert sorted(value) == ["decisions", "propositions", "requestBody"]
    assert "query" not in body(send)


def test_an_unloading_event_goes_by_beacon_even_as_the_very_first_and_blocks_nothing():
    tracker = configured()
    first = only(tracker.command(1, "event", {"documentUnloading": True}, moment()), "Send")
    second = only(tracker.command(2, "event", {}, moment()), "Send")

    assert first.unloading
    assert "/v1/collect?" in first.url
    assert not second.unloading
    assert "/v1/interact?" in second.url


def test_an_unloading_view_start_asks_for_nothing():
    send = only(
        configured().command(1, "event", {"viewStart": True, "documentUnloading": True}, moment()),
        "Send",
    )

    assert "query" not in first_event(send)


def test_a_refusal_rejects_with_code_message_and_status():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")
    ok, error = settled(answer(tracker, send, status=400, text=problem("bad")), 1)

    assert (ok, error["code"], error["status"]) == (False, "edge.refused", 400)


def test_the_device_id_is_minted_once_and_stored():
    tracker = configured()
    effects = tracker.command(1, "event", {}, moment(cookie=""))
    cookie = only(effects, "SetCookie")
    again = tracker.command(2, "event", {}, moment(cookie=""))
    again = again + tracker.on_timer(timer(effects, "flush").timer, moment(cookie=""))

    assert (cookie.name, cookie.domain, cookie.max_age_s) == ("pyrite_fpid", "site.test", 34128000)
    assert body(only(effects, "Send"))["xdm"]["identityMap"]["FPID"] == [{"id": cookie.value}]
    assert body(only(again, "Send"))["xdm"]["identityMap"]["FPID"] == [{"id": cookie.value}]
    assert all_of(again, "SetCookie") == []


def test_the_edges_cookies_are_stored_on_the_sites_domain():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")
    stored = [
        {"key": "kndctr_shop_identity", "value": "v", "maxAge": 60, "attrs": {"SameSite": "None"}},
        {"key": "evil", "value": "x"},
    ]
    cookie = only(answer(tracker, send, [{"type": "state:store", "payload": stored}]), "SetCookie")

    assert (cookie.name, cookie.value, cookie.max_age_s, cookie.same_site) == (
        "kndctr_shop_identity",
        "v",
        60,
        "None",
    )


def test_the_age_of_a_cookie_is_a_whole_number_within_bounds():
    for said, kept in ((1e300, 2**31), (-1e300, -1), (1800.9, 1800), ("x", 0), (0, 0)):
        tracker = configured()
        send = only(tracker.command(1, "event", {}, moment()), "Send")
        stored = [{"key": "kndctr_shop_identity", "value": "v", "maxAge": said}]
        effects = answer(tracker, send, [{"type": "state:store", "payload": stored}])

        assert only(effects, "SetCookie").max_age_s == kept


def test_cookies_travel_as_entries_only_to_an_edge_on_another_site():
    near = body(
        only(configured().command(1, "event", {}, moment(cookie=IDENTITY + "; other=1")), "Send")
    )
    far = body(
        only(
            configured(edgeDomain="edge.far.test").command(
                1, "event", {}, moment(cookie=IDENTITY + "; other=1")
            ),
            "Send",
        )
    )

    assert "entries" not in near["meta"]["state"]
    assert far["meta"]["state"]["entries"] == [
        {"key": "kndctr_shop_identity", "value": IDENTITY.partition("=")[2]}
    ]


def test_the_location_hint_becomes_part_of_the_path():
    send = only(
        configured().command(1, "event", {}, moment(cookie="kndctr_shop_cluster=or2")), "Send"
    )

    assert send.url.startswith("https://edge.site.test/ee/or2/v1/interact?")


def test_an_identity_handed_over_in_the_address_is_used():
    url = f"https://www.site.test/?adobe_mc=TS%3D{NOW_MS // 1000}%7CMCMID%3D{ECID}%7CMCORGID%3Dshop"
    sent = body(only(configured().command(1, "event", {}, moment(url=url)), "Send"))

    assert sent["xdm"]["identityMap"]["ECID"] == [{"id": ECID}]


def test_overrides_go_along_and_another_data_stream_takes_the_addresss_place():
    tracker = configured(edgeConfigOverrides={"a": {"b": 1}})
    send = only(
        tracker.command(
            1, "event", {"edgeConfigOverrides": {"datastreamId": "other", "c": 2}}, moment()
        ),
        "Send",
    )

    assert "configId=other&" in send.url
    assert body(send)["meta"]["configOverrides"] == {"a": {"b": 1}, "c": 2}
    assert body(send)["meta"]["sdkConfig"] == {"datastream": {"original": "shop"}}


def test_a_merge_id_is_created_and_carried():
    tracker = configured()
    merge_id = settled(tracker.command(1, "createEventMergeId", {}, moment()), 1)[1]["eventMergeId"]
    event = first_event(only(tracker.command(2, "event", {"mergeId": merge_id}, moment()), "Send"))

    assert event["xdm"]["eventMergeId"] == merge_id


def test_the_library_tells_about_itself():
    info = settled(configured().command(1, "getLibraryInfo", {}, moment()), 1)[1]["libraryInfo"]

    assert info["version"]
    assert "event" in info["commands"]
    assert info["configs"]["datastreamId"] == "shop"


def test_send_event_answers_as_todays_alloy_does():
    tracker = configured()
    send = only(tracker.command(1, "sendEvent", {"type": "t"}, moment(cookie=IDENTITY)), "Send")

    assert "/v1/interact?" in send.url
    assert settled(answer(tracker, send), 1) == (True, {"propositions": [], "decisions": []})


def test_only_the_first_send_event_asks_for_the_page():
    tracker = configured()
    first = first_event(only(tracker.command(1, "sendEvent", {}, moment()), "Send"))
    second = first_event(only(tracker.command(2, "sendEvent", {}, moment()), "Send"))
    asked = {"personalization": {"defaultPersonalizationEnabled": True}}
    third = first_event(only(tracker.command(3, "sendEvent", asked, moment()), "Send"))

    assert first["query"]["personalization"]["decisionScopes"] == ["__view__"]
    assert "query" not in second
    assert third["query"]["personalization"]["decisionScopes"] == ["__view__"]


def test_named_scopes_are_asked_for_without_dom_actions():
    options = {
        "decisionScopes": ["hero"],
        "personalization": {
            "decisionScopes": ["hero", "b"],
            "surfaces": ["#x"],
            "decisionContext": {"k": 1},
        },
    }
    query = first_event(only(configured().command(1, "event", options, moment()), "Send"))["query"][
        "personalization"
    ]

    assert query["decisionScopes"] == ["hero", "b"]
    assert query["surfaces"] == ["web://www.site.test/page#x"]
    assert query["decisionContext"] == {"k": 1}
    assert "https://ns.adobe.com/personalization/dom-action" not in query["schemas"]


def test_the_identity_is_told_at_once_where_it_is_known():
    tracker = configured()
    value = settled(
        tracker.command(
            1,
            "getIdentity",
            {"namespaces": ["ECID", "FPID"]},
            moment(cookie=IDENTITY + "; pyrite_fpid=d"),
        ),
        1,
    )[1]

    assert value == {"identity": {"ECID": ECID, "FPID": "d"}, "edge": {"regionId": ""}}


def test_the_identity_is_acquired_where_it_is_not_known():
    tracker = configured()
    send = only(tracker.command(1, "getIdentity", {}, moment()), "Send")
    result = {"type": "identity:result", "payload": [{"id": "42", "namespace": {"code": "ECID"}}]}

    assert "/v1/identity/acquire?" in send.url
    assert settled(answer(tracker, send, [result]), 1)[1]["identity"] == {"ECID": "42"}


def test_an_address_gets_the_identity_appended():
    value = settled(
        configured().command(
            1, "appendIdentityToUrl", {"url": "https://b.test/"}, moment(cookie=IDENTITY)
        ),
        1,
    )[1]

    assert value["url"].startswith("https://b.test/?adobe_mc=TS%3D1795157627%7CMCMID%3D" + ECID)


def test_debugging_writes_what_is_sent_and_can_be_switched_off():
    tracker = configured(debugEnabled=True)
    told = only(tracker.command(1, "event", {"type": "t"}, moment()), "Log")
    tracker.command(2, "setDebug", {"enabled": False}, moment())

    assert told.level == "info"
    assert '"eventType":"t"' in told.message
    assert all_of(tracker.command(3, "event", {}, moment()), "Log") == []


def test_the_edges_warnings_are_logged_and_the_promise_resolves():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")
    text = '{"handle":[],"errors":[{"title":"partly"}],"warnings":[{"title":"late"}]}'
    effects = answer(tracker, send, status=207, text=text)

    assert [log.level for log in all_of(effects, "Log")] == ["warn", "warn"]
    assert settled(effects, 1)[0]


def test_a_refused_identity_rejects_whoever_asked_for_it():
    for name, options in (
        ("getIdentity", {}),
        ("appendIdentityToUrl", {"url": "https://a.test/"}),
    ):
        tracker = configured()
        send = only(tracker.command(1, name, options, moment()), "Send")
        ok, error = settled(
            answer(tracker, send, text=problem("no such data stream"), status=400), 1
        )

        assert ok is False, name
        assert "no such data stream" in error["message"], name


def test_there_is_no_configuration_before_configure_and_one_after():
    assert Tracker("alloy").config is None
    assert configured().config.datastream_id == "shop"


def notes(**options):
    """What configure says of options that do nothing."""
    given = dict({"datastreamId": "shop", "debugEnabled": True}, **options)
    effects = Tracker("alloy").command(1, "configure", given, moment())
    return [log.message for log in all_of(effects, "Log") if "no effect" in log.message]


def test_only_options_that_were_given_are_said_to_have_no_effect():
    assert notes() == []
    (said,) = notes(streamingMedia={"channel": "c"})
    assert "streamingMedia is accepted and has no effect" in said


def test_a_click_says_which_page_it_was_on():
    facts = {"url": "https://www.site.test/n", "host": "www.site.test", "pageHost": "www.site.test", "protocol": "https:",
             "text": "Next", "names": [], "region": "NAV", "download": False, "qualified": None, "scripted": False}  # fmt: skip
    tracker = configured(clickCollectionEnabled=True)
    sent = first_event(only(tracker.clicked(facts, moment()), "Send"))
    said = sent["data"]["__adobe"]["analytics"]["contextData"]["a"]["activitymap"]

    assert said["page"] == URL


CORE = {"type": "identity:result", "payload": [{"id": "c-1", "namespace": {"code": "CORE"}}]}
BOTH = {"namespaces": ["ECID", "CORE"]}


def test_the_namespace_core_is_asked_for_and_given():
    tracker = configured()
    send = only(tracker.command(1, "getIdentity", BOTH, moment(cookie=IDENTITY)), "Send")
    effects = answer(tracker, send, [CORE], cookie=IDENTITY)

    assert body(send)["query"] == {"identity": {"fetch": ["ECID", "CORE"]}}
    assert settled(effects, 1)[1]["identity"] == {"ECID": ECID, "CORE": "c-1"}
    assert all_of(effects, "Log") == []
    again = tracker.command(2, "getIdentity", BOTH, moment(cookie=IDENTITY))
    assert settled(again, 2)[1]["identity"] == {"ECID": ECID, "CORE": "c-1"}


def test_an_edge_without_the_namespace_core_is_named_as_such():
    tracker = configured()
    send = only(tracker.command(1, "getIdentity", BOTH, moment(cookie=IDENTITY)), "Send")
    effects = answer(tracker, send, cookie=IDENTITY)

    assert settled(effects, 1)[1]["identity"] == {"ECID": ECID, "CORE": None}
    assert "this edge has no id for CORE" in only(effects, "Log").message


def test_the_address_of_a_page_switches_the_log_on_and_off():
    def debugs(url, before=None, **options):
        tracker = Tracker()
        if before is not None:
            tracker.command(1, "setDebug", {"enabled": before}, moment(url=url))
        given = dict({"datastreamId": "shop"}, **options)
        tracker.command(2, "configure", given, moment(url=url))
        return bool(all_of(tracker.command(3, "event", {}, moment(url=url)), "Log"))

    page = "https://www.site.test/page"
    assert debugs(page + "?alloy_debug=true")
    assert debugs(page + "?a=1&alloy_debug=TRUE#top")
    assert not debugs(page + "?alloy_debug=false", debugEnabled=True)
    assert not debugs(page + "?alloy_debug=1")
    assert not debugs(page + "?alloy_debug=true", before=False)
    assert debugs(page, before=True)
    assert not debugs(page, before=False, debugEnabled=True)
    assert debugs(page, debugEnabled=True)
    assert not debugs(page)
