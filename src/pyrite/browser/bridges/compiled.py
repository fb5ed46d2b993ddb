"""The way into JavaScript where there is no way to go: compiled, the tracker is JavaScript itself.

Values cross as they are, and what throws can be caught. `js` is the global object (bundle/compiler).
"""

import js

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LANE = "compiled"  # what a second lane on the page is told
window = js


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    try:
        now = js.Date.now()
    except Exception:
        return 0
    return now if isinstance(now, int) else 0


def parse(text: str) -> Any:
    """The JavaScript value of a JSON text."""
    return js.JSON.parse(text)


def stringify(value: Any) -> str:
    """The JSON text of a JavaScript value; `null` for what has none."""
    text = js.JSON.stringify(value)
    return text if isinstance(text, str) else "null"


def callback(function: Any) -> Any:
    """*function* as JavaScript may keep and call it."""
    return function


def is_nullish(value: Any) -> bool:
    """Whether a value from JavaScript is null or undefined."""
    return value is None


def optional(holder: Any, name: str) -> Any:
    """The property *name* of a JavaScript object, None when it is missing or null."""
    value = js.Reflect.get(holder, name)
    return None if value is None else value


def text(value: Any) -> str:
    """A value from JavaScript when it is a text, else ''."""
    return value if isinstance(value, str) else ""


def construct(constructor: Any, *args: Any) -> Any:
    """`new constructor(...args)`; never for one that may throw."""
    return js.Reflect.construct(constructor, args)


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return js.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    target.addEventListener(name, function, capture)


def attempt(function: Any, this: Any, args: "tuple[Any, ...]", done: Any, failed: Any) -> None:
    """Call a JavaScript function that may throw: *done* gets what it returns or promises, *failed* a text."""

    def passed(value: Any = None) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(value)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    try:
        value = js.Reflect.apply(function, this, args)
    except Exception as error:
        failed(describe(error))
        return
    if not is_nullish(value) and not is_nullish(js.Object(value).then):
        value.then(passed, lambda error=None: failed(describe(error)))
    else:
        passed(value)


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(js.String(error))
