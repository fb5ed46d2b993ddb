"""Render plans carried out: elements found or awaited, steps run in their order, what hides taken away."""

from typing import Any

from fake_document import Element
from fake_window import Window, element
from js_values import JsError

from pyrite.browser.rendering.rendering import LOOK_MS, SHOWN, WAIT_MS, WAITING, Rendering, find
from pyrite.testing.browser import MemoryBrowser

MISSED = f"no element within {WAIT_MS // 1000} s"


def step(selector: str, content: str = "new", **more: Any) -> dict[str, object]:
    made: dict[str, object] = {
        "key": 0, "item": "", "type": "setText", "selector": selector, "content": content,
        "hide": "", "once": False, "mark": 0, "label": "",
    }  # fmt: skip
    return made | more


class Rendered:
    """A plan under way, and what it has told."""

    def __init__(self, *steps: dict[str, object]) -> None:
        self.started: list[list[str]] = []
        self.finished: list[list[str]] = []
        self.rendering = Rendering(list(steps), self.started.append, self.finished.append)
        self.rendering.begin()


def add(window: Window, id: str, name: str = "div") -> Element:
    made = element(name, id=id)
    window.document.body.appendChild(made)
    return made


def hidden(window: Window) -> list[str]:
    return [node.textContent for node in window.document.head.children]


def test_what_is_there_is_rendered_at_once(page_window: Window) -> None:
    a, b = add(page_window, "a"), add(page_window, "b")
    plan = Rendered(step("#a"), step("#b", "other"))

    assert (a.textContent, b.textContent) == ("new", "other")
    assert plan.started == plan.finished == [[SHOWN, SHOWN]]


def test_what_comes_later_is_rendered_then(page_window: Window) -> None:
    add(page_window, "a")
    plan = Rendered(step("#a"), step("#late"))
    assert plan.started == [[SHOWN, WAITING]]
    assert plan.finished == []

    late = add(page_window, "late")

    assert late.textContent == "new"
    assert plan.finished == [[SHOWN, SHOWN]]
    assert len(page_window.observers) == 0


def test_what_never_comes_is_given_up_in_time(page_window: Window, world: MemoryBrowser) -> None:
    plan = Rendered(step("#never"))
    world.pass_time(WAIT_MS - 1)
    assert plan.finished == []
    world.pass_time(1)

    assert plan.finished == [[MISSED]]
    add(page_window, "never")
    assert plan.finished == [[MISSED]]


def test_steps_whose_element_waits_can_be_abandoned(page_window: Window) -> None:
    add(page_window, "a")
    plan = Rendered(step("#a"), step("#b"), step("#c"))
    plan.rendering.abandon([0, 1], "another view")
    assert plan.finished == []
    plan.rendering.abandon([2], "another view")

    assert plan.finished == [[SHOWN, "another view", "another view"]]


def test_a_selector_that_cant_be_read_ends_its_step_alone(page_window: Window) -> None:
    add(page_window, "a")
    plan = Rendered(step(":eq("), step("!"), step("#a"))

    ((first, second, third),) = plan.finished
    assert "eq" in first
    assert (second, third) == ("Error: SyntaxError", SHOWN)


def test_an_element_that_cant_take_an_action_ends_its_step_alone(page_window: Window) -> None:
    refusing = add(page_window, "refusing")
    refusing.setAttribute = None  # type: ignore[method-assign, assignment]
    plan = Rendered(step("#refusing", mark=7), step("#refusing"))

    ((first, second),) = plan.finished
    assert first.startswith("TypeError")
    assert second == SHOWN


def test_a_step_may_make_what_another_waits_for(page_window: Window) -> None:
    add(page_window, "a")
    plan = Rendered(step("#inner"), step("#a", '<p id="inner"></p>', type="setHtml"))

    assert plan.started == [[SHOWN, SHOWN]]
    assert page_window.document.querySelectorAll("#inner")[0].textContent == "new"


def test_what_hides_an_element_goes_with_its_step(page_window: Window) -> None:
    add(page_window, "a")
    plan = Rendered(step("#a", hide="#a"), step("#late", hide="#late"))
    assert hidden(page_window) == ["#late { visibility: hidden }"]

    plan.rendering.uncover()

    assert hidden(page_window) == []
    assert plan.finished == []


def test_what_is_replaced_goes_after_other_steps_have_had_it(page_window: Window) -> None:
    a = add(page_window, "a")
    plan = Rendered(step("#a", "<b>1</b>", type="replaceHtml"), step("#a", "changed"))

    assert plan.finished == [[SHOWN, SHOWN]]
    assert (a.textContent, a.parentNode) == ("changed", None)
    assert page_window.document.body.innerHTML == "<b>1</b>"


def test_an_empty_plan_ends_at_once(page_window: Window) -> None:
    plan = Rendered()

    assert (plan.started, plan.finished) == ([[]], [[]])


# ---- shadow roots ---------------------------------------------------------------------------------------------------


def shadow(window: Window, host: Element) -> Element:
    """An open shadow root of *host*."""
    root = Element(window, "#document-fragment")
    root.nodeType = 11
    host.shadowRoot = root
    return root


def test_a_shadow_root_is_looked_into_and_watched(page_window: Window) -> None:
    root = shadow(page_window, add(page_window, "host"))
    plan = Rendered(step("#host:shadow #inner"))
    assert plan.started == [[WAITING]]
    root.appendChild(element("p", id="inner"))

    assert plan.finished == [[SHOWN]]


def test_a_shadow_root_that_is_not_there_yet_is_looked_for(
    page_window: Window, world: MemoryBrowser
) -> None:
    host = add(page_window, "host")
    plan = Rendered(step("#host:shadow #inner"))
    shadow(page_window, host).childNodes.append(element("p", id="inner"))
    world.pass_time(LOOK_MS - 1)
    assert plan.finished == []
    world.pass_time(1)

    assert plan.finished == [[SHOWN]]


# ---- selectors ------------------------------------------------------------------------------------------------------


def chosen(selector: str) -> list[Any]:
    found: list[Any] = []
    find(selector, found.append, found.append, lambda root: None)
    return found


def test_eq_chooses_by_place(page_window: Window) -> None:
    first, second = add(page_window, "a", "p"), add(page_window, "b", "p")

    assert chosen("p:eq(1)") == [[second]]
    assert chosen("p:eq(0)") == [[first]]
    assert chosen("p:eq(2)") == [[]]


def test_a_leading_child_sign_is_of_the_element_before(page_window: Window) -> None:
    outer = add(page_window, "outer")
    inner = element("p")
    outer.appendChild(inner)
    inner.appendChild(element("p"))

    assert chosen("#outer:eq(0) > p") == [[inner]]


def test_a_query_that_throws_is_told(page_window: Window) -> None:
    def throws(css: str) -> None:
        raise JsError("no")

    page_window.document.querySelectorAll = throws  # type: ignore[assignment, method-assign]

    assert chosen("#a") == ["Error: no"]
