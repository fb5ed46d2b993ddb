"""What a data stream expects of its events: JSON Schema, or a Python type that becomes one; checked as an event arrives.

The event that a schema describes is `{"xdm": {…}, "data": {…}}`. Not for what becomes of a violation: violations.py.
"""

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from ..http.problems import shortened
from ..settings import Datastream, Settings, SettingsError

ANY = "*"  # the schema of events without one of their own
SHOWN = 5  # violations that are told of one event
MESSAGE_LIMIT = 200  # characters of one: it quotes the event
LARGE = 20_000  # bytes of an event of which only the first violation is looked for: all are found before any is told


class Violation(msgspec.Struct, frozen=True):
    """One thing that is wrong with an event: where (`.data.total`), what was seen and expected, and whose rule it is."""

    path: str
    message: str
    schema: str


class Schemas:
    """The schemas of all data streams. Raises SettingsError for one that can't be read."""

    def __init__(self, settings: Settings) -> None:
        self._found = {
            name: {
                type: (source, *_validator(name, type, source))
                for type, source in stream.schemas.items()
            }
            for name, stream in settings.datastreams.items()
            if stream.schemas
        }
        self._streams = settings.datastreams

    def of(self, datastream: str) -> "Check | None":
        """What checks the events of *datastream*; None where it expects nothing."""
        entry = self._found.get(datastream)
        return Check(entry, self._streams[datastream]) if entry else None

    def told(self, datastream: str) -> dict[str, Any]:
        """`{schemas: {type: JSON Schema}, violations}`: what a page needs to check its events itself."""
        stream = self._streams.get(datastream)
        schemas = {type: schema for type, (_, _, schema) in self._found.get(datastream, {}).items()}
        return {"schemas": schemas, "violations": stream.violations if stream else "refuse"}


class Check:
    """The schemas of one data stream, by type of event."""

    def __init__(self, found: dict[str, tuple[str, Any, Any]], stream: Datastream) -> None:
        self._found = found
        self.refuses = stream.violations == "refuse"

    def violations(self, type: str, event: dict[str, Any]) -> list[Violation]:
        """What is wrong with an *event* of a *type*, the first few; nothing where it has no schema."""
        source, validator, _ = self._found.get(type) or self._found.get(ANY) or ("", None, None)
        if validator is None or validator.is_valid(event):
            return []
        problems = []
        for error in _errors(validator, event):
            path = "".join(
                f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path
            )
            problems.append(Violation(path, shortened(error.message, MESSAGE_LIMIT), source))
            if len(problems) == SHOWN:
                break
        return problems


def _errors(validator: Any, event: dict[str, Any]) -> Iterable[Any]:
    if len(msgspec.json.encode(event)) <= LARGE:
        return validator.iter_errors(event)  # type: ignore[no-any-return]
    try:
        validator.validate(event)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _validator(datastream: str, type: str, source: str) -> tuple[Any, Any]:
    """A validator for the schema, and that itself, at *source*: a file, or `module:Type` for a Python type that msgspec knows."""
    place = f"datastreams.{datastream}.schemas.{type}: {source!r}"
    module, _, name = source.partition(":")
    try:
        if name and not Path(source).exists():
            record_type: Any = getattr(importlib.import_module(module), name)
            schema: Any = msgspec.json.schema(record_type)
        else:
            schema = json.loads(Path(source).read_text("utf-8"))
        return jsonschema_rs.validator_for(schema), schema
    except (OSError, ValueError, ImportError, AttributeError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise SettingsError(
            f"{place}: expected a file with JSON Schema, or a Python type as 'module:Type': {reason}"
        ) from None
