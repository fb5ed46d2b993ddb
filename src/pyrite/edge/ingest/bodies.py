"""From the bytes of a body to its value: unpacked, mended where it is legal JSON that can't be kept as it is, never too deep.

Pure. What can be read at once is; only what can't takes the slow way, whose work grows with the size of the body alone. Not for
what a body means: its dialect.
"""

import codecs
import json
import re
import secrets
import zlib
from types import UnionType
from typing import Any

import msgspec

from ..http.problems import Problem
from ..settings import Limits
from .depth import is_deeper, may_be_deeper

GZIP = b"\x1f\x8b"
MEMBERS = 100  # of one gzip: a client writes one


class Body(msgspec.Struct, kw_only=True):
    """A body's *value*; *mended* says what had to be changed in it. A value that lies too deep is a mark in there, and as it
    came in *cut*."""

    value: Any
    mended: list[str] = []
    cut: list[bytes] = []

    def is_cut(self, value: Any) -> bool:
        """Whether something too deep was cut out of *value*, a part of this body."""
        return bool(self.cut) and _MARK.search(msgspec.json.encode(value)) is not None

    def original(self, content: bytes) -> bytes:
        """*content*, the JSON of a part of this body, with what was cut out in its place."""
        if not self.cut:
            return content
        return _MARK.sub(lambda mark: self.cut[int(mark[1])], content)

    def without_cuts(self, value: Any) -> Any:
        """*value*, a part of this body, with null for what was cut out."""
        if not self.cut:
            return value
        return msgspec.json.decode(_MARK.sub(b"null", msgspec.json.encode(value)))


def unpacked(content: bytes, limits: Limits) -> bytes:
    """*content* as it was before gzip, where it is that; told by its first bytes, for a header would need a preflight.

    Raises Problem for what is no gzip after all, and for what becomes larger than a body may be.
    """
    if content[:2] != GZIP:
        return content
    pieces: list[bytes] = []
    left = limits.body_bytes
    while content and len(pieces) < MEMBERS:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            piece = unpacker.decompress(content, left + 1)
        except zlib.error as error:
            raise Problem(400, "body.gzip", f"expected gzip: {error}", path="$") from None
        left -= len(piece)
        if left < 0:
            detail = f"expected at most {limits.body_bytes} bytes in one body, got more out of gzip"
            raise Problem(413, "body.too_large", detail, path="$")
        if not unpacker.eof:
            raise Problem(400, "body.gzip", "expected gzip to its end, got a part", path="$")
        pieces.append(piece)
        content = unpacker.unused_data  # of another member, as RFC 1952 allows
    if content:
        raise Problem(400, "body.gzip", f"expected at most {MEMBERS} members of gzip", path="$")
    return b"".join(pieces)


def parsed(content: bytes, levels: int, whole: type | UnionType = dict) -> Body:
    """What *content* holds, mended where need be; nothing in it lies more than *levels* deep. Raises Problem for what is no JSON.

    What lies too deep is cut out of a value of the type *whole*, whose other parts can be used; any other value is refused.
    """
    try:
        value = msgspec.json.decode(content)
    except (msgspec.ValidationError, RecursionError):
        return _mended(content, levels, None, whole)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _mended(content, levels, error, whole)
    if may_be_deeper(content, levels) and is_deeper(value, levels):
        return _mended(content, levels, None, whole)
    return Body(value=value)


def too_deep(levels: int, path: str) -> Problem:
    """The refusal of what lies too deep at *path*."""
    code = "body.too_deep" if path == "$" else "event.too_deep"
    return Problem(400, code, f"expected at most {levels} levels, got more", path=path)


# ---- the slow way ----------------------------------------------------------------------------------------------------


