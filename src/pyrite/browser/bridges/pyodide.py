"""The way into JavaScript from Pyodide (314).

A Python function that JavaScript keeps needs a proxy (`callback`), and lives as long as the page. JavaScript's null is an object
of its own here, and undefined is None; exceptions from JavaScript can be caught.
"""

import js
from pyodide.ffi import JsException, create_proxy, jsnull

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LANE = "pyscript"  # what a second lane on the page is told
window = js


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    try:
        return int(js.Date.now())
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
    return create_proxy(function)


def is_nullish(value: Any) -> bool:
    """Whether a value from JavaScript is null or undefined."""
    return value is None or value is jsnull


def optional(holder: Any, name: str) -> Any:
    """The property *name* of a JavaScript object, None when it is missing or null."""
    value = js.Reflect.get(holder, name)
    return None if is_nullish(value) else value


def text(value: Any) -> str:
    """A value from JavaScript when it is a text, else ''."""
    return value if isinstance(value, str) else ""


def construct(constructor: Any, *args: Any) -> Any:
    """`new constructor(...args)`; never for one that may throw."""
    # A promise that a call gives becomes a Future of Python's, whose rejection JavaScript sees as a PythonError; one made by
    # `new` stays JavaScript's own (e2e/pyscript notices).
    return constructor.new(*args)


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return js.Reflect.get(holder, name)


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
        value = js.Reflect.apply(function, this, js.Array.of(*args))
    except JsException as error:
        failed(describe(error))
        return
    if not is_nullish(value) and not is_nullish(getattr(js.Object(value), "then", None)):
        value.then(create_proxy(passed), create_proxy(refused))
    else:
        passed(value)


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(error) if isinstance(error, Exception) else str(js.String(error))
