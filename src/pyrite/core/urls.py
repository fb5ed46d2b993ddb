"""Addresses in pieces: hosts, which of them are this machine, and percent-encoding with the UTF-8 in it (RFC 3986).

Pure. Not for what an address of Ibexa may hold: ibexa/percent.py refuses what is decoded leniently here.
"""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # of base64url too
SHORTEST = (0, 0x80, 0x800, 0x10000)  # the least code that needs so many octets more


def parse_host(url: str) -> str:
    """`www.example.com:8443` of an absolute *url*; empty where there is none."""
    separator = url.find("://")
    if separator < 0:
        return ""
    rest = url[separator + 3 :]
    for end in ("/", "?", "#"):
        rest = rest.partition(end)[0]
    return rest.rpartition("@")[2]


def split_host(host: str) -> "tuple[str, str]":
    """`(name, port)` of a host with or without a port; IPv6 addresses keep their brackets."""
    if host.startswith("["):
        name, _, rest = host.partition("]")
        return name + "]", rest[1:]
    name, _, port = host.partition(":")
    return name, port


def is_loopback(name: str) -> bool:
    """Whether *name* (without a port) is this machine."""
    return name in LOOPBACK or name.endswith(".localhost")


def quote(text: str) -> str:
    """*text* percent-encoded as a query value (RFC 3986: all but unreserved characters)."""
    out = []
    for octet in text.encode():
        char = chr(octet)
        plain = octet < 128 and (char in ALPHABET or char in ".~")
        out.append(char if plain else f"%{octet:02X}")
    return "".join(out)


def decoded(text: str) -> str:
    """*text* with `+` and percent-encoding undone; what is no UTF-8 stays as it is."""
    return unescaped(text.replace("+", " "))


def unescaped(text: str) -> str:
    """*text* with percent-encoding undone; what is no UTF-8 stays as it is."""
    if "%" not in text:
        return text
    octets: list[int] = []
    rest = text.encode()
    index = 0
    while index < len(rest):
        digits = hex_digit(rest, index + 1) * 16 + hex_digit(rest, index + 2)
        if rest[index] == 37 and digits >= 0:
            octets.append(digits)
            index += 3
        else:
            octets.append(rest[index])
            index += 1
    decoded = utf8(octets)
    return text if decoded is None else decoded


def hex_digit(octets: bytes, index: int) -> int:
    """The value of a hexadecimal digit; far below zero where there is none."""
    code = octets[index] if index < len(octets) else 0
    if 48 <= code <= 57:
        return code - 48
    if 65 <= code <= 70 or 97 <= code <= 102:
        return (code & 31) + 9
    return -1000


def utf8(octets: list[int]) -> str | None:
    """The text encoded by the UTF-8 *octets* (RFC 3629, shortest form); None if they are invalid."""
    out: list[str] = []
    index = 0
    while index < len(octets):
        first = octets[index]
        more = 0 if first < 128 else 1 if first < 224 else 2 if first < 240 else 3
        if 128 <= first < 194 or first > 244 or index + more >= len(octets):
            return None
        code = first if more == 0 else first & (63 >> more)
        for octet in octets[index + 1 : index + 1 + more]:
            if octet & 192 != 128:
                return None
            code = code << 6 | octet & 63
        if code < SHORTEST[more] or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return None
        out.append(chr(code))
        index += 1 + more
    return "".join(out)
