"""What a server has rendered for a framework: offers wait until it is taken over, within bounds."""

import pytest
from fake_document import Comment, Element
from fake_window import Window, element
from js_values import Obj

from pyrite.browser.rendering.hydration import COMMENTED_MS, LIMIT_MS, NAMED_MS, Hydration
from pyrite.browser.rendering.rendering import HELD_LOOK_MS, HELD_PASS_MS, Rendering
from pyrite.testing.browser import MemoryBrowser


class Served:
    """A page as a server has sent it, whose load event was *loaded_ms* ago (None: it is still to come)."""

    def __init__(self, window: Window, loaded_ms: int | None = None) -> None:
        self.window = window
        end = 0 if loaded_ms is None else 1000
        timing = Obj(navigationStart=0, loadEventEnd=end)
        window.performance = Obj(timing=timing, now=lambda: 1000 + (loaded_ms or 0))

    def put(self, name: str, into: Element | None = None, **attributes: str) -> Element:
        made = element(name, **attributes)
        (into or self.window.document.body).appendChild(made)
        return made

    def holds(self, one: Element, type: str = "setText") -> bool:
        hydration = Hydration()
        hydration.look()
        return hydration.holds([one], type)


@pytest.fixture
def served(page_window: Window) -> Served:
    return Served(page_window)


def test_what_no_framework_is_known_of_waits_for_nothing(served: Served) -> None:
    assert not served.holds(served.put("h1", served.put("main")))


def test_a_root_that_is_called_so_waits_until_something_is_mounted(served: Served) -> None:
    root = served.put("div", id="app")
    h1, aside = served.put("h1", root), served.put("aside")
    assert served.holds(h1)
    assert not served.holds(aside)

    root.__dict__["__vue_app__"] = 1
    assert not served.holds(h1)


@pytest.mark.parametrize(
    ("id", "comment", "bound_ms"), [("app", "", NAMED_MS), ("any", "[", COMMENTED_MS)]
)
def test_what_only_looks_like_one_waits_for_the_load_event_and_a_moment(
    page_window: Window, id: str, comment: str, bound_ms: int
) -> None:
    served = Served(page_window, bound_ms - 1)
    root = served.put("div", id=id)
    if comment:
        root.appendChild(Comment(comment))
    h1 = served.put("h1", root)
    assert served.holds(h1)
    assert not served.holds(served.put("aside"))

    assert not Served(page_window, bound_ms).holds(h1)


@pytest.mark.parametrize(
    ("name", "attribute", "before", "after"),
    [
        ("div", "data-pyrite-hydrated", "false", "true"),
        ("astro-island[ssr]", "ssr", "", None),
        ("div", "ngh", "0", None),
    ],
    ids=["page", "astro", "angular"],
)
def test_what_says_itself_that_it_is_pending_waits_until_it_says_so_no_more(
    page_window: Window, name: str, attribute: str, before: str, after: str | None
) -> None:
    served = Served(page_window, loaded_ms=LIMIT_MS)
    root = served.put(name.partition("[")[0])
    root.setAttribute(attribute, before)
    h1 = served.put("h1", root)
    assert served.holds(h1)

    root.removeAttribute(attribute)
    if after is not None:
        root.setAttribute(attribute, after)
    assert not served.holds(h1)


@pytest.mark.parametrize("name", ["__next_f", "__reactRouterContext"])
def test_reacts_whole_document_waits(page_window: Window, name: str) -> None:
    served = Served(page_window, loaded_ms=LIMIT_MS)
    h1 = served.put("h1")
    setattr(page_window, name, Obj())
    assert served.holds(h1)
    assert not served.holds(page_window.document.head)

    h1.__dict__["__reactFiber$1"] = 1
    assert not served.holds(h1)


def test_an_action_on_what_holds_a_root_waits_where_it_would_take_its_nodes(
    served: Served,
) -> None:
    main = served.put("main")
    served.put("h1", served.put("div", main, id="__next"))

    assert served.holds(main, "setHtml")
    assert not served.holds(main, "appendHtml")


