"""Runs steps in sequence, whether JavaScript answers at once or later.

A loop where it answers at once: a plan may have thousands of steps, and a stack has an end.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def each(
    items: "list[int]",
    work: "Callable[[int, Callable[[], None]], None]",
    done: "Callable[[], None]",
) -> None:
    """Call *work* with each of *items* and what it has to call at its end; *done* after the last."""
    rest = list(items)
    looping = False
    ended = False

    def go_on() -> None:
        nonlocal looping, ended
        ended = True
        if looping:
            return
        looping = True
        while ended and rest:
            ended = False
            work(rest.pop(0), go_on)
        looping = False
        if ended:
            ended = False
            done()

    go_on()
