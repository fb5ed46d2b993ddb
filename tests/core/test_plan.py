"""Answers become steps, and only what was shown is noted."""

from given import action, moment, proposition

from pyrite.core.event import draft
from pyrite.core.interactions import Interactions
from pyrite.core.plan import Plan


def plan(**options):
    return Plan(
        "1",
        draft(
            1,
            dict({"viewStart": True}, **options),
            collected={},
            data={},
            moment=moment(),
            event_id="e",
        ),
        Interactions({"PYR": "always"}),
    )


def ids(records):
    return [record["id"] for record in records]


def test_a_mixed_proposition_comes_back_twice():
    taken = plan().take([proposition("p", action("setText"), action("unknown", id="i2"))])

    assert [(part["renderAttempted"], ids(part["items"])) for part in taken] == [
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
