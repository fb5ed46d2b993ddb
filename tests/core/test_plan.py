"""Answers become steps, and only what was shown is noted."""

from given import action, proposition, scoped

from pyrite.core.personalization.interactions import Click, Interactions
from pyrite.core.personalization.plan import Plan

ASKED = {"renders": True, "view": "", "surface": "", "page": True, "here": True}


def plan():
    return Plan("1", ASKED, Interactions({"PYR": "always"}))


def ids(records):
    return [record["id"] for record in records]


def test_a_mixed_proposition_comes_back_twice():
    made = plan()
    made.take([proposition("p", action("setText"), action("unknown", id="i2"))])

    assert [(part["renderAttempted"], ids(part["items"])) for part in made.returned] == [
        (True, ["i1"]),
        (False, ["i2"]),
    ]


def test_only_what_was_shown_is_noted_and_once():
    made = plan()
    made.take(
        [
            proposition("a", action("setText"), action("setText", id="i2")),
            proposition("b", action("setText")),
        ]
    )
    made.finish(["shown", "shown", "waiting"])

    assert ids(made.due()) == ["a"]
    made.finish(["shown", "shown", "shown"])
    assert ids(made.due()) == ["b"]
    assert made.due() == []


def test_a_default_offer_counts_as_shown():
    made = plan()
    made.take(
        [proposition("a", {"schema": "https://ns.adobe.com/personalization/default-content-item"})]
    )
    made.finish([])

    assert ids(made.due()) == ["a"]


def test_what_came_to_nothing_is_told():
    made = plan()
    made.take([proposition("a", action("setText"), action("remove", "#gone"))])

    assert made.problems(["shown", "no element within 5 s"]) == [
        "remove at '#gone' was not shown: no element within 5 s"
    ]


def test_clicks_on_what_a_click_item_names_count_for_its_view():
    interactions = Interactions({"PYR": "always"})
    offer = scoped(proposition("a", action("click", "#a")), "cart", view=True)
    page = proposition("b", action("click", "#b"))
    Plan("1", dict(ASKED, view="cart"), interactions).take([offer, page])
    on_view = interactions.event_of(Click(marks=[], met=[(0, 0)]))
    on_page = interactions.event_of(Click(marks=[], met=[(1, 0)]))

    assert interactions.selectors == ["#a", "#b"]
    assert on_view["web"] == {"webPageDetails": {"viewName": "cart"}}
    assert ids(on_view["_experience"]["decisioning"]["propositions"]) == ["a"]
    assert "web" not in on_page
