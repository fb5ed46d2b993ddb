"""Experiences from a folder of TOML files, read again when a file changes; a file with a mistake leaves the last good one.

Not for the form of a file: file.py; nor for deciding: core/decisions/rules.py.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ...core.decisions.rules import Rules
from ...stores.contract import Batch, Experiment, Receipt, Store, StoreUnavailable
from ..settings import SettingsError
from .file import read

LOOK_EVERY_S = 0.5
Stamp = tuple[int, ...]  # what changes with a file
log = logging.getLogger("pyrite.experiences")


class Experiences:
    """The experiences in *folder*; *holdout* percent of the visitors are given none of them, and counted.

    What results need to know of those in force is kept with *store*, so that they don't depend on the folder later.
    """

    def __init__(
        self,
        folder: Path,
        *,
        holdout: float = 0,
        store: Store | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock
        self._is_kept = True
        self._holdout = holdout
        self._good: dict[Path, dict[str, Any]] = {}
        self._seen: dict[Path, Stamp] = {}
        self._unreadable = ""  # why the folder can't be read
        self._next_look = 0.0
        self._records: list[dict[str, Any]] = []
        self._rules = Rules([])
        self.asks_visitor = False

    def rules(self) -> Rules:
        """What is now in force, ready to decide; the folder is looked at again every half second at most."""
        self._look()
        return self._rules

    def current(self) -> list[dict[str, Any]]:
        """The experiences now in force, as core.decide takes them."""
        self._look()
        return self._records

    def reload(self) -> list[SettingsError]:
        """Read what has changed; returns the mistakes found, which are logged as well."""
        mistakes = []
        try:
            files = _files_in(self._folder)
            self._unreadable = ""
        except OSError as error:
            # What is in force stays, for a folder that can't be read says nothing of its files.
            mistake = SettingsError(f"{self._folder}: {error.strerror}; expected a folder")
            if self._unreadable != str(mistake):
                self._unreadable = str(mistake)
                log.error("%s", mistake)
            return [mistake]
        for gone in set(self._seen) - set(files):
            self._good.pop(gone, None)
        for path in sorted(files):
            if self._seen.get(path) != files[path]:
                try:
                    self._good[path] = read(path)
                except SettingsError as error:
                    mistakes.append(error)
                    log.error(
                        "%s%s",
                        error,
                        "; the last good version stays in force" if path in self._good else "",
                    )
        if files != self._seen:
            self._seen = files
            mistakes += self._prepare()
        return mistakes

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            self.reload()
            self.keep()

    def keep(self) -> None:
        """Write what is in force to the store; should that fail, it is tried again at the next look."""
        if self._store is None or self._is_kept:
            return
        self._is_kept = True
        now_ms = int(self._clock() * 1000)
        records = tuple(
            [kept_of(one, self._holdout, now_ms) for one in self._records if one["enabled"]]
        )
        self._store.write(Batch(experiments=records), self._written)

    def _written(self, outcome: Receipt | StoreUnavailable) -> None:
        if isinstance(outcome, StoreUnavailable):
            self._is_kept = False

    def _prepare(self) -> list[SettingsError]:
        records: dict[str, dict[str, Any]] = {}
        mistakes = []
        for path in sorted(self._good):
            record = dict(self._good[path])
            if record["id"] in records:
                mistakes.append(
                    SettingsError(f"{path}: id: {record['id']!r} stands in another file as well")
                )
            else:
                records[record["id"]] = record
        self._records = list(records.values())
        mistakes += _share(self._records)
        for mistake in mistakes:
            log.error("%s", mistake)
        self._rules = Rules(self._records, holdout=self._holdout)
        self._is_kept = False
        self.asks_visitor = any(
            "cap" in record or _asks_visitor(record["audience"]) for record in self._records
        )
        return mistakes


def kept_of(record: dict[str, Any], holdout: float, now_ms: int) -> Experiment:
    """What results need to know of *record*: its name, its goal, its variants in their order, and who was to get what."""
    out: dict[str, Any] = {name: record[name] for name in ("id", "name", "goal") if name in record}
    out["holdout"] = record.get("holdout", holdout)
    out["variants"] = [
        {
            "id": variant["id"],
            "weight": variant["weight"],
            "items": [{"id": item["id"]} for item in variant["items"]],
        }
        for variant in record["variants"]
    ]
    text = msgspec.json.encode(out, order="sorted").decode()
    return Experiment(id=record["id"], since_ms=now_ms, record=text)


def _files_in(folder: Path) -> dict[Path, Stamp]:
    """The files of experiences in *folder*, none where it is not there. Dotfiles are not: editors keep their locks in them.

    Raises OSError.
    """
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except FileNotFoundError:
        return {}
    return {
        folder / name: _stamp(folder / name)
        for name in names
        if name.endswith(".toml") and not name.startswith(".")
    }


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:  # a link that leads nowhere, or in a circle: reading it says so
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _share(records: list[dict[str, Any]]) -> list[SettingsError]:
    """Give those of a group that name a percentage their shares of its visitors, one behind the other; the highest priority
    goes first, so one that is added below moves nobody."""
    mistakes = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record["group"] and "percentage" in record:
            groups.setdefault(record["group"], []).append(record)
    for group, members in groups.items():
        start = 0.0
        for record in sorted(members, key=lambda one: (-one["priority"], one["id"])):
            end = start + record["percentage"]
            record["share"] = [min(start, 100), min(end, 100)]
            if end > 100:
                mistakes.append(
                    SettingsError(
                        f"{record['id']}: percentage: the percentages of group {group!r} come to {end:g} with it; "
                        f"it gets what is left of 100"
                    )
                )
            start = end
    return mistakes


def _asks_visitor(audience: dict[str, Any]) -> bool:
    """Whether an audience asks for what the store knows."""
    if {"visitor", "views", "days_since_first", "days_since_last", "consent"} & set(audience):
        return True
    inner = [*audience.get("all", []), *audience.get("any", [])]
    negated = audience.get("not", [])
    inner += negated if isinstance(negated, list) else [negated]
    return any(_asks_visitor(other) for other in inner)
