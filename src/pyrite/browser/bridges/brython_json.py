"""JSON read and texts written, for Brython: its own module is in the standard library, a megabyte that a page need not have.

Numbers with exponents are read as Python reads them, which neither Brython's reader nor its way to JavaScript's does.
"""

from browser import window

_PLAIN = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BLANK = (" ", "\t", "\n", "\r")
_ENDS = (",", "]", "}", ":", '"', "", " ", "\t", "\n", "\r")


def dumps(value: str) -> str:
    """The JSON text of a text; for nothing else."""
    return str(window.JSON.stringify(value))


def loads(text: str) -> object:
    """The value of a JSON *text*; raises ValueError with the place for anything else."""
    reader = _Reader(text)
    value = reader.value()
    if reader.sign():
        raise ValueError(f"expected the end at {reader.at}")
    return value


class _Reader:
    # A list of signs: in a text with an emoji Brython's find and its slices count differently.

    def __init__(self, text: str) -> None:
        self.signs = list(text) + [""]
        self.at = 0

    def sign(self) -> str:
        """The next sign that is not blank; '' at the end."""
        while self.signs[self.at] in _BLANK:
            self.at += 1
        return self.signs[self.at]

    def value(self) -> object:
        """The value that begins here."""
        sign = self.sign()
        if sign == '"':
            return self._text()
        if sign == "{":
            return self._object()
        if sign == "[":
            return self._list()
        return self._word()

    def _take(self, sign: str) -> None:
        if self.sign() != sign:
            raise ValueError(f"expected {sign!r} at {self.at}")
        self.at += 1

    def _object(self) -> "dict[str, object]":
        members: dict[str, object] = {}
        self._take("{")
        if self.sign() == "}":
            self.at += 1
            return members
        while True:
            if self.sign() != '"':
                raise ValueError(f"expected a name in quotes at {self.at}")
            name = self._text()
            self._take(":")
            members[name] = self.value()
            if self.sign() == "}":
                self.at += 1
                return members
            self._take(",")

    def _list(self) -> "list[object]":
        items: list[object] = []
        self._take("[")
        if self.sign() == "]":
            self.at += 1
            return items
        while True:
            items.append(self.value())
            if self.sign() == "]":
                self.at += 1
                return items
            self._take(",")

    def _text(self) -> str:
        start = self.at
        self.at += 1
        out: list[str] = []
        while True:
            sign = self.signs[self.at]
            if sign == '"':
                self.at += 1
                return "".join(out)
            if sign == "\\":
                out.append(self._escape())
                continue
            if sign < " ":
                raise ValueError(f"a text that can't be read at {start}")
            out.append(sign)
            self.at += 1

    def _escape(self) -> str:
        code = self.signs[self.at + 1]
        if code == "u":
            digits = "".join(self.signs[self.at + 2 : self.at + 6])
            self.at += 6
            return chr(int(digits, 16))
        self.at += 2
        if code not in _ESCAPES:
            raise ValueError(f"an escape that can't be read at {self.at - 2}")
        return _ESCAPES[code]

    def _word(self) -> object:
        start = self.at
        while self.signs[self.at] not in _ENDS:
            self.at += 1
        word = "".join(self.signs[start : self.at])
        if word in _PLAIN:
            return _PLAIN[word]
        digits = word[1:] if word.startswith("-") else word
        if not digits[:1].isdigit() or (digits[0] == "0" and digits[1:2].isdigit()):
            raise ValueError(f"expected a value at {start}, got {word[:20]!r}")
        return int(word) if digits.isdigit() else float(word)
