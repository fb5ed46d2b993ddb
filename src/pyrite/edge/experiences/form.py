"""The form of a file of experiences: which keys there are, and of what kind.

Not for reading one, nor for what else is asked of it: file.py.
"""

from typing import Annotated, Any, Literal

import msgspec

CAP_LIMIT = 100  # displays of an experience to a visitor that are counted

_STRICT: dict[str, Any] = {
    "frozen": True,
    "forbid_unknown_fields": True,
    "kw_only": True,
    "omit_defaults": True,
}
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Hours = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Texts = str | list[str]


class TextTable(msgspec.Struct, rename={"is_": "is", "not_": "not"}, **_STRICT):
    """A condition on a text: all of them must hold; of a list of texts one is enough."""

    is_: Texts | None = None
    contains: Texts | None = None
    starts: Texts | None = None
    ends: Texts | None = None
    not_: "Text | None" = None


class ValueTable(msgspec.Struct, rename={"is_": "is", "not_": "not"}, **_STRICT):
    """A condition on any value: those of a text, or a range of numbers."""

    is_: Texts | None = None
    contains: Texts | None = None
    starts: Texts | None = None
    ends: Texts | None = None
    not_: "Text | None" = None
    min: float | None = None
    max: float | None = None


class NumberTable(msgspec.Struct, **_STRICT):
    """A range of numbers, both ends in it."""

    min: float | None = None
    max: float | None = None


Text = str | list[str] | TextTable
Value = bool | int | float | str | list[bool | int | float | str] | ValueTable
Number = int | float | NumberTable


class Audience(msgspec.Struct, rename={"not_": "not"}, **_STRICT):
    """`[audience]`: all of it must hold."""

    url: Text | None = None
    path: Text | None = None
    referrer: Text | None = None
    type: Text | None = None
    query: dict[str, Value] | None = None
    data: dict[str, Value] | None = None
    xdm: dict[str, Value] | None = None
    context: dict[str, Value] | None = None
    visitor: Literal["new", "returning"] | None = None
    views: Number | None = None
    days_since_first: Number | None = None
    days_since_last: Number | None = None
    device: Texts | None = None
    os: Texts | None = None
    browser: Texts | None = None
    language: Texts | None = None
    hours: Hours | list[Hours] | None = None
    days: Day | list[Day] | None = None
    consent: Literal["in", ""] | None = None
    all: "list[Audience] | None" = None
    any: "list[Audience] | None" = None
    not_: "Audience | list[Audience] | None" = None


class Schedule(msgspec.Struct, **_STRICT):
    """`[schedule]`: from when to when, on which days, at which hours; all on the clock of *timezone*."""

    start: Any = None
    end: Any = None
    timezone: str = "UTC"
    days: list[Day] = []
    hours: list[Hours] = []


class Cap(msgspec.Struct, **_STRICT):
    """`[cap]`: how often a visitor is shown it, for ever or within so many hours."""

    shown: Annotated[int, msgspec.Meta(ge=1, le=CAP_LIMIT)]
    hours: Annotated[float, msgspec.Meta(ge=0.001, le=1_000_000)] | None = None


class Goal(msgspec.Struct, **_STRICT):
    """`[goal]`: the event that counts as success; a click on the offer when there is none."""

    type: Annotated[str, msgspec.Meta(min_length=1)]
    data: dict[str, Value] | None = None


class Item(msgspec.Struct, rename="camel", **_STRICT):
    """`[[variants.items]]`: one change of the page, or a content of another schema."""

    type: str = ""
    selector: str = ""
    content: Any = ""
    prehiding_selector: str = ""
    label: str = ""
    schema: str = "dom-action"
    data: dict[str, Any] = {}


class Variant(msgspec.Struct, **_STRICT):
    """`[[variants]]`: what a share of the audience gets; one without items changes nothing, and is counted."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    weight: Annotated[float, msgspec.Meta(ge=0)] = 1
    items: list[Item] = []


class File(msgspec.Struct, **_STRICT):
    """One file. `scope` is `page`, `view:NAME` or the name of a decision scope or surface."""

    variants: Annotated[list[Variant], msgspec.Meta(min_length=1)]
    id: str = ""
    name: str = ""
    enabled: bool = True
    scope: str = "page"
    priority: float = 0
    percentage: Percent | None = None
    group: str = ""
    holdout: Percent | None = None
    audience: Audience = Audience()
    schedule: Schedule = Schedule()
    cap: Cap | None = None
    goal: Goal | None = None
