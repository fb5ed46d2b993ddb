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
_tools: "list[Any]" = []  # the loader's, which catch what is thrown; a PyScript page has none


def equip(tools: Any) -> None:
    """Take the loader's *tools* (see web/loader.js)."""
    _tools.append(tools)


def now_ms() -> int:
    """Milliseconds since 1970, 0 where the page has broken its `Date`."""
    # MicroPython 1.28 cuts integers to 32 bits at the border (Date.now()): the time comes from Python.
    try:
        return int(time.time() * 1000)
    except Exception:
        return 0


def json() -> Any:
    """The page's JSON; the loader's, which no library has changed, where there is a loader."""
    return _tools[0].json if _tools else js.JSON


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
    return _tools[0].array(*args) if _tools else js.Array.of(*args)


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
    return js.Reflect.construct(constructor, array(*args))


def promise(begin: Any) -> Any:
    """A promise of JavaScript's, which *begin* is given the two functions for that settle it."""
    return construct(_promises(), begin)


def _promises() -> Any:
    # A page may have put something else in the place of its own; the loader has what the language began with.
    return method(_tools[0], "promises") if _tools else js.Promise


def method(holder: Any, name: str) -> Any:
    """The JavaScript function *name* of *holder* itself; read as an attribute it would be one of Python's, bound."""
    return js.Reflect.get(holder, name)


def listen(target: Any, name: str, function: Any, capture: bool = False) -> None:
    """`target.addEventListener(name, function, capture)`."""
    # MicroPython 1.28 keeps one proxy for a function however it was reached, and once it was read off an object the
    # module's own `js.addEventListener(…)` takes its first argument for `this` (e2e/routes notices).
    place = js.globalThis if target is js else target
    returned, why = reach(own(place, "addEventListener"), place, name, function, capture)
    if not returned:
        raise ValueError(why)


def own(node: Any, name: str) -> Any:
    """The property *name* of a node, never a control of a form or an image of the document that is called so."""
    if _tools:
        return _tools[0].own(node, name)
    value = js.Reflect.get(js.Reflect.getPrototypeOf(node), name, node)
    return None if is_nullish(value) else value


def put(node: Any, name: str, value: Any) -> None:
    """Set the property *name* of a node, as `own` gives it."""
    place = js.Reflect.getPrototypeOf(node)
    returned, why = reach(method(js.Reflect, "set"), js.Reflect, place, name, value, node)
    if not returned:
        raise ValueError(why)


def invoke(node: Any, name: str, *args: Any) -> Any:
    """Call the method *name* of a node, as `own` gives it."""
    if not _tools:
        return js.Reflect.apply(own(node, name), node, array(*args))
    result = _tools[0].invoke(node, name, *args)
    if isinstance(result, str):
        raise ValueError(result)
    return result[0]


def class_of(value: Any) -> str:
    """What JavaScript says that *value* is: `[object Array]`, `[object HTMLDivElement]`."""
    return str(js.Object.prototype.toString.call(value))


def is_function(value: Any) -> bool:
    """Whether a value from JavaScript can be called."""
    return class_of(value).endswith("Function]")


def reach(function: Any, this: Any, *args: Any) -> "tuple[bool, Any]":
    """Call a JavaScript function that may throw: whether it has returned, and what; what it said where it has thrown."""
    if _tools:
        result = _tools[0].reach(function, this, array(*args))
        return (False, result) if isinstance(result, str) else (True, result[0])
    # Of what JavaScript has from the start, the executor of a promise is what catches within the task. What the function
    # returns is read by a getter, for the executor's own value is lost.
    getter = parse('{"enumerable":true}')
    js.Reflect.set(getter, "get", _bound(function, this, *args))
    source = js.Object.defineProperty(js.Object(), "value", getter)
    target = js.Object()
    executor = _bound(method(js.Object, "assign"), js.Object, target, source)
    construct(js.Promise, executor).catch(lambda *_: None)
    if js.Reflect.has(target, "value"):
        return (True, method(target, "value"))
    return (False, "an exception")


def _bound(function: Any, *args: Any) -> Any:
    return js.Reflect.apply(method(function, "bind"), function, array(*args))


def attempt(function: Any, this: Any, args: "tuple[Any, ...]", done: Any, failed: Any) -> None:
    """Call a JavaScript function that may throw, within this task: *done* gets what it returns, *failed* a text.

    *function* comes from `method` or `optional`: a bound method would let the exception through.
    """

    if not _tools:
        # By a promise, for `reach` does not tell here what was thrown.
        promise = js.Promise.resolve(array(*args))
        settle(promise.then(js.Reflect.apply.bind(js.Reflect, function, this)), done, failed)
        return
    returned, value = reach(function, this, *args)
    if returned:
        settle(value, done, failed)
    else:
        failed(value)


def settle(value: Any, done: Any, failed: Any) -> None:
    """Hand *done* a value from JavaScript, or what it promises; *failed* gets a text where that is rejected."""

    def passed(*values: Any) -> None:
        # A mistake in what follows must end like a throw, not as an unhandled rejection of the page.
        try:
            done(*values)
        except Exception as error:
            failed(f"{type(error).__name__}: {error}")

    if _is_promise(value):
        refused = lambda error=None, *_: failed(describe(error))  # noqa: E731
        _promises().resolve(value).then(passed, refused)
    else:
        passed(value)


def _is_promise(value: Any) -> bool:
    """Whether *value* has a `then` to call: an answer may be any object, also one whose `then` is a number."""
    if is_nullish(value) or isinstance(value, (str, bool, int, float)):
        return False
    return is_function(reach(method(js.Reflect, "get"), js.Reflect, value, "then")[1])


def describe(error: Any) -> str:
    """What an exception from JavaScript says."""
    if _tools:
        return str(_tools[0].words(error))
    return str(js.String(error))
