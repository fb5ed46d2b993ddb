"""A site with a JSS service: its definitions, its key, and the lane that `/alloy.js` is."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace
from support.site import Site

from pyrite.edge.settings import Datastream, Edge, Jss, JssKey, Settings

from .clients import KEY

HOME = "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"
EVENT, FLUSH = "/sitecore/api/jss/track/event", "/sitecore/api/jss/track/flush"
DEFINITIONS = """
[events.Download]
id = "{FA72E131-3CFD-481C-8E15-04496E9586D9}"
[goals."Instant Demo"]
id = "{28A7C944-B8B6-45AD-8E5A-2A3B1A8A4B0B}"
value = 10
[outcomes.Opportunity]
id = "{9016E456-95CB-42E9-AD58-997D6D77AE83}"
[campaigns.Spring]
id = "{4C01DA97-0000-4000-8000-000000000001}"
[pages."{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}"]
path = "/"
name = "Home"
"""
# One of each kind, and what is stored of it.
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "jss.event": ({"eventId": "Download"}, {"kind": "event", "definition": "Download"}),
    "jss.goal": (
        {"goalId": "instant demo", "more": [1]},
        {"kind": "goal", "definition": "Instant Demo", "value": 10, "extra": {"more": [1]}},
    ),
    "jss.outcome": (
        {"outcomeId": "Opportunity", "currencyCode": "USD", "monetaryValue": 1337.5},
        {"kind": "outcome", "currencyCode": "USD", "monetaryValue": 1337.5},
    ),
    "jss.campaign": ({"campaignId": "Spring"}, {"kind": "campaign", "definition": "Spring"}),
    "web.webpagedetails.pageViews": (
        {"pageId": HOME, "url": "/a b"},
        {"kind": "pageview", "pageId": HOME, "url": "/a b"},
    ),
}


def site_with_jss(folder: Path, lane: str = "compiled", **options: Any) -> Site:
    """A site whose edge is a JSS service, called by pages of the site and of `localhost`; *options* are settings of [jss]."""
    file = folder / "definitions.toml"
    file.write_text(DEFINITIONS)
    keys = {KEY: JssKey(origins="*")}
    jss = replace(Jss(enabled=True, definitions=str(file), keys=keys), **options)
    edge = Edge(experiences=str(folder / "experiences"), origins=["http://localhost:*"])
    settings = Settings(edge=edge, jss=jss, datastreams={"shop": Datastream()})
    return Site(folder, lane=lane, settings=settings)


def stored(site: Site) -> list[dict[str, Any]]:
    """`jss` of every stored event that has it, in order, with its type and id."""
    return [{"type": event["type"], "_id": event["id"], **event["jss"]} for event in site.all_events() if "jss" in event]  # fmt: skip
