"""Two trackers on one page: a click counts for the offer of the one that has rendered it, and for nobody else's."""

import json
from typing import Any

from playwright.sync_api import Page
from support.offers import action, answer, proposition
from support.site import Site

INTERACT = "decisioning.propositionInteract"
BOTH = """<!doctype html><meta charset="utf-8"><body><p id="a">1</p><p id="b">2</p><p id="both">3</p>
<script>window.__alloyNS = ["one", "two"];
for (const name of window.__alloyNS) {
  window[name] = (...given) => new Promise((resolve, reject) => window[name].q.push([resolve, reject, given]));
  window[name].q = [];
}</script><script async src="/alloy.js"></script><script>
one("configure", {datastreamId: "first", clickCollectionEnabled: false});
two("configure", {datastreamId: "second", clickCollectionEnabled: false});
window.ready = Promise.all([["one", ONE], ["two", TWO]].map(([name, responseBody]) => window[name]("applyResponse",
  {renderDecisions: true, responseBody, personalization: {sendDisplayEvent: false, untilRendered: true}})));</script>"""


def test_a_click_counts_for_the_tracker_that_has_rendered_the_offer(site: Site, page: Page) -> None:
    one = answer(
        proposition(action("setText", "mine", "#a"), id="one's"),
        proposition(action("setStyle", {"color": "red"}, "#both", id="j"), id="one's other"),
    )
    two = answer(
        proposition(action("setText", "yours", "#b"), id="two's"),
        proposition(action("setStyle", {"margin": "0"}, "#both", id="k"), id="two's other"),
    )
    page.goto(site.page(BOTH.replace("ONE", json.dumps(one)).replace("TWO", json.dumps(two))))
    page.evaluate("window.ready")
    for number, selector in enumerate(("#a", "#b", "#both")):
        page.click(selector)
        site.events(number + 1, INTERACT)
    told = [said(event) for event in site.events(4, INTERACT)]

    assert sorted(told) == [["one's"], ["one's other"], ["two's"], ["two's other"]]
    sent = [seen for seen in site.requests("/v1/collect", 4) if INTERACT in str(seen.json)]
    assert sorted((seen.query.split("&")[0], said(seen.json["events"][0])) for seen in sent) == [
        ("configId=first", ["one's"]),
        ("configId=first", ["one's other"]),
        ("configId=second", ["two's"]),
        ("configId=second", ["two's other"]),
    ]


def said(event: dict[str, Any]) -> list[str]:
    """The propositions that an interact event is of."""
    decisioning = event["xdm"]["_experience"]["decisioning"]
    return [one["id"] for one in decisioning["propositions"]]
