"""One number for a text, the same wherever it is computed: 32 bits, evenly spread.

Pure, and not for secrets. FNV-1a over the UTF-8 of the text, with murmur3's finish, because FNV's high bits mix poorly.
Products go by way of numbers below 2**53, which JavaScript holds exactly.
"""


def seed(text: str) -> int:
    """The state of the hash after *text*; it is finished alone, or combined with others by `^` before."""
    value = 0x811C9DC5
    for octet in text.encode():
        value = _product(value ^ octet, 0x01000193)
    return value


def finished(value: int) -> int:
    """0 up to 2**32 - 1: *value* with every bit spread over all others."""
    value = _product(value ^ (value >> 16), 0x85EBCA6B)
    value = _product(value ^ (value >> 13), 0xC2B2AE35)
    return value ^ (value >> 16)


def _product(one: int, other: int) -> int:
    """The lower 32 bits of a product."""
    upper = ((one >> 16) * other) & 0xFFFF
    return ((one & 0xFFFF) * other + upper * 65536) & 0xFFFFFFFF
