"""Render plans carried out on a table of elements, text or HTML by selector.

A step finds its element where its selector is a key of the table. Source of the order: browser/rendering.
"""

from collections.abc import Callable

WAIT_MS = 5000  # how long an element is awaited, as in browser/rendering
WAITING = "waiting"
SHOWN = "shown"
REPLACING = ("setText", "setHtml", "replaceHtml")
APPENDING = ("appendHtml", "insertAfter")
PREPENDING = ("prependHtml", "insertBefore")


class Rendering:
    """One plan: *started* is called after each step has been tried once, *finished* when no step waits any more."""

    def __init__(
        self,
        steps: list[dict[str, object]],
        elements: dict[str, str],
        started: Callable[[list[str]], None],
        finished: Callable[[list[str]], None],
    ) -> None:
        self._steps = steps
        self._elements = elements
        self._results = [WAITING for _ in steps]
        self._started = started
        self._finished = finished
        self._is_over = False

    def begin(self, after: Callable[[int, Callable[[], None]], None]) -> None:
        """Try each step; *after* is the browser's clock."""
        self._try()
        self._started(list(self._results))
        self._stop_if_done()
        if not self._is_over:
            after(WAIT_MS, self._give_up)

    def look(self) -> None:
        """The elements have changed."""
        self._try()
        self._stop_if_done()

    def abandon(self, keys: list[int], why: str) -> None:
        """Give up those of the steps with the numbers *keys* that wait for their element."""
        for key in keys:
            if self._results[key] == WAITING:
                self._results[key] = why
        self._stop_if_done()

    def _try(self) -> None:
        for index, step in enumerate(self._steps):
            if self._results[index] == WAITING and str(step["selector"]) in self._elements:
                self._apply(str(step["type"]), str(step["selector"]), str(step["content"]))
                self._results[index] = SHOWN

    def _apply(self, type: str, selector: str, content: str) -> None:
        if type in REPLACING:
            self._elements[selector] = content
        elif type in APPENDING:
            self._elements[selector] += content
        elif type in PREPENDING:
            self._elements[selector] = content + self._elements[selector]
        elif type == "remove":
            del self._elements[selector]

    def _give_up(self) -> None:
        self.abandon(list(range(len(self._steps))), f"no element within {WAIT_MS // 1000} s")

    def _stop_if_done(self) -> None:
        if WAITING not in self._results and not self._is_over:
            self._is_over = True
            self._finished(list(self._results))
