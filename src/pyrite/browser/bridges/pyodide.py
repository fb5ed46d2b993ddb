"""The way into JavaScript from Pyodide (314).

A Python function that JavaScript keeps needs a proxy (`callback`), and lives as long as the page. JavaScript's null is an object
of its own here, and undefined is None; exceptions from JavaScript can be caught.
"""

import js
from pyodide.ffi import create_proxy, jsnull

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


def json() -> Any:
    """The page's JSON."""
    return js.JSON


def parse(text: str) -> Any:
    """The JavaScript value of a JSON text."""
    return json().parse(text)


def stringify(value: Any) -> str:
    """The JSON text of a JavaScript value; `null` for what has none."""
    text = json().stringify(value)
    return text if isinstance(text, str) else "null"


def callback(function: Any) -> Any:
    """*function* as JavaScript may keep and call it."""
    return create_proxy(function)


def array(*args: Any) -> Any:
    """A JavaScript list of *args*."""
    return js.Array.of(*args)


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


def promise(begin: Any) -> Any:
    """A promise of JavaScript's, which *begin* is given the two functions for that settle it."""
    return construct(js.Promise, create_proxy(begin))


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return js.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    invoke(target, "addEventListener", name, function, capture)


def own(node: Any, name: str) -> Any:
    """The property *name* of a node, never a control of a form or an image of the document that is called so."""
    value = js.Reflect.get(js.Reflect.getPrototypeOf(node), name, node)
    return None if is_nullish(value) else value


def put(node: Any, name: str, value: Any) -> None:
    """Set the property *name* of a node, as `own` gives it."""
    js.Reflect.set(js.Reflect.getPrototypeOf(node), name, value, node)


def invoke(node: Any, name: str, *args: Any) -> Any:
    """Call the method *name* of a node, as `own` gives it."""
    return js.Reflect.apply(own(node, name), node, array(*args))


def class_of(value: Any) -> str:
    """What JavaScript says that *value* is: `[object Array]`, `[object HTMLDivElement]`."""
    return str(js.Object.prototype.toString.call(value))


def is_function(value: Any) -> bool:
    """Whether a value from JavaScript can be called."""
    return class_of(value).endswith("Function]")


def reach(function: Any, this: Any, *args: Any) -> "tuple[bool, Any]":
    """Call a JavaScript function that may throw: whether it has returned, and what; what it said where it has thrown."""
    try:
        return (True, js.Reflect.apply(function, this, array(*args)))
    except Exception as error:
        return (False, describe(error))


def attempt(function: Any, this: Any, args: "tuple[Any, ...]", done: Any, failed: Any) -> None:
    """Call a JavaScript function that may throw: *done* gets what it returns or promises, *failed* a text."""
    returned, value = reach(function, this, *args)
    if returned:
        settle(value, done, failed)
    else:
        failed(value)


def settle(value: Any, done: Any, failed: Any) -> None:
    """Hand *done* a value from JavaScript, or what it promises; *failed* gets a text where that is rejected."""

    def passed(value: Any = None, *_: Any) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(value)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    def refused(error: Any = None, *_: Any) -> None:
        failed(describe(error))

    if is_promise(value):
        value.then(create_proxy(passed), create_proxy(refused))
    else:
        passed(value)


def is_promise(value: Any) -> bool:
    """Whether *value* has a `then` to call: an answer may be any object, also one whose `then` is a number."""
    if is_nullish(value):
        return False
    return is_function(reach(method(js.Reflect, "get"), js.Reflect, js.Object(value), "then")[1])


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(error) if isinstance(error, Exception) else str(js.String(error))
