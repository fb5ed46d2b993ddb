"""Whose a bad row is: by the keys it was kept with, or, where its body could not be read then, by what stands in the body.

Ids are compared whole and decoded, never as parts of texts: a visitor called `e` is not in every body with that letter.
"""

import json
import re
import zlib
from collections.abc import Iterator

from .contract import BadRow

UNPACKED_BYTES = 16 * 1024 * 1024  # of a packed body: a bad row keeps at most 1 MiB
# With the end of the text in place of the closing quote, so that no part of it is read twice.
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?\Z)', re.DOTALL)


def belongs(row: BadRow, ids: set[str]) -> bool:
    """Whether *row* is one of the visitors with these *ids*."""
    if row.visitor:
        return row.visitor in ids
    return row.ecid in ids or any(text in ids for text in texts(row.body))


def texts(body: bytes) -> Iterator[str]:
    """Every JSON text in *body*, decoded, also where *body* as a whole is no JSON (cut, torn)."""
    if body[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(body, UNPACKED_BYTES)
        except zlib.error:
            return
    for match in _TEXT.finditer(body.decode("utf-8", "replace")):
        text = match[1]
        if "\\" in text:
            try:
                text = json.loads(f'"{text}"', strict=False)
            except ValueError:
                continue
        yield text
