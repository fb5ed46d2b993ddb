"""Items become steps whose meaning is settled."""

from given import action

from pyrite.core.personalization.actions import build_step
from pyrite.core.personalization.schemas import SCHEMAS


def content(type, value):
    made = build_step(action(type, content=value), key=0)[0]
    return None if made is None else (made["type"], made["content"])


def test_texts_stay_as_they_are():
    assert build_step(action("setHtml", "#x", "<b>1</b>", "item"), key=3)[0] == {
        "key": 3, "item": "item", "type": "setHtml", "selector": "#x", "content": "<b>1</b>", "hide": "", "once": False,
        "mark": 0, "label": "",
    }  # fmt: skip


def test_styles_are_written_as_inline_text_with_their_priority():
    assert content("setStyle", {"color": "red", "background-color": "blue"}) == (
        "setStyle",
        "background-color: blue;color: red;",
    )
    assert content("setStyle", {"color": "red", "priority": "important"}) == (
        "setStyle",
        "color: red !important;",
    )


def test_move_and_resize_add_px_to_bare_numbers():
    assert content("move", {"left": 10, "top": "20", "priority": "important"}) == (
        "setStyle",
        "left: 10px !important;top: 20px !important;",
    )
    assert content("resize", {"width": "50%", "height": 30.5}) == (
        "setStyle",
        "height: 30.5px;width: 50%;",
    )


def test_attributes_are_listed_in_order():
    assert content("setAttribute", {"title": "t", "data-n": 3}) == (
        "setAttribute",
        [["data-n", "3"], ["title", "t"]],
    )


def test_rearrange_needs_two_places():
    assert content("rearrange", {"from": 0, "to": 2}) == ("rearrange", [0, 2])
    assert content("rearrange", {"from": -1, "to": 2}) is None


def test_additions_run_once_for_an_element():
    for type in ("appendHtml", "prependHtml", "insertBefore", "insertAfter"):
        assert build_step(action(type), key=0)[0]["once"] is True
    assert build_step(action("rearrange", content={"from": 0, "to": 1}), key=0)[0]["once"] is True
    assert build_step(action("replaceHtml"), key=0)[0]["once"] is False


def test_an_item_may_name_what_to_hide_meanwhile():
    item = action("setText")
    item["data"]["prehidingSelector"] = "#hero"

    assert build_step(item, key=0)[0]["hide"] == "#hero"


def test_markup_offers_with_a_place_are_rendered_like_actions():
    schema = "https://ns.adobe.com/personalization/html-content-item"
    placed = {
        "id": "i",
        "schema": schema,
        "data": {"type": "setHtml", "selector": "#a", "content": "<b>1</b>"},
    }
    loose = {"id": "i", "schema": schema, "data": {"content": "<b>1</b>"}}

    assert build_step(placed, key=0)[0]["content"] == "<b>1</b>"
    assert build_step(loose, key=0)[0] is None


def test_what_this_build_cant_render_has_no_step():
    for item in (
        action("explode"),
        action("setText", content=3),
        action("setText", selector=""),
        {"schema": "x", "data": {}},
        {},
    ):
        assert build_step(item, key=0)[0] is None


def test_the_names_of_schemas_are_those_of_every_edge():
    names = [schema.partition("https://ns.adobe.com/personalization/")[2] for schema in SCHEMAS]

    assert names == [
        "default-content-item",
        "html-content-item",
        "json-content-item",
        "redirect-item",
        "ruleset-item",
        "message/in-app",
        "message/content-card",
        "dom-action",
    ]
