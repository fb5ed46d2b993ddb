"""A request as the edge's dialects see it, and whose address it was asked at.

Not for reading its body: ingest/receive.py does.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote, unquote_plus

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope

from ...stores.contract import BadRow
from .cors import Cors
from .problems import Problem

# How a page's script has sent it, by what browsers say; a beacon's answer is for nobody.
WAYS = {b"cors": "fetch", b"same-origin": "fetch", b"no-cors": "beacon"}
URL_LIMIT = 500  # characters of an address that are kept with a bad row


class Route(msgspec.Struct, frozen=True):
    """What an address asks for: its *action*, by which requests are counted ('': none, the app answers), and the methods it takes."""

    action: str
    methods: tuple[str, ...] = ("POST",)


class Call:
    """A request: `noted` is what its dialect remembers of it, `row` the bad row that is replayed, None for a request of now.

    `packed` is its body as it came. A bad row keeps `kept` in place of the body where that is not None, and `context`; `conceal`
    takes out of a refused body what nobody may keep.
    """

    __slots__ = ("_query", "_url", "conceal", "context", "headers", "held", "kept", "noted", "packed", "receive", "received_ms", "route", "row", "scope")  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, route: Route) -> None:
        self.scope = scope
        self.receive = receive
        self.route = route
        self.held = 0  # bytes of its body
        self.received_ms = 0
        self.row: BadRow | None = None
        self.noted: Any = None
        self.packed = b""
        self.kept: bytes | None = None
        self.context = ""
        self.conceal: Callable[[bytes], bytes] | None = None
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self._query: dict[str, str] | None = None
        self._url = ""

    @property
    def query(self) -> dict[str, str]:
        """The parameters of its query."""
        if self._query is None:
            self._query = query_of(self.scope["query_string"])
        return self._query

    @property
    def url(self) -> str:
        """Its path and query, as far as they are kept; a dialect whose addresses hold secrets says them without."""
        if self._url:
            return self._url
        if self.row is not None:
            return self.row.url
        scope = self.scope
        return f"{scope['path']}?{scope['query_string'].decode('latin-1')}"[:URL_LIMIT]

    @url.setter
    def url(self, kept: str) -> None:
        self._url = kept

    @property
    def client(self) -> str:
        """The class of the address it came from; see address_class."""
        if self.row is not None:
            return self.row.client
        client = self.scope.get("client")
        return address_class(client[0]) if client else ""

    @property
    def way(self) -> str:
        """`fetch` or `beacon`, as far as the browser says; ''. What has another destination than a script is neither."""
        headers = self.headers
        if headers.get(b"sec-fetch-dest", b"empty") != b"empty":
            return ""
        return WAYS.get(headers.get(b"sec-fetch-mode", b""), "")

    @property
    def cookie(self) -> str:
        """All of its Cookie headers as one: over HTTP/2 each cookie may have its own."""
        lines = [value for name, value in self.scope["headers"] if name == b"cookie"]
        return b"; ".join(lines).decode("latin-1")

    def header(self, name: bytes) -> str:
        """The header *name*, in small letters; '' where there is none."""
        return self.headers.get(name, b"").decode("latin-1")


class Owner(Protocol):
    """Whose an address is; ingest/dialect.py has the rest of a dialect."""

    cors: Cors

    def match(self, scope: Scope) -> Route | None:
        """What is asked for, where the address is one of this dialect's."""

    def turns_away(self, call: Call) -> Problem | None:
        """Why *call* is refused before it is read, above all for the page that makes it; None where it is not. A preflight
        (OPTIONS) asks for the call behind it."""

    def refuse(self, call: Call, problem: Problem) -> Response:
        """The answer to a call of which nothing was taken."""


Answer = Callable[[Any, Call], Awaitable[Response]]
"""Answers a call to an Owner."""


def path_of(scope: Scope) -> str:
    """The decoded path of a request, without the prefix that the edge is mounted at."""
    path: str = scope["path"]
    root = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


def raw_path_of(scope: Scope) -> str:
    """The same as it was sent, for addresses in which an encoded slash is no slash."""
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else quote(scope["path"])
    root = scope.get("root_path", "")
    if not root or not scope["path"].startswith(root):
        return path
    # A prefix has as many slashes however it was encoded.
    return "/" + "/".join(path.split("/")[root.count("/") + 1 :])


def query_of(text: bytes) -> dict[str, str]:
    """The parameters of a query; of several with one name the first."""
    query: dict[str, str] = {}
    for pair in text.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair:
            name, value = unquote_plus(name), unquote_plus(value)
        query.setdefault(name, value)
    return query


@lru_cache(4096)
def address_class(host: str) -> str:
    """`loopback`, `private` or `public`: all that is kept of where a bad row came from; '' where it can't be told."""
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if address.is_loopback:
        return "loopback"
    return "private" if address.is_private else "public"
