"""When a view's content stands: after a change of address the document has to change, and be quiet."""

from fake_window import Window
from js_values import Obj

from pyrite.browser.rendering.arrival import BLIND_MS, CHANGE_MS, LIMIT_MS, QUIET_MS, Arrival
from pyrite.testing.browser import MemoryBrowser


class Visited:
    """A page whose address changes, and the names of the plans that were begun."""

    def __init__(self, window: Window, *, tells: bool = True) -> None:
        self.window = window
        self.begun: list[str] = []
        if tells:
            window.navigation = Obj(addEventListener=self._listen, transition=None)
        self.arrival = Arrival()
        self.arrival.watch()

    def _listen(self, name: str, function: object, capture: bool = False) -> None:
        assert name == "currententrychange"
        self._told = function

    def go(self, path: str, *, tells: bool = True) -> None:
        self.window.location.pathname = path
        if tells:
            self._told(Obj())  # type: ignore[operator]

    def draw(self, name: str) -> None:
        self.arrival.when_settled(lambda: self.begun.append(name))


def test_where_the_address_has_not_changed_nothing_waits_or_is_observed(
    page_window: Window,
) -> None:
    visited = Visited(page_window)
    visited.draw("first")

    assert visited.begun == ["first"]
    assert page_window.observers == []


def test_a_view_waits_until_the_document_has_changed_and_is_quiet(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window)
    visited.go("/second")
    visited.draw("second")
    world.pass_time(QUIET_MS * 4)
    assert visited.begun == []

    page_window.mutated()
    world.pass_time(QUIET_MS * 2)

    assert visited.begun == ["second"]
    assert page_window.observers == []


def test_a_document_that_changed_just_before_the_address_is_the_new_one(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window)
    visited.arrival.changed(page_window.world.now_ms)
    visited.go("/second")
    visited.draw("second")
    world.pass_time(QUIET_MS * 2)

    assert visited.begun == ["second"]


def test_a_document_that_never_changes_holds_nothing_up_for_long(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window)
    visited.go("/second")
    visited.draw("second")
    world.pass_time(CHANGE_MS + QUIET_MS)

    assert visited.begun == ["second"]
    visited.draw("later")
    assert visited.begun == ["second", "later"]


def test_without_the_navigation_api_the_change_is_seen_when_something_is_drawn(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window, tells=False)
    visited.go("/second", tells=False)
    visited.draw("second")
    assert visited.begun == []
    world.pass_time(BLIND_MS + QUIET_MS)

    assert visited.begun == ["second"]


def test_an_intercepted_navigation_says_when_it_has_finished(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window)
    page_window.navigation.transition = Obj()
    visited.go("/second")
    visited.draw("second")
    page_window.mutated()
    world.pass_time(CHANGE_MS * 3)
    assert visited.begun == []
    page_window.navigation.transition = None
    world.pass_time(QUIET_MS)

    assert visited.begun == ["second"]


def test_a_document_that_is_never_quiet_holds_nothing_up_for_ever(
    page_window: Window, world: MemoryBrowser
) -> None:
    visited = Visited(page_window)
    visited.go("/second")
    visited.draw("second")
    for _ in range(2 * LIMIT_MS // QUIET_MS):
        page_window.mutated()
        world.pass_time(QUIET_MS // 2)

    assert visited.begun == ["second"]
    assert page_window.observers == []
