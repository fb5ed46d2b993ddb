"""Parts: asked for once, used when they are there, done without where they can't be had."""

from given import (
    action,
    all_of,
    answer,
    bare,
    configured,
    decisions,
    first_event,
    moment,
    only,
    planned,
    proposition,
    settled,
)

from pyrite.core.parts import Parts
from pyrite.core.personalization.planner import Planner

FOLDER = "https://edge.site.test/"
OFFER = [decisions(proposition("p", action("setText")))]
VIEW = {"renderDecisions": True, "xdm": {"web": {"webPageDetails": {"viewName": "cart"}}}}


def view_start(tracker, call=1):
    return only(tracker.command(call, "event", {"viewStart": True}, moment()), "Send")


def test_whoever_asks_for_a_part_waits_for_it_and_gets_it_at_once_from_then_on():
    parts = Parts()
    got = []

    def go(run, why, now):
        got.append(run("x") if run else why)
        return []

    load = only(parts.use("p", "u", go, moment()), "Load")
    assert [load.part, load.url] == ["p", "u"]
    parts.use("p", "u", go, moment())
    parts.loaded("p", None, "gone", moment())
    assert got == ["gone", "gone"]
    assert only(parts.use("p", "u", go, moment()), "Load")
    parts.loaded("p", lambda text: text + "!", "", moment())
    assert parts.use("p", "u", go, moment()) == []
    assert got == ["gone", "gone", "x!", "x!"]


def test_a_page_without_offers_never_loads_what_renders_them():
    tracker = bare()
    asked = tracker.command(1, "event", {"viewStart": True}, moment())
    effects = answer(tracker, only(asked, "Send"))

    assert only(asked, "Foresee").url == FOLDER
    assert all_of(asked + effects, "Load") == []
    assert settled(effects, 1)[0]


def test_offers_that_are_only_returned_need_nothing_either():
    tracker = bare()
    send = only(tracker.command(1, "sendEvent", {}, moment()), "Send")
    effects = answer(tracker, send, OFFER)

    assert all_of(effects, "Load") == []
    assert settled(effects, 1)[1]["propositions"][0]["renderAttempted"] is False


def test_an_answer_that_comes_before_the_part_is_rendered_once_it_is_there():
    tracker = bare(prehidingStyle="x")
    effects = answer(tracker, view_start(tracker), OFFER)
    load = only(effects, "Load")

    assert [load.part, load.url] == ["render", FOLDER]
    assert settled(effects, 1) is None
    assert all_of(effects, "Show") == []
    plan = only(planned(tracker), "Render").plan
    started = tracker.rendering(plan, ["shown"], moment())
    assert only(started, "Show")
    assert settled(started, 1)[1]["propositions"][0]["renderStatus"] == "shown"
    shown = first_event(only(tracker.rendered(plan, ["shown"], moment()), "Send"))
    assert shown["xdm"]["eventType"] == "decisioning.propositionDisplay"


def test_without_the_part_the_promise_resolves_the_page_is_shown_and_nothing_reported():
    tracker = bare(prehidingStyle="x")
    answer(tracker, view_start(tracker), OFFER)
    effects = tracker.loaded("render", None, "blocked", moment())
    value = settled(effects, 1)[1]

    assert value["propositions"][0]["renderAttempted"] is False
    assert [found["id"] for found in value["decisions"]] == ["p"]
    assert only(effects, "Show")
    assert all_of(effects, "Send") == []
    assert only(answer(tracker, view_start(tracker, 2), OFFER), "Load")


def test_a_load_that_the_page_can_t_carry_out_is_one_that_failed():
    tracker = bare()
    load = only(answer(tracker, view_start(tracker), OFFER), "Load")

    assert settled(tracker.undone(load, "broken", moment()), 1)[0]


def test_a_view_that_waits_for_the_part_leaves_with_the_page_and_once():
    tracker = bare()
    found = dict(proposition("v", action("setText")), scope="cart")
    found["scopeDetails"] = {"characteristics": {"scopeType": "view"}}
    answer(tracker, view_start(tracker), [decisions(found)])
    assert only(tracker.command(2, "sendEvent", VIEW, moment()), "Load")
    sent = only(tracker.leaving(moment()), "Send")

    assert sent.unloading
    assert first_event(sent)["xdm"]["web"]["webPageDetails"]["viewName"] == "cart"
    assert all_of(planned(tracker), "Send") == []


def test_what_the_part_cannot_read_is_returned_and_hides_nothing():
    tracker = configured(prehidingStyle="x")
    tracker.loaded("render", lambda text: "{", "", moment())
    effects = answer(tracker, view_start(tracker), OFFER)

    assert settled(effects, 1)[1]["propositions"][0]["renderAttempted"] is False
    assert "can't be rendered" in only(effects, "Log").message
    assert only(effects, "Show")


def test_a_part_that_is_taken_away_leaves_no_promise_open_and_loses_no_event():
    planner = Planner(0)

    def run(text):
        if '"do":"plan"' not in text:
            raise ValueError("it is gone")
        return planner.run(text)

    tracker = bare(prehidingStyle="x")
    effects = answer(tracker, view_start(tracker), OFFER)
    plan = only(tracker.loaded("render", run, "", moment()), "Render").plan
    assert settled(effects, 1) is None
    view = tracker.command(2, "sendEvent", VIEW, moment())
    started = tracker.rendering(plan, ["shown"], moment())
    ended = tracker.rendered(plan, ["shown"], moment())

    assert settled(started, 1)[1]["propositions"][0]["id"] == "p"
    assert only(started, "Show")
    assert "can't be asked: it is gone" in only(ended, "Log").message
    assert only(view, "Send")
