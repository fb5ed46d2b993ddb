"""Which lines of an access log are views, of which items and whose: a rules file in TOML.

    upstream = "https://edge.example"
    customer = "00000"
    fields = ["pyrite_fpid", "pyrite_pid", "consent", "sec_gpc", "dnt"]

    [[views]]
    path = '/product/(?P<item>\\d+)'
    itemtype = 1

Pure, but for reading the file. Not for how a line is written: formats.py.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import msgspec

from ...core.dates import utc
from ...core.event import PAGE_VIEW
from ...core.ibexa.events import KINDS, ME, NOBODY
from ...core.options.suggest import did_you_mean
from ...core.visitor.identity import FPID_COOKIE
from ..message import Customer, CustomerInStream, Datastream, Form
from ..seen import PIXEL_COOKIE, Seen, described
from ..sender import Sender
from .formats import Entry
from .robots import is_robot

MOST_PATH = 8192  # characters of an address that are looked at: an edge takes no longer ones either
ASSETS = r"(?i).*\.(?:css|js|mjs|map|json|xml|txt|ico|png|jpe?g|gif|svg|webp|avif|woff2?|ttf|eot|mp4|webm|mp3|pdf|zip|wasm)"
CONSENT_COOKIE = "kndctr_log_consent"
# Fields that stand for a header, or for a cookie of the visitor's.
_HEADERS = {"sec_gpc": "sec-gpc", "dnt": "dnt", "sec_purpose": "sec-purpose", "purpose": "purpose", "sec_fetch_dest": "sec-fetch-dest"}  # fmt: skip
_COOKIES = {FPID_COOKIE: FPID_COOKIE, PIXEL_COOKIE: PIXEL_COOKIE, "consent": CONSENT_COOKIE}
RESERVED = {
    "kind",
    "eid",
    "url",
    "xdm",
    "data",
    "items",
    "target",
    "now_ms",
    "user",
}  # arguments that no address may say
_FRAMES = ("", "document")


class View(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """What counts as a view of an item, or as a page view."""

    path: str
    """A regular expression for the whole path, percent-encoded as in the log. Named groups are decoded: `item`, `itemtype`, others are parameters."""
    query: dict[str, str] = {}
    """The same for parameters of the query; each has to be there."""
    where: dict[str, str] = {}
    """The same for fields of the line, such as `{ cache = "HIT" }`."""
    methods: tuple[str, ...] = ("GET",)
    """Methods that count."""
    statuses: tuple[int, ...] = (200, 304)
    """Statuses that count; 304 is a page that the visitor's browser had."""
    kind: str = ""
    """The event's code; `click`, or of a data stream a page view, when empty."""
    itemtype: int | None = None
    """The item's type, where no group of a pattern says it."""
    item: str = ""
    """The item, where no group of a pattern says it."""
    user: str = ""
    """As at the top of the file, for this view alone."""
    parameters: dict[str, str | int | float] = {}
    """Parameters of the event, such as `{ scenario = "top" }`."""


