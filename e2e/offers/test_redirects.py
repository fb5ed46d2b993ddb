"""An offer that leads to another page: told so that it survives, and never round in circles."""

import json

import pytest
from playwright.sync_api import Page
from support.site import Site

DISPLAY = "decisioning.propositionDisplay"
START = "alloy('event', {viewStart: true}).then((result) => window.result = result);"


def redirect(site: Site, name: str, path: str, target: str) -> None:
    """Put a redirect from *path* to *target* in force."""
    site.experience(
        name,
        f"""[audience]
path = {{ is = "{path}" }}
[[variants]]
id = "a"
[[variants.items]]
schema = "redirect-item"
content = {json.dumps(target)}
""",
    )


@pytest.mark.every_lane
def test_the_page_is_replaced_and_the_redirect_told(site: Site, page: Page) -> None:
    site.tracked(START, "<h1>new</h1>", path="/b")
    redirect(site, "move", "/a", "/b?x=1#y")
    page.goto(site.page("<!doctype html><h1>before</h1>", "/before"))
    page.goto(site.tracked(START, "<h1>old</h1>", path="/a"), wait_until="commit")
    page.wait_for_url("**/b?x=1#y")
    shown = site.events(1, DISPLAY)[0]

    assert [one["id"] for one in shown["xdm"]["_experience"]["decisioning"]["propositions"]] == [
        "PY:move:a"
    ]
    assert next(seen for seen in site.seen if "collect" in seen.path).is_beacon
    page.go_back()
    assert page.url.endswith("/before")


def test_nothing_else_is_rendered_and_the_old_page_is_not_seen(site: Site, page: Page) -> None:
    redirect(site, "move", "/a", "/b")
    site.render({"type": "setText", "selector": "h1", "content": "flash"})
    site.page("<!doctype html><h1>new</h1>", "/b")
    look = """addEventListener("pagehide", () => sessionStorage.setItem("told",
        [getComputedStyle(document.body).visibility, document.querySelector("h1").textContent, "result" in window].join()));"""
    page.goto(site.tracked(look + START, "<h1>old</h1>", path="/a"), wait_until="commit")
    page.wait_for_url("**/b")

    assert page.evaluate("sessionStorage.getItem('told')") == "hidden,old,false"


@pytest.mark.parametrize("paths", [("/a", "/b"), ("/a", "/b", "/c")])
def test_circles_end_at_their_first_turn(
    site: Site, page: Page, console: list[str], paths: tuple[str, ...]
) -> None:
    for index, path in enumerate(paths):
        site.tracked(START, f"<h1>{path}</h1>", path=path)
        redirect(site, f"from{path[1:]}", path, paths[(index + 1) % len(paths)])
    page.goto(site.url("/a"), wait_until="commit")
    page.wait_for_function("window.result")
    seen = [request.path for request in site.seen if request.path in paths]

    assert seen == [*paths, "/a"]
    assert page.is_visible("h1")
    assert page.evaluate("window.result.propositions[0].renderAttempted") is False
    page.evaluate("1")
    assert [line for line in console if "would go round in circles" in line]


def test_a_circle_whose_addresses_change_ends_too(site: Site, page: Page) -> None:
    redirect(site, "there", "/a", "/b")
    site.tracked(START, path="/a")
    # The page itself goes on to another address of /a each time.
    site.page("<!doctype html><script>location.replace('/a?' + Math.random())</script>", "/b")
    page.goto(site.url("/a"), wait_until="commit")
    page.wait_for_function("window.result")

    assert len([request for request in site.seen if request.path == "/b"]) == 3


@pytest.mark.parametrize("target", ["/a", "/a#top", "javascript:window.hurt=1", "data:text/html,x"])
def test_an_address_that_leads_nowhere_is_refused(
    site: Site, page: Page, console: list[str], target: str
) -> None:
    redirect(site, "bad", "/a", target)
    site.render({"type": "setText", "selector": "h1", "content": "rendered"})
    page.goto(site.tracked(START, "<h1>old</h1>", path="/a"))
    page.wait_for_function("window.result")
    page.evaluate("1")

    assert page.inner_text("h1") == "rendered"
    assert page.evaluate("window.hurt") is None
    assert [line for line in console if "does not redirect to" in line]


def test_a_page_that_stays_is_shown_again(site: Site, page: Page) -> None:
    redirect(site, "file", "/a", "/file")
    site.pages["/file"] = (b"x", {"content-disposition": "attachment; filename=x"})
    page.goto(site.tracked(START, "<h1>old</h1>", path="/a"), wait_until="commit")
    page.wait_for_function("window.result", timeout=15_000)

    assert page.is_visible("h1")


def test_without_cookies_there_is_no_redirect(site: Site, page: Page, console: list[str]) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'cookieEnabled', {get: () => false})"
    )
    redirect(site, "move", "/a", "/b")
    page.goto(site.tracked(START, "<h1>old</h1>", path="/a"))
    page.wait_for_function("window.result")
    page.evaluate("1")

    assert page.is_visible("h1")
    assert [line for line in console if "needs a cookie" in line]
