"""Source maps, revision 3: which line of which Python file a line of JavaScript comes from.

Source: https://tc39.es/ecma426/. A line has one segment at its first column; esbuild finds the nearest one before a place.
"""

import base64
import json

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def inline(source: str, text: str, lines: list[int]) -> str:
    """A comment for the end of a script whose line n comes from line `lines[n]` (from 1; 0 for none) of *source*."""
    mappings = []
    before = 0
    for line in lines:
        if line:
            mappings.append("A" + "A" + _vlq(line - 1 - before) + "A")
            before = line - 1
        else:
            mappings.append("")
    content = {
        "version": 3,
        "sources": [source],
        "sourcesContent": [text],
        "names": [],
        "mappings": ";".join(mappings),
    }
    encoded = base64.b64encode(json.dumps(content).encode()).decode()
    return f"//# sourceMappingURL=data:application/json;base64,{encoded}\n"


def _vlq(number: int) -> str:
    rest = (-number << 1 | 1) if number < 0 else number << 1
    out = ""
    while True:
        digit, rest = rest & 31, rest >> 5
        out += DIGITS[digit | (32 if rest else 0)]
        if not rest:
            return out
