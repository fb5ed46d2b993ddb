"""One small app, rendered by a server with each framework, and the script by which the framework takes it over."""

import json
from dataclasses import dataclass

from .packs import bundled, printed

# Each shows the same, and shows another number by `window.set(number)`.
_REACT = """
import { useEffect, useState } from "react";
export function App() {
  const [n, set] = useState(1);
  useEffect(() => { window.set = set; });
  return <main><h1>Hello {n}</h1><p id="note">note</p><ul><li>1</li><li>2</li></ul><p id="end">end</p></main>;
}
"""
_VUE = """
import { createSSRApp, h, ref } from "vue";
export function app() {
  const n = ref(1);
  if (typeof window !== "undefined") window.set = (more) => { n.value = more; };
  return createSSRApp({ render: () => h("main", [h("h1", ["Hello ", String(n.value)]), h("p", { id: "note" }, "note"),
    h("ul", [1, 2].map((i) => h("li", i))), h("p", { id: "end" }, "end")]) });
}
"""
_PREACT = """
import { h } from "preact";
export const draw = (n) => h("main", null, h("h1", null, "Hello ", n), h("p", { id: "note" }, "note"),
  h("ul", null, [1, 2].map((i) => h("li", null, i))), h("p", { id: "end" }, "end"));
"""
_SVELTE = """<script>
  let n = $state(1);
  if (typeof window !== "undefined") window.set = (more) => { n = more; };
</script>
<main><h1>Hello {n}</h1><p id="note">note</p><ul>{#each [1, 2] as i}<li>{i}</li>{/each}</ul><p id="end">end</p></main>
"""
# As Solid's compiler writes it.
_SOLID_SERVER = """
import { generateHydrationScript, renderToString, ssr, ssrHydrationKey, escape } from "solid-js/web/dist/server.js";
const App = () => ssr(["<main", "><h1>Hello <!--$-->", "<!--/--></h1><p id=\\"note\\">note</p><ul><li>1</li><li>2</li></ul><p id=\\"end\\">end</p></main>"],
  ssrHydrationKey(), escape(1));
process.stdout.write(JSON.stringify([generateHydrationScript(), renderToString(App)]));
"""
_SOLID = """
import { createSignal } from "solid-js";
import { getNextElement, getNextMarker, hydrate, insert, template } from "solid-js/web";
const made = template("<main><h1>Hello <!$><!/></h1><p id=note>note</p><ul><li>1</li><li>2</li></ul><p id=end>end</p></main>");
function App() {
  const [n, set] = createSignal(1);
  window.set = set;
  const main = getNextElement(made), h1 = main.firstChild, [node, current] = getNextMarker(h1.firstChild.nextSibling.nextSibling);
  insert(h1, n, node, current);
  return main;
}
hydrate(App, document.getElementById("mount"));
"""


_ANGULAR = """
import "@angular/compiler";
import { Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication, provideClientHydration } from "@angular/platform-browser";
const App = Component({ selector: "app-root",
  template: '<main><h1>Hello {{ n() }}</h1><p id="note">note</p><ul>@for (i of [1, 2]; track i) { <li>{{ i }}</li> }</ul><p id="end">end</p></main>' })(class {
  n = signal(1);
  constructor() { globalThis.set = (n) => this.n.set(n); }
});
const providers = [provideZonelessChangeDetection(), provideClientHydration()];
"""
_ANGULAR_SERVER = """
import { provideServerRendering, renderApplication } from "@angular/platform-server";
renderApplication((context) => bootstrapApplication(App, { providers: [...providers, provideServerRendering()] }, context),
  { document: "<html><head></head><body><app-root></app-root></body></html>", url: "/" }).then((text) => process.stdout.write(text));
"""


@dataclass(frozen=True)
class Rendered:
    """What a server sends in the *body*, and the *script* of the page."""

    body: str
    script: str


def _in(root: str, markup: str, head: str = "") -> str:
    return f"{head}<div id={root}>{markup}</div>"


