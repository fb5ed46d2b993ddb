"""The way into JavaScript from MicroPython (PyScript's build, 1.28).

Only text, bool and small numbers cross; objects are handled by reference. A JavaScript exception that is thrown into Python
can't be caught here, not even by `finally`: whatever may throw goes through `attempt`.
"""

import time

import js

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LANE = "pyscript"  # what a second lane on the page is told
window = js
UNDEFINED = js.undefined


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    # MicroPython 1.28 cuts integers to 32 bits at the border (Date.now()): the time comes from Python.
    try:
        return int(time.time() * 1000)
    except Exception:
        return 0


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
    return value is None or value is UNDEFINED or value == UNDEFINED


def optional(holder: Any, name: str) -> Any:
    """The property *name* of a JavaScript object, None when it is missing or null (reading it as an attribute would raise)."""
    # The module `js` is no receiver for the getters of the real global object.
    value = js.Reflect.get(js.globalThis if holder is js else holder, name)
    return None if is_nullish(value) else value


def text(value: Any) -> str:
    """A value from JavaScript when it is a text, else ''."""
    return value if isinstance(value, str) else ""


def construct(constructor: Any, *args: Any) -> Any:
    """`new constructor(...args)`; never for one that may throw."""
    return js.Reflect.construct(constructor, js.Array.of(*args))


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself; read as an attribute it would be one of Python's, bound."""
    return js.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    # MicroPython 1.28 keeps one proxy for a function however it was reached, and once it was read off an object the
    # module's own `js.addEventListener(…)` takes its first argument for `this` (e2e/routes notices).
    place = js.globalThis if target is js else target
    js.Reflect.apply(
        js.Reflect.get(place, "addEventListener"), place, js.Array.of(name, function, capture)
    )


def attempt(function: Any, this: Any, args: "tuple[Any, ...]", done: Any, failed: Any) -> None:
    """Call a JavaScript function that may throw, within this task: *done* gets what it returns, *failed* a text.

    *function* comes from `method` or `optional`: a bound method would let the exception through.
    """

    def passed(*values: Any) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(*values)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    js.Promise.resolve(js.Array.of(*args)).then(
        js.Reflect.apply.bind(js.Reflect, function, this)
    ).then(passed, lambda error=None, *_: failed(describe(error)))


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(js.String(error))
