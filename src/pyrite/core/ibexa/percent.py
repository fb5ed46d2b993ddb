"""Percent-encoding as addresses of Ibexa have it: UTF-8 or an error, never a guess.

Pure. No message quotes a text, which may be a user's. Not for addresses of pages, which may hold anything: core/urls.py.
"""

from ..urls import hex_digit, quote, utf8
from .refusal import Refused

BACKSLASH = "\\"


def encoded(text: str, *, path: str) -> str:
    """*text* percent-encoded (RFC 3986: all but unreserved characters), for a piece of a path or a value.

    Raises Refused for a backslash, and for half a surrogate pair, which has no UTF-8.
    """
    check(text, path)
    return quote(text)


def decoded(text: str, *, path: str) -> str:
    """*text* with percent-encoding undone. Raises Refused for what is no percent-encoded UTF-8, and for a backslash."""
    result = utf8(_octets(text, path)) if "%" in text else text
    if result is None:
        raise Refused("expected percent-encoded UTF-8", path=path)
    check(result, path)
    return result


def check(text: str, path: str) -> None:
    """Raises Refused where *text* can't stand in an address, encoded or not."""
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
        check(piece, path)
        if index:
            digits = piece[:2].encode()
            value = hex_digit(digits, 0) * 16 + hex_digit(digits, 1)
            if value < 0:
                raise Refused("expected two hexadecimal digits behind each %", path=path)
            octets.append(value)
            piece = piece[2:]
        for octet in piece.encode():
            octets.append(octet)
    return octets
