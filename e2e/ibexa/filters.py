"""Filter lists of the Adblock Plus form, as far as lists of trackers use it, and twenty rules of the kinds that EasyPrivacy has.

The rules are written for these tests; the names of hosts are examples.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

THIRD = "collector.example"
# By rule, an address of another site that it is for, `HOST` being that site's.
RULES = {
    "||collector.example^": "https://HOST/",
    "||stats.collector.example^$third-party": "https://stats.HOST/x",
    "||collector.example/api/": "https://HOST/api/00000/click/_me/1/128",
    "|https://t.collector.example/": "https://t.HOST/x",
    "/event.gif?": "https://HOST/event.gif?n=1",
    "/pixel.gif": "https://HOST/a/pixel.gif",
    "/pixel/*/view": "https://HOST/pixel/7/view",
    "/track/*": "https://HOST/track/click",
    "/tracking.js": "https://HOST/js/tracking.js?v=2",
    "/analytics/collect?": "https://HOST/analytics/collect?v=1",
    "/b/ss/": "https://HOST/b/ss/suite/1/",
    "/ebl/": "https://HOST/ebl/00000/click/johndoe/1/128",
    "/yct.js": "https://HOST/v1/yct.js",
    "/ibexa.js$script,third-party": "https://HOST/ibexa.js",
    "/ee/v1/interact": "https://HOST/ee/v1/interact?configId=shop",
    ".example/ee/v1/": "https://HOST/ee/v1/collect?configId=shop",
    "/api/*/rendered/": "https://HOST/api/00000/rendered/johndoe/1/1,2",
    "/beacon^": "https://HOST/beacon?e=1",
    "&eventtype=click^": "https://HOST/x?a=b&eventtype=click&c=d",
    "_tracker_id=": "https://HOST/x?_tracker_id=7",
}


@dataclass(frozen=True)
class Rule:
    """One line of a list."""

    pattern: re.Pattern[str]
    third: bool | None
    types: frozenset[str]

    def blocks(self, url: str, *, page: str, type: str) -> bool:
        """Whether a page at *page* may not ask for *url*, a resource of *type* (`image`, `script`, `fetch`)."""
        if self.third not in (None, is_third(url, page)) or (self.types and type not in self.types):
            return False
        return self.pattern.search(url) is not None


def rule(line: str) -> Rule:
    """The rule that *line* says."""
    text, _, options = line.partition("$")
    told = options.split(",") if options else []
    third = True if "third-party" in told else False if "~third-party" in told else None
    types = frozenset(told) & {"image", "script", "fetch"}
    body = text.removeprefix("||") if text.startswith("||") else text.removeprefix("|")
    end = r"\Z" if body.endswith("|") else ""
    signs = {"*": ".*", "^": r"(?:[^\w.%-]|\Z)"}
    made = "".join([signs.get(sign) or re.escape(sign) for sign in body.removesuffix("|")])
    start = r"\A[a-z-]+://(?:[^/?#]*\.)?" if text.startswith("||") else r"\A" if text.startswith("|") else ""  # fmt: skip
    return Rule(re.compile(start + made + end, re.IGNORECASE), third, types)


def is_third(url: str, page: str) -> bool:
    """Whether *url* is of another site than *page*."""
    theirs, ours = urlsplit(url).hostname or "", urlsplit(page).hostname or ""
    return theirs != ours and not theirs.endswith("." + ours)
