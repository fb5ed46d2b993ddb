"""Takes over the base code's queue: runs its calls in order, and later ones at once.

An item is `[resolve, reject, arguments, options as JSON text at the moment of the call, that moment]`; Adobe's own base code leaves
the last two out. A base code that has sent the event itself notes its `id`, and `early`, the promise of the edge's response.
"""

from ...core.errors import WireError
from ..bridge import (
    attempt,
    callback,
    construct,
    is_nullish,
    json,
    method,
    optional,
    reach,
    text,
    window,
)
from ..clock import clock_ms
from ..features import feature, look
from ..page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AGE_LIMIT_MS = 300000


def queue_of(name: str) -> Any:
    """The queue of the page's function *name*; None if it has none."""
    queue = look(feature(name, "q"), "q")
    return None if look(queue, "splice") is None else queue


def take_over(page: Page, queue: Any) -> None:
    """Run the calls in *queue*, and those pushed to it later."""
    waiting = queue.splice(0)
    # Defined, not set: in a page that has frozen Array.prototype nothing of its names can be set.
    pushed = construct(window.Object)
    execute = lambda item=None, *_: outside(lambda *_: _execute(page, item))  # noqa: E731
    window.Reflect.set(pushed, "value", callback(execute))
    window.Reflect.defineProperty(queue, "push", pushed)
    for index in range(waiting.length):
        _execute(page, optional(waiting, str(index)))


def outside(work: Any) -> None:
    """Do *work* outside the zone of a framework (zone.js): Angular waits for the timers that are set in its own, and looks for
    changes after each of them, after each listener and observer."""
    root = look(feature("Zone", "__symbol__"), "root")
    if look(root, "run") is None:
        work()
    else:
        reach(look(root, "run"), root, callback(work))


def _execute(page: Page, item: Any) -> None:
    arguments = optional(item, "2")
    body = optional(item, "3")
    # As text: MicroPython 1.28 cuts whole numbers to 32 bits at the border.
    at = text(item.slice(4, 5).join(""))
    age_ms = max(0, min(clock_ms() - int(at), AGE_LIMIT_MS)) if at.isdigit() else 0
    run(
        page,
        optional(arguments, "0"),
        optional(arguments, "1"),
        optional(item, "0"),
        optional(item, "1"),
        body=text(body),
        event_id=text(optional(item, "id")),
        age_ms=age_ms,
        early=optional(item, "early"),
    )


def run(
    page: Page,
    command: Any,
    options: Any,
    resolve: Any,
    reject: Any,
    *,
    body: str = "",
    event_id: str = "",
    age_ms: int = 0,
    early: Any = None,
) -> None:
    """Run *command* with *options* (None without), whose JSON text is *body* unless that is still to be made."""

    def ready(encoded: Any = None, *_: Any) -> None:
        page.call(text(command), text(encoded), options, resolve, reject, event_id, age_ms, early)

    def refused(message: str) -> None:
        page.promises.refuse(reject, WireError("the options have no JSON form: " + message))

    if body or is_nullish(options):
        ready(body)
    else:
        attempt(method(json(), "stringify"), json(), (options,), ready, refused)