class Rules(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A rules file."""

    views: list[View]
    """What counts; the first that fits a line is taken."""
    upstream: str = ""
    """The edge, such as `https://edge.example`."""
    customer: str = ""
    """The customer of Ibexa's tracking whose views they are."""
    datastream: str = ""
    """Or the data stream. With both, the customer's views go by the data stream's protocol, and keep the time of their line."""
    prefix: str = "api"
    """The first piece of the edge's addresses of Ibexa's events."""
    base_path: str = "ee"
    """The path before `/v1/…` at the edge, of a data stream."""
    custom: list[str] = []
    """Codes of the customer's own events."""
    item_ids: Literal["numeric", "text"] = "numeric"
    """`numeric`, or `text`."""
    key_file: str = ""
    """A file with the server's key, `ID:SECRET`: each request is signed."""
    limit: int = 100_000
    """How many events may wait to be sent; then no more lines are read."""
    timeout_s: float = 2.0
    """How long the edge may take for an answer."""
    site: str = ""
    """Where the pages are, such as `https://shop.example`, for logs that don't name it."""
    server: str = ""
    """Which of several servers' logs this is, where they may hold the same lines."""
    fields: list[str] = []
    """What stands behind a combined line, in its order."""
    names: dict[str, str] = {}
    """What members of a JSON line are called, where it is otherwise: `{ path = "request_uri" }`."""
    user: str = ME
    """Whose views they are: `_me` is whoever has the cookie, `not_defined` nobody, all else a field with the user."""
    default_consent: Literal["in", "out", "pending"] = "in"
    """`in`, `out` or `pending`, for visitors who have not chosen."""
    robots: bool = False
    """Whether robots count."""
    ignore: tuple[str, ...] = (ASSETS,)
    """Regular expressions for whole paths that never count: files that pages are made of."""

    def __post_init__(self) -> None:
        if not self.upstream.startswith(("http://", "https://")):
            raise ValueError(f"upstream: expected an address such as 'https://edge.example', got {self.upstream!r:.100}")  # fmt: skip
        if not (self.customer or self.datastream):
            raise ValueError("customer: expected a customer, a datastream, or both")
        if not self.views:
            raise ValueError("views: expected one [[views]] or more")
        if self.limit < 1:
            raise ValueError(f"limit: expected a number from 1, got {self.limit}")
        for number, view in enumerate(self.views):
            where = f"views[{number}]"
            patterns = [("path", view.path), *view.query.items(), *view.where.items()]
            groups = {name for part, one in patterns for name in _compiled(one, f"{where}.{part}").groupindex}  # fmt: skip
            if taken := groups & RESERVED:
                raise ValueError(
                    f"{where}: {', '.join(sorted(taken))}: no name for a group; choose another"
                )
            codes = [*KINDS, *self.custom]
            if self.customer and view.kind and view.kind not in codes:
                raise ValueError(
                    f"{where}.kind: expected one of {', '.join(codes)}, got {view.kind!r:.100}{did_you_mean(view.kind, codes)}"
                )
            if self.customer and not ("item" in groups or view.item):
                raise ValueError(f"{where}.path: expected a group (?P<item>…), or item = …")
            if self.customer and not ("itemtype" in groups or view.itemtype is not None):
                raise ValueError(f"{where}.itemtype: expected a number, or a group (?P<itemtype>…)")
        for one in self.ignore:
            _compiled(one, "ignore")

    def sender(self, folder: Path, queue: Path | None) -> Sender:
        """What sends the events, from the file *queue* where it is given, which is this process's alone; a relative `key_file` is in *folder*. Raises ValueError, OSError."""
        customer = Customer(
            customer=self.customer, prefix=self.prefix, numeric=self.item_ids == "numeric", custom=tuple(self.custom)
        )  # fmt: skip
        stream = Datastream(datastream=self.datastream, base_path=f"/{self.base_path.strip('/')}")
        form: Form = customer if self.customer else stream
        if self.customer and self.datastream:
            form = CustomerInStream(customer=customer, stream=stream)
        key = (folder / self.key_file).read_text().strip() if self.key_file else None
        return Sender(self.upstream, form=form, key=key, queue=queue, alone=True, limit=self.limit, timeout_s=self.timeout_s)  # fmt: skip

    def said(self, entry: Entry) -> dict[str, Any] | str:
        """The arguments of the event that *entry* is (`kind`, `user` and so on), or in a word why it is none."""
        if not entry.method or len(entry.path) + len(entry.query) > MOST_PATH:
            return "request"
        if any(_matches(one, entry.path) for one in self.ignore):
            return "ignore"
        found = self._view(entry)
        if isinstance(found, str):
            return found
        view, groups = found
        seen = _seen(entry, self.site)
        purpose = seen.headers.get("sec-purpose", "") + seen.headers.get("purpose", "")
        if "prefetch" in purpose.lower() or seen.headers.get("sec-fetch-dest", "") not in _FRAMES:
            return "prefetch"
        if not self.robots and entry.agent is not None and is_robot(entry.agent):
            return "robot"
        event = self._event(view, groups, seen, entry)
        return described(lambda _: event, seen, default=self.default_consent) or "view"

    def _view(self, entry: Entry) -> tuple[View, dict[str, str]] | str:
        query: dict[str, str] | None = None
        why = "view"
        for view in self.views:
            path = _matches(view.path, entry.path)
            if path is None:
                continue
            if query is None:
                query = _query(entry.query)
            asked = [_matches(pattern, query.get(name)) for name, pattern in view.query.items()]
            told = [_matches(pattern, entry.fields.get(name, "")) for name, pattern in view.where.items()]  # fmt: skip
            if None in asked or None in told:
                continue
            if entry.method not in view.methods or entry.status not in view.statuses:
                why = "status" if entry.method in view.methods else "method"
                continue
            groups: dict[str, str] = {}
            for match in (path, *asked, *told):
                assert match is not None
                groups.update({name: unquote(value) for name, value in match.groupdict().items() if value is not None})  # fmt: skip
            return view, groups
        return why

    def _event(self, view: View, groups: dict[str, str], seen: Seen, entry: Entry) -> dict[str, Any]:  # fmt: skip
        event: dict[str, Any] = {**view.parameters, **groups}
        if view.itemtype is not None:
            event.setdefault("itemtype", view.itemtype)
        if view.item:
            event.setdefault("item", view.item)
        event["kind"] = view.kind or ("click" if self.customer else PAGE_VIEW)
        if self.datastream:
            event["xdm"] = {"timestamp": utc(entry.made_ms)}
        if not self.customer:
            event["url"] = seen.url
        user = view.user or self.user
        if user == NOBODY:
            event["user"] = ""
        elif user != ME and entry.fields.get(user):
            event["user"] = entry.fields[user]
        return event


def read_rules(path: Path) -> Rules:
    """The rules in the file at *path*. Raises ValueError, which names the file and the key, and OSError."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), Rules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None


def _seen(entry: Entry, site: str) -> Seen:
    """The request as those see it who answer requests: the same questions decide whose it is."""
    headers = {header: entry.fields[name] for name, header in _HEADERS.items() if entry.fields.get(name)}  # fmt: skip
    cookies = [f"{cookie}={value.replace(';', '')}" for name, cookie in _COOKIES.items() if (value := entry.fields.get(name))]  # fmt: skip
    cookies += [entry.fields["cookie"]] if entry.fields.get("cookie") else []
    scheme, _, host = site.rstrip("/").partition("://")
    return Seen(
        method=entry.method,
        path=entry.path,
        query=entry.query,
        scheme=scheme or "https",
        headers=headers | {"cookie": "; ".join(cookies), "host": host or entry.host, "user-agent": entry.agent or ""},
        status=entry.status,
    )  # fmt: skip


def _query(text: str) -> dict[str, str]:
    """The query's parameters, percent-encoded as they are; of several with one name the first."""
    found: dict[str, str] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        found.setdefault(unquote(name), value.replace("+", "%20"))
    return found


def _compiled(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{where}: expected a regular expression, got {pattern!r:.100}: {error}") from None  # fmt: skip


@lru_cache(1024)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _matches(pattern: str, text: str | None) -> re.Match[str] | None:
    return None if text is None else _regex(pattern).fullmatch(text)
