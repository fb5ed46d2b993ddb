"""What an edge can be told: read from `pyrite.toml`, every mistake named with file, line, key and the nearest known key."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from ..core.options.suggest import did_you_mean
from .origins import checked

SECRET_BYTES = 16  # of what preview links are signed with, at least: shorter ones can be guessed


class SettingsError(ValueError):
    """Settings can't be used; the message says where and why. *key* is the one concerned, or empty."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


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
    region: str = ""
    """The location hint that clients put into the path from their second request on; empty for none."""
    metrics: bool = False
    """Whether `/metrics` answers, in Prometheus's format, to whoever may call."""
    development: bool = False
    """Whether pages may ask for the schemas of their data streams, and check their events themselves (`/check.js`)."""

    def __post_init__(self) -> None:
        """Raises SettingsError for an origin that no browser sends."""
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
        size = len(self.preview_secret.encode())
        if 0 < size < SECRET_BYTES:
            remedy = "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"
            raise SettingsError(
                f"preview_secret: expected at least {SECRET_BYTES} bytes, got {size}; {remedy}",
                key="preview_secret",
            )


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
    datastreams: dict[str, Datastream] = {}
    """The data streams that are taken. With none listed every name is, which suits development only."""


def settings_file() -> Path | None:
    """`pyrite.toml` in the current folder, None where there is none."""
    path = Path("pyrite.toml")
    return path if path.is_file() else None


def read(path: Path) -> Settings:
    """The settings in the file at *path*. Raises SettingsError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: can't be read: {error}") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    return _converted(values, lambda keys: f"{path}:{line_of(text, keys)}")


def converted(values: dict[str, Any]) -> Settings:
    """The settings in a dict of the form that `pyrite.toml` has. Raises SettingsError."""
    return _converted(values, lambda keys: "settings")


Where = Callable[[list[str]], str]  # the place of a key, for the beginning of a message


def _converted(values: dict[str, Any], where: Where) -> Settings:
    _check_keys(values, Settings, [], where)
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        keys = place.rstrip("`").split(".") if place else []
        own = error.__cause__
        if isinstance(own, SettingsError):
            said = f"{where([*keys, own.key])}: {'.'.join(keys)}.{own}"
            raise SettingsError(said, key=own.key) from None
        raise SettingsError(
            f"{where(keys)}: {'.'.join(keys)}: {message[:1].lower()}{message[1:]}"
        ) from None


def line_of(text: str, keys: list[str]) -> int:
    """The line of *text* (TOML) in which the key at the path *keys* stands; that of its table, or 1, where it can't be told."""
    found = 1
    table = ".".join(keys[:-1])
    inside = table == ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        if header:
            name = header[1].replace('"', "")
            inside = name == table
            if inside or name == ".".join(keys):
                found = number
        elif inside and keys and re.match(rf"\s*[\"']?{re.escape(keys[-1])}[\"']?\s*[.=]", line):
            return number
    return found


def _check_keys(values: Any, model: Any, keys: list[str], where: Where) -> None:
    if not isinstance(values, dict):
        return
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(model)}
    for key, value in values.items():
        if key not in fields:
            known = ", ".join(fields)
            place = ".".join([*keys, key])
            raise SettingsError(
                f"{where([*keys, key])}: unknown key {place!r}; known are {known}{did_you_mean(key, list(fields))}"
            )
        inner = fields[key]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            _check_keys(value, inner, [*keys, key], where)
        elif key == "datastreams" and isinstance(value, dict):
            for name, stream in value.items():
                _check_keys(stream, Datastream, [*keys, key, name], where)
