"""Every schema, action and form of selector, in every lane."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page
from rendering.cases import CASES, SELECTORS
from support.offers import action, apply, item, proposition
from support.site import Site

MARKS = re.compile(' data-(aep-interact-id|adobe-proposition-ids)="[^"]*"')
DISPLAY = "decisioning.propositionDisplay"


@pytest.fixture
def tracked(site: Site, page: Page) -> Page:
    """A page with a tracker that is there."""
    page.goto(site.tracked("window.ready = alloy('getLibraryInfo')", "<main></main>"))
    page.evaluate("window.ready")
    return page


def after(page: Page, body: str, *items: dict[str, Any]) -> str:
    """The markup of *body* once *items* have been rendered, without marks."""
    page.evaluate("(body) => { document.querySelector('main').innerHTML = body; }", body)
    apply(page, proposition(*items))
    return MARKS.sub("", page.inner_html("main"))


@pytest.mark.every_lane
def test_every_action_means_what_it_means_to_alloy(tracked: Page) -> None:
    for body, data, expected in CASES:
        found = after(tracked, body, item("dom-action", data))

        assert found == expected.replace(" data>", ">"), data


@pytest.mark.every_lane
def test_every_form_of_selector_finds_its_elements(tracked: Page) -> None:
    tracked.evaluate("""() => customElements.define("x-a", class extends HTMLElement {
        connectedCallback() { if (!this.shadowRoot) this.attachShadow({mode: "open"}).innerHTML = this.dataset.inside; } })""")
    for selector, body, expected in SELECTORS:
        tracked.evaluate("(body) => { document.querySelector('main').innerHTML = body; }", body)
        apply(tracked, proposition(action("setText", "!", selector)))
        found = tracked.evaluate("""() => { const texts = []; const look = (node) => {
            for (const child of node.childNodes) {
              if (child.nodeType === 3 && child.data === "!") texts.push(node.id || node.className);
              if (child.shadowRoot) look(child.shadowRoot);
              look(child);
            } }; look(document.querySelector("main")); return texts.sort().join(" "); }""")

        assert found == expected, selector


@pytest.mark.every_lane
def test_what_is_not_for_the_page_is_returned_and_not_lost(
    tracked: Page, console: list[str]
) -> None:
    schemas = ("json-content-item", "ruleset-item", "message/in-app", "message/content-card", "new")
    others = [item(schema, {"content": {"a": 1}}, id=schema) for schema in schemas]
    loose = item("html-content-item", {"content": "<b>1</b>"}, id="loose")
    placed = item(
        "html-content-item",
        {"content": "<b>1</b>", "type": "setHtml", "selector": "main"},
        id="placed",
    )
    wrong = action("explode", id="wrong")
    result = apply(
        tracked,
        proposition(*others, loose, wrong, placed, item("default-content-item", {}, id="default")),
    )
    kept = {
        found["renderAttempted"]: [one["id"] for one in found["items"]]
        for found in result["propositions"]
    }
    tracked.evaluate("1")

    assert kept == {True: ["placed", "default"], False: [*schemas, "loose", "wrong"]}
    assert [one["id"] for one in result["decisions"][0]["items"]] == kept[False]
    assert MARKS.sub("", tracked.inner_html("main")) == "<b>1</b>"
    warned = [line for line in console if line.startswith("warning")]
    assert len(warned) == 1
    assert "item 'wrong' of 'p' is not rendered: expected an action of setText" in warned[0]


@pytest.mark.every_lane
def test_items_are_carried_out_in_their_order(tracked: Page) -> None:
    found = after(
        tracked,
        '<p id="a">x</p>',
        action("setHtml", "<b>1</b>", id="1"),
        action("setText", "2", "#a b", id="2"),
        action("appendHtml", "<i>3</i>", id="3"),
        action("setAttribute", {"title": "4"}, "#a i", id="4"),
        action("insertBefore", "<hr>", id="5"),
        action("remove", "", "hr", id="6"),
    )

    assert found == '<p id="a"><b>2</b><i title="4">3</i></p>'


def test_rows_of_a_table_keep_their_tags(tracked: Page) -> None:
    found = after(
        tracked,
        "<table><tbody id='a'><tr><td>0</td></tr></tbody></table>",
        action("appendHtml", "<tr><td>1</td></tr>", id="1"),
        action("prependHtml", "<td>2</td>", "#a tr:eq(0)", id="2"),
    )

    assert found == (
        '<table><tbody id="a"><tr><td>2</td><td>0</td></tr><tr><td>1</td></tr></tbody></table>'
    )


def test_what_is_meant_for_the_head_takes_only_what_belongs_there(tracked: Page) -> None:
    content = "<style id=s>h1{color:red}</style><p id=no>x<link id=l rel=x></p>text"
    for type in ("appendHtml", "setHtml", "setText"):
        apply(tracked, proposition(action(type, content, "head", id=type)))
    found = tracked.evaluate("[...document.head.querySelectorAll('#s, #l')].map((node) => node.id)")

    assert found == ["s", "l"] * 3
    assert tracked.locator("#no").count() == 0


def test_custom_code_runs_where_it_says(tracked: Page) -> None:
    code = "<script>window.order = [...(window.order || []), document.currentScript.parentNode.nodeName];</script>"
    apply(
        tracked,
        proposition(
            action("customCode", code, "HEAD", id="1"),
            action("customCode", code + "<i id=top></i>", "BODY > *:eq(0)", id="2"),
        ),
    )

    assert tracked.evaluate("window.order") == ["HEAD", "BODY"]
    assert tracked.evaluate("document.body.children[1].id") == "top"


def test_only_an_image_takes_a_source(tracked: Page) -> None:
    picture = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    body = '<img id="a" src="data:,"><p class="no">x</p>'
    tracked.evaluate("(body) => { document.querySelector('main').innerHTML = body; }", body)
    result = apply(
        tracked,
        proposition(action("setImageSource", picture), id="image"),
        proposition(action("setImageSource", picture, ".no"), id="none"),
    )

    assert [one["renderStatus"] for one in result["propositions"]] == ["shown", "failed"]
    assert result["propositions"][1]["renderProblems"] == ["expected an IMG, got P"]
    assert tracked.get_attribute("#a", "src") == picture


def test_an_element_inside_a_shadow_root_is_awaited(tracked: Page) -> None:
    tracked.evaluate("""() => { document.querySelector('main').innerHTML = '<div id=host></div>';
        window.root = document.querySelector('#host').attachShadow({mode: 'open'}); }""")
    tracked.evaluate(
        """(options) => { window.applied = alloy('applyResponse', options); }""",
        {
            "renderDecisions": True,
            "responseBody": {
                "handle": [
                    {
                        "type": "personalization:decisions",
                        "payload": [proposition(action("setText", "new", "#host:shadow p"))],
                    }
                ]
            },
            "personalization": {"untilRendered": True},
        },
    )
    tracked.evaluate("window.root.innerHTML = '<p>old</p>'")
    result = tracked.evaluate("window.applied")

    assert result["propositions"][0]["renderStatus"] == "shown"
    assert tracked.evaluate("window.root.textContent") == "new"


def test_a_shadow_root_that_comes_later_is_awaited(tracked: Page) -> None:
    tracked.evaluate(
        """() => { document.querySelector('main').innerHTML = '<div id=host></div>'; }"""
    )
    tracked.evaluate(
        """(payload) => { window.applied = alloy('applyResponse', {renderDecisions: true, personalization: {untilRendered: true},
            responseBody: {handle: [{type: 'personalization:decisions', payload}]}}); }""",
        [proposition(action("setText", "new", "#host:shadow > p"))],
    )
    tracked.evaluate(
        "document.querySelector('#host').attachShadow({mode: 'open'}).innerHTML = '<p>old</p>'"
    )

    assert tracked.evaluate("window.applied")["propositions"][0]["renderStatus"] == "shown"


def test_the_result_says_what_was_not_shown(tracked: Page) -> None:
    tracked.evaluate("document.querySelector('main').innerHTML = '<p id=a></p>'")
    propositions = [
        proposition(action("setText", "1"), action("setText", "2", "#none", id="2"), id="half"),
        proposition(action("setText", "1", "#none"), id="none"),
        proposition(action("setText", "1", "###"), id="bad"),
    ]
    at_once = apply(tracked, *propositions, untilRendered=False)
    at_last = apply(tracked, *propositions)

    def status(result: dict[str, Any]) -> list[str]:
        return [one["renderStatus"] for one in result["propositions"]]

    assert status(at_once) == ["shown", "waiting", "failed"]
    assert status(at_last) == ["shown", "failed", "failed"]
    assert at_last["propositions"][1]["renderProblems"] == ["no element within 5 s"]
