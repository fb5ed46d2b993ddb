"""Options checked against a table: every problem at once, each with its path and a remedy.

Pure. The tables themselves stand in config.py and commands.py.
"""

from .errors import OptionsError
from .nearest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = {
    "bool": "true or false",
    "text": "a non-empty string",
    "texts": "a list of non-empty strings",
    "object": "an object",
    "objects": "a list of objects",
    "number": "a number",
    "function": "a function",
    "css": "a string",
}


class Option:
    """One row of a table: name, kind, default and what it is for.

    *kind* is a key of EXPECTED, a list of the values allowed, or a list of Options for an object with known keys.
    *check* may look closer: it returns what was expected, or None when the value is fine.
    """

    def __init__(
        self,
        name: str,
        kind: object,
        meaning: str,
        *,
        default: object = None,
        required: bool = False,
        check: "Callable[[object], str | None] | None" = None,
        unsupported: bool = False,
        renamed: str = "",
    ) -> None:
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.default = default
        self.required = required
        self.check = check
        self.unsupported = unsupported
        self.renamed = renamed


def read(options: dict[str, object], table: "list[Option]", *, of: str) -> dict[str, object]:
    """*options* with defaults filled in, keys in the table's names.

    Raises OptionsError naming every unknown key, missing key and wrong value; *of* is the command's name.
    """
    problems: list[tuple[str, str]] = []
    values = _read(options, table, "", problems)
    if problems:
        lines = "; ".join([f"{of}: options.{path}: {problem}" for path, problem in problems])
        raise OptionsError(lines, path=problems[0][0])
    return values


def unsupported(options: dict[str, object], table: "list[Option]") -> list[str]:
    """The names in *options* that are accepted for compatibility and have no effect in this build."""
    return [option.name for option in table if option.unsupported and option.name in options]


def _read(
    options: dict[str, object],
    table: "list[Option]",
    prefix: str,
    problems: "list[tuple[str, str]]",
) -> dict[str, object]:
    known = [option.name for option in table]
    for name in sorted(options):
        if name not in known:
            problems.append(
                (prefix + name, f"unknown; known are {', '.join(known)}{did_you_mean(name, known)}")
            )
    values: dict[str, object] = {}
    for option in table:
        value = options.get(option.name)
        if value is None:
            if option.required:
                problems.append((prefix + option.name, f"missing; expected {_expected(option)}"))
            if option.renamed == "" or option.default is not None:
                values[option.name] = _default(option)
            continue
        if isinstance(option.kind, list) and option.kind and isinstance(option.kind[0], Option):
            if isinstance(value, dict):
                value = _read(value, option.kind, prefix + option.name + ".", problems)
            else:
                problems.append((prefix + option.name, f"expected an object, got {value!r}"))
        else:
            expected = _wrong(value, option)
            if expected:
                problems.append((prefix + option.name, f"expected {expected}, got {value!r}"))
        values[option.renamed or option.name] = value
    return values


def _default(option: Option) -> object:
    if isinstance(option.kind, list) and option.kind and isinstance(option.kind[0], Option):
        return {inner.name: _default(inner) for inner in option.kind}
    return option.default


def _expected(option: Option) -> str:
    if isinstance(option.kind, str):
        return EXPECTED[option.kind]
    if isinstance(option.kind, list) and isinstance(option.kind[0], str):
        return "one of " + ", ".join([repr(value) for value in option.kind])
    return "an object"


def _wrong(value: object, option: Option) -> str | None:
    kind = option.kind
    if isinstance(kind, list):
        fits = value in kind
    elif kind == "bool":
        fits = value is True or value is False
    elif kind == "text":
        fits = isinstance(value, str) and value != ""
    elif kind == "css":
        fits = isinstance(value, str)
    elif kind == "texts":
        fits = isinstance(value, list) and all(
            [isinstance(item, str) and item != "" for item in value]
        )
    elif kind == "object":
        fits = isinstance(value, dict)
    elif kind == "objects":
        fits = isinstance(value, list) and all([isinstance(item, dict) for item in value])
    elif kind == "number":
        fits = isinstance(value, (int, float)) and value is not True and value is not False
    else:
        fits = value == "function"  # the bridge puts this word where the page gave a function
    if not fits:
        return _expected(option)
    return option.check(value) if option.check else None
