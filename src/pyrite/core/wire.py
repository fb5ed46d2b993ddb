"""One text for one value: JSON that is the same, byte for byte, on every runtime.

Keys sorted, no spaces, raw UTF-8, control characters and U+2028/9 escaped, numbers as JavaScript writes them; anything that has no
JSON form is refused with its path. Not for deciding what is sent: event.py and request.py do.
"""

import json

from .errors import WireError

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_UNLIKE = ("\\u", "\\b", "\\f", "\\x")
LEVELS = 120  # of objects and lists inside each other: MicroPython's stack ends at 135 (e2e/every_lane), an edge takes 64
_HEX = "0123456789abcdef"
_SAFE_WHOLE = 9007199254740992  # 2**53: above it a float no longer holds every whole number


class Json:
    """A value that is JSON text already: written as it is, so that a body is not taken apart and made again."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return decode(self.text) == (decode(other.text) if isinstance(other, Json) else other)

    def __repr__(self) -> str:
        return f"Json({self.text!r})"


def encode(value: object) -> str:
    """The JSON text of *value*.

    Raises WireError, with the path, for NaN and infinities, keys that are not strings, and types that have no JSON form.
    """
    try:
        return _encoded(value, LEVELS)
    except _NoForm as error:
        path = "$" + "".join(error.places)
        raise WireError(f"{path}: {error.reason}", path=path) from None
    except RuntimeError:  # RecursionError is one; MicroPython has no other name for it
        raise WireError(
            "$: objects and lists lie too deep inside each other to be sent", path="$"
        ) from None


def decode(text: str) -> object:
    """The value of a JSON *text*; lone surrogates in escapes become U+FFFD, pairs become their character.

    Raises WireError for anything that is not JSON.
    """
    try:
        return json.loads(_mend_surrogates(text) if "\\u" in text else text)
    except Exception as error:  # Brython raises its own classes, MicroPython a plain ValueError
        raise WireError(f"expected JSON, got {text[:80]!r} ({error})") from None


def decode_object(text: str) -> dict[str, object]:
    """The object in a JSON *text*; raises WireError when it holds something else."""
    value = decode(text)
    if not isinstance(value, dict):
        raise WireError(f"expected a JSON object, got {text[:80]!r}")
    return value


def merge(into: dict[str, object], extra: dict[str, object]) -> dict[str, object]:
    """*into*, changed: objects are merged key by key, everything else in *extra* replaces what was there, uncopied."""
    for key, item in extra.items():
        present = into.get(key)
        if isinstance(present, dict) and isinstance(item, dict):
            merge(present, item)
        else:
            into[key] = item
    return into


class _NoForm(Exception):
    """Found deep inside; each container on the way out adds its part of the path."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places: list[str] = []


def _encoded(value: object, left: int) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dict):
        return _object(value, left)
    if isinstance(value, (list, tuple)):
        return _list(value, left)
    return _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Json):
        return value.text
    raise _NoForm(f"{type(value).__name__} has no JSON form")


# Both call each other directly, not through _text_of: MicroPython's stack is short, and one call a level reaches twice as deep.


def _object(value: dict[object, object], left: int) -> str:
    parts = []
    if not left:
        raise RuntimeError(LEVELS)
    try:
        names = sorted(value)  # type: ignore[type-var]
    except TypeError:
        names = list(value)
    for name in names:
        if not isinstance(name, str):
            raise _NoForm(f"expected a string as key, got {name!r}")
        item = value[name]
        try:
            if isinstance(item, str):
                text = _string(item)
            elif isinstance(item, dict):
                text = _object(item, left - 1)
            elif isinstance(item, (list, tuple)):
                text = _list(item, left - 1)
            else:
                text = _plain(item)
        except _NoForm as error:
            error.places.insert(0, "." + name)
            raise error
        parts.append(_string(name) + ":" + text)
    return "{" + ",".join(parts) + "}"


def _list(value: "list[object] | tuple[object, ...]", left: int) -> str:
    parts: list[str] = []
    if not left:
        raise RuntimeError(LEVELS)
    for item in value:
        try:
            if isinstance(item, dict):
                parts.append(_object(item, left - 1))
            elif isinstance(item, (list, tuple)):
                parts.append(_list(item, left - 1))
            else:
                parts.append(_string(item) if isinstance(item, str) else _plain(item))
        except _NoForm as error:
            error.places.insert(0, f"[{len(parts)}]")
            raise error
    return "[" + ",".join(parts) + "]"


def _number(value: float) -> str:
    """As JavaScript writes it (RFC 8785, 3.2.2.3), but `1e21` for `1e+21`, which Brython's reader refuses."""
    if value != value or value in (float("inf"), float("-inf")):
        raise _NoForm(f"{value!r} has no JSON form")
    if value == int(value) and -_SAFE_WHOLE <= value <= _SAFE_WHOLE:
        return str(int(value))
    text, _, exponent = repr(value).partition("e")
    if not exponent:
        return text[:-2] if text.endswith(".0") else text  # whole, from 2**53 on
    sign = "-" if value < 0 else ""
    whole, _, rest = text.replace("-", "").partition(".")
    digits = whole + ("" if rest == "0" else rest)
    places = int(exponent) + 1  # before the point
    if 0 < places <= 21:
        # 2**53 and above: no digits are left behind the point.
        return sign + digits + "0" * (places - len(digits))
    if -6 < places <= 0:
        return sign + "0." + "0" * -places + digits
    point = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}e{places - 1}"


def _string(value: str) -> str:
    # The runtime's own writer is far faster, and right as long as it used only the escapes that all runtimes write alike.
    quick: str = json.dumps(value)
    odd = "\x7f" in quick or "\u2028" in quick or "\u2029" in quick
    if not odd and "\\" in quick:
        odd = any([mark in quick for mark in _UNLIKE])
    return '"' + "".join([_escaped(char) for char in value]) + '"' if odd else quick


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if code < 32 or code in (0x7F, 0x2028, 0x2029):
        return "\\u" + "".join([_HEX[(code >> shift) & 15] for shift in (12, 8, 4, 0)])
    return char


def _mend_surrogates(text: str) -> str:
    # MicroPython 1.28 turns an escaped pair into two broken halves (tests/core/test_wire.py notices on that lane). Without
    # find: in a text with an emoji Brython's gives places that its slices don't mean.
    pieces = text.split("\\")
    out = [pieces[0]]
    index = 1
    while index < len(pieces):
        piece = pieces[index]
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        code = _unit(piece)
        index += 1
        if not piece:
            out.append("\\\\" + following)
            index += 1
        elif code < 0xD800 or code > 0xDFFF:
            out.append("\\" + piece)
        elif code < 0xDC00 and len(piece) == 5 and 0xDC00 <= _unit(following) <= 0xDFFF:
            low = _unit(following) - 0xDC00
            out.append(chr(0x10000 + ((code - 0xD800) << 10) + low) + following[5:])
            index += 1
        else:
            out.append("\ufffd" + piece[5:])
    return "".join(out)


def _unit(piece: str) -> int:
    """The number of an escape `uXXXX` at the beginning of *piece*; -1 where there is none."""
    digits = piece[1:5]
    if piece[:1] != "u" or len(digits) != 4:
        return -1
    value = 0
    for digit in digits.lower():
        if digit not in _HEX:
            return -1
        value = value * 16 + _HEX.index(digit)
    return value
