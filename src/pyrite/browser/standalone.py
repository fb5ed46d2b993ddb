"""The way in for the `compiled` lane: takes over the base code's queues, as web/loader.js does where a runtime is fetched first."""

from .bridge import attempt, callback, construct, is_nullish, method, now_ms, optional, text, window
from .own_facts import new_id, read
from .page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LANE = "compiled"
AGE_LIMIT_MS = 300000

_pages: "dict[str, Page]" = {}


def begin() -> None:
    """Adopt every queue of the page, now and whenever another base code or script asks for it."""
    names = optional(window, "__alloyNS")
    if names is None:
        names = construct(window.Array)
        window.Reflect.set(window, "__alloyNS", names)
    before = optional(names, "pyrite")
    if before is None:
        adopt = callback(lambda: _adopt(names))
        window.Reflect.set(adopt, "lane", LANE)
        window.Reflect.set(names, "pyrite", adopt)
        _adopt(names)
        return
    if text(before.lane) != LANE:
        lane = text(before.lane)
        window.console.error(
            f"[alloy] this page is run by the {lane} lane already; the {LANE} lane steps back"
        )
    before()  # loaded twice: the first one adopts what is new


def _adopt(names: Any) -> None:
    for index in range(names.length):
        name = text(names[index])
        queue = _queue_of(name)
        if queue is not None and name not in _pages:
            _pages[name] = Page(name, lambda light: read(light), new_id)
            _take(_pages[name], queue)


def _queue_of(name: str) -> Any:
    function = optional(window, name)
    return None if function is None else optional(window.Object(function), "q")


def _take(page: Page, queue: Any) -> None:
    waiting = queue.splice(0)
    window.Reflect.set(queue, "push", callback(lambda item=None, *_: _execute(page, item)))
    for index in range(waiting.length):
        _execute(page, waiting[index])


def _execute(page: Page, item: Any) -> None:
    """Run an item of a queue: `[resolve, reject, arguments, options as JSON text, when]`, and what base code that sent it has noted."""
    given = item[2]
    options = given[1]

    def ready(body: Any = None, *_: Any) -> None:
        at = item[4]
        age = 0 if is_nullish(at) else max(0, min(now_ms() - at, AGE_LIMIT_MS))
        page.call(
            text(given[0]),
            text(body),
            options,
            item[0],
            item[1],
            text(item.id),
            age,
            optional(item, "early"),
        )

    def refused(message: str) -> None:
        error = construct(window.Error, "[alloy] the options have no JSON form: " + message)
        window.Reflect.set(error, "code", "wire.invalid")
        item[1](error)

    if is_nullish(item[3]) and not is_nullish(options):
        attempt(method(window.JSON, "stringify"), window.JSON, (options,), ready, refused)
    else:
        ready(item[3])
