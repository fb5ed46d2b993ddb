"""Effects: records of what core wants done. browser/ carries them out, tests compare them.

Pure, and only data: no effect knows how it is done.
"""

from .errors import TrackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, dataclass_transform

    class Shared(Protocol):
        """A call that has become several events."""

        def ended(self, index: int, ok: bool, value: dict[str, object]) -> "Settle":
            """The effect of the event at *index* having ended: its promise is settled with the last; before, the call is 0."""

    Timer = tuple[
        str, str, object
    ]  # who is woken, what for, and which one of several: a number or an id

    @dataclass_transform(kw_only_default=True, eq_default=True)
    class Effect:
        """The base, as type checkers see it: each kind takes its fields by name, and no others."""

else:

    class Effect:
        """The base: equal when of one kind with equal fields. Each kind lists its fields; all are given, by name."""

        def __init__(self, **fields: object) -> None:
            for name in fields:
                setattr(self, name, fields[name])

        def __eq__(self, other: object) -> bool:
            return (
                isinstance(other, Effect)
                and kind(self) == kind(other)
                and self.__dict__ == other.__dict__
            )

        def __repr__(self) -> str:
            inside = ", ".join(
                [f"{name}={self.__dict__[name]!r}" for name in sorted(self.__dict__)]
            )
            return f"{kind(self)}({inside})"


def kind(effect: Effect) -> str:
    """The name of an effect's class: `Send`, `Settle`, …"""
    return type(effect).__name__


class Send(Effect):
    """POST *body* to *url*; hand the answer back as `answered(request, …)` or `failed(request, …)`.

    *unloading*: the page may go away: sendBeacon, and `taken(request)` or `refused(request)`. *keepalive*: a fetch that may
    outlive the page. *bare*: without cookies, which a beacon can't do: by fetch.
    """

    request: str
    url: str
    body: str
    unloading: bool
    keepalive: bool
    bare: bool


class Arm(Effect):
    """Have the browser send *bodies* (each `{url, body}`) when the page ends, in whatever way, and no longer those of the net
    before; hand back `armed(net, place)` for each that it has taken charge of."""

    net: int
    bodies: list[dict[str, object]]


class Disarm(Effect):
    """Cancel the bodies of the last Arm."""


class Keep(Effect):
    """Store *records* (see entry.py) where they outlive the page; each replaces one of the same id."""

    records: list[dict[str, object]]


class Forget(Effect):
    """Delete the stored records with these *ids*."""

    ids: list[str]


class Recall(Effect):
    """Adopt the records of pages that are gone, for the data stream *stream*; hand them back as `recalled(records)`."""

    stream: str


class Erase(Effect):
    """Delete all stored records, of every page."""


class Settle(Effect):
    """Resolve (*ok*) or reject the promise of *call* with *value*, a JSON object."""

    call: object
    ok: bool
    value: dict[str, object]


class Ask(Effect):
    """Call the page's callback *hook* with *value*; hand back `hooked(ticket, …)`."""

    ticket: str
    hook: str
    value: dict[str, object]


class Load(Effect):
    """Load *part* (see parts.py) unless it is there; hand back `loaded(part, …)`.

    *url* is its address; where it ends in a slash, the folder in which the edge has its files: then one beside the tracker's
    own script is tried first.
    """

    part: str
    url: str


class Foresee(Effect):
    """Have the browser fetch what a Load of the same *part* and *url* may soon need; nothing of it is executed."""

    part: str
    url: str


class Render(Effect):
    """Carry out the steps of *plan* (see planner.py); hand back `rendering(plan)` after the first pass, `rendered(plan, …)` at
    the end."""

    plan: str


class Serve(Effect):
    """Have the *part* carry out what was given to *call*, at *origin* where that names no other, and settle its promise."""

    call: object
    part: str
    origin: str


class Abandon(Effect):
    """Of the plan *plan*, give up the steps with the numbers *keys* that still wait for their element; *why* is their result."""

    plan: str
    keys: list[int]
    why: str


class Redirect(Effect):
    """Hide the body and replace this page by the one at *url*."""

    url: str


class Stay(Effect):
    """The page is still there after a Redirect: show its body again."""


class SetCookie(Effect):
    """Store a cookie on *domain* ('' is this host alone) for *max_age_s* seconds (0: this session)."""

    name: str
    value: str
    max_age_s: int
    domain: str
    same_site: str


class Call(Effect):
    """Load *url* as an image that is not shown; it *hides_referrer* where the address of the page is not to be told."""

    url: str
    hides_referrer: bool


class Later(Effect):
    """Hand back `on_timer(timer)` after *delay_ms* milliseconds; *timer* is `(owner, what, number)`, and nobody else's business."""

    timer: "Timer"
    delay_ms: int


class Hide(Effect):
    """Add the prehiding style with the text *css*, unless the page has one already."""

    css: str


class Show(Effect):
    """Remove the prehiding style, ours or the page's own."""


class Uncover(Effect):
    """Remove the styles that hide elements of single steps, whether or not the steps have run."""


class Watch(Effect):
    """Start listening, once: *what* is `clicks`, `routes` or `hints`."""

    what: str


class Tell(Effect):
    """Tell the page's monitors what becomes of content: *status* is Alloy's word for it, *payload* what it is about."""

    status: str
    payload: dict[str, object]


class Log(Effect):
    """Write one line: *level* is `info` (for who debugs a page), `warn` or `error`."""

    level: str
    message: str


def resolved(call: object, value: dict[str, object]) -> Settle:
    """The promise of *call* resolves with *value*. A call that has become several events is `(Shared, place)` to each of them."""
    return _settled(call, True, value)


def rejected(call: object, error: TrackerError) -> Settle:
    """The promise of *call* is rejected with *error*."""
    return _settled(call, False, error.as_record())


def _settled(call: object, ok: bool, value: dict[str, object]) -> Settle:
    if isinstance(call, tuple):
        shared: Shared = call[0]
        return shared.ended(call[1], ok, value)
    return Settle(call=call, ok=ok, value=value)
