"""The kind of what built-in functions and methods give."""

from collections.abc import Callable

from ..reading.kinds import (
    BOOL,
    BYTES,
    DICT,
    FLOAT,
    INT,
    NATURAL,
    NONE,
    NUMBER,
    NUMBERS,
    STR,
    UNKNOWN,
    Kind,
    held_by,
    join,
    list_of,
)

TEXT = Kind("tuple", items=(STR, STR, STR))
OF_TEXTS: dict[str, Kind] = {
    **dict.fromkeys(("strip", "lstrip", "rstrip", "lower", "upper", "replace", "join"), STR),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha"), BOOL),
    **dict.fromkeys(("find", "rfind", "index", "count"), INT),
    **dict.fromkeys(("partition", "rpartition"), TEXT),
    "split": list_of(STR),
    "encode": BYTES,
}
BUILTINS: dict[str, Kind] = {
    **dict.fromkeys(("len", "ord"), NATURAL),
    **dict.fromkeys(("str", "chr", "repr"), STR),
    **dict.fromkeys(("bool", "isinstance", "all", "any", "callable", "hasattr"), BOOL),
    "int": INT,
    "float": FLOAT,
    "range": list_of(INT),
}


class Arguments:
    """The kinds of a call's arguments, each worked out when it is asked for."""

    def __init__(self, count: int, kind: Callable[[int], Kind]) -> None:
        self.count = count
        self.kind = kind

    def first(self) -> Kind:
        """The kind of the first; unknown where there is none."""
        return self.kind(0) if self.count else UNKNOWN

    def every(self) -> list[Kind]:
        """The kind of each."""
        return [self.kind(place) for place in range(self.count)]


def builtin_call(name: str, arguments: Arguments) -> Kind:
    """The kind of what the built-in function *name* gives for *arguments*."""
    if name == "range" and arguments.count > 2:
        return BUILTINS[name]
    tells = BY_ARGUMENTS.get(name)
    return tells(arguments) if tells else BUILTINS.get(name, UNKNOWN)


def _range(arguments: Arguments) -> Kind:
    first = arguments.first()
    return list_of(NATURAL if arguments.count == 1 else first if first.is_number else INT)


def _same_items(arguments: Arguments) -> Kind:
    return list_of(held_by(arguments.first()))


def _copied_dict(arguments: Arguments) -> Kind:
    first = arguments.first()
    return first if first.name == "dict" else DICT


def _extreme(arguments: Arguments) -> Kind:
    joined: Kind | None = None
    if arguments.count > 1:
        for kind in arguments.every():
            joined = join(joined, kind)
    else:
        joined = held_by(arguments.first())
    return joined or UNKNOWN


def _sum(arguments: Arguments) -> Kind:
    item = held_by(arguments.first())
    return item if item.name in NUMBERS else UNKNOWN


def _abs(arguments: Arguments) -> Kind:
    first = arguments.first()
    return first if first.name in ("int", "float", "js") else NUMBER


def _enumerate(arguments: Arguments) -> Kind:
    return list_of(Kind("tuple", items=(NATURAL, held_by(arguments.first()))))


def _zip(arguments: Arguments) -> Kind:
    return list_of(Kind("tuple", items=tuple(held_by(kind) for kind in arguments.every())))


BY_ARGUMENTS: dict[str, Callable[[Arguments], Kind]] = {
    "range": _range,
    **dict.fromkeys(("sorted", "list", "tuple", "reversed"), _same_items),
    "dict": _copied_dict,
    **dict.fromkeys(("min", "max"), _extreme),
    "sum": _sum,
    "abs": _abs,
    "enumerate": _enumerate,
    "zip": _zip,
}


def builtin_method(name: str, owner: Kind, arguments: Arguments) -> Kind:
    """The kind of what the built-in method *name* of a value of kind *owner* gives for *arguments*."""
    item = owner.item or UNKNOWN
    if name in OF_TEXTS and not (name in ("index", "count") and owner.name == "dict"):
        return OF_TEXTS[name]
    if name in ("get", "pop") and owner.name == "dict":
        fallback = arguments.kind(1) if arguments.count > 1 else NONE
        return join(item, fallback) or UNKNOWN if owner.item else UNKNOWN
    if name == "pop":
        return item
    if name == "setdefault":
        return join(owner.item, arguments.kind(1)) or UNKNOWN
    if name == "items":
        return list_of(Kind("tuple", items=(STR, item)))
    if name == "keys":
        return list_of(STR)
    return list_of(item) if name == "values" else UNKNOWN
