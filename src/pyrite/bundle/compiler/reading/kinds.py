"""What the compiler knows of a value: its kind, what it holds, whether it may be None.

A kind is never a promise: `unknown` is always allowed, and then the program asks at run time.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .definitions import Class


@dataclass(frozen=True)
class Kind:
    """*name* is `str`, `int`, `float`, `number`, `bool`, `bytes`, `none`, `list`, `tuple`, `dict`, `function`, `instance`, `js` or `unknown`.

    *item* is the kind of what a list, dict or function gives, *items* those of a tuple, *cls* the class of an instance.
    `js` is a JavaScript value (annotated `Any`): its attributes, methods and truth are JavaScript's own.
    """

    name: str
    item: "Kind | None" = None
    items: "tuple[Kind, ...]" = ()
    cls: "Class | None" = None
    maybe_none: bool = False
    keys: str = "str"  # what the keys of a dict are
    natural: bool = False  # of a whole number: it is never negative

    @property
    def is_text(self) -> bool:
        """Whether it is a text for sure."""
        return self.name == "str" and not self.maybe_none

    @property
    def is_number(self) -> bool:
        """Whether it is a number for sure."""
        return self.name in NUMBERS and not self.maybe_none

    @property
    def is_sequence(self) -> bool:
        """Whether it is a list or a tuple for sure."""
        return self.name in ("list", "tuple") and not self.maybe_none

    @property
    def has_native_truth(self) -> bool:
        """Whether JavaScript finds it true exactly when Python does."""
        # What may be no whole number may be NaN, which is true.
        return self.name in ("str", "int", "bool", "none", "js", "instance", "function")

    def optional(self) -> "Kind":
        """The same, or None."""
        return replace(self, maybe_none=True)


NUMBERS = ("int", "float", "number")
UNKNOWN = Kind("unknown")
NEVER = Kind("never")  # of a name that is being asked for
NUMBER = Kind("number")  # whole or not
NONE = Kind("none", maybe_none=True)
STR = Kind("str")
INT = Kind("int")
NATURAL = Kind("int", natural=True)
FLOAT = Kind("float")
BOOL = Kind("bool")
BYTES = Kind("bytes", item=INT)
JS = Kind("js")
FUNCTION = Kind("function")
LIST = Kind("list")
DICT = Kind("dict")


def list_of(item: Kind) -> Kind:
    """A list of *item*."""
    return Kind("list", item=item)


def join(one: "Kind | None", other: "Kind | None") -> "Kind | None":
    """The kind of a value that is *one* or *other*; None stands for nothing known yet."""
    if one is None or other is None:
        return one or other
    if one == other or other.name == "never":
        return one
    if one.name == "never":
        return other
    if one.name == "none" or other.name == "none":
        return (other if one.name == "none" else one).optional()
    maybe = one.maybe_none or other.maybe_none
    if one.name == other.name and one.cls == other.cls:
        items = one.items if one.items == other.items else ()
        keys = one.keys if one.keys == other.keys else "unknown"
        return Kind(one.name, join(one.item, other.item), items, one.cls, maybe, keys)
    if one.name in NUMBERS and other.name in NUMBERS:
        return Kind(
            "float" if "number" not in (one.name, other.name) else "number", maybe_none=maybe
        )
    return UNKNOWN


def held_by(kind: Kind) -> Kind:
    """What a loop over *kind* gives."""
    if kind.name == "dict" and kind.keys != "str":
        return UNKNOWN
    if kind.name in ("str", "dict"):
        return STR
    if kind.name == "tuple" and kind.items:
        found: Kind | None = None
        for item in kind.items:
            found = join(found, item)
        return found or UNKNOWN
    if kind.name in ("list", "tuple", "bytes"):
        return kind.item or UNKNOWN
    return JS if kind.name == "js" else UNKNOWN
