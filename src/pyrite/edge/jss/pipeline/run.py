"""One event of a body through the pipeline: what it records, or why it is refused; all or nothing.

Pure but for the processors.
"""

import traceback
from collections.abc import Sequence
from typing import Any

import msgspec

from ...http.problems import Problem
from .chain import Step
from .processor import Record, TrackEventArgs, Where

FRAMES = 5  # of an accident's trace that its bad row keeps
REASON_LIMIT = 100  # characters of what one processor says of a body that is not its own


class Outcome(msgspec.Struct, kw_only=True):
    """What has become of an event: records, identities of its contact, and what processors say to the caller."""

    records: list[Record]
    identities: list[tuple[str, str]]
    said: list[dict[str, str]]


class ProcessorFailed(Problem):
    """A processor has raised; *trace* says where, and holds nothing that was sent."""

    def __init__(self, name: str, error: Exception) -> None:
        kind = type(error).__name__
        super().__init__(500, "jss.processor", f"the processor {name!r} failed with {kind}")
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        self.trace = [f"{one.filename}:{one.lineno} in {one.name}" for one in frames] + [kind]


def run(steps: Sequence[Step], item: Any, where: Where, *, suggests: bool = True) -> Outcome:
    """What *item* comes to. Raises Problem where it is refused; then the current page of *where* is what it was."""
    page = where.page
    try:
        return _run(steps, item, where, suggests)
    except Problem:
        where.page = page
        raise


def _run(steps: Sequence[Step], item: Any, where: Where, suggests: bool) -> Outcome:
    if not isinstance(item, dict):
        names = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
        kind = names.get(type(item), "a number")
        raise Problem(400, "body.shape", f"expected an object for each event, got {kind}")
    content = msgspec.json.encode(item)
    args = TrackEventArgs(item, where, suggests=suggests)
    notes: list[dict[str, str]] = []
    reasons: list[str] = []
    for step in steps:
        try:
            step.processor.track_event(step.decode(content), args)
        except msgspec.DecodeError as error:
            reasons.append(f"{step.name}: {str(error)[:REASON_LIMIT]}")
            continue
        except Exception as error:
            raise ProcessorFailed(step.name, error) from None
        notes += [{"processor": step.name, "message": one} for one in args.said]
        args.said = []
        if args.problem:
            raise args.problem
        if args.tracked:
            return Outcome(records=args.records, identities=args.identities, said=notes)
        reasons.append(f"{step.name}: passed it on")
    raise Problem(422, "jss.unclaimed", "no processor took the event: " + "; ".join(reasons))
