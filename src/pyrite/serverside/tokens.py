"""Page tokens: a page's leave to send events, in the addresses of its pixels, scripts and JSONP.

Pure but for the clock. A token names no user, so that a page that holds one may be cached. Not for checking them: the edge does.
"""

import hashlib
import re
import time
from collections.abc import Sequence

from itsdangerous import URLSafeTimedSerializer

from ..core.ibexa.events import KINDS
from ..core.ibexa.grants import TOKEN_SALT, Grant

MINUTES = 1440  # that a token is good for: a cached page has to be younger
_ITEM = re.compile(r"\d{1,10}/[^,]+")


def page_token(
    key: str,
    *,
    key_id: str,
    customer: str,
    kinds: Sequence[str] = (),
    items: Sequence[str] = (),
    page: str = "",
    minutes: float = MINUTES,
    custom: Sequence[str] = (),
) -> str:
    """A token for events of *customer*, signed with the *key* that the edge knows as *key_id*.

    It allows *kinds* (every one when empty), of *items* such as `1/77` (every one when empty), from the *page* at an address
    (from every page of its host where it has no path, from any when empty), for so many *minutes*, and not longer than the
    edge's own `token_minutes`. *custom* are the customer's own kinds. Raises ValueError for what no event could match.
    """
    for kind in kinds:
        if kind not in KINDS and kind not in custom:
            raise ValueError(
                f"kinds: unknown event {kind!r}; events are {', '.join([*KINDS, *custom])}"
            )
    for item in items:
        if not _ITEM.fullmatch(item):
            raise ValueError(f"items: expected type and id such as '1/77', got {item!r}")
    if page and "://" not in page:
        raise ValueError(
            f"page: expected an address such as 'https://shop.example/a', got {page!r}"
        )
    until_s = int(time.time() + minutes * 60)
    grant = Grant(
        customer=customer, until_s=until_s, kinds=list(kinds), items=list(items), page=page
    )
    return f"{key_id}.{serializer(key).dumps(grant.as_list())!s}"


def serializer(key: str) -> URLSafeTimedSerializer:
    """What signs tokens with *key*."""
    signing = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(key, salt=TOKEN_SALT, signer_kwargs=signing)
