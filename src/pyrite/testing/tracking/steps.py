"""How a test waits: steps that say what they need of the browser, played by sync or by async Playwright.

A generator asks for `Pause` (some time passes, requests are answered meanwhile) or `Look` (a script's value in each open page) and
is told the outcome. So each kind of waiting is written once.
"""

import asyncio
import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from ..proxy.gate import Gate
from .watching import Watching

T = TypeVar("T")
PAUSE_S = 0.02


@dataclass(frozen=True)
class Pause:
    """Let *seconds* pass, or less: something may have come."""

    seconds: float = PAUSE_S


@dataclass(frozen=True)
class Look:
    """The value of *script*, an async function in JavaScript, in every open page that answers."""

    script: str


@dataclass(frozen=True)
class Stored:
    """What every context stores for its origins, those without an open page included: Playwright's storage states."""


Steps = Generator[Pause | Look | Stored, Any, T]


def play(steps: Steps[T], watching: Watching, gate: Gate) -> T:
    """What *steps* return, with sync Playwright."""
    errors = _playwright_errors()
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = []
        if isinstance(step, Pause):
            with gate.changed:
                gate.changed.wait(step.seconds)
            for context in watching.contexts[:1]:
                with contextlib.suppress(*errors):
                    context.cookies(
                        "http://127.0.0.1/"
                    )  # hands the test's own handlers what has happened
        elif isinstance(step, Look):
            for page in watching.pages:
                with contextlib.suppress(*errors):  # it is on its way to another page
                    answer.append(page.evaluate(step.script))
        else:
            for context in list(watching.contexts):
                with contextlib.suppress(*errors):
                    answer.append(context.storage_state(indexed_db=True))


async def play_async(steps: Steps[T], watching: Watching, gate: Gate) -> T:
    """What *steps* return, with async Playwright."""
    errors = _playwright_errors()
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = []
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, Look):
            for page in watching.pages:
                with contextlib.suppress(*errors):
                    answer.append(await page.evaluate(step.script))
        else:
            for context in list(watching.contexts):
                with contextlib.suppress(*errors):
                    answer.append(await context.storage_state(indexed_db=True))


def _playwright_errors() -> tuple[type[BaseException], ...]:
    """What Playwright raises; nothing where it is not installed, for then there are no pages."""
    try:
        from playwright.async_api import Error
    except ImportError:
        return ()
    return (Error,)
