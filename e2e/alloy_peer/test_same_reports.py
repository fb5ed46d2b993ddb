"""What the real @adobe/alloy and ours tell the edge about offers: the same records in the same kinds of events."""

import json
from typing import Any

import pytest
from alloy_peer.test_alloy_peer import STUB
from playwright.sync_api import Browser
from support.lanes import PUBLIC
from support.offers import action, answer, item, proposition
from support.site import Site

OPTIONS = (
    '{datastreamId: "ds-1", orgId: "ORG@AdobeOrg", edgeDomain: "edge.site.test", edgeBasePath: "ee"'
)
BODY = """<main><p id="a">x</p><div id="b">x</div><a id="link" href="#next">Next</a></main><script>
  const view = (viewName) => ({web: {webPageDetails: {viewName}}});
  const start = (personalization) => alloy("sendEvent", {renderDecisions: true, personalization});
  const done = () => alloy("sendEvent", {type: "done"});
  SCRIPT</script>"""
PAGES = {
    "theirs": f"""<!doctype html><script>{STUB}</script><script async src="/peer/alloy.js"></script><script>
      alloy("configure", {OPTIONS}, thirdPartyCookiesEnabled: false, idMigrationEnabled: false}});</script>""",
    **{
        lane: f"""<!doctype html><script src="/base.js"></script><script async src="/alloy.{lane}.js"></script><script>
      alloy("configure", {OPTIONS}}});</script>"""
        for lane in PUBLIC
    },
}
IDENTITY = {
    "type": "state:store",
    "payload": [
        {
            "key": "kndctr_ORG_AdobeOrg_identity",
            "value": "CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ",
        }
    ],
}


def told(
    site: Site, browser: Browser, name: str, script: str, offers: list[Any], last: str, clicks: str
) -> list[Any]:
    """`[type, decisioning, web interaction, view, data, identities, transport]` of each event with a record of offers, and of the *last*."""
    body = json.dumps({**answer(*offers), "handle": [*answer(*offers)["handle"], IDENTITY]})
    fault = site.fault(
        "/v1/interact",
        body=body.encode(),
        times=1,
        headers={
            "content-type": "application/json",
            "access-control-allow-origin": "https://www.site.test",
            "access-control-allow-credentials": "true",
        },
    )
    before = len(site.all_events())
    seen = len(site.seen)
    site.page(PAGES[name] + BODY.replace("SCRIPT", script), "/page")
    site.page("<!doctype html><title>new</title>", "/new")
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto("https://www.site.test/page", wait_until="commit")
    if clicks:
        page.wait_for_function("window.ready")
        page.click(clicks)
    site.wait(
        lambda: any(event["type"] == last for event in site.all_events()[before:]),
        f"{last} of {name}",
    )
    if "redirect" in json.dumps(offers):
        page.wait_for_url("**/new")  # a context that is closed while its page changes may hang
    events = site.all_events()[before:]
    beacons = {
        event["xdm"].get("eventType"): request.is_beacon
        for request in list(site.seen)[seen:]
        if "/v1/" in request.path and request.body
        for event in request.json.get("events", [])
    }
    context.close()
    fault.release()
    out = []
    for event in events:
        decisioning = event["xdm"].get("_experience", {}).get("decisioning")
        web = event["xdm"].get("web", {})
        out.append(
            [
                event["type"],
                decisioning,
                web.get("webInteraction", {}),
                web.get("webPageDetails", {}).get("viewName"),
                event["data"],
                event["xdm"].get("identityMap", {}).get("CRM"),
                beacons[event["type"]],
            ]
        )
    return out


SHOWN = proposition(action("setText", "new"), id="shown", provider="AJO")
OTHER = proposition(action("setText", "new", "#b"), item("default-content-item", {}), id="other")
CASES = {
    "one display event for all that was shown": (
        "start().then(() => 0)",
        [SHOWN, OTHER],
        "decisioning.propositionDisplay",
        "",
    ),
    "what was shown goes along with the next event that wants it": (
        "start({sendDisplayEvent: false}); alloy('sendEvent', {type: 'done', personalization: {includeRenderedPropositions: true}})",
        [SHOWN, OTHER],
        "done",
        "",
    ),
    "a view from what is kept is told in its own event": (
        "start({sendDisplayEvent: false}).then(() => alloy('sendEvent', {type: 'done', renderDecisions: true, xdm: view('cart')}))",
        [
            SHOWN,
            proposition(action("setText", "new", "#b"), id="view", scope="cart", view=True),
        ],
        "done",
        "",
    ),
    "a view without offers is told as well": (
        "start({sendDisplayEvent: false}).then(() => alloy('sendEvent', {type: 'done', renderDecisions: true, xdm: view('Empty')}))",
        [SHOWN],
        "done",
        "",
    ),
    "a view without offers is told in a display event, with the identities of its event": (
        "alloy('sendEvent', {renderDecisions: true, xdm: {...view('CartView'), identityMap: {CRM: [{id: '7'}]}}})",
        [],
        "decisioning.propositionDisplay",
        "",
    ),
    "a link on a page with a name": (
        "alloy('sendEvent', {xdm: {web: {webPageDetails: {name: 'Home'}}}}).then(() => setTimeout(() => window.ready = true, 0))",
        [SHOWN],
        "web.webinteraction.linkClicks",
        "#link",
    ),
    "a click that was waited for": (
        "start({sendDisplayEvent: false}).then(() => setTimeout(() => window.ready = true, 0))",
        [proposition(action("click", "", "#b", label="buy"), id="click", provider="TGT")],
        "decisioning.propositionInteract",
        "#b",
    ),
    "a click on what was rendered": (
        "start({sendDisplayEvent: false}).then(() => setTimeout(() => window.ready = true, 0))",
        [proposition(action("setHtml", "<b>new</b>", label="l"), id="shown", provider="AJO")],
        "decisioning.propositionInteract",
        "#a b",
    ),
    "a click on a link in what was rendered is one event": (
        "start({sendDisplayEvent: false}).then(() => setTimeout(() => window.ready = true, 0))",
        [
            proposition(
                action(
                    "setHtml",
                    '<a href="#x" data-aep-click-label="l" data-aep-click-token="t">Go</a>',
                    id="i",
                ),
                id="shown",
                provider="AJO",
            )
        ],
        "decisioning.propositionInteract",
        "#a a",
    ),
    "a link beside it is a link": (
        "start({sendDisplayEvent: false}).then(() => setTimeout(() => window.ready = true, 0))",
        [SHOWN],
        "web.webinteraction.linkClicks",
        "#link",
    ),
    "a redirect is told by beacon": (
        "start()",
        [proposition(item("redirect-item", {"content": "/new"}), id="move")],
        "decisioning.propositionDisplay",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_both_tell_the_same(browser_on_site: tuple[Site, Browser], case: str) -> None:
    site, browser = browser_on_site
    theirs = told(site, browser, "theirs", *CASES[case])

    assert theirs
    for lane in PUBLIC:
        assert told(site, browser, lane, *CASES[case]) == theirs, lane
