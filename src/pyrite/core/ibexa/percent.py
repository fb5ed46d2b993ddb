"""Percent-encoding as addresses of Ibexa have it: UTF-8 or an error, never a guess.

Pure. No message quotes a text, which may be a user's. Not for addresses of pages, which may hold anything: core/decisions/subject.py.
"""

from ..visitor.identity import quote
from .refusal import Refused

BACKSLASH = "\\"


def encoded(text: str, *, path: str) -> str:
    """*text* percent-encoded (RFC 3986: all but unreserved characters), for a piece of a path or a value.

    Raises Refused for a backslash, and for half a surrogate pair, which has no UTF-8.
    """
    _check(text, path)
    return quote(text)


def decoded(text: str, *, path: str) -> str:
    """*text* with percent-encoding undone. Raises Refused for what is no percent-encoded UTF-8, and for a backslash."""
    found = _utf8(_octets(text, path), path) if "%" in text else text
    _check(found, path)
    return found


def _check(text: str, path: str) -> None:
    if BACKSLASH in text:
        raise Refused("a backslash can't stand in an address", path=path)
    for char in text:
        if 0xD800 <= ord(char) <= 0xDFFF:
            raise Refused("half a surrogate pair can't stand in an address", path=path)


def _octets(text: str, path: str) -> list[int]:
    octets: list[int] = []
    pieces = text.split("%")
    for index in range(len(pieces)):
        piece = pieces[index]
        if index:
            value = _digit(piece[:1]) * 16 + _digit(piece[1:2])
            if value < 0:
                raise Refused("expected two hexadecimal digits behind each %", path=path)
            octets.append(value)
            piece = piece[2:]
        _check(piece, path)
        for octet in piece.encode():
            octets.append(octet)
    return octets


def _digit(char: str) -> int:
    """The value of a hexadecimal digit; far below zero where it is none."""
    place = "0123456789abcdef".find(char.lower()) if char else -1
    return place if place >= 0 else -1000


def _utf8(octets: list[int], path: str) -> str:
    """The text whose UTF-8 *octets* are, in its shortest form (RFC 3629)."""
    out: list[str] = []
    index = 0
    while index < len(octets):
        first = octets[index]
        more = 0 if first < 128 else 1 if first < 224 else 2 if first < 240 else 3
        code = first if more == 0 else first & (63 >> more)
        good = first < 128 or (194 <= first <= 244 and index + more < len(octets))
        for octet in octets[index + 1 : index + 1 + more] if good else []:
            good = good and octet & 192 == 128
            code = code << 6 | octet & 63
        least = (0, 0x80, 0x800, 0x10000)[more]
        if not good or code < least or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise Refused("expected percent-encoded UTF-8", path=path)
        out.append(chr(code))
        index += 1 + more
    return "".join(out)
