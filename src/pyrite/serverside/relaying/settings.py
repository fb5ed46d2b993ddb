"""What a relay is told: the table `[relay]`, or a dict of the same form.

Pure, but for the file of a key.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ...core.options.suggest import did_you_mean
from ...core.visitor.consent import IN, OUT, PENDING

MOST_BYTES = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """Where a relay stands, and what it passes on to whom. Raises ValueError, which names the key."""

    upstream: str = ""
    """The edge, such as `https://edge.example`."""
    path: str = "t/e"
    """Where pages send events to, from the root of the site; choose your own words."""
    customer: str = ""
    """The customer of Ibexa's tracking whose events are taken."""
    datastream: str = ""
    """Or the data stream."""
    prefix: str = "api"
    """The first piece of the edge's addresses of Ibexa's events."""
    custom: list[str] | tuple[str, ...] = ()
    """Codes of the customer's own events."""
    kinds: list[str] | tuple[str, ...] = ()
    """Codes of the events that pages may send; all when empty. With some named, the tracker's own protocol is passed on unsigned."""
    item_ids: str = "numeric"
    """`numeric`, or `text`."""
    base_path: str = "ee"
    """The path before `/v1/…` at the edge, for pages whose tracker sends by the relay (`edgeBasePath`)."""
    origins: list[str] | tuple[str, ...] = ()
    """Origins of pages that may send beside those of the relay's own host."""
    queue: str = ""
    """The file in which events wait; in memory when empty."""
    queue_bytes: int = 100_000_000
    """How large that file may become; then events are refused."""
    limit: int = 100_000
    """How many events may wait."""
    key: str = ""
    """The key of a server, `ID:SECRET`, for an edge that asks for signatures; no page gets to see it."""
    key_file: str = ""
    """Or a file that holds it."""
    script: str = ""
    """Where pages get the edge's `/ibexa.js`, such as `t/s.js`; nowhere when empty."""
    per_minute: int = 300
    """Events of one visitor that are taken in a minute; of more the rest is refused (429)."""
    timeout_s: float = 2.0
    """How long the edge may take for an answer."""
    default_consent: str = IN
    """`in`, `out` or `pending`, for visitors who have not chosen."""

    def __post_init__(self) -> None:
        if not self.upstream.startswith(("http://", "https://")):
            raise ValueError(f"upstream: expected an address such as 'https://edge.example', got {self.upstream!r:.100}")  # fmt: skip
        if (self.customer != "") == (self.datastream != ""):
            raise ValueError("customer: expected a customer or a datastream, and not both")
        if not self.path.strip("/"):
            raise ValueError("path: expected the address of the relay, such as 't/e', got ''")
        if self.item_ids not in ("numeric", "text"):
            raise ValueError(f"item_ids: expected 'numeric' or 'text', got {self.item_ids!r:.100}")
        if self.default_consent not in (IN, OUT, PENDING):
            raise ValueError(f"default_consent: expected 'in', 'out' or 'pending', got {self.default_consent!r:.100}")  # fmt: skip
        if self.key and self.key_file:
            raise ValueError("key_file: expected a key or its file, and not both")
        for name in ("queue_bytes", "limit", "per_minute"):
            if not 1 <= getattr(self, name) <= MOST_BYTES:
                raise ValueError(f"{name}: expected a number from 1, got {getattr(self, name)!r}")

    @classmethod
    def of(cls, table: dict[str, Any]) -> RelaySettings:
        """The settings in *table*. Raises ValueError."""
        known = {field.name: field for field in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise ValueError(f"{name}: unknown; known are {', '.join(known)}{did_you_mean(name, list(known))}")  # fmt: skip
            default = known[name].default
            kinds: tuple[type, ...] = (list, tuple) if isinstance(default, tuple) else (int, float) if isinstance(default, float) else (type(default),)  # fmt: skip
            listed = isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
            if isinstance(value, bool) or not isinstance(value, kinds) or (isinstance(default, tuple) and not listed):  # fmt: skip
                expected = "a list of texts" if isinstance(default, tuple) else f"a value such as {default!r}"  # fmt: skip
                raise ValueError(f"{name}: expected {expected}, got {value!r:.100}")
        return cls(**table)

    def secret(self) -> str | None:
        """The key of the server; None without one. Raises ValueError where its file can't be read."""
        if not self.key_file:
            return self.key or None
        try:
            return Path(self.key_file).read_text().strip()
        except OSError as error:
            raise ValueError(f"key_file: {self.key_file}: can't be read: {error.strerror}") from None  # fmt: skip
