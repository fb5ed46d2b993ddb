"""applyPropositions, applyResponse, redirects, views that pass, what waits for rendering."""

from given import (
    URL,
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
    steps_of,
)

from pyrite.core.tracker import Tracker

SCHEMA = "https://ns.adobe.com/personalization/"


def html(id, content="<b>x</b>"):
    return {"id": id, "schema": SCHEMA + "html-content-item", "data": {"content": content}}


def view_start(tracker: Tracker, call=1, url=URL, view="", **more):
    options = {"viewStart": True}
    options.update(more)
    if view:
        options["xdm"] = {"web": {"webPageDetails": {"viewName": view}}}
    return only(tracker.command(call, "event", options, moment(url=url)), "Send")


def cached(tracker: Tracker, view, call=9):
    """Effects of a view that is rendered from what is kept."""
    options = {
        "renderDecisions": True,
        "personalization": {"defaultPersonalizationEnabled": False},
        "xdm": {"web": {"webPageDetails": {"viewName": view}}},
    }
    return tracker.command(call, "sendEvent", options, moment())


def ids(propositions):
    return [(found["id"], found["renderAttempted"]) for found in propositions]


def shown_in(send):
    decisioning = first_event(send)["xdm"]["_experience"]["decisioning"]
    return [record.get("id") for record in decisioning["propositions"]]


def with_views(tracker: Tracker) -> Tracker:
    """The tracker, once it has rendered a page and keeps two views."""
    handles = [
        decisions(
            scoped(proposition("h", action("setText", "#h")), "Home", view=True),
            scoped(proposition("c", action("setText", "#c")), "cart", view=True),
        )
    ]
    effects = answer(tracker, view_start(tracker, view="home"), handles)
    render = only(effects, "Render")
    tracker.rendering(render.plan, ["shown"], moment())
    tracker.rendered(render.plan, ["shown"], moment())
    return tracker


# ---- applyPropositions ---------------------------------------------------------------------------------------------


def test_content_is_placed_where_the_metadata_says():
    tracker = configured()
    options = {
        "propositions": [
            scoped(proposition("a", html("i")), "hero"),
            scoped(proposition("b", html("j")), "elsewhere"),
        ],
        "metadata": {"hero": {"selector": "#hero", "actionType": "setHtml"}},
    }
    effects = tracker.command(1, "applyPropositions", options, moment())
    step = steps_of(only(effects, "Render"))[0]

    assert [step["type"], step["selector"], step["content"]] == ["setHtml", "#hero", "<b>x</b>"]
    value = settled(tracker.rendering(only(effects, "Render").plan, ["shown"], moment()), 1)[1]
    assert ids(value["propositions"]) == [("a", True)]


def test_what_was_applied_is_reported_by_the_event_that_takes_it_along():
    tracker = configured()
    options = {"propositions": [scoped(proposition("a", action("setText")), "hero")]}
    plan = only(tracker.command(1, "applyPropositions", options, moment()), "Render").plan
    tracker.rendering(plan, ["waiting"], moment())
    taking = {"personalization": {"includeRenderedPropositions": True}}

    assert all_of(tracker.command(2, "event", taking, moment()), "Send") == []
    sends = all_of(tracker.rendered(plan, ["shown"], moment()), "Send")
    assert [shown_in(send) for send in sends] == [["a"]]


def test_an_event_that_waits_for_rendering_leaves_with_the_page():
    tracker = configured()
    options = {"propositions": [scoped(proposition("a", action("setText")), "hero")]}
    plan = only(tracker.command(1, "applyPropositions", options, moment()), "Render").plan
    tracker.rendering(plan, ["waiting"], moment())
    tracker.command(
        2, "event", {"personalization": {"includeRenderedPropositions": True}}, moment()
    )

    assert only(tracker.leaving(moment()), "Send").unloading


def test_an_event_also_waits_for_an_answer_that_will_be_rendered():
    tracker = configured()
    send = view_start(tracker, personalization={"sendDisplayEvent": False})
    taking = {"personalization": {"includeRenderedPropositions": True}}
    assert all_of(tracker.command(2, "event", taking, moment()), "Send") == []

    plan = only(answer(tracker, send, [decisions(proposition("a", action("setText")))]), "Render")
    sends = all_of(tracker.rendered(plan.plan, ["shown"], moment()), "Send")
    assert [shown_in(send) for send in sends] == [["a"]]


