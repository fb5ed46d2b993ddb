"""Decisions in the page: rules are learned, later views are decided by them, the edge is asked for nothing twice."""

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
    settled,
)

from pyrite.core.wire import decode, encode

RULES = {
    "type": "personalization:rules",
    "payload": [{"experiences": [], "decider": "/lib/decide.1.js", "maxAgeS": 3600}],
}


def learned(**options):
    """A tracker that has had its rules with the answer to its first view."""
    tracker = configured(decisioningMethod="on-device", **options)
    first = only(tracker.command(1, "event", {"viewStart": True}, moment()), "Send")
    assert first_event(first)["query"]["personalization"]["rules"] is True
    answer(tracker, first, [RULES])
    return tracker


def test_the_view_after_the_rules_came_is_decided_in_the_page():
    tracker = learned()
    effects = tracker.command(2, "event", {"viewStart": True}, moment())
    load = only(effects, "Load")
    asked = []

    def decide(text):
        asked.append(text)
        return "[]"

    assert all_of(effects, "Send") == []
    assert [load.part, load.url] == ["decide", "https://edge.site.test/lib/decide.1.js"]
    assert all_of(tracker.loaded("decide", decide, "", moment()), "Send")
    question, _, rules = asked[0].partition("\n")
    assert sorted(decode(question)) == ["event", "history", "now", "query"]
    assert '"decider":"/lib/decide.1.js"' in rules


def test_an_edge_on_the_pages_own_host_has_the_script_there():
    load = only(learned(edgeDomain=None).command(2, "event", {"viewStart": True}, moment()), "Load")

    assert load.url == "https://www.site.test/lib/decide.1.js"


def test_what_the_page_has_decided_is_not_asked_again():
    tracker = learned()
    tracker.command(2, "event", {"viewStart": True}, moment())
    found = encode([proposition("a", action("setText"))])
    effects = tracker.loaded("decide", lambda text: found, "", moment())
    plan = only(effects, "Render").plan
    effects = effects + tracker.rendering(plan, ["shown"], moment())
    effects = effects + tracker.rendered(plan, ["shown"], moment())
    (sent,) = all_of(effects, "Send")

    assert "query" not in first_event(sent)
    shown = first_event(sent)["xdm"]["_experience"]["decisioning"]["propositions"]
    assert [record["id"] for record in shown] == ["a"]


# ---- hiding --------------------------------------------------------------------------------------------------------------


def test_an_event_that_asks_and_does_not_render_hides_nothing():
    tracker = configured(prehidingStyle="#a { opacity: 0 }")
    effects = tracker.command(1, "sendEvent", {"decisionScopes": ["hero"]}, moment())

    assert first_event(only(effects, "Send"))["query"]["personalization"]["decisionScopes"]
    assert all_of(effects, "Hide") == []
    hiding = configured(prehidingStyle="#a { opacity: 0 }")
    assert only(hiding.command(1, "event", {"viewStart": True}, moment()), "Hide")


def test_after_offers_were_applied_no_event_ends_the_hiding():
    for name, options in (
        ("applyPropositions", {"propositions": []}),
        ("applyResponse", {"renderDecisions": True, "responseBody": {"handle": [decisions()]}}),
    ):
        tracker = configured()
        applied = tracker.command(1, name, options, moment())
        assert settled(applied, 1), name

        assert all_of(tracker.command(2, "event", {"type": "t"}, moment()), "Show") == [], name
