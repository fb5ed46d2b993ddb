"""Whether a user agent is a crawler's, by a maintained list (CrawlerDetect's, by its Python package).

Tools and libraries that the list holds too (curl, Python's) are robots here: whoever reads a log looks for people in browsers.
"""

from __future__ import annotations

import re
from functools import lru_cache

LIMIT = 256  # characters of a user agent that are looked at: the work grows with them


@lru_cache(4096)
def is_robot(agent: str) -> bool:
    """Whether *agent*, the header User-Agent, is one of a known crawler or tool, or is nobody's ('')."""
    if not agent:
        return True
    harmless, signs = _lists()
    return signs.search(harmless.sub("", agent[:LIMIT])) is not None


@lru_cache(1)
def _lists() -> tuple[re.Pattern[str], re.Pattern[str]]:
    from crawlerdetect.providers.crawlers import data as signs
    from crawlerdetect.providers.exclusions import data as harmless

    # A beginning without an end would be looked for from each letter on, and changes nothing for a search.
    plain = [sign.removeprefix(r"[a-z0-9\-_]*") for sign in signs]
    return re.compile("|".join(harmless), re.IGNORECASE), re.compile("|".join(plain), re.IGNORECASE)
