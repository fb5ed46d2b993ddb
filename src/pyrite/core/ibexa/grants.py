"""What a page token allows, and how tokens and signatures are told apart: the words that a web server and the edge share.

Pure. Not for signing: serverside/tokens.py and serverside/signing.py do, and the edge checks.
"""

from ..urls import parse_host
from .events import Event

TOKEN_SALT = "pyrite.page"  # of itsdangerous, with SHA-256: the key's id and a dot stand before what it makes
SIGNATURE_TAG = "pyrite"  # of RFC 9421
SIGNATURE_PARTS = ("@method", "@path", "@query")  # and content-digest, where there is a body
WINDOW_S = 300  # that a signature is good for, before and after the time it names


class Grant:
    """What the page behind a token may send: events of *customer*, of these *kinds* (all when empty), for these *items*
    (`1/77`; all when empty), from the *page* at this address (any when empty), until *until_s*, in seconds since 1970."""

    def __init__(
        self,
        *,
        customer: str,
        until_s: int,
        kinds: "list[str] | None" = None,
        items: "list[str] | None" = None,
        page: str = "",
    ) -> None:
        self.customer = customer
        self.until_s = until_s
        self.kinds = kinds or []
        self.items = items or []
        self.page = page

    def as_list(self) -> list[object]:
        """What a token carries."""
        return [self.customer, self.kinds, self.items, self.page, self.until_s]

    def objection(self, event: Event, *, referrer: str, now_s: float) -> str:
        """Why it does not allow *event*, sent by a page that says to be *referrer*; '' where it does."""
        if now_s >= self.until_s:
            return "the token has expired"
        if self.customer != event.customer:
            return "the token is another customer's"
        if self.kinds and event.kind not in self.kinds:
            return f"the token is not for {event.kind!r}"
        items = [f"{event.itemtype}/{item}" for item in event.items]
        if self.items and (not items or not all([item in self.items for item in items])):
            return "the token is for other items"
        return "" if _is_from(self.page, referrer) else "the token is another page's"


def grant_of(content: object) -> "Grant | None":
    """The grant that a token's *content* is; None where it is none."""
    if not isinstance(content, list) or len(content) != 5:
        return None
    customer, kinds, items, page, until_s = content
    if not isinstance(customer, str) or not isinstance(page, str) or not _is_texts(kinds):
        return None
    if not _is_texts(items) or isinstance(until_s, bool) or not isinstance(until_s, int):
        return None
    return Grant(customer=customer, until_s=until_s, kinds=kinds, items=items, page=page)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all([isinstance(one, str) for one in value])


def _is_from(page: str, referrer: str) -> bool:
    """Whether *referrer*, whole, its origin alone or empty, as browsers send it, may be *page*; one without a path is every
    page of its host."""
    if not page or not referrer:
        return True
    if parse_host(page) != parse_host(referrer):
        return False
    path = _path(page)
    return path == "" or _path(referrer) in ("", path)


def _path(url: str) -> str:
    """The path behind the host, without the slash at its beginning."""
    return url.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
