"""Which clicks become events, and the content of these.

Pure: the browser room tells what was clicked as facts `{url, host, protocol, text, names, region, download, qualified,
scripted}`. Source: Adobe's Web SDK 2.33, ActivityCollector.
"""

from ..event import LINK_CLICK, list_at, part, text_at
from ..options.configure import DOWNLOADS

# What JavaScript's \\s means, as in alloy.js; Python's own idea of it differs, and MicroPython's.
BLANKS = (
    "\t\n\x0b\x0c\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
NAME_LIMIT = 255  # characters: a link around a whole article should not send the article


def link_details(facts: dict[str, object]) -> dict[str, object] | None:
    """`{linkName, linkRegion, linkType, linkUrl}` of a click; None unless all four are there."""
    url = text_at(facts, "url")
    name = _collapsed(text_at(facts, "text"))
    for other in list_at(facts, "names"):
        if name:
            break
        name = _collapsed(other) if isinstance(other, str) else ""
    region = _collapsed(text_at(facts, "region"))
    if not url or not name or not region or facts.get("scripted") is True:
        return None
    return {
        "linkName": name[:NAME_LIMIT],
        "linkRegion": region,
        "linkType": _type(facts),
        "linkUrl": url,
    }


def wanted(details: dict[str, object], *, switches: dict[str, object]) -> bool:
    """Whether the option `clickCollection` asks for clicks of this type."""
    name = {"download": "downloadLinkEnabled", "exit": "externalLinkEnabled"}.get(
        str(details["linkType"]), "internalLinkEnabled"
    )
    return switches.get(name) is not False


def kept(event: dict[str, object], *, switches: dict[str, object]) -> bool:
    """Whether *event*, as the page's callbacks have left it, still says all of a link, and of a type that is asked for."""
    link = part(event, "xdm", "web", "webInteraction")
    for name in ("name", "region", "type", "URL"):
        if not text_at(link, name):
            return False
    return wanted({"linkType": link["type"]}, switches=switches)


def build_event(details: dict[str, object], *, page: str = "") -> dict[str, object]:
    """`{xdm, data}` of the link event for *details*; `pageName` and `pageIDType` in it are for Analytics' activity map, as is
    *page*, the name of a page where they are not there."""
    return {
        "xdm": {
            "eventType": LINK_CLICK,
            "web": {
                "webInteraction": {
                    "name": details.get("linkName"),
                    "region": details.get("linkRegion"),
                    "type": details.get("linkType"),
                    "URL": details.get("linkUrl"),
                    "linkClicks": {"value": 1},
                }
            },
        },
        "data": {
            "__adobe": {
                "analytics": {
                    "contextData": {
                        "a": {
                            "activitymap": {
                                "page": details.get("pageName", page),
                                "link": details.get("linkName"),
                                "region": details.get("linkRegion"),
                                "pageIDType": details.get("pageIDType", 1 if page else 0),
                            }
                        }
                    }
                }
            }
        },
    }


def _type(facts: dict[str, object]) -> str:
    bare = text_at(facts, "url").partition("#")[0].partition("?")[0]
    if facts.get("download") is True or facts.get("qualified") is True:
        return "download"
    if facts.get("qualified") is None:
        for ending in DOWNLOADS.split(" "):
            if bare.lower().endswith(ending):
                return "download"
    host = text_at(facts, "host")
    protocol = text_at(facts, "protocol")
    if protocol in ("http:", "https:") and host != text_at(facts, "pageHost"):
        return "exit"
    return "other"


def _collapsed(text: str) -> str:
    for blank in BLANKS:
        text = text.replace(blank, " ")
    return " ".join([word for word in text.split(" ") if word])
