"""Names and constants as JavaScript writes them."""

import json

# Words that Python allows as names and JavaScript does not, and what the compiler's own output relies on.
WORDS = """
arguments await boolean byte case catch char const debugger default delete do double enum eval export extends final float
function goto implements instanceof int interface let long native new null package private protected public short static
super switch synchronized this throw throws transient typeof var void volatile
Array Error Infinity JSON Map Math NaN Number Object Promise RangeError Set String Symbol TextEncoder TypeError Uint8Array
false globalThis true undefined
"""
RESERVED = frozenset(WORDS.split())
# What every object has already: to assign such an item is not always to make one.
INHERITED = """
constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf
__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__
"""
ON_OBJECTS = frozenset(INHERITED.split())


def safe(name: str) -> str:
    """*name*, with a sign behind it where JavaScript keeps the word for itself."""
    return name + "$" if name in RESERVED else name


def text(value: str) -> str:
    """A literal for the text *value*; half of a pair, which no file can hold, is written as an escape."""
    made = json.dumps(value, ensure_ascii=False)
    return "".join(
        [
            f"\\u{ord(sign):04x}"
            if sign in "\u2028\u2029" or "\ud800" <= sign <= "\udfff"
            else sign
            for sign in made
        ]
    )


def key(value: str) -> str:
    """*value* as the key of an object literal, where __proto__ would set the prototype."""
    return f"[{text(value)}]" if value == "__proto__" else text(value)


def constant(value: object) -> str | None:
    """A literal for *value*; None where there is none."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int):
        return repr(value) if abs(value) <= 2**53 else None
    if isinstance(value, float):
        return repr(value) if abs(value) < float("inf") else "Infinity"
    if isinstance(value, bytes):
        return f"new Uint8Array({list(value)})"
    return None
