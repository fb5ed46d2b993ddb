"""Render plans carried out: elements found or awaited, steps run, each told how it went.

Not for what a step does to an element: dom.py does. Not for which steps there are: core.personalization and core.actions
say. Source of the semantics: Adobe's Web SDK 2.33.
"""

from ..core.errors import SelectorError
from ..core.selectors import steps_of
from .bridge import attempt, callback, construct, method, optional, parse, window
from .dom import apply, hide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WAIT_MS = 5000  # how long an element is awaited; Alloy's value
LOOK_MS = 100  # between two looks for a shadow root that is not there yet
WAITING = "waiting"
RUNNING = "running"
SHOWN = "shown"


class Rendering:
    """One plan: *started* is called after each step has been tried once, *finished* when no step waits any more.

    Steps are carried out in their order, also where JavaScript answers later.
    """

    def __init__(
        self,
        steps: "list[dict[str, object]]",
        started: "Callable[[list[str]], None]",
        finished: "Callable[[list[str]], None]",
    ) -> None:
        self._steps = steps
        self._results = [""] * len(steps)
        self._open = len(steps)  # not yet at their end
        self._next = 0  # the first that has not been tried
        self._busy = False
        self._started = started
        self._finished = finished
        self._first_pass = True
        self._observer: Any = None
        self._watched: list[Any] = []  # shadow roots, beside the document
        self._misses_root = False
        self._styles: list[Any] = [
            hide(str(step["hide"])) if step["hide"] else None for step in steps
        ]

    def begin(self) -> None:
        """Try each step."""
        self._go_on()

    def abandon(self, keys: "list[int]", why: str) -> None:
        """Give up those of the steps with the numbers *keys* that wait for their element."""
        for index in keys:
            if self._results[index] == WAITING:
                self._end(index, why)

    def uncover(self) -> None:
        """Take away what hides elements."""
        for index in range(len(self._styles)):
            self._uncover(index)

    def _go_on(self) -> None:
        """Try the steps that have not been tried, one by one: a loop, because a plan may have thousands."""
        if self._busy:
            return
        self._busy = True
        while self._next < len(self._steps):
            index = self._next
            if index and self._results[index - 1] in ("", RUNNING):
                self._busy = False  # it calls again at its end
                return
            self._next = index + 1
            self._try(index)
        self._busy = False
        if self._first_pass and self._results[len(self._results) - 1] not in ("", RUNNING):
            self._end_of_first_pass()

    def _end_of_first_pass(self) -> None:
        self._first_pass = False
        self._started(list(self._results))
        if self._open == 0:
            self._stop()
        else:
            self._wait()

    def _try(self, index: int) -> None:
        step = self._steps[index]
        find(
            str(step["selector"]),
            lambda found: self._found(index, found),
            lambda why: self._end(index, why),
            self._entered,
        )

    def _entered(self, root: Any) -> None:
        """A shadow root that a selector goes through; None for one that is not there yet."""
        if root is None:
            self._misses_root = True
        elif not any([root.isSameNode(known) is True for known in self._watched]):
            self._watched.append(root)
            if self._observer:
                self._observe(root)

    def _found(self, index: int, elements: "list[Any]") -> None:
        if self._results[index] not in ("", WAITING):
            return
        if not elements:
            self._end(index, WAITING)
            return
        self._results[index] = RUNNING
        apply(self._steps[index], elements, lambda problem: self._end(index, problem or SHOWN))

    def _end(self, index: int, result: str) -> None:
        self._results[index] = result
        if result != WAITING:
            self._open -= 1
            self._uncover(index)
        if self._first_pass:
            self._go_on()
        elif self._open == 0:
            self._stop()

    def _uncover(self, index: int) -> None:
        style, self._styles[index] = self._styles[index], None
        if style:
            style.remove()

    def _wait(self) -> None:
        self._observer = construct(window.MutationObserver, callback(self._again))
        self._observe(window.document)
        for root in self._watched:
            self._observe(root)
        window.setTimeout(callback(self._give_up), WAIT_MS)
        if self._misses_root:
            window.setTimeout(callback(self._look), LOOK_MS)

    def _observe(self, root: Any) -> None:
        self._observer.observe(root, parse('{"childList":true,"subtree":true}'))

    def _look(self, *_: Any) -> None:
        """No observer tells of a shadow root that an element is given: until all steps are done it is looked for."""
        if self._observer:
            self._again()
            window.setTimeout(callback(self._look), LOOK_MS)

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
    selector: str,
    done: "Callable[[list[Any]], None]",
    failed: "Callable[[str], None]",
    entered: "Callable[[Any], None]",
) -> None:
    """Hand *done* every element that *selector* (Alloy's language) chooses now; *failed* a text if it can't be read.

    *entered* gets each shadow root on the way, None for one that is missing.
    """
    try:
        steps = steps_of(selector)
    except SelectorError as error:
        failed(error.message)
        return
    _walk(steps, 0, [window.document], done, failed, entered)


def _walk(
    steps: "list[Any]", index: int, roots: "list[Any]", done: Any, failed: Any, entered: Any
) -> None:
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
            attempt(method(root, "querySelectorAll"), root, (_scoped(step, root),), gather, failed)
            return
        number = step["eq"]
        chosen = found if number is None else found[number : number + 1]
        if step["shadow"]:
            inner = [optional(element, "shadowRoot") for element in chosen] or [None]
            for shadow in inner:
                entered(shadow)
            chosen = [shadow for shadow in inner if shadow is not None]
        if chosen:
            _walk(steps, index + 1, chosen, done, failed, entered)
        else:
            done([])

    gather()


def _scoped(step: Any, root: Any) -> str:
    """A leading `>` means children: of an element they are the scope's, of a shadow root the host's."""
    css: str = step["css"]
    if not css.startswith(">"):
        return css
    return (":host " if root.nodeType == 11 else ":scope ") + css
