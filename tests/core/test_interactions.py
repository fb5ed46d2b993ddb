"""Which propositions a click belongs to."""

from given import proposition

from pyrite.core.personalization.interactions import Click, Interactions
from pyrite.core.personalization.propositions import short


def record(id, provider="PYR"):
    return short(dict(proposition(id), scopeDetails={"decisionProvider": provider}))


def made(**modes) -> Interactions:
    known = {"PYR": "always", "TGT": "never"}
    known.update(modes)
    return Interactions(known)


def told(interactions, marks=(), label="", token="", met=()):
    click = Click(marks=list(marks), label=label, token=token, met=list(met))
    xdm = interactions.event_of(click)
    if not xdm:
        return None
    decisioning = xdm["_experience"]["decisioning"]
    return [one["id"] for one in decisioning["propositions"]], decisioning.get("propositionAction")


def test_an_item_keeps_its_number():
    interactions = made()
    first = interactions.number(record("a"), "i", view="")

    assert [first, interactions.number(record("b"), "i", view="")] == [1, 2]
    assert interactions.number(record("a"), "i", view="") == 1


def test_providers_whose_clicks_dont_count_have_no_number():
    interactions = made()

    assert interactions.number(record("a", "TGT"), "i", view="") == 0
    assert interactions.number(record("a", "unknown"), "i", view="") == 0
    assert not interactions.any


def test_items_of_one_proposition_are_told_together():
    interactions = made()
    numbers = [interactions.number(record("a"), item, view="") for item in ("i", "j")]
    xdm = interactions.event_of(Click(marks=numbers))

    assert xdm["eventType"] == "decisioning.propositionInteract"
    assert [one["items"] for one in xdm["_experience"]["decisioning"]["propositions"]] == [
        [{"id": "i"}, {"id": "j"}]
    ]


def test_the_nearest_label_of_what_was_awaited_is_told():
    interactions = made()
    interactions.await_click("main", record("far"), label="far", view="")
    interactions.await_click("a", record("near"), label="near", view="")

    assert told(interactions, met=[(0, 3), (1, 0)]) == (["far", "near"], {"label": "near"})
    assert told(interactions, met=[(0, 3)], label="marked", token="t") == (
        ["far"],
        {"label": "marked", "tokens": ["t"]},
    )
    assert told(interactions, met=[]) is None
    assert told(interactions, marks=[9, -1, 0]) is None


def test_an_awaited_proposition_is_replaced_by_its_newer_self():
    interactions = made()
    interactions.await_click("a", record("p"), label="old", view="")
    interactions.await_click("a", record("p"), label="new", view="Cart")

    assert interactions.selectors == ["a"]
    assert told(interactions, met=[(0, 0)]) == (["p"], {"label": "new"})
    assert (
        interactions.event_of(Click(marks=[], met=[(0, 0)]))["web"]["webPageDetails"]["viewName"]
        == "Cart"
    )


def test_decorated_only_needs_a_label_or_a_token():
    interactions = made(PYR="decoratedElementsOnly")
    number = interactions.number(record("a"), "i", view="")

    assert told(interactions, marks=[number]) is None
    assert told(interactions, marks=[number], token="t") == (["a"], {"tokens": ["t"]})


def test_the_marks_of_another_tracker_of_the_page_belong_to_none_of_our_propositions():
    first = Interactions({"PYR": "always"}, place=1)
    second = Interactions({"PYR": "always"}, place=2)
    mine = first.number(record("a"), "i", view="")
    theirs = [second.number(record("b"), item, view="") for item in ("i", "j")]

    assert told(first, marks=theirs + [1, mine]) == (["a"], None)
    assert told(second, marks=[1, 2, mine]) is None
    assert told(second, marks=[mine] + theirs) == (["b"], None)
