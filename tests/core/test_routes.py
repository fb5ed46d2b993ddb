"""When a changed address is a new view."""

from pyrite.core.collect.routes import Routes

ROOT = "https://app.test/"


def views(changes, hashes=False):
    routes = Routes(ROOT, hashes=hashes)
    return [routes.changed(ROOT + path, how=how) for how, path in changes]


def test_a_push_to_another_path_or_query_is_a_view():
    assert views([("push", "a"), ("push", "a?x=1"), ("push", "b")]) == [True, True, True]


def test_going_back_is_a_view():
    assert views([("push", "a"), ("traverse", "")]) == [True, True]


def test_replacing_the_query_or_the_state_is_noise():
    assert views(
        [("replace", ""), ("replace", "?filter=red"), ("push", "a"), ("replace", "a?tab=2")]
    ) == [False, False, True, False]


def test_replacing_the_path_is_a_redirect_and_so_a_view():
    assert views([("replace", "login")]) == [True]


def test_pushing_the_same_address_is_no_view():
    assert views([("push", "")]) == [False]


def test_the_part_after_the_hash_counts_only_when_asked_for():
    assert views([("push", "#a"), ("traverse", "#b")]) == [False, False]
    assert views([("push", "#a"), ("push", "#a"), ("replace", "#b")], hashes=True) == [
        True,
        False,
        True,
    ]


def test_a_page_restored_from_the_back_forward_cache_is_a_view():
    assert views([("restore", "")]) == [True]


def test_a_view_that_the_page_reported_itself_is_not_told_again():
    routes = Routes(ROOT, hashes=False)
    routes.viewed(ROOT + "a")

    assert routes.changed(ROOT + "a", how="push") is False
