"""A processor of the pipeline, and what it is given: the interface of extensions.

Not for their order: chain.py; nor for what becomes of what they record: run.py.
"""

from typing import Any, Generic, TypeVar, get_args

import msgspec

from ...http.problems import Problem
from ..definitions.catalog import PAGES, Catalog, Definition

T = TypeVar("T")

SPACES = {"event": "events", "goal": "goals", "outcome": "outcomes", "campaign": "campaigns", "pageview": PAGES}  # fmt: skip
CURRENT = "current"  # the page of what stands before any page view of its body
REFUSED = "jss.refused"
RECORDS = 100  # of one event of a body
TEXT_LIMIT = 200  # characters of a kind, an identifier or its source


class TrackEvent(Generic[T]):
    """A processor of event bodies of type T: whatever msgspec decodes into; a body that does not fit it is not its own.

    Its `name`, by which others are put before or after it, is that of the class in small letters unless it says otherwise; an
    entry point may say its place by `before`, `after` or `replaces`.
    """

    name: str = ""
    before: str = ""
    after: str = ""
    replaces: str = ""

    def track_event(self, body: T, args: "TrackEventArgs") -> None:
        """Look at *body*. Return, and the next processor looks; call `args.has_been_tracked()` or `args.report_error(…)`, and
        none does. Called on the event loop: what takes long belongs elsewhere."""
        raise NotImplementedError


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One event to be stored."""

    kind: str
    id: str = ""
    definition: str = ""
    value: float = 0
    data: dict[str, Any] = {}
    currency: str = ""
    money: float | None = None
    url: str = ""
    page_id: str = ""
    page: str = CURRENT
    extra: dict[str, Any] = {}


class Where(msgspec.Struct, kw_only=True):
    """Whose call it is and when: *page* is the current one, which moves with each page view."""

    catalog: Catalog
    contact: str
    session: str
    received_ms: int
    page: str = CURRENT


class TrackEventArgs:
    """What a processor knows of an event, and does about it. Nothing is stored before the chain has ended well."""

    def __init__(self, item: dict[str, Any], where: Where, *, suggests: bool = True) -> None:
        self._item = item
        self._where = where
        self._suggests = suggests  # whether a refusal names the nearest definition
        self.tracked = False
        self.problem: Problem | None = None
        self.records: list[Record] = []
        self.identities: list[tuple[str, str]] = []
        self.said: list[str] = []

    @property
    def contact(self) -> str:
        """The key of the contact that sends it."""
        return self._where.contact

    @property
    def session(self) -> str:
        """The session's cookie, hashed; '' where the caller has none yet."""
        return self._where.session

    @property
    def page(self) -> str:
        """The GUID of the current page, or `current` where none has been viewed in this body."""
        return self._where.page

    @property
    def received_ms(self) -> int:
        """When it came, in milliseconds since 1970."""
        return self._where.received_ms

    def has_been_tracked(self) -> None:
        """The event is taken: no other processor looks at it."""
        self.tracked = True

    def report_error(self, message: str, *, code: str = REFUSED, path: str = "") -> None:
        """The event is refused: the caller and the bad row are told *message*; no other processor looks at it."""
        self.problem = Problem(422, code, message, path=path)

    def tell(self, message: str) -> None:
        """Say *message* in the answer, which is 200 then."""
        self.said.append(message)

    def identify(self, source: str, identifier: str) -> None:
        """The contact is *identifier* in *source*, as in `identify("crm", "4711")`: all contacts that are become one.

        Raises ValueError for an empty one.
        """
        for text in (source, identifier):
            if not isinstance(text, str) or not 0 < len(text) <= TEXT_LIMIT:
                raise ValueError(f"expected a text of 1 to {TEXT_LIMIT} characters, got {text!r:.100}")  # fmt: skip
        self.identities.append((source, identifier))

    def definition(self, kind: str, name: str) -> Definition | None:
        """The definition of a *kind* (`event`, `goal`, `outcome`, `campaign`, `pageview`) with this GUID or alias."""
        return self._where.catalog.find(SPACES[kind], name)

    def record(
        self,
        kind: str,
        *,
        definition: str = "",
        data: dict[str, Any] | None = None,
        value: float = 0,
        currency: str = "",
        money: float | None = None,
        url: str = "",
        without: tuple[str, ...] = (),
    ) -> bool:
        """Have an event of *kind* stored: one of the five, whose *definition* (GUID or alias) has to be known, or one of your own.

        *data* becomes the event's data, *value* adds to the session's; a goal has its definition's unless you say. *url* is
        that of a page view. Of the body all keys are kept in `extra`, but those *without*. Where the definition is not known
        the event is refused with `jss.unknown`, and False comes back. Raises ValueError for what can't be stored.
        """
        if not isinstance(kind, str) or not 0 < len(kind) <= TEXT_LIMIT:
            raise ValueError(f"expected a kind of 1 to {TEXT_LIMIT} characters, got {kind!r:.100}")
        if len(self.records) == RECORDS:
            raise ValueError(f"expected at most {RECORDS} records of one event")
        entry = Definition(id="", alias=definition)
        if kind in SPACES:
            known = self.definition(kind, definition)
            if known is None:
                self._refuse_unknown(kind, definition)
                return False
            entry = known
        is_page = kind == "pageview"
        if is_page:
            self._where.page = entry.id
        self.records.append(
            Record(
                kind=kind,
                id="" if is_page else entry.id,
                definition=entry.alias,
                value=value or entry.value,
                data=dict(data or {}),
                currency=currency,
                money=money,
                url=url,
                page_id=entry.id if is_page else "",
                page=self._where.page,
                extra={key: one for key, one in self._item.items() if key not in without},
            )
        )
        return True

    def _refuse_unknown(self, kind: str, name: str) -> None:
        space = SPACES[kind]
        nearest = self._where.catalog.did_you_mean(space, name) if self._suggests else ""
        remedy = f"define it under [{space}], and 'pyrite replay' takes it"
        self.report_error(f"unknown {kind} {name!r:.200}{nearest}; {remedy}", code="jss.unknown")


def body_type(processor: type[TrackEvent[Any]]) -> Any:
    """The T of a *processor*; dict where it names none."""
    for base in processor.__mro__:
        for outer in getattr(base, "__orig_bases__", ()):
            if getattr(outer, "__origin__", None) is TrackEvent:
                return get_args(outer)[0]
    return dict
