"""What is asked for, and what propositions are."""

from given import action, moment, proposition, scoped

from pyrite.core.event import draft
from pyrite.core.interactions import Interactions
from pyrite.core.personalization import Plan, Views, page_surface, scope_kind, surface_of

URL = "https://Shop.test/a/b/?q=1#top"


def test_a_pages_surface_is_its_host_and_path():
    assert page_surface(URL) == "web://shop.test/a/b"
    assert page_surface("http://localhost:8000") == "web://localhost:8000/"
    assert page_surface("https://shop.test/") == "web://shop.test/"


def test_a_part_of_the_page_expands_and_nonsense_is_dropped():
    assert surface_of("#hero", URL) == "web://shop.test/a/b#hero"
    assert surface_of("web://shop.test/x", URL) == "web://shop.test/x"
    for surface in ("", "#", "shop.test", "web://", "web:///x"):
        assert surface_of(surface, URL) == ""


def test_scopes_are_page_view_or_named():
    assert scope_kind({"scope": "__view__"}) == "page"
    assert scope_kind({"scope": "web://shop.test/a"}) == "page"
    assert scope_kind({"scope": "web://shop.test/a#hero"}) == "scope"
    assert scope_kind({"scope": "hero"}) == "scope"
    assert scope_kind(scoped(proposition("p"), "cart", view=True)) == "view"


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


def test_views_are_kept_by_name_in_lower_case():
    views = Views()
    views.keep(
        [
            scoped(proposition("p", action("setText")), "Cart", view=True),
            proposition("q", action("setText")),
        ]
    )

    assert [kept["id"] for kept in views.of("cart")] == ["p"]
    assert views.of("other") == [
        {"scope": "other", "scopeDetails": {"characteristics": {"scopeType": "view"}}}
    ]
