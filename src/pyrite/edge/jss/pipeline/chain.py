"""The processors in their order: the five kinds, what installed packages add, and what the settings say.

Not for running them: run.py.
"""

import importlib
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from ....core.options.suggest import did_you_mean
from ...settings import JssProcessor, SettingsError
from .kinds import KINDS
from .processor import TrackEvent, body_type

GROUP = "pyrite.jss.processors"  # of entry points


class Step:
    """A processor at its place: its *name*, and what reads a body as it wants it."""

    def __init__(self, name: str, processor: TrackEvent[Any]) -> None:
        self.name = name
        self.processor = processor
        self.decode = msgspec.json.Decoder(body_type(type(processor))).decode


def chain(
    rows: Sequence[JssProcessor] = (), installed: Iterable[EntryPoint] | None = None
) -> list[Step]:
    """The steps of the pipeline: *rows* of the settings change what the kinds and the *installed* entry points are.

    Raises SettingsError, which names the row, for a processor that can't be imported, and for a place that is none.
    """
    steps = [Step(kind.name, kind()) for kind in KINDS]
    points = entry_points(group=GROUP) if installed is None else installed
    for point in sorted(points, key=lambda one: one.name):
        where = f"entry point {point.name!r} of {GROUP!r}"
        step = _made(point.value, where)
        named = {place: getattr(step, place) for place in ("before", "after", "replaces")}
        _put(steps, step, {place: name for place, name in named.items() if name}, where)
    for index, row in enumerate(rows):
        where = f"jss.processors[{index}]"
        if row.remove:
            del steps[_place(steps, row.remove, f"{where}.remove")]
            continue
        named = {place: getattr(row, place) for place in ("before", "after", "replaces")}
        places = {place: name for place, name in named.items() if name}
        _put(steps, _made(row.use, f"{where}.use"), places, where)
    return steps


def _made(use: str, where: str) -> TrackEvent[Any]:
    module, _, name = use.partition(":")
    try:
        step_type = getattr(importlib.import_module(module.strip()), name.strip())
    except Exception as error:  # whatever a module does when it is imported
        reason = f"{type(error).__name__}: {error!s:.200}"
        raise SettingsError(f"{where}: can't import {use!r}: {reason}") from None
    if not (isinstance(step_type, type) and issubclass(step_type, TrackEvent)):
        raise SettingsError(f"{where}: expected a subclass of pyrite.edge.jss.TrackEvent, got {use!r}")  # fmt: skip
    try:
        return step_type()
    except Exception as error:
        reason = f"{type(error).__name__}: {error!s:.200}"
        raise SettingsError(f"{where}: {use!r} can't be made without arguments: {reason}") from None


def _put(steps: list[Step], processor: TrackEvent[Any], places: dict[str, str], where: str) -> None:
    """Put *processor* at its place among *steps*; of several places that an extension names the first counts."""
    place, other = next(iter(places.items()), ("", ""))
    at = _place(steps, other, f"{where}.{place}") if place else len(steps)
    name = other if place == "replaces" else processor.name or type(processor).__name__.lower()
    try:
        step = Step(name, processor)
    except TypeError as error:
        raise SettingsError(
            f"{where}: msgspec can't decode into its type: {error!s:.200}"
        ) from None
    if place == "replaces":
        steps[at] = step
        return
    if name in [one.name for one in steps]:
        remedy = "name it otherwise, or say what it replaces"
        raise SettingsError(f"{where}: there is a processor {name!r} already; {remedy}")
    steps.insert(at + (place == "after"), step)


def _place(steps: list[Step], name: str, where: str) -> int:
    names = [one.name for one in steps]
    if name not in names:
        known = ", ".join(names)
        raise SettingsError(f"{where}: no processor {name!r}; there are {known}{did_you_mean(name, names)}")  # fmt: skip
    return names.index(name)
