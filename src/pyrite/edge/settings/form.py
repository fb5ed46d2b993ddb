"""What an edge can be told: every table of `pyrite.toml`. Not for reading the file: file.py."""

from ipaddress import ip_network
from typing import Annotated, Any, Literal

import msgspec

from ..origins import checked
from .ibexa import Ibexa
from .jss import Jss
from .keys import check_key
from .mistakes import SettingsError


class Edge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[edge]`."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    """The port to listen on."""
    base_path: str = "ee"
    """The path before `/v1/…`; pages name it in `edgeBasePath`."""
    data: str = "pyrite-data"
    """The folder of the database."""
    experiences: str = "experiences"
    """The folder of the experiences (`*.toml`); read again when a file changes."""
    origins: list[str] = []
    """Origins of pages on other hosts that may send events, such as `https://shop.example.com`; `http://localhost:*` is every page of this machine; the edge's own host always may."""
    lane: Literal["", "compiled", "micropython"] = ""
    """What `/alloy.js` is: `compiled` (no interpreter) or `micropython`; what the build was told when empty."""
    trusted_proxies: list[str] = []
    """Addresses and networks of proxies, such as `127.0.0.1` or `10.0.0.0/8`, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nobody's when empty."""
    region: str = ""
    """The location hint that clients put into the path from their second request on; empty for none."""
    metrics: bool = False
    """Whether `/metrics` answers, in Prometheus's format, to whoever may call."""
    development: bool = False
    """Whether pages may ask for the schemas of their data streams, and check their events themselves (`/check.js`)."""

    def __post_init__(self) -> None:
        """Raises SettingsError for an origin that no browser sends, and a proxy that has no such address."""
        for index, proxy in enumerate(self.trusted_proxies):
            try:
                ip_network(proxy)
            except ValueError as error:
                message = f"trusted_proxies[{index}]: expected an address or a network such as '10.0.0.0/8', got {proxy!r:.100}: {error}"
                raise SettingsError(message, key="trusted_proxies") from None
        for index, origin in enumerate(self.origins):
            try:
                checked(origin)
            except ValueError as error:
                raise SettingsError(f"origins[{index}]: {error}", key="origins") from None


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[limits]`: what a request may bring. More is refused, and kept as a bad row as far as it was read."""

    body_bytes: int = 1_048_576
    """Bytes of one body."""
    events: int = 100
    """Events in one body."""
    depth: int = 64
    """Objects and lists inside each other."""
    header_bytes: int = 16_384
    """Bytes of all headers of a request together, and 128 KiB for its cookies: most are other software's."""
    requests: Annotated[int, msgspec.Meta(gt=0)] = 2000
    """Requests under way; more are answered 503 at once."""
    flight_bytes: int = 67_108_864
    """Bytes of all bodies under way together; more are answered 503."""
    read_seconds: Annotated[float, msgspec.Meta(gt=0)] = 20
    """Seconds that a request may take to arrive, its head and then its body."""


class Store(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[store]`."""

    synchronous: Literal["full", "normal", "off"] = "full"
    """SQLite's own word: what was acknowledged survives a power failure with `full`, a crash of this process with all."""
    keep_days: Annotated[float, msgspec.Meta(ge=0)] = 0
    """Days after which events and bad rows are deleted, in small steps; 0 keeps them for ever."""


class Personalization(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[personalization]`."""

    holdout: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0
    """Percent of all visitors, always the same ones, who are given no experience, and counted beside the others."""
    preview_hours: Annotated[float, msgspec.Meta(gt=0)] = 24
    """Hours that a preview link is good for."""
    preview_secret: str = ""
    """What preview links are signed with (16 bytes or more), for edges that don't share a data folder; else one is made and kept there."""

    def __post_init__(self) -> None:
        """Raises SettingsError for a secret that can be guessed."""
        if self.preview_secret:
            check_key(self.preview_secret, "preview_secret", "preview_secret")


class Datastream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[datastreams.NAME]`."""

    org: str = ""
    """The organisation, whose name the cookies carry: the same as `orgId` on the page; the data stream's name when empty."""
    schemas: dict[str, str] = {}
    """What events must look like, by their type (`"*"`: all others): a file with JSON Schema, or a Python type as `module:Type`."""
    violations: Literal["refuse", "warn"] = "refuse"
    """What becomes of an event that its schema does not allow: a bad row, or it is stored and the page's console is told."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `pyrite.toml`."""

    edge: Edge = Edge()
    limits: Limits = Limits()
    store: Store = Store()
    personalization: Personalization = Personalization()
    jss: Jss = Jss()
    ibexa: Ibexa = Ibexa()
    relay: dict[str, Any] = {}
    """A relay that `pyrite serve` runs; its keys are those of `pyrite.serverside.RelaySettings`."""
    datastreams: dict[str, Datastream] = {}
    """The data streams that are taken. With none listed every name is, which suits development only."""
