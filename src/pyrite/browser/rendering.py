"""Render plans carried out: elements found or awaited, steps run, each told how it went.

Not for what a step does to an element: dom.py does. Not for which steps there are: core.personalization and core.actions
say. Source of the semantics: Adobe's Web SDK 2.33.
"""

from ..core.errors import SelectorError
from ..core.selectors import steps_of
from .bridge import attempt, callback, construct, method, parse, window
from .dom import apply, hide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WAIT_MS = 5000  # how long an element is awaited; Alloy's value
WAITING = "waiting"
SHOWN = "shown"


class Rendering:
    """One plan: *started* is called after each step has been tried once, *finished* when no step waits any more."""

    def __init__(
        self,
        steps: "list[dict[str, object]]",
        started: "Callable[[list[str]], None]",
        finished: "Callable[[list[str]], None]",
    ) -> None:
        self._steps = steps
        self._results = [""] * len(steps)
        self._left = len(steps)  # not yet tried once
        self._open = len(steps)  # not yet at their end
        self._started = started
        self._finished = finished
        self._first_pass = True
        self._observer: Any = None
        self._styles = [hide(str(step["hide"])) if step["hide"] else None for step in steps]

    def begin(self) -> None:
        """Try each step."""
        for index in range(len(self._steps)):
            self._try(index)

    def _try(self, index: int) -> None:
        step = self._steps[index]
        find(
            str(step["selector"]),
            lambda found: self._found(index, found),
            lambda why: self._end(index, why),
        )

    def _found(self, index: int, elements: "list[Any]") -> None:
        if self._results[index] not in ("", WAITING):
            return
        if not elements:
            self._end(index, WAITING)
            return
        self._results[index] = "running"
        apply(self._steps[index], elements, lambda problem: self._end(index, problem or SHOWN))

    def _end(self, index: int, result: str) -> None:
        first = self._results[index] == "" or (
            self._results[index] == "running" and self._first_pass
        )
        self._results[index] = result
        style = self._styles[index]
        if result != WAITING:
            self._open -= 1
            self._styles[index] = None
            if style:
                style.remove()
        if first:
            self._left -= 1
        if self._left == 0 and self._first_pass:
            self._first_pass = False
            self._started(list(self._results))
            if WAITING in self._results:
                self._wait()
                return
        if not self._first_pass and self._open == 0:
            self._stop()

    def _wait(self) -> None:
        self._observer = construct(window.MutationObserver, callback(self._again))
        self._observer.observe(window.document, parse('{"childList":true,"subtree":true}'))
        window.setTimeout(callback(self._give_up), WAIT_MS)

    def _again(self, *_: Any) -> None:
        for index in range(len(self._results)):
            if self._results[index] == WAITING:
                self._try(index)

    def _give_up(self, *_: Any) -> None:
        for index in range(len(self._results)):
            if self._results[index] == WAITING:
                self._end(index, f"no element within {WAIT_MS // 1000} s")

    def _stop(self) -> None:
        if self._observer:
            self._observer.disconnect()
            self._observer = None
        finished, self._finished = self._finished, lambda results: None
        finished(list(self._results))


def find(
    selector: str, done: "Callable[[list[Any]], None]", failed: "Callable[[str], None]"
) -> None:
    """Hand *done* every element that *selector* (Alloy's language) chooses now; *failed* a text if it can't be read."""
    try:
        steps = steps_of(selector)
    except SelectorError as error:
        failed(error.message)
        return
    _walk(steps, 0, [window.document], done, failed)


def _walk(steps: "list[Any]", index: int, roots: "list[Any]", done: Any, failed: Any) -> None:
    if index == len(steps):
        done(roots)
        return
    step = steps[index]
    found: list[Any] = []
    left = list(roots)

    def gather(nodes: Any = None, *_: Any) -> None:
        if nodes is not None:
            for place in range(nodes.length):
                found.append(nodes[place])
        if left:
            root = left.pop(0)
            attempt(method(root, "querySelectorAll"), root, (step["css"],), gather, failed)
            return
        number = step["eq"]
        chosen = found if number is None else found[number : number + 1]
        if step["shadow"]:
            chosen = [element.shadowRoot for element in chosen if element.shadowRoot]
        if chosen:
            _walk(steps, index + 1, chosen, done, failed)
        else:
            done([])

    gather()
