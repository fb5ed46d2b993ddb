"""The tracking of a site that a web framework runs: its settings, one sender, which requests are events, and pixels.

Imports no framework, and not for when a response is over: each framework says that in its own way.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...core.options.suggest import did_you_mean
from ...core.visitor.consent import IN, OUT, PENDING
from ..message import Customer, Datastream, Invalid
from ..pixel import pixel
from ..seen import Describe, Seen, described, page_view
from ..sender import Sender
from ..tokens import page_token

log = logging.getLogger("pyrite.serverside")

OWN = ("event", "default_consent", "edge", "path", "page_key", "prefix", "custom", "item_ids", "base_path")  # fmt: skip
SENDERS = tuple(name for name in inspect.signature(Sender).parameters if name != "form")
KNOWN = (*SENDERS, *OWN)
ATTRIBUTE = "pyrite_event"  # of a view: what `tracked` was given

View = TypeVar("View", bound=Callable[..., Any])
DescribeView = Callable[..., "dict[str, Any] | None"]


class Tracking:
    """What `PYRITE = {…}` of a site says: the arguments of Sender, and those of OWN, which web/docs/server-side.md explains.

    Raises ValueError, which names the setting; HttpxMissing.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        for name in settings:
            if name not in KNOWN:
                raise ValueError(f"{name}: unknown; known are {', '.join(KNOWN)}{did_you_mean(name, list(KNOWN))}")  # fmt: skip
        found: dict[str, Any] = {"default_consent": IN, "item_ids": "numeric", "prefix": "api", "base_path": "ee", **settings}  # fmt: skip
        if found["default_consent"] not in (IN, OUT, PENDING):
            raise ValueError(f"default_consent: expected 'in', 'out' or 'pending', got {found['default_consent']!r:.100}")  # fmt: skip
        if found["item_ids"] not in ("numeric", "text"):
            raise ValueError(f"item_ids: expected 'numeric' or 'text', got {found['item_ids']!r:.100}")  # fmt: skip
        if found.get("page_key") and ":" not in found["page_key"]:
            raise ValueError("page_key: expected an id and a secret, 'ID:SECRET'")
        self._found = found
        self._numeric = found["item_ids"] == "numeric"
        self._custom = tuple(found.get("custom", ()))
        self.describe: Callable[..., dict[str, Any] | None] | None = found.get("event")
        self.default_consent: str = found["default_consent"]
        self._complained = False
        self.sender = self._sender(settings)

    def count(self, describe: Describe, seen: Seen) -> None:
        """Send what *describe* says of a request that was answered. Whatever goes wrong, the page is answered."""
        try:
            found = described(describe, seen, default=self.default_consent)
            if found is not None:
                self.sender.event(found.pop("kind"), **found)
        except Exception:
            log.exception("tracking: a request was not counted")

    def event(self, seen: Seen, kind: str, **given: Any) -> str:
        """As Sender.event, of the visitor whose request *seen* is, who is not named where they may not be; '' where nothing is left to send."""
        found = described(lambda _: {"kind": kind, **given}, seen, default=self.default_consent)
        return self.sender.event(**found) if found is not None else ""

    def pixel(self, seen: Seen | None, kind: str, **event: Any) -> str:
        """`<img …>` that sends the event, as `pixel` of this package makes it; `user` is left out where *seen* says that nobody may be named.

        With `page_key` it has a token for this kind of event of these items. An event that can't be is logged, and the markup is ''
        (with `strict` Invalid is raised).
        """
        if seen is not None and seen.consent(default=self.default_consent) != IN:
            event["user"] = None
        edge = self._found.get("edge", self._found.get("upstream", ""))
        if self._found.get("path") is not None:
            edge = self._found.get("edge", "")  # a relay is the page's own
        try:
            token = self._token(kind, **event)
            return pixel(
                edge, customer=self._found.get("customer", ""), kind=kind, path=self._found.get("path"), prefix=self._found["prefix"],
                custom=self._custom, numeric=self._numeric, **{"token": token, **event},
            )  # fmt: skip
        except ValueError as error:  # Invalid is one
            if self._found.get("strict"):
                raise
            if not self._complained:
                self._complained = True
                log.warning("tracking: a pixel is left out (further ones too, without a line): %s", error)  # fmt: skip
            return ""

    def _token(self, kind: str, *, itemtype: int = 0, item: Any = None, **_: Any) -> str | None:
        key = self._found.get("page_key")
        if not key:
            return None
        id, _, secret = key.partition(":")
        items = item if isinstance(item, list) else [] if item is None else [item]
        return page_token(
            secret, key_id=id, customer=self._found.get("customer", ""), kinds=[kind],
            items=[f"{itemtype}/{one}" for one in items], custom=self._custom,
        )  # fmt: skip

    def _sender(self, settings: Mapping[str, Any]) -> Sender:
        given = {name: settings[name] for name in SENDERS if name in settings}
        customer, datastream = given.get("customer"), given.get("datastream")
        if customer and not datastream:
            del given["customer"]
            given["form"] = Customer(
                customer=customer, prefix=self._found["prefix"], numeric=self._numeric, custom=self._custom
            )  # fmt: skip
        elif datastream and not customer:
            del given["datastream"]
            base_path = "/" + self._found["base_path"].strip("/")
            given["form"] = Datastream(datastream=datastream, base_path=base_path)
        return Sender(given.pop("upstream", ""), **given)


def tracked(describe: DescribeView | None) -> Callable[[View], View]:
    """A decorator of a view: its requests are the events that *describe* makes of the view's arguments (a dict with `kind`, or None);
    with None in its place they are none. A GET counts where it is a page that somebody sees, anything else where it did not fail.
    """

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, describe)
        return view

    return mark


def describe_view(view: Any, *arguments: Any, **named: Any) -> Describe | None:
    """What `tracked` was given for *view*, which was called with these arguments; None where it is no such view."""
    if not hasattr(view, ATTRIBUTE):
        return None
    describe: DescribeView | None = getattr(view, ATTRIBUTE)

    def described_view(seen: Seen) -> dict[str, Any] | None:
        counts = seen.is_page if seen.method in ("GET", "HEAD") else seen.status < 400
        return describe(*arguments, **named) if describe is not None and counts else None

    return described_view


__all__ = ["Invalid", "Tracking", "describe_view", "page_view", "tracked"]
