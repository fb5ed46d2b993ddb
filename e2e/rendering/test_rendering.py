"""Each action with Alloy's exact meaning, in a real document."""

import re
from typing import Any

from playwright.sync_api import Page
from rendering.cases import P, item
from support.site import Site

RENDER = "alloy('event', {viewStart: true}).then((result) => window.result = result);"
MARK = re.compile(' data-aep-interact-id="[0-9,]+"')
DISPLAY = "decisioning.propositionDisplay"


def rendered(site: Site, page: Page, body: str, *items: dict[str, Any]) -> str:
    """The body's markup after *items* were rendered, without scripts."""
    site.render(*items)
    page.goto(site.tracked(RENDER, f"<main>{body}</main>"))
    page.wait_for_function("window.result")
    return page.inner_html("main")


def test_an_images_source_is_replaced(site: Site, page: Page) -> None:
    picture = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    found = rendered(
        site,
        page,
        '<img id="a" src="data:,"><p class="no">x</p>',
        item("setImageSource", picture),
        item("setImageSource", picture, ".no"),
    )

    assert MARK.sub("", found) == f'<img id="a" src="{picture}"><p class="no">x</p>'
    shown = site.events(1, DISPLAY)[0]["xdm"]["_experience"]["decisioning"]["propositions"]
    assert len(shown) == 1


def test_an_element_in_a_shadow_root_is_reached(site: Site, page: Page) -> None:
    site.render(item("setText", "new", "x-a:shadow p:eq(1)"))
    script = "customElements.define('x-a', class extends HTMLElement { constructor() { super(); this.attachShadow({mode: 'open'}).innerHTML = '<p>0</p><p>1</p>'; } });"
    page.goto(site.tracked(script + RENDER, "<x-a></x-a>"))
    page.wait_for_function("window.result")

    assert (
        MARK.sub("", page.evaluate("document.querySelector('x-a').shadowRoot.innerHTML"))
        == "<p>0</p><p>new</p>"
    )


def test_changes_to_the_head_take_only_what_belongs_there(site: Site, page: Page) -> None:
    rendered(
        site,
        page,
        "",
        item("appendHtml", "<style id=s>h1{color:red}</style><p id=no>x</p>", "head"),
    )

    assert page.evaluate("document.head.querySelectorAll('#s').length") == 1
    assert page.locator("#no").count() == 0


def test_inline_scripts_in_offers_run_once(site: Site, page: Page) -> None:
    found = rendered(
        site,
        page,
        P,
        item("setHtml", "<b>1</b><script>window.ran = (window.ran || 0) + 1;</script>"),
    )

    assert page.evaluate("window.ran") == 1
    assert MARK.sub("", found).startswith('<p id="a"><b>1</b>')


def test_an_element_that_comes_later_is_waited_for_and_then_reported(
    site: Site, page: Page
) -> None:
    rendered(site, page, "", item("setText", "new", "#late"))
    assert site.all_events(DISPLAY) == []
    page.evaluate("document.querySelector('main').innerHTML = '<div><p id=late>old</p></div>'")
    site.events(1, DISPLAY)

    assert page.inner_text("#late") == "new"


def test_an_offer_whose_element_never_comes_is_not_reported_and_the_rest_is(
    site: Site, page: Page, console: list[str]
) -> None:
    site.render(item("setText", "never", "#none"))
    site.experience(
        "other",
        '[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setText"\nselector = "#a"\ncontent = "shown"\n',
    )
    page.goto(site.tracked(RENDER, f"<main>{P}</main>"))
    page.wait_for_function("window.result")
    assert page.inner_text("#a") == "shown"
    shown = site.events(1, DISPLAY)[0]["xdm"]["_experience"]["decisioning"]["propositions"]

    page.evaluate("1")  # lets the console's lines come in

    assert [record["id"] for record in shown] == ["PY:other:a"]
    assert any("no element within 5 s" in line for line in console)


def test_a_bad_selector_fails_alone(site: Site, page: Page, console: list[str]) -> None:
    found = rendered(
        site,
        page,
        P,
        item("setText", "x", "###"),
        item("setText", "new"),
        item("setAttribute", {"1 bad": "x"}),
    )

    assert MARK.sub("", found) == '<p id="a">new</p>'
    assert page.evaluate("window.result.propositions[0].renderAttempted")
    assert len(site.events(1, DISPLAY)) == 1
    assert [line for line in console if "was not shown" in line and "###" in line]
    assert [line for line in console if line.startswith("uncaught")] == []


def test_one_display_event_reports_everything(site: Site, page: Page) -> None:
    rendered(site, page, P + '<p id="b">x</p>', item("setText", "1"), item("setText", "2", "#b"))
    display = site.events(1, DISPLAY)[0]

    assert display["xdm"]["_experience"]["decisioning"]["propositionEventType"] == {"display": 1}
    assert len(display["xdm"]["_experience"]["decisioning"]["propositions"]) == 1
    assert "query" not in site.requests("/v1/", 2)[1].json["events"][0]


def test_send_event_renders_as_alloy_does(site: Site, page: Page) -> None:
    site.render(item("setText", "new"))
    page.goto(
        site.tracked(
            "alloy('sendEvent', {renderDecisions: true}).then((result) => window.result = result)",
            f"<main>{P}</main>",
        )
    )
    page.wait_for_function("window.result")

    assert page.inner_text("#a") == "new"
    assert page.evaluate("window.result.propositions[0].renderAttempted")
    assert page.evaluate("window.result.decisions") == []


def test_without_rendering_decisions_are_returned_and_the_page_is_untouched(
    site: Site, page: Page
) -> None:
    site.render(item("setText", "new"))
    page.goto(
        site.tracked(
            "alloy('sendEvent', {}).then((result) => window.result = result)", f"<main>{P}</main>"
        )
    )
    page.wait_for_function("window.result")

    assert page.inner_text("#a") == "old"
    assert page.evaluate("window.result.decisions.length") == 1


def test_a_changed_experience_takes_effect_without_a_restart(site: Site, page: Page) -> None:
    assert "one" in rendered(site, page, P, item("setText", "one"))
    site.edge.state.experiences.reload()
    site.render(item("setText", "two"))
    site.edge.state.experiences.reload()
    page.reload()
    page.wait_for_function("window.result")

    assert page.inner_text("#a") == "two"


def test_hundred_items_are_rendered_in_one_go(site: Site, page: Page) -> None:
    body = "".join(f"<i>{number}</i>" for number in range(100))
    rendered(
        site,
        page,
        body,
        *(item("setText", f"n{number}", f"i:eq({number})") for number in range(100)),
    )

    assert page.evaluate(
        "[...document.querySelectorAll('i')].every((node, index) => node.textContent === 'n' + index)"
    )


def test_an_action_that_an_element_cant_take_fails_alone(
    site: Site, page: Page, console: list[str]
) -> None:
    site.render(item("setStyle", {"color": "red"}, "#odd"), item("setText", "new"))
    odd = "const odd = document.createElementNS('urn:x', 'odd'); odd.id = 'odd'; document.querySelector('main').append(odd);"
    page.goto(site.tracked(odd + RENDER, f"<main>{P}</main>"))
    page.wait_for_function("window.result")

    assert page.inner_text("#a") == "new"
    assert site.events(1, DISPLAY)
    page.evaluate("1")
    assert [line for line in console if "setStyle at '#odd' was not shown" in line]
    assert [line for line in console if line.startswith("uncaught")] == []
