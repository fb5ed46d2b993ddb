"""Nodes that a framework owns stay in their place: it goes on, offers are shown, and what they hide comes back with the next view."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support import lanes
from support.packs import bundled
from support.site import Site

# Each shows the same, changed by `window.set(number, more)`: a list that shrinks and grows, a text of two parts, a note that comes and goes.
REACT = """
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
function App() {
  const [[n, more], set] = useState([1, true]);
  window.set = (n, more) => flushSync(() => set([n, more]));
  return <main><h1>Hello {n}</h1>{more && <p id="note">note {n}</p>}
    <ul>{(more ? [1, 2, 3] : [3]).map((i) => <li key={i} id={"li" + i}>{i}</li>)}</ul><p id="end">end {n}</p></main>;
}
createRoot(document.getElementById("root")).render(<StrictMode><App /></StrictMode>);
"""
VUE = """
import { createApp, h, nextTick, reactive } from "vue";
const state = reactive({ n: 1, more: true });
window.set = (n, more) => { Object.assign(state, { n, more }); return nextTick(); };
createApp({ render: () => h("main", [h("h1", ["Hello ", String(state.n)]), state.more ? h("p", { id: "note" }, ["note " + state.n]) : null,
  h("ul", (state.more ? [1, 2, 3] : [3]).map((i) => h("li", { key: i, id: "li" + i }, i))), h("p", { id: "end" }, "end " + state.n)]) }).mount("#root");
"""
PREACT = """
import { h, render } from "preact";
const draw = (n, more) => render(h("main", null, h("h1", null, "Hello ", n), more && h("p", { id: "note" }, "note ", n),
  h("ul", null, (more ? [1, 2, 3] : [3]).map((i) => h("li", { key: i, id: "li" + i }, i))), h("p", { id: "end" }, "end ", n)), document.getElementById("root"));
window.set = draw; draw(1, true);
"""
LIT = """
import { html, nothing, render } from "lit";
import { repeat } from "lit/directives/repeat.js";
const draw = (n, more) => render(html`<main><h1>Hello ${n}</h1>${more ? html`<p id="note">note ${n}</p>` : nothing}
  <ul>${repeat(more ? [1, 2, 3] : [3], (i) => i, (i) => html`<li id=${"li" + i}>${i}</li>`)}</ul><p id="end">end ${n}</p></main>`, document.getElementById("root"));
window.set = draw; draw(1, true);
"""
SOLID = """
import { createSignal, For, Show } from "solid-js";
import html from "solid-js/html";
import { render } from "solid-js/web";
const [n, setN] = createSignal(1), [more, setMore] = createSignal(true);
window.set = (n, more) => { setN(n); setMore(more); };
render(() => html`<main><h1>Hello ${n}</h1><${Show} when=${more}>${() => html`<p id="note">note ${n}</p>`}<//>
  <ul><${For} each=${() => (more() ? [1, 2, 3] : [3])}>${(i) => html`<li id=${"li" + i}>${i}</li>`}<//></ul><p id="end">end ${n}</p></main>`, document.getElementById("root"));
"""
APPS = {"react": REACT, "vue": VUE, "preact": PREACT, "lit": LIT, "solid": SOLID}
OFFERS: tuple[dict[str, Any], ...] = (
    {"type": "setText", "selector": "h1", "content": "New"},
    {"type": "remove", "selector": "#note"},
    {"type": "setHtml", "selector": "ul", "content": "<li class=ours>ours</li>"},
    {"type": "replaceHtml", "selector": "#end", "content": "<p class=ours>the end</p>"},
    {"type": "rearrange", "selector": "main", "content": {"from": 0, "to": 2}},
)
SEEN = "() => document.getElementById('root').innerText.split(/\\s*\\n\\s*/).join('|')"


@pytest.mark.parametrize("lane", lanes.PUBLIC)
@pytest.mark.parametrize("name", APPS)
def test_offers_on_a_frameworks_nodes_hurt_neither(
    name: str, lane: str, page: Page, tmp_path: Path
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with Site(tmp_path, lane=lane) as site:
        site.render(*OFFERS)
        site.file("/app.js", bundled(APPS[name], f"{name}.jsx"))
        view = "alloy('event', {viewStart: true, personalization: {untilRendered: true}}).then((done) => { window.done = done; });"
        page.goto(site.tracked(view, "<div id=root></div><script src=/app.js></script>"))
        page.wait_for_function("window.done")
        assert page.evaluate(SEEN) == "New|ours|the end"
        assert "keeps these elements in their order" in str(
            page.evaluate("window.done.propositions[0].renderProblems")
        )

        # What the offers hide goes, comes back and changes.
        for n, more in ((2, False), (3, True), (4, False), (5, True)):
            page.evaluate("([n, more]) => window.set(n, more)", [n, more])
        page.wait_for_function("document.getElementById('root').innerText.includes('the end')")
        assert page.evaluate(SEEN) == "New|ours|the end"
        assert errors == []

        # Another view, whose offer finds nothing: all is the framework's again.
        site.render({"type": "setText", "selector": "#nothing", "content": "New"})
        site.edge.state.experiences.reload()  # the edge itself looks once a second
        page.evaluate("history.pushState({}, '', '/other')")
        page.evaluate("alloy('event', {viewStart: true}).then(() => 1)")
        page.evaluate("window.set(6, true)")
        page.wait_for_function(f"({SEEN})() === 'Hello 6|note 6|1|2|3|end 6'", timeout=10000)
        assert errors == []
