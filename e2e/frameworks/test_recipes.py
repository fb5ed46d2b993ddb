"""The recipes of web/docs/single-page-apps.md on the real routers: a slow route, back and forward, and a part that is rendered again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support import lanes
from support.packs import bundled
from support.server_rendered import svelte_code
from support.site import HEAD, Site

PAGE = Path(__file__).resolve().parents[2] / "web" / "docs" / "single-page-apps.md"


def recipe(name: str) -> str:
    """The code under the heading *name*."""
    section = PAGE.read_text().partition(f"\n### {name}\n")[2]
    return str(re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)[0])


# Each has the pages /app/one with an h1 and, after 200 ms, /app/two with #two, which `window.again()` has rendered again.
SLOW = "const slow = () => new Promise((done) => setTimeout(() => done(null), 200));\n"


def react_router() -> str:
    return (
        SLOW
        + """
import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Link, Outlet, RouterProvider, useLocation } from "react-router";
"""
        + recipe("React Router")
        + """
const Layout = () => <><Views /><Link to="/app/one">one</Link> <Link to="/app/two">two</Link><Outlet /></>;
function Two() {
  const [n, set] = useState(0);
  useEffect(() => { window.again = () => set(n + 1); });
  return <h2 key={n} id="two">second</h2>;
}
const router = createBrowserRouter([{ element: <Layout />, children: [
  { path: "/app/one", element: <h1>first</h1> }, { path: "/app/two", loader: slow, element: <Two /> }] }]);
createRoot(document.getElementById("root")).render(<StrictMode><RouterProvider router={router} /></StrictMode>);
"""
    )


def vue_router() -> str:
    return (
        SLOW
        + """
import { createApp, h, ref, Transition } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView, START_LOCATION } from "vue-router";
const n = ref(0);
window.again = () => { n.value += 1; };
const router = createRouter({ history: createWebHistory(), routes: [
  { path: "/app/one", component: { render: () => h("h1", "first") } },
  { path: "/app/two", beforeEnter: async () => { await slow(); },
    component: { render: () => h("section", [h("h2", { key: n.value, id: "two" }, "second")]) } }] });
"""
        + recipe("Vue Router")
        + """
createApp({ render: () => [h(RouterLink, { to: "/app/one" }, () => "one"), " ", h(RouterLink, { to: "/app/two" }, () => "two"),
  h(RouterView, null, { default: ({ Component }) =>
    h(Transition, { mode: "out-in", duration: 100 }, { default: () => (Component ? h(Component) : null) }) })] }).use(router).mount("#root");
"""
    )


def solid_router() -> str:
    return (
        SLOW
        + """
import { createComponent, createEffect, createMemo, createSignal, lazy, on } from "solid-js";
import { render } from "solid-js/web";
import { A, Route, Router, useLocation } from "@solidjs/router";
const made = (name, id, textContent) => Object.assign(document.createElement(name), { id, textContent });
const link = (name) => createComponent(A, { href: "/app/" + name, children: name });
function Two() {
  const [n, set] = createSignal(0);
  window.again = () => set(n() + 1);
  return createMemo(() => (n(), made("h2", "two", "second")));
}
"""
        + recipe("Solid Router")
        + """
render(() => createComponent(Router, {
  root: (props) => [createComponent(Views, {}), link("one"), " ", link("two"), () => props.children],
  get children() {
    return [createComponent(Route, { path: "/app/one", component: () => made("h1", "", "first") }),
      createComponent(Route, { path: "/app/two", component: lazy(async () => { await slow(); return { default: Two }; }) })];
  },
}), document.getElementById("root"));
"""
    )


def angular() -> str:
    return (
        SLOW
        + """
