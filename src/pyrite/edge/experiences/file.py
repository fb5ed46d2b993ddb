"""One file of experiences: every mistake with file, line, key and remedy, and the record that core decides by.

Not for its form: form.py; nor for watching a folder: folder.py; nor for deciding: core/decisions/rules.py.
"""

import math
import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ...core.decisions.rules import HOLDOUT, Prepared, Rules
from ...core.options.suggest import did_you_mean
from ...core.personalization.actions import OBJECTS, TYPES, build_step
from ...core.personalization.propositions import PAGE_SCOPE
from ...core.personalization.schemas import DOM_ACTION, HTML, REDIRECT, SCHEMA, SCHEMAS
from ..settings import SettingsError, line_of
from . import conditions
from .form import (
    Audience,
    Cap,
    File,
    Goal,
    Item,
    NumberTable,
    Schedule,
    TextTable,
    ValueTable,
    Variant,
)

AHEAD = timedelta(days=5 * 366)  # how far changes of a clock (summer time) are looked up
LARGEST = 10**15 - 1  # every language holds it exactly
DEEP = 50  # levels of a file: an answer that holds them must be read by every browser
WEEK_MS = 8 * 24 * 3600 * 1000  # a little more: every day and hour is in it


def read(path: Path) -> dict[str, Any]:
    """The experience in the file at *path*, as core.decide takes it. Raises SettingsError with file, line and key.

    Whatever goes wrong with a file is its mistake, and nobody else's: the record has been prepared and encoded once.
    """
    try:
        record = _read(path)
        Rules([record])
        msgspec.json.encode(record)
        return record
    except SettingsError:
        raise
    except RecursionError:
        raise SettingsError(f"{path}: expected at most {DEEP} levels, one in another") from None
    except Exception as error:
        raise SettingsError(
            f"{path}: can't be used: {type(error).__name__}: {error!s:.200}"
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise SettingsError(f"{path}: expected a file with an experience; remove or rename it")
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except SettingsError:
        raise
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None
    reader = _Reader(path, text)
    reader.check(values, [])
    try:
        file = msgspec.convert(values, File)
    except msgspec.ValidationError as error:
        raise _refused(str(error), path, text, values) from None
    return reader.record(file)


class _Reader:
    """Makes the record of one file."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def problem(self, keys: list[str], message: str) -> SettingsError:
        """A mistake at the path *keys*."""
        return SettingsError(
            f"{self._path}:{line_of(self._text, keys)}: {'.'.join(keys)}: {message}"
        )

    def check(self, value: Any, keys: list[str], level: int = 0) -> None:
        """Refuse what no condition, percentage or answer could hold: numbers without an end, too many levels."""
        if isinstance(value, float) and not math.isfinite(value):
            raise self.problem(keys, f"expected a number, got {value}")
        if isinstance(value, int) and abs(value) > LARGEST:
            raise self.problem(keys, "expected a number of at most 15 digits")
        if level > DEEP:
            raise self.problem(keys[:2], f"expected at most {DEEP} levels, one in another")
        if isinstance(value, dict):
            for key, inner in value.items():
                self.check(inner, [*keys, key], level + 1)
        if isinstance(value, list):
            for inner in value:
                self.check(inner, keys, level + 1)

    def record(self, file: File) -> dict[str, Any]:
        """See `read`."""
        id = file.id or self._path.stem
        view = file.scope.removeprefix("view:") if file.scope.startswith("view:") else ""
        names = [variant.id for variant in file.variants]
        if len(set(names)) < len(names) or HOLDOUT in names:
            raise self.problem(
                ["variants", "id"],
                f"expected ids that differ, and none called {HOLDOUT!r}, got {', '.join(names)}",
            )
        if not any(variant.weight for variant in file.variants):
            raise self.problem(["variants", "weight"], "expected one above 0")
        if file.scope == "view:":
            raise self.problem(["scope"], "expected the name of a view, such as 'view:cart'")
        audience = _plain(file.audience)
        conditions.check(audience, self.problem)
        audience = conditions.completed(audience)
        record: dict[str, Any] = {
            "id": id,
            "name": file.name or id,
            "enabled": file.enabled,
            "scope": view or (PAGE_SCOPE if file.scope == "page" else file.scope),
            "scopeType": "view" if view else "",
            "priority": file.priority,
            "group": file.group,
            "audience": audience,
            "schedule": self._schedule(file.schedule),
            "variants": [
                {
                    "id": variant.id,
                    "weight": variant.weight,
                    "items": [
                        self._item(item, f"{id}-{variant.id}-{index}")
                        for index, item in enumerate(variant.items)
                    ],
                }
                for variant in file.variants
            ],
        }
        for name in ("percentage", "holdout"):
            if getattr(file, name) is not None:
                record[name] = getattr(file, name)
        if file.cap:
            record["cap"] = {"shown": file.cap.shown, "hours": file.cap.hours or 0}
        if file.goal:
            record["goal"] = _plain(file.goal)
            conditions.check_values(record["goal"].get("data", {}), ["goal", "data"], self.problem)
        return record

    def _schedule(self, schedule: Schedule) -> dict[str, Any]:
        try:
            zone = ZoneInfo(schedule.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.problem(
                ["schedule", "timezone"],
                f"expected a time zone such as 'Europe/Berlin', got {schedule.timezone!r}",
            ) from None
        out: dict[str, Any] = {}
        for name in ("start", "end"):
            moment = getattr(schedule, name)
            if moment is not None:
                out[f"{name}_ms"] = self._instant(moment, name, zone)
        if "start_ms" in out and "end_ms" in out and out["end_ms"] <= out["start_ms"]:
            raise self.problem(["schedule", "end"], "expected a time after the start")
        if schedule.days or schedule.hours:
            out |= {"days": schedule.days, "hours": schedule.hours, "offsets": _offsets(zone)}
            if schedule.hours:
                conditions.check_hours(schedule.hours, ["schedule", "hours"], self.problem)
            if not _ever(out):
                raise self.problem(
                    ["schedule", "end"], "none of its days and hours lie between start and end"
                )
        return out

    def _instant(self, moment: Any, name: str, zone: ZoneInfo) -> int:
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime.combine(moment, time())
        if not isinstance(moment, datetime):
            raise self.problem(
                ["schedule", name], f"expected a time such as 2026-11-27T08:00:00, got {moment!r}"
            )
        return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)

    def _item(self, item: Item, id: str) -> dict[str, Any]:
        schema = item.schema if "://" in item.schema else SCHEMA + item.schema
        if schema not in SCHEMAS:
            known = [name.removeprefix(SCHEMA) for name in SCHEMAS]
            raise self.problem(
                ["variants", "items", "schema"],
                f"expected one of {', '.join(known)}, got {item.schema!r}{did_you_mean(item.schema, known)}",
            )
        data = dict(item.data)
        if item.content != "" or not data:
            data.setdefault("content", item.content)
        for name, value in (
            ("type", item.type),
            ("selector", item.selector),
            ("prehidingSelector", item.prehiding_selector),
        ):
            if value:
                data[name] = value
        out: dict[str, Any] = {"id": id, "schema": schema, "data": data}
        if item.label:
            out["characteristics"] = {"trackingLabel": item.label}
        self._check_item(out)
        return out

    def _check_item(self, item: dict[str, Any]) -> None:
        """Refuse what no page could render."""
        place = ["variants", "items"]
        data = item["data"]
        type = data.get("type", "")
        if item["schema"] == DOM_ACTION or (item["schema"] == HTML and type):
            if type not in TYPES:
                known = list(TYPES)
                raise self.problem(
                    [*place, "type"],
                    f"expected one of {', '.join(known)}, got {type!r}{did_you_mean(type, known)}",
                )
            if not data.get("selector"):
                raise self.problem([*place, "type"], f"{type} needs a selector")
            if build_step(item, key=0)[0] is None:
                kind = "a table" if type in OBJECTS else "a text"
                if type == "rearrange":
                    kind = "{ from, to } with numbers from 0 up"
                raise self.problem(
                    [*place, "content"], f"{type} needs {kind}, got {data.get('content')!r}"
                )
        if item["schema"] == REDIRECT:
            address = data.get("content")
            if not isinstance(address, str) or not address:
                raise self.problem([*place, "content"], f"expected an address, got {address!r}")


def _ever(schedule: dict[str, Any]) -> bool:
    """Whether there is a minute from start to end that a schedule with days or hours lets through."""
    if "start_ms" not in schedule or "end_ms" not in schedule:
        return True
    prepared = Prepared({"id": "", "schedule": schedule}, 0)
    start_ms = schedule["start_ms"]
    minutes = range(start_ms, min(schedule["end_ms"], start_ms + WEEK_MS), 60_000)
    return any(prepared.runs(at_ms) for at_ms in minutes)


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    """*value* as TOML has it."""
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


def _offsets(zone: ZoneInfo) -> list[list[int]]:
    """`[[from_ms, minutes ahead of UTC], …]`: now, and at each change of the clock to come."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    end = day + AHEAD
    offsets: list[list[int]] = []
    while day < end:
        ahead = day.astimezone(zone).utcoffset() or timedelta()
        minutes = int(ahead.total_seconds() // 60)
        if not offsets or offsets[-1][1] != minutes:
            offsets.append(
                [int(_change(zone, day, minutes).timestamp() * 1000) if offsets else 0, minutes]
            )
        day += timedelta(days=1)
    return offsets


def _change(zone: ZoneInfo, after: datetime, minutes: int) -> datetime:
    """The minute, on the day before *after*, from which the clock is *minutes* ahead."""
    moment = after - timedelta(days=1)
    while (moment.astimezone(zone).utcoffset() or timedelta()) != timedelta(minutes=minutes):
        moment += timedelta(minutes=15)
    return moment


def _refused(message: str, path: Path, text: str, values: Any) -> SettingsError:
    """msgspec's *message* with file, line and key, and the nearest known key where it is an unknown one."""
    message, _, place = message.partition(" - at `$.")
    keys = [key.partition("[")[0] for key in place.rstrip("`").split(".")] if place else []
    unknown = message.partition("unknown field `")[2].partition("`")[0]
    missing = message.partition("missing required field `")[2].partition("`")[0]
    hint = ""
    if message.startswith("Expected ") and ", got" not in message:
        hint = f", got {_value_at(values, place.rstrip('`'))!r:.80}"
    if unknown:
        model = _model(keys)
        known = [field.encode_name for field in msgspec.structs.fields(model)]
        hint = f"; known are {', '.join(known)}{did_you_mean(unknown, known)}"
    line = line_of(text, [*keys, unknown] if unknown else keys)
    where = ".".join(keys) or "file"
    if missing:
        hint = f"; add {missing} = …"
    return SettingsError(f"{path}:{line}: {where}: {message[:1].lower()}{message[1:]}{hint}")


def _value_at(values: Any, place: str) -> Any:
    """What stands at msgspec's `a.b[0].c`; None where that can't be told."""
    for key in re.findall(r"[^.\[\]]+", place):
        try:
            values = values[int(key) if key.isdigit() else key]
        except (LookupError, TypeError):
            return None
    return values


def _model(keys: list[str]) -> Any:
    """The struct that stands at *keys*."""
    if not keys:
        return File
    if keys[0] == "audience":
        inner = [key for key in keys[1:] if key not in ("all", "any", "not", "...")]
        if not inner:
            return Audience
        if inner[0] in ("query", "data", "xdm", "context"):
            return ValueTable
        return NumberTable if inner[0].startswith(("views", "days_since")) else TextTable
    return {
        "variants": Variant,
        "items": Item,
        "schedule": Schedule,
        "cap": Cap,
        "goal": Goal,
    }.get(keys[-1], File)
