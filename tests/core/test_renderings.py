"""Renderings without a tracker: what they return is data, each follow-up in the place of its effects."""

from given import action, all_of, moment, new_id, only, proposition

from pyrite.core.event import Draft, draft
from pyrite.core.options.configure import configure
from pyrite.core.personalization.planner import Planner
from pyrite.core.personalization.propositions import build_query
from pyrite.core.personalization.renderer import Renderings
from pyrite.core.personalization.schemas import REDIRECT

ELSEWHERE = {"content": "https://www.site.test/other"}


def renderings() -> Renderings:
    """Those of a tracker for the data stream `shop`."""
    config = configure({"datastreamId": "shop", "edgeDomain": "edge.site.test"})
    return Renderings(config, place=0)


def event(call=1, **options) -> Draft:
    """An event that renders what comes for it."""
    event: Draft = drafted(call, options)
    event.query = build_query(event, fetch_page=True)
    return event


def view_of(name, **options) -> Draft:
    """An event of a single-page app's view, which is rendered from earlier answers."""
    return drafted(1, dict(options, xdm={"web": {"webPageDetails": {"viewName": name}}}))


def drafted(call, options) -> Draft:
    """An event with *options* that renders."""
    given = dict(options, renderDecisions=True)
    return draft(call, given, collected={}, data={}, moment=moment(), event_id=new_id())


def kinds(steps):
    """The names of the kinds of *steps*."""
    return [type(step).__name__ for step in steps]


def prepared(of, steps, allowed=True):
    """Steps after the part that renders has come for *steps*."""
    return of.prepared(only(steps, "Rendering"), Planner(0).run, moment(), allowed=allowed)


def test_an_answer_without_offers_resolves_its_promise_and_releases_what_waits():
    steps = renderings().answered(event(), "r", [], moment())

    assert kinds(steps) == ["Tell", "Show", "Settle", "Released"]
    assert only(steps, "Tell").status == "no-offers"
    assert only(steps, "Settle").value == {"propositions": [], "decisions": []}


def test_an_automatic_event_has_no_promise():
    steps = renderings().answered(event(call=None), "r", [], moment())

    assert kinds(steps) == ["Tell", "Show", "Released"]


def test_offers_wait_for_the_part_that_renders_them():
    of = renderings()
    steps = of.answered(event(), "r", [proposition("p", action("setText"))], moment())

    assert kinds(steps) == ["Tell", "Rendering"]
    assert steps[0].status == "rendering-started"
    assert steps[0].payload["scope"] == "__view__"
    assert [one["id"] for one in steps[0].payload["propositions"]] == ["p"]
    assert kinds(prepared(of, steps)) == ["Render", "Later"]


def test_without_the_part_the_caller_gets_the_offers_unrendered():
    of = renderings()
    wanted = only(
        of.answered(event(), "r", [proposition("p", action("setText"))], moment()), "Rendering"
    )
    steps = of.prepared(wanted, None, moment(), allowed=True)

    assert kinds(steps) == ["Show", "Settle", "Released"]
    assert only(steps, "Settle").value["propositions"][0]["renderAttempted"] is False


def test_what_was_shown_is_tracked_after_the_promise_and_before_anything_is_released():
    of = renderings()
    prepared(of, of.answered(event(), "r", [proposition("p", action("setText"))], moment()))

    steps = of.rendered("r", ["shown"])
    assert kinds(steps) == ["Tell", "Settle", "Track", "Released"]
    assert steps[0].status == "rendering-succeeded"
    assert [one["id"] for one in steps[0].payload["__view__"]] == ["p"]
    assert of.rendered("r", ["shown"]) == []


def test_the_event_of_a_view_leaves_after_its_first_pass():
    of = renderings()
    view = view_of("cart")
    steps = of.view(view, moment())

    assert kinds(steps) == ["Show", "Draft", "Released"]
    assert only(steps, "Draft") is view


def test_the_report_of_a_redirect_stands_before_the_page_is_left():
    of = renderings()
    redirect = dict(action("setText"), schema=REDIRECT, data=ELSEWHERE)
    steps = prepared(of, of.answered(event(), "r", [proposition("p", redirect)], moment()))

    assert kinds(steps) == ["SetCookie", "Track", "Tell", "Redirect", "Later"]
    assert only(steps, "Tell").payload["redirect"] == ELSEWHERE["content"]
    assert only(steps, "Tell").payload["propositionDetails"]["id"] == "p"
    assert only(steps, "Track").options["documentUnloading"] is True


def test_what_is_shown_without_a_report_is_told_by_the_next_event_that_includes_it_and_once():
    of = renderings()
    silent = event(personalization={"sendDisplayEvent": False})
    prepared(of, of.answered(silent, "r", [proposition("p", action("setText"))], moment()))
    assert of.holds_back()
    assert all_of(of.rendered("r", ["shown"]), "Track") == []
    assert not of.holds_back()

    first = event(personalization={"includeRenderedPropositions": True})
    second = event(personalization={"includeRenderedPropositions": True})
    of.include_rendered(event())
    of.include_rendered(first)
    of.include_rendered(second)

    assert [record["id"] for record in first.shown] == ["p"]
    assert second.shown == []


def test_a_view_that_reports_nothing_itself_does_not_tell_of_its_own_offers():
    of = renderings()
    options = {"sendDisplayEvent": False, "includeRenderedPropositions": True}
    view = view_of("cart", personalization=options)
    of.begun(view)
    dispatched = only(of.view(view, moment()), "Draft")
    next_event = event(personalization={"includeRenderedPropositions": True})
    of.include_rendered(next_event)

    assert dispatched.shown == []
    assert [record["scope"] for record in next_event.shown] == ["cart"]
