"""Carries out a render plan: finds or awaits elements, runs steps, reports each result.

Not for what a step does to an element: dom.py does. Not for which steps there are: core.personalization and core.actions
say. Source of the semantics: Adobe's Web SDK 2.33.
"""

from ...core.errors import SelectorError
from ...core.personalization.selectors import parse_selector
from ..bridge import callback, construct, invoke, own, parse, reach, window
from ..elements import hide
from ..sequence import each
from .dom import apply
from .hydration import Hydration
from .lasting import carry_out
from .trace import Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WAIT_MS = 5000  # how long an element is awaited; Alloy's value
LOOK_MS = 100  # between two looks for a shadow root that is not there yet
HELD_LOOK_MS = 16  # between two looks whether a framework has taken over what its server has rendered; it changes nothing
HELD_PASS_MS = 1000  # how long that puts off the end of the first pass, and so what hides the page
WAITING = "waiting"
RUNNING = "running"
SHOWN = "shown"


class Rendering:
    """One plan: *started* is called after each step has been tried once, *finished* when no step waits any more.

    All elements are found before the first step is carried out, and steps are carried out in their order, as Alloy does;
    those whose elements come later follow together in the same way.
    """

    def __init__(
        self,
        steps: "list[dict[str, object]]",
        started: "Callable[[list[str]], None]",
        finished: "Callable[[list[str]], None]",
        *,
        lasts: bool = False,
    ) -> None:
        """*lasts* says that the page is to keep what is shown; then `traces` has what each step has done."""
        self._steps = steps
        self._lasts = lasts
        self.traces: list[list[Trace]] = [[] for _ in steps]
        self._results = [WAITING for _ in steps]
        self._found: dict[int, list[Any]] = {}
        self._replaced: list[Any] = []  # they go once other steps have had them
        self._open = len(steps)  # not yet at their end
        self._busy = False
        self._missed = False  # the document has changed while steps were carried out
        self._started = started
        self._finished = finished
        self._first_pass = True
        self._hydration = Hydration() if lasts else None  # where not, the page says itself when
        self._held: list[int] = []
        self._looks = False
        self._observer: Any = None
        self._watched: list[Any] = []  # shadow roots, beside the document
        self._misses_root = False
        self._styles: list[Any] = [
            hide(str(step["hide"])) if step["hide"] else None for step in steps
        ]

    def begin(self) -> None:
        """Try each step."""
        self._again()

    def abandon(self, keys: "list[int]", why: str) -> None:
        """Abandon the steps with the numbers *keys* that still wait for their element."""
        for index in keys:
            if self._results[index] == WAITING:
                self._end(index, why)
        self._stop_if_done()

    def uncover(self) -> None:
        """Remove the styles that hide elements."""
        for index in range(len(self._styles)):
            self._uncover(index)

    def _again(self, *_: Any) -> None:
        """Look for the elements of all steps that wait, then carry out those that have theirs."""
        if self._busy:
            self._missed = True
            return
        self._busy = True
        self._held = []
        if self._hydration:
            self._hydration.look()
        waiting = [index for index in range(len(self._results)) if self._results[index] == WAITING]
        each(waiting, self._find, lambda: each(waiting, self._carry_out, self._passed))

    def _find(self, index: int, next_one: Any) -> None:
        step = self._steps[index]

        def found(elements: "list[Any]") -> None:
            if self._hydration and self._hydration.holds(elements, str(step["type"])):
                self._held.append(index)
            elif elements:
                self._found[index] = elements
            next_one()

        def refused(why: str) -> None:
            self._end(index, why)
            next_one()

        find(str(step["selector"]), found, refused, self._entered)

    def _carry_out(self, index: int, next_one: Any) -> None:
        elements = self._found.pop(index, None)
        if elements is None or self._results[index] != WAITING:
            next_one()
            return

        def done(problem: str) -> None:
            self._end(index, problem or SHOWN)
            next_one()

        self._results[index] = RUNNING
        self._missed = True  # it may have made what others wait for
        try:
            if self._lasts:
                carry_out(self._steps[index], elements, self._replaced, done, self.traces[index])
            else:
                apply(self._steps[index], elements, self._replaced, done)
        except Exception as error:
            # An element that can't take the action, such as one of another namespace: the others can.
            done(f"{type(error).__name__}: {error}")

    def _passed(self) -> None:
        self._busy = False
        for element in self._replaced:
            invoke(element, "remove")
        self._replaced = []
        missed = self._missed
        self._missed = False
        if missed and WAITING in self._results:
            self._again()
            return
        if self._first_pass and self._held and self._waited_ms() < HELD_PASS_MS:
            self._look_later()
            return
        if self._first_pass:
            self._first_pass = False
            self._started(list(self._results))
            if self._open:
                self._wait()
        elif self._held:
            self._look_later()
        self._stop_if_done()

    def _waited_ms(self) -> int:
        return self._hydration.waited_ms() if self._hydration else 0

    def _entered(self, root: Any) -> None:
        """A shadow root that a selector goes through; None for one that is not there yet."""
        if root is None:
            self._misses_root = True
        elif not any([root.isSameNode(watched) is True for watched in self._watched]):
            self._watched.append(root)
            if self._observer:
                self._observe(root)

    def _end(self, index: int, result: str) -> None:
        self._results[index] = result
        self._open -= 1
        self._uncover(index)

    def _uncover(self, index: int) -> None:
        style = self._styles[index]
        self._styles[index] = None
        if style:
            style.remove()

    def _wait(self) -> None:
        self._observer = construct(window.MutationObserver, callback(self._again))
        self._observe(window.document)
        for root in self._watched:
            self._observe(root)
        window.setTimeout(callback(self._give_up), WAIT_MS)
        if self._misses_root or self._held:
            self._look_later()

    def _observe(self, root: Any) -> None:
        self._observer.observe(root, parse('{"childList":true,"subtree":true}'))

    def _look_later(self) -> None:
        if not self._looks:
            self._looks = True
            window.setTimeout(callback(self._look), HELD_LOOK_MS if self._held else LOOK_MS)

    def _look(self, *_: Any) -> None:
        """No observer tells of a shadow root that an element is given: until all steps are done it is looked for."""
        self._looks = False
        if self._observer or self._first_pass:
            self._again()
            if self._observer and self._misses_root:
                self._look_later()

    def _give_up(self, *_: Any) -> None:
        for index in range(len(self._results)):
            if self._results[index] == WAITING and index not in self._held:
                self._end(index, f"no element within {WAIT_MS // 1000} s")
        if self._held:
            window.setTimeout(callback(self._give_up), WAIT_MS)
        self._stop_if_done()

    def _stop_if_done(self) -> None:
        if self._open == 0 and not self._first_pass and not self._busy:
            self._stop()

    def _stop(self) -> None:
        if self._observer:
            self._observer.disconnect()
            self._observer = None
        finished = self._finished
        self._finished = lambda results: None
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
        steps = parse_selector(selector)
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
    reached: list[Any] = []
    for root in roots:
        returned, nodes = reach(own(root, "querySelectorAll"), root, _scoped(step, root))
        if not returned:
            failed(nodes)
            return
        for place in range(nodes.length):
            reached.append(nodes[place])
    number = step["eq"]
    matches = reached if number is None else reached[number : number + 1]
    if step["shadow"]:
        inner = [own(element, "shadowRoot") for element in matches] or [None]
        for shadow in inner:
            entered(shadow)
        matches = [shadow for shadow in inner if shadow is not None]
    if matches:
        _walk(steps, index + 1, matches, done, failed, entered)
    else:
        done([])


def _scoped(step: Any, root: Any) -> str:
    """A leading `>` means children: of an element they are the scope's, of a shadow root the host's."""
    css: str = step["css"]
    if not css.startswith(">"):
        return css
    return (":host " if root.nodeType == 11 else ":scope ") + css
