"""Settings read from `pyrite.toml`: every mistake named with file, line, key and the nearest known key.

Not for what there is to tell: form.py.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from ...core.options.suggest import did_you_mean
from .form import Settings
from .mistakes import SettingsError, line_of

_STEP = re.compile(
    r"(?<!\.)\.(?![.\]])"
)  # the dots between the keys of a path, and none of `[...]`
T = TypeVar("T")
Where = Callable[[list[str]], str]  # the place of a key, for the beginning of a message


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
    return checked(values, Settings, lambda keys: f"{path}:{line_of(text, keys)}")


def converted(values: dict[str, Any]) -> Settings:
    """The settings in a dict of the form that `pyrite.toml` has. Raises SettingsError."""
    return checked(values, Settings, lambda keys: "settings")


def checked(values: dict[str, Any], model: type[T], where: Where) -> T:
    """*values* as a *model*, a msgspec.Struct. Raises SettingsError, whose message begins with what *where* says of the key."""
    _check_keys(values, model, [], where)
    try:
        return msgspec.convert(values, model)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        keys = _named(_STEP.split(place.rstrip("`")), values, model) if place else []
        own = error.__cause__
        if isinstance(own, SettingsError):
            said = f"{where([*keys, own.key])}: {'.'.join(keys)}.{own}"
            raise SettingsError(said, key=own.key) from None
        raise SettingsError(
            f"{where(keys)}: {'.'.join(keys)}: {message[:1].lower()}{message[1:]}"
        ) from None


def _check_keys(values: Any, model: Any, keys: list[str], where: Where) -> None:
    """Raises SettingsError for a key that no table has: those of *values*, and of the tables in it."""
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
        for steps, inner, table in _tables(key, value, fields[key]):
            _check_keys(table, inner, [*keys, *steps], where)


def _tables(key: str, value: Any, form: Any) -> Iterator[tuple[list[str], Any, Any]]:
    """The tables that *value*, of a *form*, holds: their keys, their model, and they themselves."""
    inner = get_args(form)[-1] if get_args(form) else form
    if not _is_table(inner):
        return
    if get_origin(form) is dict and isinstance(value, dict):
        for name, table in value.items():
            yield [key, name], inner, table
    elif get_origin(form) is list and isinstance(value, list):
        for index, table in enumerate(value):
            yield [f"{key}[{index}]"], inner, table
    elif get_origin(form) is None:
        yield [key], inner, value


def _named(steps: list[str], values: Any, model: Any) -> list[str]:
    """*steps* to a mistake, as msgspec tells them, with the names of tables in place of its `[...]`."""
    path: list[str] = []
    for step in steps:
        key = step.removesuffix("[...]")
        if key != step and isinstance(values, dict) and isinstance(values.get(key), dict):
            form = {one.encode_name: one.type for one in msgspec.structs.fields(model)}[key]
            model = get_args(form)[-1]
            name = _wrong(values[key], model)
            path += [key, name]
            values = values[key].get(name)
        else:
            path.append(step)
            values = values.get(key) if isinstance(values, dict) else None
            model = _model_of(model, key)
    return path


def _wrong(tables: dict[str, Any], model: Any) -> str:
    """The name of the first of *tables* that is no *model*."""
    for name, table in tables.items():
        try:
            msgspec.convert(table, model)
        except msgspec.ValidationError:
            return name
    return ""


def _model_of(model: Any, key: str) -> Any:
    for field in msgspec.structs.fields(model) if _is_table(model) else ():
        if field.encode_name == key:
            return field.type
    return None


def _is_table(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, msgspec.Struct)
