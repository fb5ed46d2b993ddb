"""The same decisions and starting page, rendered by the real @adobe/alloy and by ours: the same document."""

from collections.abc import Iterator
from typing import Any

import pytest
from alloy_peer.test_alloy_peer import STUB
from playwright.sync_api import Browser
from rendering.cases import CASES, item
from support.chromium import ARGUMENTS, executable
from support.lanes import PUBLIC
from support.packs import pack
from support.server import certificate
from support.site import HEAD, Site

from pyrite.edge.settings import Datastream, Edge, Settings

OURS = (
    HEAD
    + """<main>BODY</main><script>
  alloy("configure", {datastreamId: "ds-1", orgId: "ORG@AdobeOrg", edgeDomain: "edge.site.test"});
  alloy("event", {viewStart: true}).then(() => document.title = "sent");</script>"""
)
THEIRS = f"""<!doctype html><meta charset="utf-8"><script>{STUB}</script><script async src="/peer/alloy.js"></script>
<main>BODY</main><script>
  alloy("configure", {{datastreamId: "ds-1", orgId: "ORG@AdobeOrg", edgeDomain: "edge.site.test", edgeBasePath: "ee",
    thirdPartyCookiesEnabled: false, idMigrationEnabled: false}});
  alloy("sendEvent", {{renderDecisions: true}}).then(() => document.title = "sent");</script>"""
MORE = [
    ("t<p id='a'>x</p>u", item("insertAfter", "1<b>2</b>3")),
    ("<p id='a'></p>", item("appendHtml", "  <i>1</i> t ")),
    ("<p id='a'>x<b>y</b></p>", item("prependHtml", "t<i>1</i>")),
    (
        "<p id='a' style='color: red'>x</p>",
        item("setStyle", {"color": "blue", "margin-top": "2px"}),
    ),
    ("<div><p>1</p></div><div><p>2</p></div>", item("setText", "n", "div:eq(1) > p")),
    ("<i class='1x'>a</i><i class='1x'>b</i>", item("setText", "n", ".1x:eq(0)")),
    ("<ul id='a'><li>0</li>t<li>1</li></ul>", item("rearrange", {"from": 1, "to": 0})),
    ("<p id='a'>x</p>", item("replaceHtml", "a<b>c</b>d")),
]
# Alloy appends px to "50%" as well, and the browser drops "50%px"; ours keeps what was asked for.
BETTER = [case for case in CASES if "50%" in str(case[1]["content"])]
DONE = "decisioning.propositionDisplay"


@pytest.fixture(scope="module")
def browser_on_site(
    tmp_path_factory: pytest.TempPathFactory, browser_type: Any
) -> Iterator[tuple[Site, Browser]]:
    folder = tmp_path_factory.mktemp("same")
    settings = Settings(
        edge=Edge(origins=["https://www.site.test"]),
        datastreams={"ds-1": Datastream(org="ORG@AdobeOrg")},
    )
    with Site(folder, certificate=certificate(folder, "*.site.test"), settings=settings) as site:
        site.folders["/peer"] = pack("@adobe/alloy") / "dist"
        arguments = [argument for argument in ARGUMENTS if "resolver" not in argument]
        arguments += [
            "--ignore-certificate-errors",
            f"--host-resolver-rules=MAP *:443 127.0.0.1:{site.server.port}",
        ]
        browser = browser_type.launch(executable_path=executable(), args=arguments)
        yield site, browser
        browser.close()


def rendered(site: Site, browser: Browser, html: str) -> str:
    page = browser.new_page()
    before = len(site.all_events(DONE))
    site.page(html)
    page.goto("https://www.site.test/page")
    site.events(before + 1, DONE)
    found: str = page.evaluate(
        """() => { const text = (node) => node.nodeType === 1
            ? `<${node.localName} ${[...node.attributes].map((attribute) => `${attribute.name}=${attribute.value}`)
                .filter((pair) => !pair.startsWith("data-adobe-proposition-ids")).sort()}>${[...node.childNodes].map(text).join("")}</>`
            : JSON.stringify(node.data);
            return text(document.querySelector("main")); }"""
    )
    page.close()
    return found


@pytest.mark.parametrize(
    ("body", "action"), [case[:2] for case in CASES if case not in BETTER] + MORE
)
def test_both_make_the_same_document(
    browser_on_site: tuple[Site, Browser], body: str, action: dict[str, Any]
) -> None:
    site, browser = browser_on_site
    site.render(action)
    site.edge.state.experiences.reload()
    theirs = rendered(site, browser, THEIRS.replace("BODY", body))

    for lane in PUBLIC:
        ours = OURS.replace("BODY", body).replace("/alloy.js", f"/alloy.{lane}.js")

        assert rendered(site, browser, ours) == theirs, lane
