"""Offers that stay: rendered again where the page puts back what was there before, within bounds."""

from typing import Any

import pytest
from fake_document import Element
from fake_window import Window, element

from pyrite.browser.rendering.lasting import Lasting, carry_out
from pyrite.browser.rendering.offer import RATE, SECOND_MS, TIMES
from pyrite.browser.rendering.rendering import find
from pyrite.browser.rendering.trace import Trace
from pyrite.testing.browser import MemoryBrowser


class Kept:
    """A page with one offer, `new` as the text of `#a`, and what is told of it."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.told: list[str] = []
        window.location.pathname = "/"
        self.put("old")
        step: dict[str, object] = {
            "key": 0, "item": "", "type": "setText", "selector": "#a", "content": "new",
            "once": False, "mark": 0, "label": "",
        }  # fmt: skip
        traces: list[Trace] = []
        carry_out(step, [self.element], [], lambda problem: None, traces)
        self.lasting = Lasting(self._find, self.told.append, lambda now_ms: None)
        self.lasting.add("plan", [step], [traces])

    def _find(self, selector: str, done: Any) -> None:
        find(selector, done, self.told.append, lambda root: None)

    def put(self, text: str) -> None:
        self.element: Element = element("p", id="a")
        self.element.textContent = text
        self.window.document.body.appendChild(self.element)

    def writes(self, text: str) -> str:
        """What is there once the page has written *text*."""
        self.element.textContent = text
        self.window.mutated()
        return self.element.textContent


@pytest.fixture
def kept(page_window: Window) -> Kept:
    return Kept(page_window)


def test_what_the_page_puts_back_is_rendered_again(kept: Kept) -> None:
    assert kept.writes("old") == "new"


def test_an_element_in_the_place_of_another_is_rendered(kept: Kept) -> None:
    kept.element.remove()
    kept.put("fresh")
    kept.window.mutated()

    assert kept.element.textContent == "new"


def test_what_the_page_writes_by_its_own_will_ends_the_offer(kept: Kept) -> None:
    assert kept.writes("mine") == "mine"
    assert kept.writes("old") == "old"
    assert kept.window.observers == []


def test_two_that_rewrite_each_other_do_so_within_bounds(kept: Kept, world: MemoryBrowser) -> None:
    within = [kept.writes("old") for _ in range(RATE + 1)]
    assert within == ["new"] * RATE + ["old"]

    world.pass_time(SECOND_MS)
    assert kept.element.textContent == "new"

    for _ in range(TIMES):
        kept.writes("old")
        world.pass_time(SECOND_MS)

    assert kept.element.textContent == "old"
    assert len(kept.told) == 1
    assert kept.window.observers == []


def test_a_view_that_ends_takes_its_offers_and_the_observer_along(kept: Kept) -> None:
    kept.lasting.end("plan", [0])

    assert kept.window.observers == []
    assert not kept.lasting.has("plan")
