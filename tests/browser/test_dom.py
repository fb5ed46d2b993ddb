"""What steps do to elements, action by action."""

from typing import Any

import pytest
from fake_document import Element
from fake_window import Window, element
from js_values import JsError, Obj

from pyrite.browser.rendering.dom import apply
from pyrite.browser.rendering.marks import DONE_MARK, INTERACT_MARK, LABEL_MARK


def step(type: str, content: Any = "", **more: Any) -> dict[str, object]:
    made: dict[str, object] = {
        "type": type, "content": content, "item": "", "once": False, "mark": 0, "label": "",
    }  # fmt: skip
    return made | more


def done(what: dict[str, object], *elements: Any) -> list[str]:
    """What is told of the step: '' or a problem, once."""
    told: list[str] = []
    apply(what, list(elements), [], told.append)
    return told


@pytest.fixture
def box(page_window: Window) -> Element:
    """`<div>0<a></a>1<b></b>2</div>` in the body, its elements known by name."""
    box = element("div", id="box")
    page_window.document.body.appendChild(box)
    template = element("template")
    template.innerHTML = "0<a></a>1<b></b>2"
    for node in list(template.content.childNodes):
        box.appendChild(node)
    return box


@pytest.mark.parametrize(
    ("type", "inside"),
    [
        ("setText", "&lt;i&gt;"),
        ("setHtml", "<i></i><u></u>"),
        ("appendHtml", "0<a></a>1<b></b>2<i></i><u></u>"),
        ("prependHtml", "0<i></i><u></u><a></a>1<b></b>2"),
        ("customCode", "0<i></i><u></u><a></a>1<b></b>2"),
    ],
)
def test_content_is_put_inside(box: Element, type: str, inside: str) -> None:
    content = "&lt;i&gt;" if type == "setText" else "<i></i><u></u>"
    assert done(step(type, content), box) == [""]

    assert box.innerHTML == inside


@pytest.mark.parametrize(
    ("type", "inside"),
    [
        ("insertBefore", "0<i></i><u></u><a></a>1<b></b>2"),
        ("insertAfter", "0<a></a>1<i></i><u></u><b></b>2"),
        ("replaceHtml", "0<i></i><u></u><a></a>1<b></b>2"),  # it goes once other steps have had it
    ],
)
def test_content_is_put_beside(box: Element, type: str, inside: str) -> None:
    assert done(step(type, "<i></i><u></u>"), box.children[0]) == [""]

    assert box.innerHTML == inside


def test_content_behind_the_last_element_goes_to_the_end(box: Element) -> None:
    done(step("insertAfter", "<i></i>"), box.children[1])

    assert box.innerHTML == "0<a></a>1<b></b>2<i></i>"


def test_the_root_has_no_beside(page_window: Window) -> None:
    problem = "the element has no parent that could take it"

    assert done(step("insertAfter", "<i></i>"), page_window.document.documentElement) == [problem]


def test_what_replaces_an_element_is_told_to_take_it_away(box: Element) -> None:
    replaced: list[Any] = []
    apply(step("replaceHtml", "<i></i>"), [box], replaced, lambda problem: None)

    assert replaced == [box]


def test_attributes_are_set_in_order_and_one_that_is_refused_is_told(box: Element) -> None:
    assert done(step("setAttribute", [["title", "t"], ["lang", "de"]]), box) == [""]
    assert [one.name for one in box.attributes] == ["id", "title", "lang"]

    def throws(name: str, value: str) -> None:
        raise JsError("InvalidCharacterError")

    box.setAttribute = throws  # type: ignore[method-assign]
    assert done(step("setAttribute", [["<", "t"]]), box) == ["Error: InvalidCharacterError"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "color: red;"), ("top: 0", "top: 0;color: red;"), ("top: 0; ", "top: 0; color: red;")],
)
def test_a_style_is_added_to_what_is_there(box: Element, before: str, after: str) -> None:
    box.style.cssText = before
    done(step("setStyle", "color: red;"), box)

    assert box.style.cssText == after


