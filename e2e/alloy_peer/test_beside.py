"""The real @adobe/alloy and ours on one page, each on a list of instances of its own: each renders and reports its own offers."""

import json
from pathlib import Path
from typing import Any

import pytest
from alloy_peer.test_alloy_peer import STUB
from playwright.sync_api import Browser
from support.offers import action, answer, proposition
from support.site import Site

# Offers of both for the same elements; a click on either counts for whoever has marked it.
OFFERS = {
    "alloy": [action("setText", "theirs", "#a", id="i1", label="theirs"), action("appendHtml", "<i>theirs</i>", "#both", id="same")],
    "ours": [action("setText", "ours", "#b", id="i1", label="ours"), action("appendHtml", "<b>ours</b>", "#both", id="same")],
}  # fmt: skip
PAGE = """<!doctype html><p id="a">x</p><p id="b">x</p><div id="both"></div>
<script>THEIRS</script><script>OURS</script><script async src="/peer/alloy.js"></script><script async src="/alloy.LANE.js"></script>
<script>
  const common = {edgeDomain: "edge.site.test", edgeBasePath: "ee", clickCollectionEnabled: true};
  alloy("configure", {...common, datastreamId: "ds-1", orgId: "ORG@AdobeOrg", thirdPartyCookiesEnabled: false, idMigrationEnabled: false});
  ours("configure", {...common, datastreamId: "STREAM", orgId: "OTHER"});
  const offers = ANSWERS;
  const apply = (name) => window[name]("applyResponse", {renderDecisions: true, responseBody: offers[name]});
  Promise.all([apply("alloy"), apply("ours")]).then(() => { window.told = true; });
</script>"""


@pytest.mark.parametrize(
    ("stream", "org"),
    [("ds-2", "ORG@AdobeOrg"), ("ds-3", "ds-3")],
    ids=["the same org", "another org"],
)
def test_both_render_and_report_their_own(
    browser_on_site: tuple[Site, Browser], built: Path, lane: str, stream: str, org: str
) -> None:
    site, browser = browser_on_site
    base = (built / "base.js").read_text()
    own = base.replace("__alloyNS", "__pyriteNS").replace('["alloy"]', '["ours"]')
    answers: dict[str, Any] = {
        name: answer(proposition(*items, id=name, provider="AJO")) for name, items in OFFERS.items()
    }
    html = PAGE
    for word, text in {"THEIRS": STUB, "OURS": own, "LANE": lane, "STREAM": stream, "OTHER": org, "ANSWERS": json.dumps(answers)}.items():  # fmt: skip
        html = html.replace(word, text)
    site.page(html, "/beside")
    before = len(list(site.store.events()))
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto("https://www.site.test/beside")
    page.wait_for_function("window.told")
    page.wait_for_function("document.querySelectorAll('#both > *').length === 2")
    page.click("#a")
    page.click("#b")

    def told() -> set[tuple[str, str, str]]:
        """`(data stream, type, proposition)` of each event that tells of an offer."""
        found = set()
        for event in list(site.store.events())[before:]:
            body = json.loads(event.body)
            decisioning = body["xdm"].get("_experience", {}).get("decisioning", {})
            for one in decisioning.get("propositions", []):
                found.add((event.datastream, event.type, one["id"]))
        return found

    kinds = ("decisioning.propositionDisplay", "decisioning.propositionInteract")
    expected = {
        (stream, kind, name)
        for stream, name in (("ds-1", "alloy"), (stream, "ours"))
        for kind in kinds
    }
    site.wait(lambda: expected <= told(), f"both to have told; there are {sorted(told())}")
    assert told() == expected
    assert [page.inner_text(selector) for selector in ("#a", "#b")] == ["theirs", "ours"]
    assert sorted(page.eval_on_selector_all("#both > *", "all => all.map((one) => one.textContent)")) == ["ours", "theirs"]  # fmt: skip
    assert page.evaluate("[__alloyNS.length, __pyriteNS.length]") == [1, 1]
    context.close()
