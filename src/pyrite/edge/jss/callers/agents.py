"""Who is a robot, and which user agents say so: crawlers of a maintained list (CrawlerDetect's, by its Python package).

Not for robots that don't say so: those are callers without a human sign, see identity.py.
"""

import re
from functools import lru_cache

from ...http.call import Call
from ...settings import Jss
from .identity import Caller

LIMIT = 256  # characters of a user agent that are looked at: the work grows with them
# In the list, and no crawlers: tools and libraries, behind which is whoever uses them (a site's own server, a tester's browser).
# What these are is told by what they do, as for everybody else.
_TOOLS = re.compile(
    r"\b(HeadlessChrome|curl|Wget|HTTPie|python-(requests|urllib3?|httpx2?)|Python-urllib|aiohttp|httpx|axios|node-fetch|node|undici"
    r"|Go-http-client|okhttp|Java|Apache-HttpClient|PostmanRuntime|insomnia|Deno|Bun)\b(/[\w.]+)?( \(\+https://github\.com/[^)]*\))?",
    re.IGNORECASE,
)


def robot_of(jss: Jss, call: Call, caller: Caller) -> bool | None:
    """Whether the *caller* of a *call* is a robot; None while nobody knows."""
    if jss.robots == "ignore":
        return False
    if is_known_robot(call.header(b"user-agent")):
        return True
    return False if caller.classified else None


@lru_cache(4096)
def is_known_robot(agent: str) -> bool:
    """Whether *agent*, the header User-Agent, is one of a known crawler; nobody's ('') is not."""
    ours, theirs = _lists()
    return theirs.search(ours.sub("", _TOOLS.sub("", agent[:LIMIT]))) is not None


@lru_cache(1)
def _lists() -> tuple["re.Pattern[str]", "re.Pattern[str]"]:
    """What is no sign of a crawler, and what is one; compiled when they are first needed."""
    from crawlerdetect.providers.crawlers import data as signs
    from crawlerdetect.providers.exclusions import data as harmless

    # A beginning without an end would be looked for from each letter on, and changes nothing for a search.
    plain = [sign.removeprefix(r"[a-z0-9\-_]*") for sign in signs]
    return re.compile("|".join(harmless), re.IGNORECASE), re.compile("|".join(plain), re.IGNORECASE)
