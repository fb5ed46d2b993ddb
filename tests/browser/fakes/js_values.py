"""JavaScript's own objects, as far as the browser room uses them, in Python: a property is an attribute.

Not for what a window has beside them: fake_window.py.
"""

import json
from collections.abc import Callable
from typing import Any

Work = Callable[[], None]


class Obj:
    """An object; a property that is not there is None, as `undefined` is in the compiled lane."""

    js_class = "Object"

    def __init__(self, **properties: Any) -> None:
        for name, value in properties.items():
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


class Array(list[Any]):
    """An array; other properties may be put on it."""

    js_class = "Array"

    @staticmethod
    def of(*items: Any) -> "Array":
        return Array(items)

    @property
    def length(self) -> int:
        return len(self)

    def push(self, *items: Any) -> None:
        self.extend(items)

    def splice(self, start: int) -> "Array":
        taken = Array(self[start:])
        del self[start:]
        return taken

    def slice(self, start: int, end: int) -> "Array":
        return Array(self[start:end])

    def join(self, between: str) -> str:
        return between.join(string(item) for item in self)


class JsError(Exception):
    """What JavaScript throws."""

    js_class = "Error"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Target(Obj):
    """What events are dispatched to."""

    def __init__(self, **properties: Any) -> None:
        self.listeners: dict[str, list[Any]] = {}
        super().__init__(**properties)

    def addEventListener(self, name: str, function: Any, capture: bool = False) -> None:
        known = self.listeners.setdefault(name, [])
        if function not in known:
            known.append(function)

    def dispatch(self, name: str, event: Any = None) -> None:
        for function in list(self.listeners.get(name, [])):
            function(event if event is not None else Obj(type=name, target=self))


class Promise(Obj):
    """A promise; what it calls is called in a task of its own, by *Promise.later*."""

    js_class = "Promise"
    later: Callable[[Work], None] = staticmethod(lambda work: work())

    def __init__(self, executor: Any) -> None:
        self.state = "pending"
        self.value: Any = None
        self.reactions: list[tuple[Any, Any]] = []
        try:
            executor(self.settle_with, lambda error=None, *_: self.end("rejected", error))
        except Exception as error:
            self.end("rejected", error)

    def settle_with(self, value: Any = None, *_: Any) -> None:
        if isinstance(value, Promise):
            value.then(self.settle_with, lambda error=None, *_: self.end("rejected", error))
        else:
            self.end("fulfilled", value)

    def end(self, state: str, value: Any) -> None:
        if self.state != "pending":
            return
        self.state, self.value = state, value
        for reaction in self.reactions:
            self.react(reaction)

    def react(self, reaction: tuple[Any, Any]) -> None:
        function = reaction[0 if self.state == "fulfilled" else 1]
        if function is not None:
            Promise.later(lambda: function(self.value))

    def then(self, done: Any, failed: Any = None) -> "Promise":
        def executor(resolve: Any, reject: Any) -> None:
            def passed(value: Any) -> None:
                try:
                    resolve(done(value))
                except Exception as error:
                    reject(error)

            def refused(error: Any) -> None:
                if failed is None:
                    reject(error)
                else:
                    resolve(failed(error))

            reaction = (passed, refused)
            if self.state == "pending":
                self.reactions.append(reaction)
            else:
                self.react(reaction)

        return Promise(executor)

    def catch(self, failed: Any) -> "Promise":
        return self.then(lambda value: value, failed)

    @staticmethod
    def resolve(value: Any = None) -> "Promise":
        if isinstance(value, Promise):
            return value
        return Promise(lambda resolve, reject: resolve(value))


class Reflect:
    """JavaScript's Reflect; a method is bound already, so *this* is not looked at."""

    js_class = "Object"

    @staticmethod
    def get(holder: Any, name: str, receiver: Any = None) -> Any:
        if isinstance(holder, (list, str)) and name.isdigit():
            return holder[int(name)] if int(name) < len(holder) else None
        if isinstance(holder, str) and name == "length":
            return len(holder)
        return getattr(holder, name, None)

    @staticmethod
    def set(holder: Any, name: str, value: Any, receiver: Any = None) -> bool:
        setattr(holder, name, value)
        return True

    @staticmethod
    def has(holder: Any, name: str) -> bool:
        return getattr(holder, name, None) is not None

    @staticmethod
    def apply(function: Any, this: Any, args: Any) -> Any:
        return function(*args)

    @staticmethod
    def construct(constructor: Any, args: Any) -> Any:
        return constructor(*args)

    @staticmethod
    def getPrototypeOf(node: Any) -> Any:
        return node

    @staticmethod
    def deleteProperty(holder: Any, name: str) -> bool:
        holder.__dict__.pop(name, None)
        return True

    @staticmethod
    def defineProperty(holder: Any, name: str, description: Any) -> bool:
        setattr(holder, name, description.value)
        return True


class _Object:
    """JavaScript's Object, also as a function."""

    js_class = "Function"

    class prototype:
        class toString:
            @staticmethod
            def call(value: Any) -> str:
                return f"[object {class_name(value)}]"

    def __call__(self, value: Any = None) -> Any:
        return Obj() if value is None else value

    @staticmethod
    def keys(value: Any) -> Array:
        return Array(name for name in value.__dict__ if not name.startswith("_"))

    @staticmethod
    def getOwnPropertyNames(value: Any) -> Array:
        return Array(name for name in getattr(value, "__dict__", {}) if name != "_window")

    @staticmethod
    def assign(target: Any, *sources: Any) -> Any:
        for source in sources:
            for name, value in source.__dict__.items():
                setattr(target, name, value)
        return target


Object = _Object()


class JSON:
    """JavaScript's JSON."""

    js_class = "JSON"

    @staticmethod
    def parse(text: str) -> Any:
        return _from_plain(json.loads(text))

    @staticmethod
    def stringify(value: Any) -> str | None:
        return None if value is None or callable(value) else json.dumps(_plain(value))


def class_name(value: Any) -> str:
    """`Array`, `Function`, `HTMLDivElement`, …"""
    found = getattr(value, "js_class", None)
    if isinstance(found, str) and not isinstance(value, type):
        return found
    return "Function" if callable(value) else "Object"


def string(value: Any) -> str:
    """JavaScript's String(value)."""
    if isinstance(value, JsError):
        return f"Error: {value.message}"
    if isinstance(value, type):
        return f"function {value.__name__}() {{ [native code] }}"
    return str(value)


def _from_plain(value: Any) -> Any:
    if isinstance(value, dict):
        holder = Obj()
        for name, inner in value.items():
            setattr(holder, name, _from_plain(inner))
        return holder
    return Array(map(_from_plain, value)) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, (Obj, JsError)):
        inside = value.__dict__.items()
        return {name: _plain(inner) for name, inner in inside if not callable(inner)}
    return value
