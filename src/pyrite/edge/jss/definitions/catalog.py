"""What marketers have defined: events, goals, outcomes, campaigns and pages, each in a name space of its own.

Pure but for reading the file. Not for noticing that it has changed: watched.py.
"""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from ....core.options.suggest import did_you_mean
from ...guids import normal
from ...settings import SettingsError, line_of
from ...settings.file import checked

PAGES = "pages"
COMPARED = 1000  # definitions that a mistyped name is compared with: more are not looked through for a sentence


class _Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str


class _Goal(_Definition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    value: float = 0


class _Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str = ""
    name: str = ""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    events: dict[str, _Definition] = {}
    goals: dict[str, _Goal] = {}
    outcomes: dict[str, _Definition] = {}
    campaigns: dict[str, _Definition] = {}
    pages: dict[str, _Page] = {}


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One definition: its GUID, its alias (of a page its name, or its path), and what it is worth; a page has a *path*."""

    id: str
    alias: str
    value: float = 0
    path: str = ""


class Catalog:
    """The definitions of one version of the file, by name space: `events`, `goals`, `outcomes`, `campaigns`, `pages`."""

    def __init__(self, spaces: dict[str, list[Definition]] | None = None) -> None:
        self._spaces = spaces or {}
        self._by_id = {
            (space, one.id): one for space, listed in self._spaces.items() for one in listed
        }
        self._by_alias = {
            (space, one.alias.casefold()): one
            for space, listed in self._spaces.items()
            for one in listed
            if space != PAGES
        }
        self._by_path = {_path(one.path): one for one in self._spaces.get(PAGES, []) if one.path}
        self.did_you_mean = lru_cache(256)(self._did_you_mean)

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, space: str, name: str) -> Definition | None:
        """What *name* is in *space*: a GUID in any form, or an alias in any case; pages have no alias."""
        guid = normal(name)
        definition = self._by_id.get((space, guid)) if guid else None
        return definition or self._by_alias.get((space, name.strip().casefold()))

    def page_at(self, path: str) -> Definition | None:
        """The page at the *path* of a route."""
        return self._by_path.get(_path(path))

    def _did_you_mean(self, space: str, name: str) -> str:
        """` (did you mean …?)` with the nearest definition in *space*, or ''."""
        listed = self._spaces.get(space, [])[:COMPARED]
        guid = normal(name)
        return did_you_mean(guid or name, [one.id if guid else one.alias for one in listed])


def _path(path: str) -> str:
    return "/" + path.strip("/").casefold()


def read(path: Path) -> Catalog:
    """The definitions in the file at *path*. Raises SettingsError with file, line, key and remedy."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: {error!s:.200}") from None

    def where(keys: list[str]) -> str:
        return f"{path}:{line_of(text, keys)}"

    file = checked(values, _File, where)
    spaces: dict[str, list[Definition]] = {PAGES: _pages(file.pages, where)}
    for space in ("events", "goals", "outcomes", "campaigns"):
        spaces[space] = _named(space, getattr(file, space), where)
    return Catalog(spaces)


def _named(space: str, tables: dict[str, Any], where: Any) -> list[Definition]:
    definitions = []
    for alias, table in tables.items():
        guid = normal(table.id)
        if not guid:
            raise SettingsError(f"{where([space, alias, 'id'])}: {space}.{alias}.id: {_no_guid(table.id)}")  # fmt: skip
        definitions.append(Definition(id=guid, alias=alias, value=getattr(table, "value", 0)))
    _check_twice(space, [(one.alias, one.id) for one in definitions], "id", where)
    _check_twice(space, [(one.alias, one.alias.casefold()) for one in definitions], "", where)
    return definitions


def _pages(tables: dict[str, _Page], where: Any) -> list[Definition]:
    definitions = []
    for name, table in tables.items():
        guid = normal(name)
        if not guid:
            raise SettingsError(f"{where([PAGES, name])}: {PAGES}.{name}: {_no_guid(name)}")
        alias = table.name or table.path or guid
        definitions.append(Definition(id=guid, alias=alias, path=table.path))
    names = list(tables)
    _check_twice(
        PAGES, [(name, one.id) for name, one in zip(names, definitions, strict=True)], "", where
    )
    paths = [(name, _path(table.path)) for name, table in tables.items() if table.path]
    _check_twice(PAGES, paths, "path", where)
    return definitions


def _check_twice(space: str, pairs: Iterable[tuple[str, str]], key: str, where: Any) -> None:
    """Raises SettingsError for the second of *pairs*, a table's name and a value, with one value."""
    owners: dict[str, str] = {}
    for name, value in pairs:
        if value in owners:
            keys = [space, name, key] if key else [space, name]
            raise SettingsError(
                f"{where(keys)}: {'.'.join(keys)}: {value!r} is {owners[value]!r} already; give each its own, or remove one"
            )
        owners[value] = name


def _no_guid(text: str) -> str:
    return f"expected a GUID such as '{{AAAAAAAA-0000-0000-0000-000000000001}}', got {text!r:.100}"