def test_an_event_that_waits_leaves_when_there_is_nothing_to_wait_for_any_more():
    tracker = configured()
    send = view_start(tracker, personalization={"sendDisplayEvent": False})
    taking = {"personalization": {"includeRenderedPropositions": True}}
    tracker.command(2, "event", taking, moment())

    assert len(all_of(answer(tracker, send, status=400, text="{}"), "Send")) == 1


def test_the_pages_own_that_were_rendered_are_not_applied_again():
    tracker = configured()
    done = dict(proposition("a", action("setText")), renderAttempted=True)
    effects = tracker.command(1, "applyPropositions", {"propositions": [done]}, moment())

    assert settled(effects, 1)[1] == {"propositions": []}


def test_a_kept_view_is_applied_by_its_name():
    tracker = with_views(configured())
    effects = tracker.command(5, "applyPropositions", {"viewName": "Cart"}, moment())

    assert steps_of(only(effects, "Render"))[0]["selector"] == "#c"


# ---- applyResponse -------------------------------------------------------------------------------------------------


def test_an_answer_that_a_server_has_fetched_is_rendered_and_reported():
    tracker = configured()
    body = {
        "handle": [
            decisions(
                proposition("a", action("setText")), scoped(proposition("b", html("i")), "x")
            ),
            {"type": "state:store", "payload": [{"key": "kndctr_shop_identity", "value": "v"}]},
        ]
    }
    effects = tracker.command(
        1, "applyResponse", {"renderDecisions": True, "responseBody": body}, moment()
    )
    render = only(effects, "Render")

    assert only(effects, "SetCookie").name == "kndctr_shop_identity"
    value = settled(tracker.rendering(render.plan, ["shown"], moment()), 1)[1]
    assert ids(value["propositions"]) == [("a", True), ("b", False)]
    assert [one["id"] for one in value["decisions"]] == ["b"]
    assert "requestBody" not in value
    assert shown_in(only(tracker.rendered(render.plan, ["shown"], moment()), "Send")) == ["a"]


def test_without_consent_an_answer_is_rendered_and_nothing_is_stored_or_sent():
    for consent in ("out", "pending"):
        tracker = configured(defaultConsent=consent)
        body = {
            "handle": [
                decisions(proposition("a", action("setText"))),
                {"type": "state:store", "payload": [{"key": "kndctr_shop_x", "value": "v"}]},
            ]
        }
        options = {"renderDecisions": True, "responseBody": body}
        effects = tracker.command(1, "applyResponse", options, moment())
        render = only(effects, "Render")
        effects = effects + tracker.rendered(render.plan, ["shown"], moment())

        assert all_of(effects, "SetCookie") == []
        assert all_of(effects, "Send") == []


def test_an_answer_without_rendering_is_only_returned_and_its_views_are_kept():
    tracker = configured()
    body = {"handle": [decisions(scoped(proposition("c", action("setText")), "cart", view=True))]}
    effects = tracker.command(1, "applyResponse", {"responseBody": body}, moment())

    assert all_of(effects, "Render") == []
    effects = tracker.command(2, "applyPropositions", {"viewName": "cart"}, moment())
    assert steps_of(only(effects, "Render"))[0]["selector"] == "#a"


# ---- views that pass -----------------------------------------------------------------------------------------------


def test_the_steps_of_a_view_that_has_passed_are_given_up():
    tracker = with_views(configured())
    plan = only(cached(tracker, "cart"), "Render").plan
    tracker.rendering(plan, ["waiting"], moment())

    given_up = only(cached(tracker, "home", call=10), "Abandon")
    assert [given_up.plan, given_up.keys, given_up.why] == [plan, [0], "another view has begun"]


def test_of_two_views_in_a_row_only_the_one_that_is_there_is_rendered():
    tracker = configured()
    first = view_start(tracker, view="home")
    assert all_of(cached(tracker, "cart"), "Send") == []

    handles = [
        decisions(
            proposition("p", action("setText", "#p")),
            scoped(proposition("h", action("setText", "#h")), "home", view=True),
            scoped(proposition("c", action("setText", "#c")), "cart", view=True),
        )
    ]
    renders = all_of(answer(tracker, first, handles), "Render")

    assert [[step["selector"] for step in steps_of(render)] for render in renders] == [
        ["#p"],
        ["#c"],
    ]
    value = settled(tracker.rendering(renders[0].plan, ["shown"], moment()), 1)[1]
    assert ids(value["propositions"]) == [("p", True), ("h", False)]


