"""One text for one value: JSON that is the same, byte for byte, on every runtime.

Keys sorted, no spaces, raw UTF-8, control characters and U+2028/9 escaped, whole floats as integers; anything that has no
JSON form is refused with its path. Not for deciding what is sent: event.py and request.py do.
"""

import json

from .errors import WireError

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_HEX = "0123456789abcdef"
_SAFE_WHOLE = 9007199254740992  # 2**53: above it a float no longer holds every whole number


def encode(value: object) -> str:
    """The JSON text of *value*.

    Raises WireError, with the path, for NaN and infinities, keys that are not strings, and types that have no JSON form.
    """
    parts: list[str] = []
    _write(value, "$", parts)
    return "".join(parts)


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


def copy(value: object) -> object:
    """*value* with every list and dict inside it made anew."""
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy(item) for item in value]
    return value


def merge(into: dict[str, object], extra: dict[str, object]) -> dict[str, object]:
    """*into*, changed: objects are merged key by key, everything else in *extra* replaces what was there."""
    for key, item in extra.items():
        present = into.get(key)
        if isinstance(present, dict) and isinstance(item, dict):
            merge(present, item)
        else:
            into[key] = copy(item)
    return into


def _write(value: object, path: str, parts: list[str]) -> None:
    if value is None:
        parts.append("null")
    elif value is True:
        parts.append("true")
    elif value is False:
        parts.append("false")
    elif isinstance(value, str):
        parts.append(_text(value))
    elif isinstance(value, int):
        parts.append(str(value))
    elif isinstance(value, float):
        parts.append(_number(value, path))
    elif isinstance(value, dict):
        _write_object(value, path, parts)
    elif isinstance(value, (list, tuple)):
        parts.append("[")
        index = 0
        for item in value:
            if index:
                parts.append(",")
            _write(item, f"{path}[{index}]", parts)
            index += 1
        parts.append("]")
    else:
        raise WireError(f"{path}: {type(value).__name__} has no JSON form", path=path)


def _write_object(value: dict[object, object], path: str, parts: list[str]) -> None:
    for key in value:
        if not isinstance(key, str):
            raise WireError(f"{path}: expected a string as key, got {key!r}", path=path)
    parts.append("{")
    first = True
    for key in sorted(value):  # type: ignore[type-var]
        parts.append(("" if first else ",") + _text(str(key)) + ":")
        _write(value[key], f"{path}.{key}", parts)
        first = False
    parts.append("}")


def _number(value: float, path: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise WireError(f"{path}: {value!r} has no JSON form", path=path)
    if value == int(value) and -_SAFE_WHOLE <= value <= _SAFE_WHOLE:
        return str(int(value))
    # "1e+21" is refused by Brython's reader, so exponents are written without "+".
    return repr(value).replace("e+", "e")


def _text(value: str) -> str:
    plain = True
    for char in value:
        if char < " " or char in '"\\\u2028\u2029\x7f':
            plain = False
            break
    if plain:
        return '"' + value + '"'
    return '"' + "".join([_escaped(char) for char in value]) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if code < 32 or code in (0x7F, 0x2028, 0x2029):
        return "\\u" + "".join([_HEX[(code >> shift) & 15] for shift in (12, 8, 4, 0)])
    return char


def _mend_surrogates(text: str) -> str:
    # MicroPython 1.28 turns an escaped pair into two broken halves (tests/core/test_wire.py notices on that lane).
    out = []
    index = 0
    while index < len(text):
        at = text.find("\\", index)
        if at < 0:
            break
        out.append(text[index:at])
        code = _unit(text, at)
        if code < 0xD800 or code > 0xDFFF:
            out.append(text[at : at + 2])
            index = at + 2
            continue
        low = _unit(text, at + 6) if code < 0xDC00 else -1
        if 0xDC00 <= low <= 0xDFFF:
            out.append(chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)))
            index = at + 12
        else:
            out.append("\ufffd")
            index = at + 6
    out.append(text[index:])
    return "".join(out)


def _unit(text: str, at: int) -> int:
    digits = text[at + 2 : at + 6]
    if text[at : at + 2] != "\\u" or len(digits) != 4:
        return -1
    value = 0
    for digit in digits.lower():
        if digit not in _HEX:
            return -1
        value = value * 16 + _HEX.index(digit)
    return value
