"""What is asked for, and what propositions are."""

from given import action, proposition, scoped

from pyrite.core.personalization.propositions import Views, full_surface, page_surface, scope_kind

URL = "https://Shop.test/a/b/?q=1#top"


def test_a_pages_surface_is_its_host_and_path():
    assert page_surface(URL) == "web://shop.test/a/b"
    assert page_surface("http://localhost:8000") == "web://localhost:8000/"
    assert page_surface("https://shop.test/") == "web://shop.test/"


def test_a_part_of_the_page_expands_and_nonsense_is_dropped():
    assert full_surface("#hero", URL) == "web://shop.test/a/b#hero"
    assert full_surface("web://shop.test/x", URL) == "web://shop.test/x"
    for surface in ("", "#", "shop.test", "web://", "web:///x"):
        assert full_surface(surface, URL) == ""


def test_scopes_are_page_view_or_named():
    assert scope_kind({"scope": "__view__"}) == "page"
    assert scope_kind({"scope": "web://shop.test/a"}) == "page"
    assert scope_kind({"scope": "web://shop.test/a#hero"}) == "scope"
    assert scope_kind({"scope": "hero"}) == "scope"
    assert scope_kind(scoped(proposition("p"), "cart", view=True)) == "view"


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
