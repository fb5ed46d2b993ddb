"""Options checked against a table: all problems at once, each with its path and a remedy.

A table is a tuple of rows `(name, kind, default, what it is for)`, plain constants so that it costs nothing to load. A kind
is a key of EXPECTED (with `!` behind it where the option is required), a tuple of the values allowed, or the table of an
object with known keys; `css` is any text. Pure. The tables themselves stand in configure.py, and with each command.
"""

from ..digits import is_digits
from ..errors import OptionsError
from ..urls import CHARACTERS, is_loopback, split_host
from .identity_map import IDENTITY
from .suggest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Table = tuple[tuple[str, Any, Any, str], ...]

TOLD = 5  # problems of one command
SHOWN = 100  # characters of a name or value
CONTEXTS = (
    "web",
    "device",
    "environment",
    "placeContext",
    "highEntropyUserAgentHints",
    "oneTimeAnalyticsReferrer",
)
NAMESPACES = ("ECID", "FPID", "CORE")
EXPECTED = {
    "bool": "true or false",
    "text": "a non-empty string",
    "texts": "a list of non-empty strings",
    "contexts": "a list of " + ", ".join(CONTEXTS),
    "namespaces": "a list of " + ", ".join(NAMESPACES),
    "object": "an object",
    "xdm": "an object",  # whose identityMap is one of
    "identities": "an object",
    "objects": "a list of objects",
    "events": "an event or a list of events",
    "number": "a number",
    "function": "a function",
    "css": "a string",
    "domain": "a host name such as 'www.example.com' or 'localhost:8000' (http only for localhost)",
    "path": "a path such as 'ee' or 'tracking/ee'",
}


def read(options: dict[str, object], table: "Table", *, of: str) -> dict[str, object]:
    """*options* with defaults filled in.

    Raises OptionsError naming unknown and missing keys and wrong values, the first five; *of* is the command's name.
    """
    problems: list[tuple[str, str]] = []
    values = _read(options, table, "", problems)
    if problems:
        lines = [f"{of}: options.{path}: {problem}" for path, problem in problems[:TOLD]]
        if len(problems) > TOLD:
            lines.append(f"and {len(problems) - TOLD} more")
        raise OptionsError("; ".join(lines), path=problems[0][0])
    return values


def is_table(kind: object) -> bool:
    """Whether a row's *kind* is the table of an object with known keys."""
    return isinstance(kind, tuple) and isinstance(kind[0], tuple)


def _read(
    options: dict[str, object], table: "Table", prefix: str, problems: "list[tuple[str, str]]"
) -> dict[str, object]:
    names = [row[0] for row in table]
    for name in sorted(options):
        if name not in names:
            problem = ""
            if len(problems) < TOLD:
                problem = f"unknown{did_you_mean(name, names)}; known are {', '.join(names)}"
            problems.append((_cut(prefix + name), problem))
    values: dict[str, object] = {}
    for row in table:
        name = row[0]
        kind = row[1]
        value = options.get(name)
        if value is None:
            if isinstance(kind, str) and kind.endswith("!"):
                problems.append((prefix + name, f"missing; expected {_expected(kind)}"))
            value = _read({}, kind, "", []) if is_table(kind) else row[2]
        elif is_table(kind):
            if isinstance(value, dict):
                value = _read(value, kind, prefix + name + ".", problems)
            else:
                problems.append(_wrong(prefix + name, "an object", value))
        elif not _fits(value, kind):
            problems.append(_wrong(prefix + name, _expected(kind), value))
        elif kind == "identities":
            _check_identities(value, prefix + name, problems)
        elif kind == "xdm" and isinstance(value, dict) and value.get("identityMap") is not None:
            _check_identities(value["identityMap"], prefix + "xdm.identityMap", problems)
        values[name] = value
    return values


def _check_identities(value: object, path: str, problems: "list[tuple[str, str]]") -> None:
    """Note what is wrong with an identity map, `{namespace: [identity, …]}`."""
    if not isinstance(value, dict):
        problems.append(_wrong(path, "an object", value))
        return
    for namespace in sorted(value):  # for one message in every lane
        place = _cut(f"{path}.{namespace}")
        identities = value[namespace]
        if not isinstance(identities, list):
            problems.append(_wrong(place, "a list of identities", identities))
            continue
        for index in range(len(identities)):
            item = identities[index]
            if isinstance(item, dict):
                _read(item, IDENTITY, f"{place}[{index}].", problems)
            else:
                problems.append(_wrong(f"{place}[{index}]", "an object", item))


def _wrong(path: str, expected: str, value: object) -> tuple[str, str]:
    text = f"{value!r}"
    return path, f"expected {expected}, got {_cut(text)}"


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _expected(kind: object) -> str:
    if isinstance(kind, tuple):
        return "one of " + ", ".join([f"{value!r}" for value in kind])
    return EXPECTED[str(kind).replace("!", "")]


def _fits(value: object, kind: object) -> bool:
    if isinstance(kind, tuple):
        return value in kind
    name = str(kind).replace("!", "")
    if name == "bool":
        return value is True or value is False
    if name in ("text", "css", "domain", "path", "function"):
        # The bridge puts the word "function" where the page gave one.
        return isinstance(value, str) and _text_fits(value, name)
    if name in ("texts", "contexts", "namespaces", "objects"):
        return isinstance(value, list) and all([_item_fits(item, name) for item in value])
    if name == "events":
        return isinstance(value, (list, dict))
    if name == "number":
        return isinstance(value, (int, float)) and value is not True and value is not False
    return isinstance(value, dict)


def _text_fits(value: str, name: str) -> bool:
    if name == "function":
        return value == "function"
    if name == "domain":
        return _is_domain(value)
    if name == "path":
        return all([char in CHARACTERS or char in "_~/" for char in value])
    return name == "css" or value != ""


def _item_fits(item: object, name: str) -> bool:
    if name == "objects":
        return isinstance(item, dict)
    if name == "texts":
        return isinstance(item, str) and item != ""
    return item in (CONTEXTS if name == "contexts" else NAMESPACES)


def _is_domain(value: str) -> bool:
    scheme, separator, rest = value.partition("://")
    host, port = split_host(rest if separator else value)
    if separator and scheme != "https" and not (scheme == "http" and is_loopback(host)):
        return False
    plain = host != "" and all([char in CHARACTERS for char in host])
    return (plain or host == "[::1]") and (port == "" or is_digits(port))
