"""What is said of settings that can't be used, and where in a file it stands."""

import re


class SettingsError(ValueError):
    """Settings can't be used; the message says where and why. *key* is the one concerned, or empty."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")


def line_of(text: str, keys: list[str]) -> int:
    """The line of *text* (TOML) in which the key at the path *keys* stands; that of its table, or 1, where it can't be told.

    A table of a list is named with its place: `["jss", "processors[1]", "use"]`.
    """
    best = 1
    table = ".".join(keys[:-1])
    inside = table == ""
    places: dict[str, int] = {}
    last = re.escape(keys[-1].partition("[")[0]) if keys else ""
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            name = re.sub(r"[\"']", "", header[1])
            place = places[name] = places.get(name, -1) + 1
            names = (name, f"{name}[{place}]")
            inside = table in names
            if inside or ".".join(keys) in names:
                best = number
        elif inside and keys and re.match(rf"\s*[\"']?{last}[\"']?\s*[.=]", line):
            return number
    return best
