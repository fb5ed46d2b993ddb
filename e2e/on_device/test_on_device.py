"""The rules arrive once; later views are decided in the page, as the edge would have decided."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page
from support.site import Site

VIEW = "web.webpagedetails.pageViews"


def go(path: str) -> str:
    """Script: another view of a single-page app."""
    return f"""(() => {{ history.pushState({{}}, "", {json.dumps(path)}); document.querySelector("main").innerHTML = "<h1>old</h1><p>old</p>";
        return alloy("event", {{viewStart: true}}); }})()"""


def opened(site: Site, page: Page, **options: Any) -> Any:
    for name, path in (("a", "/a"), ("b", "/b")):
        site.experience(
            name,
            f"""[audience]
path = {{ is = "{path}" }}
[[variants]]
id = "v"
[[variants.items]]
type = "setText"
selector = "h1"
content = "{name}"
""",
        )
    page.goto(
        site.tracked(
            "window.first = alloy('event', {viewStart: true})",
            "<main><h1>old</h1><p>old</p></main>",
            **{"decisioningMethod": "on-device"} | options,
        )
    )
    return page.evaluate("window.first")


def asked(site: Site) -> list[bool]:
    """Of each event that reached the edge, whether it asked for decisions."""
    bodies = [seen.json for seen in site.seen if "/v1/" in seen.path]
    # The loader sends the first view as it was asked for: the edge runs the same core on it.
    return ["query" in event for body in bodies for event in body.get("events", [{"query": "raw"}])]


@pytest.mark.every_lane
def test_later_views_are_decided_without_a_request(site: Site, page: Page) -> None:
    opened(site, page)
    result = page.evaluate(go("/a"))

    assert page.inner_text("h1") == "a"
    assert [one["id"] for one in result["propositions"]] == ["PY:a:v"]
    assert "responseBody" not in result
    # The view itself leaves as an event, and says what was shown.
    event = site.events(2, VIEW)[1]
    shown = event["xdm"]["_experience"]["decisioning"]["propositions"]
    assert [one["id"] for one in shown] == ["PY:a:v"]
    assert asked(site) == [True, False]
    page.evaluate(go("/b"))
    assert page.inner_text("h1") == "b"
    assert len([seen for seen in site.seen if "/lib/decide" in seen.path]) == 1


def test_it_is_rendered_before_anything_has_left(site: Site, page: Page) -> None:
    opened(site, page)
    page.evaluate(go("/a"))
    held = site.fault("/v1/")
    page.evaluate(f"(() => {{ {go('/b')}; }})()")
    page.wait_for_function("document.querySelector('h1').textContent === 'b'")

    held.release()


def test_what_the_page_has_seen_counts_as_on_the_edge(site: Site, page: Page) -> None:
    site.experience(
        "third",
        """[audience]
views = { min = 3 }
[cap]
shown = 1
[[variants]]
id = "v"
[[variants.items]]
type = "setText"
selector = "p"
content = "third"
""",
    )
    opened(site, page)
    seen = []
    for path in ("/1", "/2", "/3"):
        page.evaluate(go(path))
        seen.append(page.inner_text("p"))

    # The view of the page itself is the first; the cap ends it after its one display.
    assert seen == ["old", "third", "old"]


def test_page_and_edge_decide_alike(site: Site, page: Page) -> None:
    for number in range(40):
        head = (
            f"percentage = {number * 2.5}",
            'group = "g"\npercentage = 10' if number < 10 else f"holdout = {number}",
            f'[audience]\ndevice = "desktop"\nlanguage = "en"\nquery = {{ n = {{ not = "{number}" }} }}',
            f'[audience]\nhours = ["00:00-12:00", "12:00-24:00"]\nany = [{{ views = {{ max = {number} }} }}, {{ data = {{ x = {number} }} }}]',
        )[number % 4]
        variants = "".join(
            f'[[variants]]\nid = "v{index}"\nweight = {index + 1}\n'
            for index in range(number % 5 + 1)
        )
        site.experience(f"e{number}", f"{head}\n{variants}")
    opened(site, page)
    for number in range(12):
        options = f"{{viewStart: true, data: {{x: {number}}}}}"
        page.evaluate(f"history.pushState({{}}, '', '/page?n={number}')")
        on_device = page.evaluate(f"alloy('event', {options})")
        # The same event again, of a page that does not decide itself.
        body = {
            "xdm": on_device["requestBody"]["xdm"],
            "events": [
                {
                    "xdm": on_device["requestBody"]["events"][0]["xdm"],
                    "data": {"x": number},
                    "query": {"personalization": {"decisionScopes": ["__view__"]}},
                }
            ],
        }
        answer = page.evaluate(
            """(body) => fetch("/ee/v1/interact?configId=shop&requestId=again", {method: "POST", body: JSON.stringify(body)})
                .then((response) => response.json())""",
            body,
        )
        on_edge = next(
            handle["payload"]
            for handle in answer["handle"]
            if handle["type"] == "personalization:decisions"
        )

        assert [one["id"] for one in on_device["propositions"]] == [one["id"] for one in on_edge]
        assert len(on_edge) > 5


def test_where_the_script_cant_be_had_the_edge_decides(
    site: Site, page: Page, console: list[str]
) -> None:
    site.fault("/lib/decide", status=404)
    opened(site, page)
    page.evaluate(go("/a"))

    assert page.inner_text("h1") == "a"
    assert asked(site) == [True, True, False]
    page.evaluate("1")
    assert [line for line in console if "the edge decides, the page can't" in line]


def test_a_preview_is_the_edges_to_decide(site: Site, page: Page) -> None:
    site.experience("draft", 'enabled = false\n[[variants]]\nid = "v"\n')
    opened(site, page)
    link = site.edge.state.previews.link(site.url("/a"), experience="draft", variant="v")
    result = page.evaluate(go(link.partition(site.url(""))[2]))

    assert "PY:draft:v" in [one["id"] for one in result["propositions"]]


def test_pages_that_dont_ask_get_no_rules(site: Site, page: Page) -> None:
    opened(site, page, decisioningMethod="server-side")
    result = page.evaluate("window.first")

    types = [handle["type"] for handle in result["responseBody"]["handle"]]
    assert "personalization:rules" not in types
