"""One after another, whether each answers at once or later."""

from collections.abc import Callable

from pyrite.browser.sequence import each


def test_what_answers_at_once_needs_no_stack() -> None:
    done: list[int] = []

    def work(item: int, next_one: Callable[[], None]) -> None:
        done.append(item)
        next_one()

    each(list(range(5000)), work, lambda: done.append(-1))

    assert done == [*range(5000), -1]


def test_what_answers_later_holds_up_those_behind_it() -> None:
    done: list[int] = []
    waiting: list[Callable[[], None]] = []

    def work(item: int, next_one: Callable[[], None]) -> None:
        done.append(item)
        waiting.append(next_one)

    each([1, 2], work, lambda: done.append(-1))
    assert done == [1]
    waiting.pop()()
    assert done == [1, 2]

    waiting.pop()()

    assert done == [1, 2, -1]


def test_no_items_are_done_at_once() -> None:
    ended: list[bool] = []
    each([], lambda item, next_one: None, lambda: ended.append(True))

    assert ended == [True]
