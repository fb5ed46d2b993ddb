"""What counts as an acknowledgement, what as the edge's last word, and what becomes of everything else."""

from given import (
    IDENTITY,
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

HERE = {"cookie": IDENTITY + "; pyrite_fpid=device-1"}
PAGE = "<html>Forbidden</html>"


def event(tracker, call=1, **options):
    """Effects of an event of a visitor whom the edge knows: it is collected."""
    return tracker.command(call, "event", options, moment(**HERE))


def types(send):
    """The types of the events that a Send carries."""
    return [record["xdm"]["eventType"] for record in body(send)["events"]]


def report(tracker):
    """What getDelivery tells."""
    return settled(tracker.command("r", "getDelivery", {}, moment()), "r")[1]


def gathered(tracker, count):
    """The Send of *count* events in one body: b1, b2, …; their calls are 1, 2, …"""
    first = event(tracker, 0, type="a")
    answer(tracker, only(first, "Send"), status=204, text="")
    for call in range(1, count + 1):
        event(tracker, call, type=f"b{call}")
    return only(tracker.on_timer(timer(first, "flush").timer, moment(**HERE)), "Send")


def edge(tracker, effects, respond):
    """Let an edge answer every Send in *effects*, and what follows: *respond* gives `(status, text)`. All Sends, and effects."""
    sends, told = [], list(effects)
    queue = all_of(effects, "Send")
    while queue:
        send = queue.pop(0)
        sends.append(send)
        status, text = respond(send)
        more = answer(tracker, send, status=status, text=text, **HERE)
        told = told + more
        queue = queue + all_of(more, "Send")
    return sends, told


def refusing(status, text, type=""):
    """What an edge answers that refuses each body, or only those with an event of *type*."""

    def respond(send):
        return (status, text) if not type or type in types(send) else (204, "")

    return respond


# ---- acknowledged --------------------------------------------------------------------------------------------------


def test_only_what_an_edge_says_is_an_acknowledgement():
    said = '{"requestId":"r","handle":[]}'
    for status, text in ((204, ""), (200, said), (207, said)):
        tracker = configured()
        assert settled(
            answer(tracker, only(event(tracker, type="a"), "Send"), status=status, text=text), 1
        )[0]
        assert report(tracker)["acknowledged"] == 1
    for status, text in (
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (200, "null"),
        (200, "<html>Sign in</html>"),
        (202, '{"ok":true}'),
        (205, ""),
        (304, ""),
    ):
        tracker = configured()
        effects = answer(tracker, only(event(tracker, type="a"), "Send"), status=status, text=text)
        assert settled(effects, 1)[1]["code"] in ("edge.answer", "edge.refused"), status
        assert all_of(effects, "Forget") == []
        again = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")
        assert types(again) == ["a"]


def test_a_request_that_asks_is_not_answered_by_an_empty_response():
    for status in (200, 204):
        tracker = configured()
        send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
        effects = answer(tracker, send, status=status, text="")
        assert settled(effects, 1)[1]["code"] == "edge.answer"
        assert report(tracker)["waiting"] == 1
        consent = {"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}
        send = only(tracker.command(2, "setConsent", {"consent": [consent]}, moment()), "Send")
        assert settled(answer(tracker, send, status=status, text=""), 2)[0] is False


def test_a_response_that_cannot_be_read_is_a_failure_of_the_network():
    tracker = configured()
    send = only(event(tracker, type="a"), "Send")
    effects = answer(tracker, send, status=0, text="")

    assert settled(effects, 1) is None
    again = only(tracker.on_timer(timer(effects, "flush").timer, moment(**HERE)), "Send")
    assert types(again) == ["a"]


# ---- refused by the edge -------------------------------------------------------------------------------------------


def test_one_bad_event_never_takes_its_neighbours_along():
    for status, code in ((400, "body.too_deep"), (400, ""), (413, "body.too_large"), (422, "new")):
        tracker = configured()
        refuse = refusing(status, problem("no", code), "b37")
        sends, told = edge(tracker, [gathered(tracker, 100)], refuse)

        assert len(sends) <= 16
        assert [settled(told, call)[0] for call in range(1, 101)].count(False) == 1
        assert settled(told, 37)[1]["code"] == "edge.refused"
        assert report(tracker)["waiting"] == 0


def test_an_edge_that_refuses_whoever_calls_is_not_asked_event_by_event():
    for status, code, requests in (
        (403, "origin.unknown", 1),
        (400, "datastream.unknown", 1),
        (401, "", 1),
        (400, "", 40),  # no reasons: that nothing passes has to be found out
    ):
        tracker = configured()
        refuse = refusing(status, problem("no", code))
        sends, told = edge(tracker, [gathered(tracker, 100)], refuse)

        assert len(sends) <= requests, code
        assert [settled(told, call)[0] for call in range(1, 101)] == [False] * 100
        assert report(tracker)["dropped"] == {"refused": 100}


# ---- refused by something in between -------------------------------------------------------------------------------


def test_what_is_no_edges_word_is_never_final():
    for status in (400, 401, 403, 404, 405, 407, 411, 414, 421, 426, 431, 451, 494):
        for text in ("", PAGE, '{"message":"Forbidden"}', '{"detail":"Not Found"}'):
            tracker = configured()
            _, told = edge(tracker, event(tracker, type="a"), refusing(status, text))
            assert settled(told, 1)[1]["status"] == status
            assert all_of(told, "Forget") == []
            later, told = edge(tracker, ticked(tracker, 12, **HERE), lambda send: (204, ""))
            assert [types(send) for send in later] == [["a"]], (status, text)
            assert report(tracker)["waiting"] == 0


def test_headers_that_are_too_large_are_sent_without_cookies_from_then_on():
    tracker = configured()
    send = only(event(tracker, type="a"), "Send")
    assert (send.bare, "entries" in body(send)["meta"]["state"]) == (False, False)
    bare = only(
        answer(
            tracker,
            send,
            status=431,
            text=problem("too large", "headers.too_large"),
            **HERE,
        ),
        "Send",
    )

    assert (bare.bare, first_event(bare)) == (True, first_event(send))
    assert [entry["key"] for entry in body(bare)["meta"]["state"]["entries"]] == [
        IDENTITY.partition("=")[0]
    ]
    assert settled(answer(tracker, bare, status=204, text="", **HERE), 1)[0]
    tracker.leaving(moment(**HERE))
    last = only(event(tracker, 2, type="b"), "Send")
    assert (last.bare, last.unloading) == (True, True)


def test_what_a_firewall_refuses_rests_apart_and_holds_up_nobody():
    tracker = configured()
    firewall = refusing(403, PAGE, "b5")
    sends, told = edge(tracker, [gathered(tracker, 20)], firewall)
    assert [settled(told, call)[0] for call in range(1, 21)].count(True) == 19
    assert report(tracker)["waiting"] == 1
    assert len(sends) <= 12

    event(tracker, 30, type="c")
    sends, told = edge(tracker, tracker.hidden(moment(**HERE)), firewall)
    assert [types(send) for send in sends] == [["c"]]
    assert settled(told, 30)[0]
    tried = []
    for _ in range(24):
        tried = tried + edge(tracker, ticked(tracker, 1, **HERE), firewall)[0]
    assert 2 <= len(tried) <= 12
    assert all([types(send) == ["b5"] for send in tried])


def test_a_host_that_is_no_edge_costs_few_requests_and_no_event():
    tracker = configured()
    sends, told = edge(tracker, [gathered(tracker, 100)], lambda send: (404, PAGE))

    assert len(sends) <= 60
    assert [settled(told, call)[0] for call in range(1, 101)] == [False] * 100
    assert report(tracker)["waiting"] == 100


def test_a_page_that_waits_for_offers_is_shown_at_the_first_refusal():
    tracker = configured(prehidingStyle="a {}")
    send = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")

    assert all_of(answer(tracker, send, status=403, text=PAGE), "Show")
