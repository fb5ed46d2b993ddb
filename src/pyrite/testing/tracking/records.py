"""What a test is shown: events as they are stored, and the requests that brought them."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TrackedEvent:
    """An event in the edge's store. Times are milliseconds since 1970; `body` is all that is stored of it, `xdm` and `data` included.

    `source` is the protocol that it came in (`web`, `jss`, `ibexa`), `way` how: `fetch`, `beacon`, `raw`, `pixel`, `jsonp`, `relay`, `server`.
    """

    id: str
    type: str
    source: str
    way: str
    visitor: str
    session: str
    url: str
    made_ms: int
    received_ms: int
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The page's own fields."""
        return dict(self.body.get("data") or {})

    @property
    def xdm(self) -> dict[str, Any]:
        """The fields that have a meaning to everybody."""
        return dict(self.body.get("xdm") or {})

    def __str__(self) -> str:
        return f"{self.type} {json.dumps(self.data, ensure_ascii=False)}"


@dataclass(frozen=True, kw_only=True)
class BadEvent:
    """What the edge refused: `code` and `message` say why, `path` where in the body."""

    code: str
    path: str
    message: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.code} at {self.path or '$'}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An offer that a page reported as rendered: its proposition's id and scope."""

    id: str
    scope: str
    details: dict[str, Any]


@dataclass(kw_only=True)
class TrackedRequest:
    """A request of a tracker. `url` is what the page asked for, `status` what the edge answered: 0 while it has not, or never did."""

    method: str
    url: str
    path: str
    way: str
    headers: dict[str, str]
    body: bytes = b""
    status: int = 0
    answer: bytes = b""
    ids: list[str] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        """How long the body is, as it was sent."""
        return len(self.body)

    @property
    def json(self) -> Any:
        """The body, unpacked and decoded."""
        packed = self.body.startswith(b"\x1f\x8b")
        return json.loads(gzip.decompress(self.body) if packed else self.body)

    def __str__(self) -> str:
        status = self.status or "no answer"
        reason = f" {self.answer[:300].decode(errors='replace')}" if self.status >= 400 else ""
        return f"{self.method} {self.url} ({self.way}, {self.size_bytes} bytes): {status}{reason}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the edge answered to a test that asked it without a browser; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)
