"""Single-page apps: a view for each route, once, by the Navigation API and without it, and on the real routers."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.chromium import ARGUMENTS, executable
from support.packs import bundled
from support.site import Site

VIEW = "web.webpagedetails.pageViews"
START = "alloy('event', {viewStart: true}).then(() => document.title = 'ready');"


def opened(site: Site, page: Page, **options: Any) -> None:
    page.goto(
        site.tracked(START, "<main id=main></main>", "/app", **({"autoViewStart": True} | options))
    )
    page.wait_for_function("document.title === 'ready'")


def settled(site: Site, page: Page) -> list[str]:
    """The paths viewed, once an event that was made after them is stored."""
    page.evaluate("new Promise((done) => setTimeout(() => setTimeout(done)))")
    page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")
    return [event["url"].partition("/app")[2] for event in site.all_events(VIEW)]


@pytest.fixture(params=["navigation", "history"])
def api(request: pytest.FixtureRequest, page: Page) -> str:
    """With the Navigation API, and in a browser that lacks it."""
    if request.param == "history":
        page.add_init_script("delete Window.prototype.navigation; delete window.navigation;")
    return str(request.param)


PUSH = "(path) => { history.pushState({}, '', path); document.getElementById('main').textContent = path; }"


def test_each_route_is_a_view_and_noise_is_not(site: Site, page: Page, api: str) -> None:
    opened(site, page)
    for path in ("/app/a", "/app/b"):
        page.evaluate(PUSH, path)
        page.wait_for_function("new Promise((done) => setTimeout(() => done(true), 0))")
    if api == "navigation":
        page.evaluate("history.replaceState({scroll: 10}, '')")
        page.evaluate("history.replaceState({}, '', '/app/b?filter=red')")
    page.evaluate("history.pushState({}, '', location.href)")
    page.evaluate("location.hash = 'part'")

    assert settled(site, page) == ["", "/a", "/b"]


def test_going_back_is_a_view(site: Site, page: Page, api: str) -> None:
    opened(site, page)
    page.evaluate(PUSH, "/app/a")
    site.events(2, VIEW)
    page.evaluate(
        "new Promise((done) => { addEventListener('popstate', () => setTimeout(done)); history.back(); })"
    )

    assert settled(site, page) == ["", "/a", ""]


def test_a_push_with_a_redirect_right_behind_is_one_view(site: Site, page: Page, api: str) -> None:
    opened(site, page)
    page.evaluate(
        "history.pushState({}, '', '/app/old'); history.replaceState({}, '', '/app/new'); document.getElementById('main').textContent = 1"
    )

    assert settled(site, page) == ["", "/new"]


def test_hashes_count_when_asked_for(site: Site, page: Page, api: str) -> None:
    opened(site, page, autoViewStartOnHash=True)
    page.evaluate(
        "new Promise((done) => { addEventListener('hashchange', () => setTimeout(done)); location.hash = 'a'; })"
    )

    assert settled(site, page) == ["", "#a"]


def test_without_the_option_nothing_is_sent_by_itself(site: Site, page: Page) -> None:
    opened(site, page, autoViewStart=False)
    page.evaluate(PUSH, "/app/a")

    assert settled(site, page) == [""]


def test_a_view_that_the_page_reports_itself_is_not_counted_twice(site: Site, page: Page) -> None:
    opened(site, page)
    page.evaluate(
        "history.pushState({}, '', '/app/a'); alloy('event', {viewStart: true}).then(() => 1)"
    )

    assert settled(site, page) == ["", "/a"]


def test_the_pages_own_history_functions_are_left_alone(site: Site, page: Page, api: str) -> None:
    opened(site, page)

    assert page.evaluate("Object.hasOwn(history, 'pushState')") is False
    assert "[native code]" in page.evaluate("String(history.pushState)")


def test_a_page_from_the_back_forward_cache_is_a_view_once(site: Site, browser_type: Any) -> None:
    # Playwright switches the cache off by a flag of its own.
    arguments = {
        "executable_path": executable(),
        "args": ARGUMENTS,
        "ignore_default_args": ["--disable-back-forward-cache"],
    }
    browser: Browser = browser_type.launch(**arguments)
    page = browser.new_page()
    opened(site, page)
    page.goto(site.page("<!doctype html><title>next</title>", "/next"))
    page.evaluate("history.back()")

    assert [event["url"] for event in site.events(2, VIEW)] == [site.url("/app")] * 2
    page.wait_for_function("document.title === 'ready'")
    page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")
    assert len(site.all_events(VIEW)) == 2
    assert (
        len([seen for seen in site.seen if seen.path == "/app"]) == 1
    )  # it did come from the cache
    browser.close()


def test_every_view_renders_and_nothing_twice(site: Site, page: Page) -> None:
    site.render(
        {"type": "appendHtml", "selector": "h1", "content": "<b>!</b>"},
        {"type": "setText", "selector": "#main", "content": "rendered"},
    )
    page.goto(site.tracked(START, "<h1>Hi</h1><main id=main></main>", "/app", autoViewStart=True))
    page.wait_for_function("document.title === 'ready'")
    page.evaluate(PUSH, "/app/a")
    site.events(2, VIEW)
    page.wait_for_function("document.getElementById('main').textContent === 'rendered'")

    assert page.inner_html("h1") == "Hi<b>!</b>"


# ---- the documentation's recipes on the real libraries ----

HISTORY = """
const show = () => { document.getElementById("root").textContent = location.pathname; };
const go = (path) => { history.pushState({}, "", path); show(); alloy("event", {viewStart: true, data: {route: path}}); };
addEventListener("popstate", () => { show(); alloy("event", {viewStart: true, data: {route: location.pathname}}); });
document.addEventListener("click", (event) => { if (event.target.dataset.to) { event.preventDefault(); go(event.target.dataset.to); } });
document.getElementById("nav").innerHTML = '<a href="/app/one" data-to="/app/one">one</a> <a href="/app/two" data-to="/app/two">two</a>';
alloy("event", {viewStart: true, data: {route: location.pathname}});
show();
"""

REACT = """
import { useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Link, Route, Routes, useLocation } from "react-router";

