"""The way into JavaScript from Brython (3.14).

Functions, texts, bools and small whole numbers cross as they are; null and undefined are objects of their own, and exceptions
from JavaScript can be caught. Floats don't cross: they would arrive boxed.
"""

import javascript
from browser import window as _window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LANE = "brython"  # what a second lane on the page is told
window = _window


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    try:
        return int(window.Date.now())
    except Exception:
        return 0


def parse(text: str) -> Any:
    """The JavaScript value of a JSON text."""
    return window.JSON.parse(text)


def stringify(value: Any) -> str:
    """The JSON text of a JavaScript value; `null` for what has none."""
    if is_nullish(value):
        return "null"
    text = window.JSON.stringify(value)
    return text if isinstance(text, str) else "null"


def callback(function: Any) -> Any:
    """*function* as JavaScript may keep and call it."""
    return function


def is_nullish(value: Any) -> bool:
    """Whether a value from JavaScript is null or undefined."""
    return value is None or value is javascript.NULL or value is javascript.UNDEFINED


def optional(holder: Any, name: str) -> Any:
    """The property *name* of a JavaScript object, None when it is missing or null."""
    value = window.Reflect.get(holder, name)
    return None if is_nullish(value) else value


def text(value: Any) -> str:
    """A value from JavaScript when it is a text, else ''."""
    return value if isinstance(value, str) else ""


def construct(constructor: Any, *args: Any) -> Any:
    """`new constructor(...args)`; never for one that may throw."""
    return window.Reflect.construct(constructor, window.Array.of(*args))


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return window.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    target.addEventListener(name, function, capture)


def attempt(function: Any, this: Any, args: "tuple[Any, ...]", done: Any, failed: Any) -> None:
    """Call a JavaScript function that may throw: *done* gets what it returns or promises, *failed* a text."""

    def passed(value: Any = None, *_: Any) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(value)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    def refused(error: Any = None, *_: Any) -> None:
        failed(describe(error))

    try:
        value = window.Reflect.apply(function, this, window.Array.of(*args))
    except Exception as error:
        failed(describe(error))
        return
    if is_nullish(value) or optional(window.Object(value), "then") is None:
        passed(value)
    else:
        value.then(passed, refused)


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(error) if isinstance(error, Exception) else str(window.String(error))
