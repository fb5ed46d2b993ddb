"""Experiences from a folder of TOML files, read again when a file changes; a file with a mistake leaves the last good one.

Not for deciding: core/decide.py does.
"""

import logging
import time
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from ..core.actions import DOM_ACTION, OBJECTS, SCHEMA, TEXTS
from ..core.nearest import did_you_mean
from ..core.personalization import PAGE_SCOPE
from .settings import SettingsError, line_of

LOOK_EVERY_S = 0.5
TYPES = (*TEXTS, *OBJECTS, "remove")
log = logging.getLogger("pyrite.experiences")


class Item(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """`[[variants.items]]`: one change of the page, or a content of another schema."""

    type: str = ""
    selector: str = ""
    content: Any = ""
    prehiding_selector: str = ""
    schema: str = "dom-action"
    data: dict[str, Any] = {}


class Variant(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[variants]]`: what a share of the audience gets."""

    id: str
    weight: float = 1
    items: list[Item] = []


class Audience(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """`[audience]`: all of it must hold. A text is looked for inside; `{is, contains, starts, ends, not}` say more."""

    url: Any = None
    path: Any = None
    referrer: Any = None
    data: dict[str, Any] | None = None


class File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One file. `scope` is `page`, `view:NAME` or the name of a decision scope."""

    variants: list[Variant]
    id: str = ""
    name: str = ""
    scope: str = "page"
    priority: float = 0
    percentage: float = 100
    group: str = ""
    audience: Audience = Audience()


class Experiences:
    """The experiences in *folder*, as core.decide takes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._good: dict[Path, dict[str, Any]] = {}
        self._seen: dict[Path, int] = {}
        self._next_look = 0.0

    def current(self) -> list[dict[str, Any]]:
        """The experiences now in force; the folder is looked at again every half second at most."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            self.reload()
        return [self._good[path] for path in sorted(self._good)]

    def reload(self) -> list[SettingsError]:
        """Read what has changed; returns the mistakes found, which are logged as well."""
        found = (
            {path: path.stat().st_mtime_ns for path in self._folder.glob("*.toml")}
            if self._folder.is_dir()
            else {}
        )
        mistakes = []
        for gone in set(self._seen) - set(found):
            self._good.pop(gone, None)
        for path in sorted(found):
            if self._seen.get(path) != found[path]:
                try:
                    self._good[path] = read(path)
                except SettingsError as error:
                    mistakes.append(error)
                    log.error(
                        "%s%s",
                        error,
                        "; the last good version stays in force" if path in self._good else "",
                    )
        self._seen = found
        return mistakes


def read(path: Path) -> dict[str, Any]:
    """The experience in the file at *path*, as core.decide takes it. Raises SettingsError with file, line and key."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        file = msgspec.convert(values, File)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        keys = [key.partition("[")[0] for key in place.rstrip("`").split(".")] if place else []
        unknown = message.partition("unknown field `")[2].partition("`")[0]
        hint = (
            did_you_mean(
                unknown, [field.encode_name for field in msgspec.structs.fields(_model(keys))]
            )
            if unknown
            else ""
        )
        line = line_of(text, [*keys, unknown] if unknown else keys)
        raise SettingsError(
            f"{path}:{line}: {'.'.join(keys) or 'file'}: {message[:1].lower()}{message[1:]}{hint}"
        ) from None
    return _record(file, path, text)


def _model(keys: list[str]) -> Any:
    return (
        {"audience": Audience, "variants": Variant, "items": Item}.get(keys[-1], File)
        if keys
        else File
    )


def _record(file: File, path: Path, text: str) -> dict[str, Any]:
    id = file.id or path.stem
    view = file.scope.removeprefix("view:") if file.scope.startswith("view:") else ""
    scope = view or (PAGE_SCOPE if file.scope == "page" else file.scope)
    if not file.variants or not all(variant.weight >= 0 for variant in file.variants):
        raise SettingsError(
            f"{path}:{line_of(text, ['variants'])}: variants: expected at least one, with weights from 0 up"
        )
    if not 0 <= file.percentage <= 100:
        raise SettingsError(
            f"{path}:{line_of(text, ['percentage'])}: percentage: expected 0 to 100, got {file.percentage}"
        )
    return {
        "id": id,
        "scope": scope,
        "scopeType": "view" if view else "",
        "priority": file.priority,
        "percentage": file.percentage,
        "group": file.group,
        "audience": {
            key: value
            for key, value in msgspec.to_builtins(file.audience).items()
            if value is not None
        },
        "variants": [
            {
                "id": variant.id,
                "weight": variant.weight,
                "items": [
                    _item(item, f"{id}-{variant.id}-{index}", path, text)
                    for index, item in enumerate(variant.items)
                ],
            }
            for variant in file.variants
        ],
    }


def _item(item: Item, id: str, path: Path, text: str) -> dict[str, Any]:
    schema = item.schema if "://" in item.schema else SCHEMA + item.schema
    if schema != DOM_ACTION:
        return {"id": id, "schema": schema, "data": item.data or {"content": item.content}}
    if item.type not in TYPES:
        raise SettingsError(
            f"{path}:{line_of(text, ['variants', 'items', 'type'])}: variants.items.type: expected one of "
            f"{', '.join(TYPES)}, got {item.type!r}{did_you_mean(item.type, list(TYPES))}"
        )
    if not item.selector:
        raise SettingsError(
            f"{path}:{line_of(text, ['variants', 'items', 'type'])}: variants.items: {item.type} needs a selector"
        )
    data = {"type": item.type, "selector": item.selector, "content": item.content}
    if item.prehiding_selector:
        data["prehidingSelector"] = item.prehiding_selector
    return {"id": id, "schema": schema, "data": data}