def _mended(
    content: bytes,
    levels: int,
    error: Exception | None = None,
    whole: type | UnionType = dict,
) -> Body:
    """See parsed; *error* is why *content* can't be read as it is, where that is not how deep or large something is."""
    mended: list[str] = []
    cut: list[bytes] = []
    text = _whole(_without_mark(content, mended), mended)
    if error is not None and not mended:
        raise _no_json(error) from None
    try:
        if _needs_cuts(text, levels):
            text, cut = _flattened(text, levels)
        value = _decoded(text, mended)
    except RecursionError:  # brackets that are never closed
        raise too_deep(levels, "$") from None
    except (ValueError, msgspec.DecodeError) as refusal:
        raise _no_json(refusal) from None
    if cut and not isinstance(value, whole):
        raise too_deep(levels, "$")
    return Body(value=value, mended=mended, cut=cut)


def _no_json(error: Exception) -> Problem:
    return Problem(400, "body.json", f"expected JSON in UTF-8: {error!s:.200}", path="$")


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _without_mark(content: bytes, mended: list[str]) -> bytes:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            mended.append(f"a byte order mark ({encoding}) was left out")
            rest = content[len(mark) :]
            if encoding == "utf-8":
                return rest
            return rest.decode(encoding, "replace").encode()
    return content


# Each escape of a text: a pair of halves is one. A backslash stands nowhere else in JSON.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(\\u[dD][89a-fA-F][\da-fA-F]{2})|\\.",
    re.DOTALL,
)


def _whole(content: bytes, mended: list[str]) -> bytes:
    """*content* with U+FFFD for each half of a character that stands alone: JavaScript cuts texts between halves, and writes them."""
    if b"\\u" not in content:
        return content
    count = 0

    def replaced(escape: "re.Match[bytes]") -> bytes:
        nonlocal count
        count += escape[1] is not None
        return rb"\ufffd" if escape[1] else escape[0]

    whole = _ESCAPES.sub(replaced, content)
    if count:
        mended.append(f"{count} halves of characters (lone surrogates) became U+FFFD")
    return whole


def _decoded(content: bytes, mended: list[str]) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.ValidationError:
        pass  # the only one without a type: a number that no double holds
    beyond = 0

    def number(text: str) -> float | None:
        nonlocal beyond
        value = float(text)
        if abs(value) != float("inf"):
            return value
        beyond += 1
        return None

    def whole(text: str) -> float | int | None:
        return int(text) if len(text) <= WHOLE else number(text)

    value = json.loads(content, parse_float=number, parse_int=whole, parse_constant=_no_constant)
    mended.append(f"{beyond} numbers that no double holds became null")
    return value


WHOLE = 4300  # digits of a whole number: so many Python reads, and msgspec


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# ---- depth -----------------------------------------------------------------------------------------------------------

# A text, even one that is never closed, and a bracket: possessive, so that none is looked at twice.
_TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_SECRET = secrets.token_hex(6)  # no body can hold a mark of its own
_MARK = re.compile(b'"' + _SECRET.encode() + rb':(\d+)"')
_OPENING = b"[{"
_QUOTE = b'"'[0]


def _needs_cuts(content: bytes, levels: int) -> bool:
    """Whether something may lie too deep in *content*. Raises msgspec's errors, and UnicodeDecodeError, for what is no JSON."""
    try:
        return is_deeper(msgspec.json.decode(content), levels)
    except (RecursionError, msgspec.ValidationError):
        return True


def _flattened(content: bytes, levels: int) -> tuple[bytes, list[bytes]]:
    """*content* with a mark for each list or object that lies too deep, and what they were."""
    if not may_be_deeper(content, levels):
        return content, []
    cut: list[bytes] = []
    pieces: list[bytes] = []
    level = start = end = 0
    deepest = levels + 2
    for token in _TOKENS.finditer(content):
        place = token.start()
        char = content[place]
        if char == _QUOTE:
            continue
        if char in _OPENING:
            level += 1
            if level == deepest:
                start = place
        else:
            if level == deepest:
                pieces.append(content[end:start])
                pieces.append(f'"{_SECRET}:{len(cut)}"'.encode())
                end = place + 1
                cut.append(content[start:end])
            level -= 1
    pieces.append(content[end:])
    return b"".join(pieces), cut
