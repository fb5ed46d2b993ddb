"""Changes of the address without a new document, with the Navigation API and without."""

import pytest
from fake_window import Window
from js_values import Obj, Target

from pyrite.browser.listeners.routes import watch_routes
from pyrite.testing.browser import MemoryBrowser


def watched() -> list[str]:
    """What a page that watches is told, as it comes."""
    told: list[str] = []
    watch_routes(told.append)
    return told


@pytest.fixture
def navigation(page_window: Window) -> Target:
    page_window.navigation = Target()
    return page_window.navigation  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("hows", "told"),
    [
        (["push"], "push"),
        (["push", "replace"], "push"),
        (["replace", "push"], "push"),
        (["replace", "replace"], "replace"),
        (["traverse"], "traverse"),
    ],
)
def test_changes_in_one_task_are_one(
    navigation: Target, world: MemoryBrowser, hows: list[str], told: str
) -> None:
    seen = watched()
    for how in hows:
        navigation.dispatch("currententrychange", Obj(navigationType=how))
    world.pass_time()

    assert seen == [told]


def test_a_change_that_is_none_is_not_told(navigation: Target, world: MemoryBrowser) -> None:
    seen = watched()
    navigation.dispatch("currententrychange", Obj(navigationType=None))
    world.pass_time()

    assert seen == []


def test_changes_in_two_tasks_are_two(navigation: Target, world: MemoryBrowser) -> None:
    seen = watched()
    for how in ("push", "traverse"):
        navigation.dispatch("currententrychange", Obj(navigationType=how))
        world.pass_time()

    assert seen == ["push", "traverse"]


def test_a_page_from_the_back_forward_cache_is_told(
    page_window: Window, world: MemoryBrowser
) -> None:
    seen = watched()
    page_window.dispatch("pageshow", Obj(persisted=False))
    page_window.dispatch("pageshow", Obj(persisted=True))
    world.pass_time()

    assert seen == ["restore"]


@pytest.mark.parametrize("event", ["popstate", "hashchange", "mutation"])
def test_without_the_navigation_api_the_address_is_compared(
    page_window: Window, world: MemoryBrowser, event: str
) -> None:
    def happens() -> None:
        if event == "mutation":
            page_window.mutated()
        else:
            page_window.dispatch(event)

    seen = watched()
    happens()
    page_window.location.href = "https://www.site.test/second"
    happens()
    happens()
    world.pass_time()

    assert seen == ["push"]