def test_an_image_is_given_another_source_and_nothing_else_is(page_window: Window) -> None:
    loaded: list[Obj] = []
    page_window.Image = lambda: loaded.append(Obj()) or loaded[-1]  # type: ignore[func-returns-value]
    image = element("img", src="/old.png")

    assert done(step("setImageSource", "/new.png"), image) == [""]
    assert (image.src, [one.src for one in loaded]) == ("/new.png", ["/new.png"])
    assert done(step("setImageSource", "/new.png"), element("b")) == ["expected an IMG, got B"]


def test_an_element_is_removed(box: Element) -> None:
    done(step("remove"), box.children[0])

    assert box.innerHTML == "01<b></b>2"


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ([0, 2], ["B", "C", "A"]),
        ([2, 0], ["C", "A", "B"]),
        ([0, 1], ["B", "A", "C"]),
        ([1, 1], ["A", "B", "C"]),
        ([0, 3], ["A", "B", "C"]),
        ([3, 0], ["A", "B", "C"]),
    ],
)
def test_children_are_rearranged(page_window: Window, places: list[int], order: list[str]) -> None:
    parent = element("ul")
    for name in "abc":
        parent.appendChild(element(name))
    assert done(step("rearrange", places), parent) == [""]

    assert [child.nodeName for child in parent.children] == order


def test_what_is_meant_for_the_head_is_added_to_it(page_window: Window) -> None:
    head = page_window.document.head
    markup = "<p>text</p><div><style>a {}</style></div><link>"
    assert done(step("setHtml", markup), head) == [""]
    assert head.innerHTML == "<style>a {}</style><link></link>"

    done(step("customCode", "<i></i>"), head)
    assert head.children[0].nodeName == "I"


# ---- marks ----------------------------------------------------------------------------------------------------------


def test_a_step_that_runs_once_leaves_elements_alone_that_it_had(box: Element) -> None:
    once = step("appendHtml", "<i></i>", once=True, item="item-1")
    other = element("div")
    done(once, box)
    assert done(once, box, other) == [""]

    assert box.innerHTML.count("<i>") == 1
    assert other.innerHTML == "<i></i>"
    done(step("appendHtml", "<i></i>", once=True, item="item-2"), box)
    assert box.getAttribute(DONE_MARK) == "item-1,item-2"


def test_without_an_id_an_item_runs_again(box: Element) -> None:
    for _ in range(2):
        done(step("appendHtml", "<i></i>", once=True), box)

    assert box.innerHTML.count("<i>") == 2
    assert not box.hasAttribute(DONE_MARK)


def test_what_clicks_are_meant_for_carries_number_and_label(box: Element) -> None:
    marked = step("setText", "x", mark=7, label="first")
    done(marked, box)
    done(marked, box)
    done(step("setText", "x", mark=8, label="second"), box)

    assert box.getAttribute(INTERACT_MARK) == "7,8"
    assert box.getAttribute(LABEL_MARK) == "first"


@pytest.mark.parametrize(
    ("type", "content"), [("prependHtml", "1<i></i>"), ("insertBefore", "1<i></i>")]
)
def test_of_what_is_put_somewhere_each_element_is_marked(
    box: Element, type: str, content: str
) -> None:
    done(step(type, content, mark=7), box.children[0])
    (mark,) = [one.getAttribute(INTERACT_MARK) for one in box.querySelectorAll("i")]

    assert mark == "7"


@pytest.mark.parametrize(
    ("type", "content"),
    [("setStyle", "top: 0"), ("setAttribute", [["a", "b"]]), ("collectInteractions", "")],
)
def test_what_changes_an_element_marks_it(box: Element, type: str, content: Any) -> None:
    done(step(type, content, mark=7), box)

    assert box.getAttribute(INTERACT_MARK) == "7"


def test_of_several_problems_the_first_is_told(page_window: Window) -> None:
    assert done(step("setImageSource", "x"), element("b"), element("i")) == [
        "expected an IMG, got B"
    ]
