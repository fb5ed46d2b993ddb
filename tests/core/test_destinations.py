"""What an answer asks a page to pass on to others."""

from given import all_of, answer, configured, moment, only, settled

PUSH = {
    "type": "activation:push",
    "payload": [
        {
            "type": "cookie",
            "spec": {"name": "seg", "value": "a=1; b", "domain": ".site.test", "ttlDays": 2},
        },
        {"type": "cookie", "spec": {"name": "bare"}},
        {"type": "cookie", "spec": {"name": "", "value": "x"}},
        {"type": "cookie", "spec": {"name": "x; path=/", "domain": "a.test; Secure"}},
        {"type": "url", "spec": {"url": "https://dest.test/p", "hideReferrer": True}},
        {"type": "else", "spec": {"url": "https://dest.test/no"}},
        {"type": "url"},
    ],
}
EXCHANGE = {
    "type": "identity:exchange",
    "payload": [
        {
            "type": "url",
            "id": 411,
            "spec": {"url": "//sync.test/i?d=1", "hideReferrer": False, "ttlMinutes": 10},
        },
    ],
}
ADOBE = {"standard": "Adobe", "version": "1.0"}


def asked(effects):
    """What is stored for others, and what is called."""
    cookies = [
        (one.name, one.value, one.domain, one.max_age_s, one.same_site)
        for one in all_of(effects, "SetCookie")
    ]
    return cookies, [(call.url, call.hides_referrer) for call in all_of(effects, "Call")]


WHOLE = (
    [
        ("seg", "a%3D1%3B%20b", ".site.test", 172800, "None"),
        ("bare", "", "", 864000, "None"),
        ("x%3B%20path%3D%2F", "", "a.test%3B%20Secure", 864000, "None"),
    ],
    [("https://dest.test/p", True), ("//sync.test/i?d=1", False)],
)


def test_cookies_are_stored_and_addresses_called():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")

    assert asked(answer(tracker, send, [PUSH, EXCHANGE])) == WHOLE


def test_without_tls_a_cookie_is_for_this_site():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")
    cookies = asked(answer(tracker, send, [PUSH], url="http://shop.test/"))[0]

    assert [cookie[4] for cookie in cookies] == ["Lax", "Lax", "Lax"]


def test_nothing_is_passed_on_without_consent():
    body = {"requestId": "r", "handle": [PUSH, EXCHANGE]}
    for options, facts in [({"defaultConsent": "pending"}, {}), ({}, {"gpc": True})]:
        tracker = configured(**options)
        effects = tracker.command(1, "applyResponse", {"responseBody": body}, moment(**facts))

        assert settled(effects, 1)[0]
        assert asked(effects) == ([], [])
    allowed = configured().command(2, "applyResponse", {"responseBody": body}, moment())

    assert asked(allowed) == WHOLE


def test_nothing_is_passed_on_while_the_visitor_declines():
    tracker = configured()
    send = only(tracker.command(1, "event", {}, moment()), "Send")
    out = {"consent": [dict(ADOBE, value={"general": "out"})]}
    choice = only(tracker.command(2, "setConsent", out, moment()), "Send")

    assert asked(answer(tracker, send, [PUSH, EXCHANGE])) == ([], [])
    assert asked(answer(tracker, choice, [PUSH, EXCHANGE]))[1] == []


def test_what_comes_with_a_consent_is_passed_on():
    tracker = configured(defaultConsent="pending")
    given = {"consent": [dict(ADOBE, value={"general": "in"})]}
    choice = only(tracker.command(1, "setConsent", given, moment()), "Send")
    stored = {
        "type": "state:store",
        "payload": [{"key": "kndctr_shop_consent", "value": "general=in", "maxAge": 9}],
    }

    assert asked(answer(tracker, choice, [stored, EXCHANGE]))[1] == WHOLE[1][1:]


def test_payloads_of_any_shape_do_no_harm():
    for payload in (None, 5, [None, "x", {"type": "url", "spec": 3}], {"type": "cookie"}):
        tracker = configured()
        send = only(tracker.command(1, "event", {}, moment()), "Send")
        effects = answer(tracker, send, [dict(PUSH, payload=payload)])

        assert settled(effects, 1)[0]
        assert asked(effects) == ([], [])


def test_a_handle_that_nobody_reads_is_noted_for_who_debugs_a_page():
    for debug, lines in ((True, 1), (False, 0)):
        tracker = configured(debugEnabled=debug)
        send = only(tracker.command(1, "event", {}, moment()), "Send")
        handles = [{"type": "activation:pull", "payload": []}, PUSH, EXCHANGE]
        logs = all_of(answer(tracker, send, handles), "Log")

        assert len([log for log in logs if "activation:pull" in log.message]) == lines
        assert not [log for log in logs if "activation:push" in log.message]


def test_a_redirect_stores_no_cookie_without_consent():
    item = {
        "id": "i",
        "schema": "https://ns.adobe.com/personalization/redirect-item",
        "data": {"content": "https://www.site.test/other"},
    }
    found = {"id": "p", "scope": "__view__", "scopeDetails": {}, "items": [item]}
    body = {"handle": [{"type": "personalization:decisions", "payload": [found]}]}
    for options, facts, goes in [
        ({"defaultConsent": "pending"}, {}, False),
        ({"defaultConsent": "out"}, {}, False),
        ({}, {}, True),
    ]:
        effects = configured(**options).command(
            1, "applyResponse", {"renderDecisions": True, "responseBody": body}, moment(**facts)
        )

        assert bool(all_of(effects, "SetCookie")) is goes
        assert bool(all_of(effects, "Redirect")) is goes
        told = [log for log in all_of(effects, "Log") if "needs a cookie" in log.message]
        assert bool(told) is not goes


def test_the_region_is_the_number_that_the_edge_tells():
    for header, region in [
        ("or2;35", 35),
        ("OR2; 9", 9),
        ("or2", "hint"),
        ("or2;", "hint"),
        ("or2;²", "hint"),
        ("", "hint"),
    ]:
        tracker = configured()
        cookie = "pyrite_fpid=d; kndctr_shop_cluster=hint"
        now = moment(cookie=cookie)
        send = only(tracker.command(1, "getIdentity", {}, now), "Send")
        text = '{"handle": [{"type": "identity:result", "payload": [{"id": "4", "namespace": {"code": "ECID"}}]}]}'
        effects = tracker.answered(
            send.request, status=200, text=text, retry_after="", moment=now, edge=header
        )

        assert settled(effects, 1)[1]["edge"] == {"regionId": region}, header


def test_the_region_of_an_answer_that_a_server_has_fetched_counts_too():
    tracker = configured()
    given = {"responseBody": {"handle": []}, "responseHeaders": {"x-adobe-edge": "va6;7"}}
    tracker.command(1, "applyResponse", given, moment())
    known = moment(cookie="kndctr_shop_identity=CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ")  # fmt: skip

    assert settled(tracker.command(2, "getIdentity", {}, known), 2)[1]["edge"] == {"regionId": 7}
