"""Values as shown in messages: Python's `repr` without escaping letters.

Pure. MicroPython 1.28 escapes every letter that is not ASCII: in what is built for it each `!r` is a call of `quoted` (bundle/merge.py).
"""

_SIGNS = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Blanks, and what turns the direction of what follows: the same in web/python.js.
_UNSEEN = ((0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0xFEFF, 0xFEFF))


def quoted(value: object) -> str:
    """`repr(value)`, but that only signs nobody can see are escaped."""
    if isinstance(value, str):
        mark = '"' if "'" in value and '"' not in value else "'"
        return mark + "".join([_sign(sign, mark) for sign in value]) + mark
    if isinstance(value, list):
        return "[" + ", ".join([quoted(one) for one in value]) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join([quoted(key) + ": " + quoted(value[key]) for key in value]) + "}"
    return repr(value)


def _sign(sign: str, mark: str) -> str:
    if sign == mark:
        return "\\" + sign
    if sign in _SIGNS:
        return _SIGNS[sign]
    code = ord(sign)
    if code > 255:
        return f"\\u{code:04x}" if any([low <= code <= high for low, high in _UNSEEN]) else sign
    return f"\\x{code:02x}" if code < 32 or 127 <= code <= 160 or code == 173 else sign
