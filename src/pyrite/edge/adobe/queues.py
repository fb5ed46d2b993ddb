"""A queue that a page was left with, as the body that its tracker would have sent; see early.py.

Pure.
"""

from typing import Any

import msgspec

from ...core.errors import ConsentError, TrackerError
from ...core.jss.batch import MOST
from ...stores.contract import BadRow
from ..http.problems import Problem
from ..ingest import bodies
from ..ingest.bodies import Body, too_deep
from ..settings import Limits
from . import early as raw
from .arrival import Source, bad_row


def early_stream(content: bytes, limits: Limits) -> str:
    """The data stream of a view that the base code has sent; '' where *content* is anything else."""
    try:
        body = bodies.parsed(content, limits.depth).value
    except Problem:
        return ""
    return raw.stream_of(body.get("raw")) if isinstance(body, dict) else ""


def run_raw(parsed: Body, source: Source, limits: Limits) -> tuple[dict[str, Any], list[BadRow]]:
    """The body that a raw queue comes to, and rows for those of its commands that are not in there."""
    try:
        queue = raw.read(parsed.value["raw"])
        if len(queue.commands) > limits.events or queue.count > limits.events + MOST:
            detail = (
                f"expected at most {limits.events} commands in one body, got {len(queue.commands)}"
                f", of {queue.count} events"
            )
            raise Problem(413, "body.too_many", detail, path="$.raw")
        deep = [place for place, command in enumerate(queue.commands) if parsed.is_cut(command)]
        commands = list(queue.commands)
        queue.config = parsed.without_cuts(queue.config)
        queue.facts = parsed.without_cuts(queue.facts)
        for place in deep:
            queue.commands[place] = None
        body, refused = raw.run(
            queue,
            source.datastream,
            now_ms=source.received_ms,
            unloading=source.action == "collect",
        )
    except ConsentError as error:
        # Not kept as a bad row either: without consent nothing is stored.
        detail = f"the queue was not run: {error.message}"
        raise Problem(403, error.code, detail, path="$.raw") from None
    except raw.Idle as error:
        raise Problem(403, error.code, error.message, path="$.raw") from None
    except TrackerError as error:
        detail = f"the queue can't be run: {error.message}"
        raise Problem(400, "body.raw", detail, path="$.raw") from None
    queue.commands = commands
    rows = []
    for place, why in refused:
        path = f"$.raw.commands[{place}]"
        problem = Problem(400, "body.raw", why, path=path)
        if place - 1 in deep:
            problem = too_deep(limits.depth, path)
        row = parsed.original(msgspec.json.encode({"raw": queue.alone(place)}))
        rows.append(bad_row(problem, source, row))
    return body, rows