def test_react_takes_nodes_over_from_the_innermost_on(served: Served) -> None:
    root = served.put("div", id="mount")
    root.__dict__["__reactContainer$1"] = 1
    root.appendChild(Comment(" "))
    main = served.put("main", root)
    h1 = served.put("h1", main)
    foreign = served.put("i", main)
    assert served.holds(h1)

    h1.__dict__["__reactFiber$1"] = 1
    assert served.holds(h1)
    main.__dict__["__reactFiber$1"] = 1
    assert not served.holds(h1)
    assert not served.holds(foreign)


def test_a_boundary_of_reacts_waits_for_itself(served: Served) -> None:
    root = served.put("div", id="root")
    for name in ("__reactContainer$1", "__reactFiber$1"):
        root.__dict__[name] = 1
    root.appendChild(Comment("$"))
    inside = served.put("p", root)
    root.appendChild(Comment("/$"))
    behind = served.put("p", root)

    assert served.holds(inside)
    assert not served.holds(behind)
    inside.__dict__["__reactFiber$1"] = 1
    assert not served.holds(inside)


def test_solid_keeps_a_set_of_what_it_has_taken_over(served: Served) -> None:
    main = served.put("main", data_hk="0")
    known: list[Element] = []
    assert not served.holds(main)

    served.window._ = None
    setattr(served.window, "_$HY", Obj(completed=Obj(has=lambda one: one in known)))
    assert served.holds(main)
    known.append(main)
    assert not served.holds(main)


def test_svelte_prepares_all_elements_when_it_begins(served: Served) -> None:
    root = served.put("div")
    root.appendChild(Comment("["))
    h1 = served.put("h1", root)
    assert served.holds(h1)

    served.window.Element = Obj(prototype=Obj(__e=1))
    assert not served.holds(h1)


STEP: dict[str, object] = {
    "key": 0, "item": "", "type": "setText", "selector": "h1", "content": "new",
    "hide": "", "once": False, "mark": 0, "label": "",
}  # fmt: skip


class Held:
    """A plan for an element that the page says to be its server's."""

    def __init__(self, served: Served) -> None:
        self.root = served.put("div", data_pyrite_hydrated="false")
        self.h1 = served.put("h1", self.root)
        self.told: list[str] = []
        self.rendering = Rendering(
            [STEP],
            lambda results: self.told.append("started " + results[0]),
            lambda results: self.told.append("finished " + results[0]),
            lasts=True,
        )
        self.rendering.begin()


def test_the_page_says_itself_when_and_nothing_of_it_is_a_change(
    served: Served, world: MemoryBrowser
) -> None:
    held = Held(served)
    world.pass_time(HELD_LOOK_MS * 3)
    assert (held.h1.textContent, held.told) == ("", [])

    held.root.setAttribute("data-pyrite-hydrated", "true")
    world.pass_time(HELD_LOOK_MS)

    assert held.h1.textContent == "new"
    assert held.told == ["started shown", "finished shown"]


def test_the_first_pass_is_put_off_for_a_second_and_the_offer_for_ten(
    served: Served, world: MemoryBrowser
) -> None:
    held = Held(served)
    world.pass_time(HELD_PASS_MS + HELD_LOOK_MS)
    assert held.told == ["started waiting"]
    world.pass_time(LIMIT_MS - HELD_PASS_MS - 3 * HELD_LOOK_MS)
    assert held.h1.textContent == ""
    world.pass_time(3 * HELD_LOOK_MS)

    assert held.h1.textContent == "new"
    assert held.told[1:] == ["finished shown"]
    assert served.window.observers == []


def test_a_view_that_is_left_gives_up_what_is_held(served: Served, world: MemoryBrowser) -> None:
    held = Held(served)
    world.pass_time(HELD_PASS_MS + HELD_LOOK_MS)
    held.rendering.abandon([0], "another view")
    world.pass_time(LIMIT_MS)

    assert held.h1.textContent == ""
    assert held.told == ["started waiting", "finished another view"]