import "zone.js";
import "@angular/compiler";
import { APP_BASE_HREF } from "@angular/common";
import { Component, inject, provideAppInitializer, provideZoneChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { NavigationEnd, provideRouter, Router, RouterLink, RouterOutlet } from "@angular/router";
const One = Component({ selector: "page-one", template: "<h1>first</h1>" })(class {});
const Two = Component({ selector: "page-two", template: '@for (key of keys(); track key) { <h2 id="two">second</h2> }' })(class {
  keys = signal([0]);
  constructor() { window.again = () => this.keys.update(([key]) => [key + 1]); }
});
const App = Component({ selector: "#root", imports: [RouterLink, RouterOutlet],
  template: '<a routerLink="/app/one">one</a> <a routerLink="/app/two">two</a><router-outlet />' })(class {});
bootstrapApplication(App, { providers: [
  provideZoneChangeDetection(), { provide: APP_BASE_HREF, useValue: "/" },
  provideRouter([{ path: "app/one", component: One }, { path: "app/two", component: Two, resolve: { slow } }]),
  provideAppInitializer(() => {
    const router = inject(Router);
"""
        + recipe("Angular")
        + "})] });"
    )


def svelte() -> str:
    """The address first, the content after; SvelteKit's router needs its build, and is stood in for."""
    given = recipe("SvelteKit").partition("\n\n")
    assert given[0] == 'import { afterNavigate } from "$app/navigation";'
    source = (
        "<script>import { onMount, tick } from 'svelte';\n"
        + SLOW
        + "let told; const afterNavigate = (call) => { told = call; };\n"
        + given[2]
        + """
let path = $state(location.pathname), n = $state(0);
window.again = () => { n += 1; };
const show = async () => {
  if (location.pathname === "/app/two") await slow();
  path = location.pathname; await tick(); told({ to: { url: new URL(location.href) } });
};
const go = (event) => { event.preventDefault(); history.pushState({}, "", event.currentTarget.href); show(); };
onMount(() => { addEventListener("popstate", show); show(); });
</script>
<a href="/app/one" onclick={go}>one</a> <a href="/app/two" onclick={go}>two</a>
{#if path === "/app/one"}<h1>first</h1>{:else}{#key n}<h2 id="two">second</h2>{/key}{/if}"""
    )
    mounted = '\nimport { mount } from "svelte";\nmount(App, { target: document.getElementById("root") });'
    return svelte_code(source)[1] + mounted


def turbo() -> str:
    return (
        'import * as Turbo from "@hotwired/turbo";\n'
        + recipe("Turbo")
        + """
window.again = () => Turbo.renderStreamMessage('<turbo-stream action="replace" target="two"><template><h2 id="two">second</h2></template></turbo-stream>');
"""
    )


def htmx() -> str:
    return (
        'import htmx from "htmx.org/dist/htmx.esm.js";\n'
        + recipe("htmx")
        + 'window.again = () => htmx.ajax("GET", "/app/part", "#root");\n'
    )


APPS: dict[str, Callable[[], str]] = {
    "react-router": react_router, "vue-router": vue_router, "solid-router": solid_router, "angular": angular, "svelte": svelte,
    "turbo": turbo, "htmx": htmx,
}  # fmt: skip
VIEW = "web.webpagedetails.pageViews"
CLICK = "web.webinteraction.linkClicks"
DISPLAY = "decisioning.propositionDisplay"
OFFER = """[audience]
path = "/app/{path}"
[[variants]]
id = "a"
[[variants.items]]
type = "setText"
selector = "{selector}"
content = "Offer {path}"
"""
CONFIGURE = '<script>alloy("configure", {datastreamId: "shop"});</script>'
LINKS = '<a href="/app/one">one</a> <a href="/app/two">two</a>'
PART = '<h2 id="two">second</h2>'


def served(site: Site, name: str) -> str:
    """Serve the pages of the app *name*; the address of the first."""
    development = ['--define:process.env.NODE_ENV="development"'] if "react" in name else []
    site.file("/app.js", bundled(APPS[name](), f"{name}.jsx", *development))
    script = '<script defer src="/app.js"></script>'
    if name == "turbo":
        site.page(f"{HEAD}{CONFIGURE}{script}<body>{LINKS}{PART}</body>", "/app/two")
        site.fault("/app/two", delay_s=0.2)
        return site.page(f"{HEAD}{CONFIGURE}{script}<body>{LINKS}<h1>first</h1></body>", "/app/one")
    if name == "htmx":
        site.page(PART, "/app/part")
        site.fault("/app/part", delay_s=0.2)
        link = (
            '<a href="/app/two" hx-get="/app/part" hx-push-url="/app/two" hx-target="#root">two</a>'
        )
        body = f"{link}<div id=root><h1>first</h1></div>"
        return site.page(f"{HEAD}{CONFIGURE}{script}<body>{body}</body>", "/app/one")
    return site.page(f"{HEAD}{CONFIGURE}{script}<body><div id=root></div></body>", "/app/one")


@pytest.mark.parametrize("lane", lanes.PUBLIC)
@pytest.mark.parametrize("name", APPS)
def test_each_view_shows_its_offer_once_wherever_it_comes_from(
    name: str, lane: str, page: Page, tmp_path: Path
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with Site(tmp_path, lane=lane) as site:
        for path, selector in (("one", "h1"), ("two", "#two")):
            site.experience(path, OFFER.format(path=path, selector=selector))
        one, two = "h1", "#two"

        def shown(selector: str, offer: str) -> None:
            page.wait_for_function(f"document.querySelector('{selector}')?.innerText === '{offer}'")

        page.goto(served(site, name))
        shown(one, "Offer one")
        page.get_by_role("link", name="two").click()
        shown(two, "Offer two")
        # Rendered again by the framework: another element, with the offer.
        page.evaluate("document.querySelector('#two').dataset.old = 'yes'; again()")
        page.wait_for_selector("#two:not([data-old])")
        shown(two, "Offer two")
        site.events(2, DISPLAY)
        page.go_back()
        shown(one, "Offer one")
        site.events(3, DISPLAY)
        page.go_forward()
        shown(two, "Offer two")
        site.events(4, DISPLAY)
        page.evaluate("alloy('event', {type: 'mark'}).then(() => 1)")

        clicked = [
            event["xdm"]["web"]["webInteraction"]["name"] for event in site.all_events(CLICK)
        ]
        assert clicked == ["two"]
        routes = [event["data"]["route"] for event in site.all_events(VIEW)]
        assert routes == ["/app/one", "/app/two", "/app/one", "/app/two"]
        assert len(site.all_events(DISPLAY)) == 4
        assert errors == []