def react(
    start: str = "hydrateRoot(document.getElementById('root'), <StrictMode><App /></StrictMode>);",
) -> Rendered:
    """React, whose client begins by *start*."""
    server = 'import { renderToString } from "react-dom/server";\nprocess.stdout.write(renderToString(<App />));'
    client = f'import {{ StrictMode }} from "react"; import {{ hydrateRoot }} from "react-dom/client";\n{start}'
    return Rendered(
        _in("root", printed(_REACT + server, "react.jsx")), bundled(_REACT + client, "react.jsx")
    )


def react_document(script: str) -> Rendered:
    """React as the root of the whole document, which has *script* in it, as Next.js has it."""
    page = f"""
    const Page = () => <html><head><meta charSet="utf-8" /><title>Page</title><script src="/base.js" /></head>
      <body><App /><script dangerouslySetInnerHTML={{{{ __html: {json.dumps(script)} }}}} /><script src="/app.js" /></body></html>;
    """
    server = 'import { renderToString } from "react-dom/server";\nprocess.stdout.write("<!doctype html>" + renderToString(<Page />));'
    client = 'import { hydrateRoot } from "react-dom/client";\nhydrateRoot(document, <Page />);'
    return Rendered(
        printed(_REACT + page + server, "react.jsx"), bundled(_REACT + page + client, "react.jsx")
    )


def vue() -> Rendered:
    """Vue."""
    server = 'import { renderToString } from "vue/server-renderer";\nrenderToString(app()).then((text) => process.stdout.write(text));'
    return Rendered(
        _in("app", printed(_VUE + server, "vue.js")),
        bundled(_VUE + "app().mount('#app');", "vue.js"),
    )


def preact() -> Rendered:
    """Preact, which leaves nothing in the markup."""
    server = 'import { renderToString } from "preact-render-to-string";\nprocess.stdout.write(renderToString(draw(1)));'
    client = 'import { hydrate, render } from "preact";\nconst root = document.getElementById("app");\nhydrate(draw(1), root); window.set = (n) => render(draw(n), root);'
    return Rendered(
        _in("app", printed(_PREACT + server, "preact.js")), bundled(_PREACT + client, "preact.js")
    )


def svelte_code(source: str) -> tuple[str, str]:
    """What Svelte's compiler makes of a component App: a server's module, and a page's."""
    compiler = f"""import {{ compile }} from "svelte/compiler";
    const code = (generate) => compile({json.dumps(source)}, {{ generate, name: "App" }}).js.code;
    process.stdout.write(JSON.stringify([code("server"), code("client")]));"""
    server, client = json.loads(printed(compiler, "svelte.js"))
    return server.replace("export default ", ""), client.replace("export default ", "")


def svelte() -> Rendered:
    """Svelte."""
    server, client = svelte_code(_SVELTE)
    render = '\nimport { render } from "svelte/server";\nprocess.stdout.write(render(App).body);'
    hydrate = (
        '\nimport { hydrate } from "svelte";\n'
        'hydrate(App, { target: document.getElementById("mount") });'
    )
    return Rendered(
        _in("mount", printed(server + render, "svelte.js")), bundled(client + hydrate, "svelte.js")
    )


def solid() -> Rendered:
    """Solid."""
    head, markup = json.loads(printed(_SOLID_SERVER, "solid.js"))
    return Rendered(_in("mount", markup, head), bundled(_SOLID, "solid.js"))


def angular() -> Rendered:
    """Angular, whose integrity marker is a child of the body."""
    page = printed(_ANGULAR + _ANGULAR_SERVER, "angular.js")
    body = page.partition("<body>")[2].partition("</body>")[0]
    start = "bootstrapApplication(App, { providers });"
    return Rendered(body, bundled(_ANGULAR + start, "angular.js", "--minify"))


APPS = {
    "react": react,
    "vue": vue,
    "preact": preact,
    "svelte": svelte,
    "solid": solid,
    "angular": angular,
}
