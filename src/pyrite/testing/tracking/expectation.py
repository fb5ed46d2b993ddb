"""What a test expects of its page's tracking: to be used as a context manager, or as a call.

As a context manager only what comes within the block counts. As a call, everything that has come in this test does; it waits as soon as
its outcome is looked at, and at the latest before the next question to `tracking`, or when the test ends.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from types import TracebackType
from typing import overload

from .records import TrackedEvent
from .steps import Steps

Find = Callable[[int], Steps[list[TrackedEvent]]]  # given the place behind which events count
Events = list[TrackedEvent]


class Expectation(Sequence[TrackedEvent]):
    """The events that were expected, once they are there. Raises AssertionError where they don't come."""

    def __init__(
        self, find: Find, play: Callable[[Steps[Events]], Events], place: Callable[[], int]
    ) -> None:
        self._find = find
        self._play = play
        self._place = place
        self._after = 0
        self._events: Events | None = None
        self._is_entered = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked yet."""
        return self._events is None and not self._is_entered

    def check(self) -> Events:
        """The events; waits for them the first time."""
        if self._events is None:
            self._events = []  # should it fail, it fails once
            self._events = self._play(self._find(self._after))
        return self._events

    def __enter__(self) -> "Expectation":
        self._is_entered = True
        self._after = self._place()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.check()
        else:
            self._events = []

    @overload
    def __getitem__(self, index: int) -> TrackedEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | slice) -> TrackedEvent | Events:
        return self.check()[index]

    def __len__(self) -> int:
        return len(self.check())

    def __iter__(self) -> Iterator[TrackedEvent]:
        return iter(self.check())

    def __repr__(self) -> str:
        return f"Expectation({self._events!r})"


class AsyncExpectation:
    """The same for async tests: `async with`, or `await`, which gives the events."""

    def __init__(
        self,
        find: Find,
        play: Callable[[Steps[Events]], Generator[object, None, Events]],
        place: Callable[[], int],
    ) -> None:
        self._find = find
        self._play = play
        self._place = place
        self._after = 0
        self._is_used = False
        self.events: Events = []

    @property
    def is_open(self) -> bool:
        """Whether nobody has waited for it."""
        return not self._is_used

    def __await__(self) -> Generator[object, None, Events]:
        self._is_used = True
        self.events = yield from self._play(self._find(self._after))
        return self.events

    async def __aenter__(self) -> "AsyncExpectation":
        self._is_used = True
        self._after = self._place()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            await self
