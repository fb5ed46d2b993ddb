"""What a visitor has chosen, and what the browser asks for in the visitor's name.

Not for the words of a consent: core/visitor/consent.py.
"""

from collections.abc import Mapping
from functools import lru_cache

from ...core.visitor.consent import IN, OUT, consent_state
from ...core.visitor.identity import cookies
from .call import Call


@lru_cache(1024)
def cookie_prefix(org: str) -> str:
    """What the names of the cookies of *org* begin with."""
    return "kndctr_" + org.replace("@", "_") + "_"


def declines(call: Call, org: str, known: Mapping[str, str] | None = None) -> bool:
    """Whether nobody may be known by *call*: the visitor has declined (the cookie of *org*), or has not chosen and the browser
    sends Global Privacy Control or Do Not Track. *known* are the visitor's cookies where they stand elsewhere too."""
    there = cookies(call.cookie) if known is None else known
    chosen = there.get(cookie_prefix(org) + "consent", "")
    asks = call.header(b"sec-gpc") == "1" or call.header(b"dnt") == "1"
    return consent_state(cookie=chosen, gpc=asks, default=IN) == OUT