function Views() {
  const { pathname } = useLocation(), viewed = useRef(); // StrictMode runs effects twice
  useEffect(() => {
    if (viewed.current !== pathname) alloy("event", { viewStart: true, data: { route: pathname } });
    viewed.current = pathname;
  }, [pathname]);
  return null;
}

createRoot(document.getElementById("root")).render(
  <BrowserRouter>
    <Views />
    <Link to="/app/one">one</Link> <Link to="/app/two">two</Link>
    <Routes><Route path="*" element={<p>here</p>} /></Routes>
  </BrowserRouter>
);
"""

VUE = """
import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView, START_LOCATION } from "vue-router";

const router = createRouter({ history: createWebHistory(), routes: [{ path: "/:rest(.*)*", component: { render: () => h("p", "here") } }] });
router.afterEach((to, from, failure) => {
  if (!failure && (from === START_LOCATION || to.path !== from.path)) alloy("event", { viewStart: true, data: { route: to.path } });
});
createApp({ render: () => [h(RouterLink, { to: "/app/one" }, () => "one"), " ", h(RouterLink, { to: "/app/two" }, () => "two"), h(RouterView)] })
  .use(router).mount("#root");
"""


@pytest.mark.parametrize(
    ("recipe", "name"),
    [(HISTORY, "history"), (REACT, "react"), (VUE, "vue")],
    ids=["history", "react", "vue"],
)
def test_the_recipe_tracks_each_route_once(site: Site, page: Page, recipe: str, name: str) -> None:
    text = recipe if name == "history" else bundled(recipe, f"{name}.jsx")
    site.file("/app.js", text)
    body = '<div id="nav"></div><div id="root"></div>'
    url = site.tracked("", body + '<script defer src="/app.js"></script>', "/app/start")
    page.goto(url)
    for link, count in (("one", 2), ("two", 3)):
        page.get_by_role("link", name=link).click()
        site.events(count, VIEW)
    page.go_back()
    site.events(4, VIEW)
    page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")

    assert [event["data"]["route"] for event in site.all_events(VIEW)] == [
        "/app/start",
        "/app/one",
        "/app/two",
        "/app/one",
    ]


def test_under_strict_mode_in_development_the_first_view_is_one(site: Site, page: Page) -> None:
    strict = REACT.replace("<BrowserRouter>", "<StrictMode><BrowserRouter>")
    strict = strict.replace("</BrowserRouter>", "</BrowserRouter></StrictMode>")
    strict = strict.replace("{ useEffect,", "{ StrictMode, useEffect,")
    strict = strict.replace(
        "  return null;",
        "  useEffect(() => { window.ran = (window.ran || 0) + 1; }, []);\n  return null;",
    )
    development = '--define:process.env.NODE_ENV="development"'
    site.file("/app.js", bundled(strict, "strict.jsx", development))
    body = '<div id="root"></div><script defer src="/app.js"></script>'
    page.goto(site.tracked("", body, "/app/start"))
    page.get_by_role("link", name="one").click()
    site.events(2, VIEW)
    page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")

    assert page.evaluate("window.ran") == 2  # React did mount it twice
    routes = [event["data"]["route"] for event in site.all_events(VIEW)]
    assert routes == ["/app/start", "/app/one"]


def test_the_recipes_are_those_of_the_documentation() -> None:
    page = (Path(__file__).resolve().parents[2] / "web" / "docs" / "views.md").read_text()
    for recipe, begin, end in (
        (REACT, "function Views", "\n}\n"),
        (VUE, "router.afterEach", "\n});\n"),
        (HISTORY, "const go =", ";\n"),
    ):
        assert begin + recipe.partition(begin)[2].partition(end)[0] + end in page


@pytest.mark.parametrize(("recipe", "name"), [(REACT, "react"), (VUE, "vue")], ids=["react", "vue"])
def test_the_option_alone_tracks_each_route_once_too(
    site: Site, page: Page, recipe: str, name: str
) -> None:
    silent = recipe.replace("alloy(", "((...ignored) => ignored)(")
    site.file("/app.js", bundled(silent, f"{name}.jsx"))
    page.goto(
        site.tracked(
            START,
            '<div id="root"></div><script defer src="/app.js"></script>',
            "/app/start",
            autoViewStart=True,
        )
    )
    for link, count in (("one", 2), ("two", 3)):
        page.get_by_role("link", name=link).click()
        site.events(count, VIEW)

    assert settled(site, page) == ["/start", "/one", "/two"]
