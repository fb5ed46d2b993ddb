"""Parts: loaded at first use, once for all, within a deadline; what can't be had is told once, and tried again."""

from typing import Any

import pytest
from fake_window import Window
from js_values import JsError
from opened import Opened

from pyrite.browser import parts
from pyrite.browser.paths import PATHS
from pyrite.core.effects import Abandon, Foresee, Load
from pyrite.core.parts import PREFIX
from pyrite.testing.browser import MemoryBrowser

EDGE = "https://edge.site.test/"
LOAD = Load(part="render", url=EDGE)
OTHER = Load(part="decide", url="https://edge.site.test/lib/decide.1.js")


def loaded(opened: Opened) -> list[Any]:
    """What the tracker is told of parts, from now on: `(name, run, why)`."""
    told: list[Any] = []
    opened.page.tracker.loaded = lambda part, run, why, moment: (  # type: ignore[method-assign]
        told.append((part, run, why)) or []  # type: ignore[func-returns-value]
    )
    return told


def warnings(window: Window) -> list[str]:
    return [line for _, line in window.lines if "the part" in line]


def test_a_part_is_loaded_at_first_use_and_once(page_window: Window, world: MemoryBrowser) -> None:
    opened = Opened(page_window)
    told = loaded(opened)
    opened.page.carry_out([LOAD, LOAD])
    assert told == []
    world.pass_time(1)
    opened.page.carry_out([LOAD])

    assert [(name, why) for name, _, why in told] == [("render", "")] * 3
    assert page_window.scripts == [EDGE + PATHS["render"]]


def test_two_trackers_of_a_page_share_a_part(page_window: Window, world: MemoryBrowser) -> None:
    first, second = Opened(page_window), Opened(page_window)
    told = [loaded(first), loaded(second)]
    first.page.carry_out([LOAD])
    second.page.carry_out([LOAD])
    world.pass_time(1)

    assert [len(one) for one in told] == [1, 1]
    assert len(page_window.scripts) == 1


def test_it_stands_beside_the_trackers_script_else_at_the_edge(
    page_window: Window, world: MemoryBrowser
) -> None:
    parts.placed("https://cdn.site.test/js/alloy.js?v=1/2")
    page_window.run_script = lambda url: False
    opened = Opened(page_window)
    told = loaded(opened)
    opened.page.carry_out([LOAD])
    world.pass_time(10)

    beside = "https://cdn.site.test/js/" + PATHS["render"]
    at_the_edge = EDGE + PATHS["render"]
    assert page_window.scripts == [beside, at_the_edge]
    assert told == [("render", None, f"{at_the_edge} can't be loaded")]


def test_a_script_of_no_address_has_nothing_beside_it(page_window: Window) -> None:
    for address in ("", "blob:https://www.site.test/1", "data:text/javascript,1"):
        parts.placed(address)
    Opened(page_window).page.carry_out([LOAD])

    assert page_window.scripts == [EDGE + PATHS["render"]]


def test_a_part_with_an_address_of_its_own_is_sought_there_alone(page_window: Window) -> None:
    parts.placed("https://cdn.site.test/alloy.js")
    Opened(page_window).page.carry_out([OTHER])

    assert page_window.scripts == [OTHER.url]


def test_why_it_can_t_be_had_is_told_once_and_the_next_use_tries_again(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    told = loaded(opened)
    page_window.run_script = lambda url: False
    for _ in range(2):
        opened.page.carry_out([LOAD])
        world.pass_time(1)
    assert [why for _, _, why in told] == [f"{EDGE}{PATHS['render']} can't be loaded"] * 2
    assert len(warnings(page_window)) == 1

    page_window.run_script = page_window.part
    opened.page.carry_out([LOAD])
    world.pass_time(1)

    assert told[-1][2] == ""


def test_a_script_that_is_something_else_is_none(page_window: Window, world: MemoryBrowser) -> None:
    page_window.run_script = lambda url: True
    opened = Opened(page_window)
    told = loaded(opened)
    opened.page.carry_out([LOAD])
    world.pass_time(1)

    assert told[0][1:] == (None, "it is something else")


def test_nobody_waits_longer_than_the_deadline_and_what_comes_later_serves_the_next_use(
    page_window: Window, world: MemoryBrowser
) -> None:
    page_window.run_script = lambda url: None
    opened = Opened(page_window)
    told = loaded(opened)
    opened.page.carry_out([LOAD])
    world.pass_time(parts.DEADLINE_MS - 1)
    assert told == []
    world.pass_time(1)
    assert told == [("render", None, "no answer in time")]

    page_window.part(EDGE + PATHS["render"])
    opened.page.carry_out([LOAD])

    assert told[1][2] == ""
    assert len(page_window.scripts) == 1


def test_the_deadline_of_one_attempt_does_not_end_the_next(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    told = loaded(opened)
    page_window.run_script = lambda url: False
    opened.page.carry_out([LOAD])
    world.pass_time(1)
    page_window.run_script = lambda url: None
    opened.page.carry_out([LOAD])
    world.pass_time(parts.DEADLINE_MS - 1)

    assert len(told) == 1


def test_what_a_part_throws_reaches_who_has_asked(page_window: Window) -> None:
    def throws(*given: Any) -> str:
        raise JsError("no")

    page_window.__dict__[PREFIX + "decide"] = throws
    opened = Opened(page_window)
    told = loaded(opened)
    opened.page.carry_out([OTHER])

    with pytest.raises(ValueError, match="no"):
        told[0][1]("{}")


def test_what_may_be_needed_is_fetched_and_not_run(page_window: Window) -> None:
    opened = Opened(page_window)
    for _ in range(2):
        opened.page.carry_out([Foresee(part="render", url=EDGE)])

    (link,) = page_window.document.head.children
    assert (link.nodeName, link.rel, link.href) == ("LINK", "prefetch", EDGE + PATHS["render"])
    assert link.getAttribute("as") == "script"
    assert page_window.scripts == []


def test_a_plan_that_is_not_under_way_is_not_abandoned(
    page_window: Window, world: MemoryBrowser
) -> None:
    opened = Opened(page_window)
    opened.page.carry_out([LOAD])
    world.pass_time(1)
    opened.page.carry_out([Abandon(plan="unknown", keys=[0], why="view")])

    assert page_window.lines == []