def test_the_answer_for_a_page_that_was_left_is_not_rendered():
    tracker = configured()
    late = view_start(tracker, call=1, url="https://www.site.test/a")
    soon = view_start(tracker, call=2, url="https://www.site.test/b")
    handles = [decisions(proposition("p", action("setText")))]

    assert len(all_of(answer(tracker, soon, handles), "Render")) == 1
    effects = answer(tracker, late, handles)
    assert all_of(effects, "Render") == []
    assert ids(settled(effects, 1)[1]["propositions"]) == [("p", False)]


def test_two_view_starts_of_one_page_are_both_rendered():
    tracker = configured()
    sends = [view_start(tracker, call=call) for call in (1, 2)]
    handles = [decisions(proposition("p", action("setText")))]

    for send in sends:
        assert len(all_of(answer(tracker, send, handles), "Render")) == 1


def test_a_view_without_offers_is_told_once():
    tracker = with_views(configured())
    send = only(cached(tracker, "empty"), "Send")

    assert len(first_event(send)["xdm"]["_experience"]["decisioning"]["propositions"]) == 1
    assert all_of(answer(tracker, send), "Send") == []


# ---- results -------------------------------------------------------------------------------------------------------


def test_the_promise_waits_for_elements_when_it_is_told_to():
    tracker = configured()
    send = view_start(tracker, personalization={"untilRendered": True})
    plan = only(answer(tracker, send, [decisions(proposition("a", action("setText")))]), "Render")

    assert settled(tracker.rendering(plan.plan, ["waiting"], moment()), 1) is None
    value = settled(tracker.rendered(plan.plan, ["no element within 5 s"], moment()), 1)[1]
    assert [value["propositions"][0][name] for name in ("renderStatus", "renderProblems")] == [
        "failed",
        ["no element within 5 s"],
    ]


def test_an_item_of_an_unknown_type_is_warned_of_once_and_the_rest_rendered():
    tracker = configured()
    odd = proposition("a", action("explode", id="x"), action("setText"))
    effects = answer(tracker, view_start(tracker), [decisions(odd)])

    assert "item 'x' of 'a' is not rendered" in only(effects, "Log").message
    assert len(steps_of(only(effects, "Render"))) == 1


# ---- redirects -----------------------------------------------------------------------------------------------------


def redirect(id, url):
    item = {"id": "r", "schema": SCHEMA + "redirect-item", "data": {"content": url}}
    return proposition(id, item)


def test_a_redirect_is_told_by_beacon_before_the_page_goes():
    tracker = configured()
    handles = [decisions(proposition("a", action("setText")), redirect("r", "/new"))]
    effects = answer(tracker, view_start(tracker), handles)
    kinds = [type(effect).__name__ for effect in effects]

    assert kinds.index("SetCookie") < kinds.index("Send") < kinds.index("Redirect")
    assert all_of(effects, "Render") == []
    assert all_of(effects, "Show") == []
    send = only(effects, "Send")
    assert send.unloading
    assert shown_in(send) == ["r"]
    assert settled(effects, 1) is None


def test_a_page_that_was_not_replaced_is_shown_and_the_promise_settles():
    tracker = configured()
    effects = answer(tracker, view_start(tracker), [decisions(redirect("r", "/new"))])
    timer = [later.timer for later in all_of(effects, "Later") if later.timer[1] == "redirect"]
    effects = tracker.on_timer(timer[0], moment())

    assert len(all_of(effects, "Stay")) == 1
    assert ids(settled(effects, 1)[1]["propositions"]) == [("r", True)]


def test_a_redirect_that_is_refused_leaves_the_rest_to_be_rendered():
    tracker = configured()
    handles = [decisions(redirect("r", "javascript:alert(1)"), proposition("a", action("setText")))]
    effects = answer(tracker, view_start(tracker), handles)

    assert all_of(effects, "Redirect") == []
    assert "does not redirect to" in all_of(effects, "Log")[0].message
    assert len(steps_of(only(effects, "Render"))) == 1


def test_the_timeout_uncovers_what_single_items_hide():
    kinds = [
        type(effect).__name__ for effect in configured().on_timer(("events", "show", 0), moment())
    ]

    assert kinds == ["Show", "Uncover"]
