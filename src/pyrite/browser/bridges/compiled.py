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


def json() -> Any:
    """JSON as web/early.js has it: what libraries add to the page's own stays out of it."""
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
    return function


def array(*args: Any) -> Any:
    """A JavaScript list of *args*."""
    return list(args)


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


def promise(begin: Any) -> Any:
    """A promise of JavaScript's, which *begin* is given the two functions for that settle it."""
    return construct(js.Promise, begin)


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself."""
    return js.Reflect.get(holder, name)


def own(node: Any, name: str) -> Any:
    """The property *name* of a node, never a control of a form or an image of the document that is called so."""
    return js.Reflect.get(js.Reflect.getPrototypeOf(node), name, node)


def put(node: Any, name: str, value: Any) -> None:
    """Set the property *name* of a node, as `own` gives it."""
    js.Reflect.set(js.Reflect.getPrototypeOf(node), name, value, node)


def invoke(node: Any, name: str, *args: Any) -> Any:
    """Call the method *name* of a node, as `own` gives it."""
    return js.Reflect.apply(js.Reflect.get(js.Reflect.getPrototypeOf(node), name), node, args)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    invoke(target, "addEventListener", name, function, capture)


def class_of(value: Any) -> str:
    """What JavaScript says that *value* is: `[object Array]`, `[object HTMLDivElement]`."""
    return str(js.Object.prototype.toString.call(value))


def is_function(value: Any) -> bool:
    """Whether a value from JavaScript can be called."""
    return class_of(value).endswith("Function]")


def reach(function: Any, this: Any, *args: Any) -> "tuple[bool, Any]":
    """Call a JavaScript function that may throw: whether it has returned, and what; what it said where it has thrown."""
    try:
        return (True, js.Reflect.apply(function, this, args))
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

    def passed(value: Any = None) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(value)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    if is_promise(value):
        js.Promise.resolve(value).then(passed, lambda error=None: failed(describe(error)))
    else:
        passed(value)


def is_promise(value: Any) -> bool:
    """Whether *value* has a `then` to call: an answer may be any object, also one whose `then` is a number."""
    return not is_nullish(value) and is_function(
        reach(method(js.Reflect, "get"), js.Reflect, js.Object(value), "then")[1]
    )


def describe(error: Any) -> str:
    """What an exception from JavaScript says; it may be anything, also what has no words."""
    try:
        return str(js.String(error))
    except Exception:
        return "an exception without words"
