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

# What goes by a prototype stays in JavaScript: Brython notes on an object which functions it has given of it, and whatever
# inherits from that object would be given the same ones, bound to the first.
_nodes = window.Function.new(
    "{get, set, apply, getPrototypeOf}",
    "const {toString} = Object.prototype;"
    "return {"
    "get: (node, name) => get(getPrototypeOf(node), name, node),"
    "set: (node, name, value) => { set(getPrototypeOf(node), name, value, node) },"
    "call: (node, name, given) => apply(get(getPrototypeOf(node), name), node, given),"
    "kind: (value) => apply(toString, value, [])"
    "}",
)(window.Reflect)


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    try:
        return int(window.Date.now())
    except Exception:
        return 0


def json() -> Any:
    """The page's JSON."""
    return _window.JSON


def parse(text: str) -> Any:
    """The JavaScript value of a JSON text."""
    return json().parse(text)


def stringify(value: Any) -> str:
    """The JSON text of a JavaScript value; `null` for what has none."""
    if is_nullish(value):
        return "null"
    text = json().stringify(value)
    return text if isinstance(text, str) else "null"


def callback(function: Any) -> Any:
    """*function* as JavaScript may keep and call it."""
    return function


def array(*args: Any) -> Any:
    """A JavaScript list of *args*; None would cross as an object."""
    return window.Array.of(*[javascript.NULL if arg is None else arg for arg in args])


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
    return window.Reflect.construct(constructor, array(*args))


def promise(begin: Any) -> Any:
    """A promise of JavaScript's, which *begin* is given the two functions for that settle it."""
    return construct(window.Promise, begin)


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return window.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    invoke(target, "addEventListener", name, function, capture)


def own(node: Any, name: str) -> Any:
    """The property *name* of a node, never a control of a form or an image of the document that is called so."""
    value = _nodes.get(node, name)
    return None if is_nullish(value) else value


def put(node: Any, name: str, value: Any) -> None:
    """Set the property *name* of a node, as `own` gives it."""
    _nodes.set(node, name, value)


def invoke(node: Any, name: str, *args: Any) -> Any:
    """Call the method *name* of a node, as `own` gives it."""
    return _nodes.call(node, name, array(*args))


def class_of(value: Any) -> str:
    """What JavaScript says that *value* is: `[object Array]`, `[object HTMLDivElement]`."""
    return "[object Undefined]" if is_nullish(value) else str(_nodes.kind(value))


def is_function(value: Any) -> bool:
    """Whether a value from JavaScript can be called."""
    return class_of(value).endswith("Function]")


def reach(function: Any, this: Any, *args: Any) -> "tuple[bool, Any]":
    """Call a JavaScript function that may throw: whether it has returned, and what; what it said where it has thrown."""
    try:
        this = javascript.NULL if this is None else this
        return (True, window.Reflect.apply(function, this, array(*args)))
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

    def passed(result: Any = None, *_: Any) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(result)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    def refused(error: Any = None, *_: Any) -> None:
        failed(describe(error))

    if is_promise(value):
        value.then(passed, refused)
    else:
        passed(value)


def is_promise(value: Any) -> bool:
    """Whether *value* has a `then` to call: an answer may be any object, also one whose `then` is a number."""
    if is_nullish(value):
        return False
    return is_function(
        reach(method(window.Reflect, "get"), window.Reflect, window.Object(value), "then")[1]
    )


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    return str(error) if isinstance(error, Exception) else str(window.String(error))
