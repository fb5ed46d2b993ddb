"""Names and constants as JavaScript writes them."""

import json

# Words that Python allows as names and JavaScript does not, and what the compiler's own output relies on.
WORDS = """
arguments await boolean byte case catch char const debugger default delete do double enum eval export extends final float
function goto implements instanceof int interface let long native new null package private protected public short static
super switch synchronized this throw throws transient typeof var void volatile
Array Error JSON Map Math Number Object Promise RangeError Set String Symbol TextEncoder TypeError globalThis undefined
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


def constant(value: object) -> str | None:
    """A literal for *value*; None where there is none."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return (
            json.dumps(value, ensure_ascii=False)
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029")
        )
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, bytes):
        return f"new Uint8Array({list(value)})"
    return None
