"""The tracker for PyScript pages: `from pyrite import alloy`, and the function `alloy` on the page.

Commands and options in Python's spelling (`await alloy.event(view_start=True, data={…})`) or Alloy's (`viewStart=True`).
"""

from ...core.errors import TrackerError
from ...core.wire import decode_object, encode
from ..bridge import (
    LANE,
    callback,
    construct,
    is_nullish,
    optional,
    parse,
    promise,
    stringify,
    text,
    window,
)
from ..facts.page_facts import new_id, read
from ..page import Page
from .claim import claim
from .queue import queue_of, run, take_over
from .spelling import Spelling, alloys
from .worker import Worker, is_worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Unpack

    from .options import (
        AppendIdentityToUrlOptions,
        ApplyPropositionsOptions,
        ApplyResponseOptions,
        Configuration,
        EventOptions,
        GetIdentityOptions,
        IbexaOptions,
        JssTracked,
        Object,
        SendEventOptions,
        SetConsentOptions,
        SetDebugOptions,
        TrackOptions,
    )


class CommandFailed(TrackerError):
    """What an awaited command raises: `code`, `message` and `path` as the page's promise would have them."""

    def __init__(self, code: str, message: str, path: str) -> None:
        super().__init__(message, path=path)
        self.code = code


class Alloy:
    """One instance: every command is a method that can be awaited and gives a dict."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._adopted = False
        self._given: Any = None  # to the page, by its last call
        self._runs = True  # False where another lane was there first
        self._worker = Worker(name) if is_worker() else None
        if self._worker is None:
            self._page = Page(name, read, new_id)
            self._publish(name)

    async def __call__(
        self, command: str, options: "dict[str, object] | None" = None
    ) -> "dict[str, object]":
        """The result of *command* with *options* in Alloy's spelling; raises CommandFailed."""
        return await self._run(command, options or {})

    async def configure(self, **options: "Unpack[Configuration]") -> "dict[str, object]":
        """Configure the tracker; `datastream_id` is required."""
        return await self._spelled("configure", options)

    async def event(self, **options: "Unpack[EventOptions]") -> "dict[str, object]":
        """Send an event: `view_start`, `document_unloading`, `type`, `data`, `xdm`, …"""
        return await self._spelled("event", options)

    async def send_event(self, **options: "Unpack[SendEventOptions]") -> "dict[str, object]":
        """Send an event with today's Alloy options: `render_decisions`, …"""
        return await self._spelled("sendEvent", options)

    async def apply_propositions(
        self, **options: "Unpack[ApplyPropositionsOptions]"
    ) -> "dict[str, object]":
        """Render propositions that an earlier command has returned."""
        return await self._spelled("applyPropositions", options)

    async def apply_response(
        self, **options: "Unpack[ApplyResponseOptions]"
    ) -> "dict[str, object]":
        """Render an answer that a server has fetched: `response_body={…}`."""
        return await self._spelled("applyResponse", options)

    async def track_event(
        self, events: "JssTracked | Sequence[JssTracked]", **options: "Unpack[TrackOptions]"
    ) -> "dict[str, object]":
        """Send events, goals, outcomes, campaigns and page views of Sitecore JSS: `[{"goalId": "Instant Demo"}]`."""
        value: Any = options
        value["events"] = events
        return await self._spelled("trackEvent", value)

    async def ibexa(self, **options: "Unpack[IbexaOptions]") -> "dict[str, object]":
        """Send an event of Ibexa's: `event="basket", itemtype=1, item=128`; with `after={"seconds": 20}` once it was seen."""
        return await self._spelled("ibexa", options)

    async def set_consent(self, **options: "Unpack[SetConsentOptions]") -> "dict[str, object]":
        """Tell what the visitor chose: `consent=[{…}]`."""
        return await self._spelled("setConsent", options)

    async def get_identity(self, **options: "Unpack[GetIdentityOptions]") -> "dict[str, object]":
        """The visitor's identities."""
        return await self._spelled("getIdentity", options)

    async def append_identity_to_url(
        self, **options: "Unpack[AppendIdentityToUrlOptions]"
    ) -> "dict[str, object]":
        """`{url}` with the identity appended."""
        return await self._spelled("appendIdentityToUrl", options)

    async def create_event_merge_id(self) -> "dict[str, object]":
        """`{eventMergeId}`."""
        return await self._run("createEventMergeId", {})

    async def get_delivery(self) -> "Object":
        """What became of this page's events: `{waiting, bytes, sent, retried, acknowledged, restored, dropped: {reason: n}}`."""
        return await self._run("getDelivery", {})

    async def get_library_info(self) -> "dict[str, object]":
        """`{libraryInfo}`."""
        return await self._run("getLibraryInfo", {})

    async def set_debug(self, **options: "Unpack[SetDebugOptions]") -> "dict[str, object]":
        """Switch the console's log on or off: `enabled`."""
        return await self._spelled("setDebug", options)

    async def _spelled(self, command: str, options: Any) -> "dict[str, object]":
        """The result of *command* with *options* in Python's spelling, in which its refusal speaks too; what is inside them is
        the caller's own and stays as it is."""
        spelling = Spelling(command, list(options))
        try:
            return await self._run(command, {alloys(name): options[name] for name in options})
        except CommandFailed as error:
            message = spelling.of_message(error.message)
            path = spelling.of_path(error.path)
            raise CommandFailed(error.code, message, path) from None

    async def _run(self, command: str, options: "dict[str, object]") -> "dict[str, object]":
        callbacks, plain = _parted(options)
        body = encode(plain)  # here, so that an option without a JSON form raises where it stands

        outcome: list[str] = []

        def settled(value: Any = None, *_: Any) -> None:
            outcome.append(stringify(value))

        def refused(error: Any = None, *_: Any) -> None:
            outcome.append("")
            outcome.append(stringify(error))
            outcome.append(text(error.message))

        promise = self._asked(command, body, callbacks)
        await promise.then(callback(settled), callback(refused))
        if outcome[0]:
            return decode_object(outcome[0])
        fields = decode_object(outcome[1])
        raise CommandFailed(str(fields.get("code")), outcome[2], str(fields.get("path") or ""))

    def _asked(self, command: str, body: str, callbacks: Any) -> Any:
        """The promise of *command*; where another lane runs the page it is that lane's, in a worker the page's."""
        if self._worker is not None:
            if window.Object.keys(callbacks).length:
                raise CommandFailed(
                    "worker.callback",
                    f"{command}: callbacks stay in their thread; give them on the page",
                    "",
                )
            return self._worker.ask(command, body)
        if not self._runs:
            options = window.Object.assign(parse(body), callbacks)
            function = optional(window, self._name)
            if function is None:
                raise CommandFailed(
                    "command.instance",
                    f"{command}: another lane runs this page, and has no instance named {self._name}",
                    "",
                )
            return window.Reflect.apply(function, None, window.Array.of(command, options))

        def begin(resolve: Any, reject: Any, *_: Any) -> None:
            self._page.call(command, body, callbacks, resolve, reject)

        return promise(begin)

    def _publish(self, name: str) -> None:
        """Put the function on the page, or take over the queue of a base code that has; another lane goes first."""

        def adopt(names: "list[str]") -> None:
            queue = queue_of(name)
            if queue is not None and not self._adopted:
                self._adopted = True
                take_over(self._page, queue)

        self._runs = claim(LANE, adopt)
        if self._runs and optional(window, name) is None:
            window.Reflect.set(window, name, callback(self._called))

    def _called(self, command: Any = None, options: Any = None, *_: Any) -> Any:
        """The page's function: `alloy(command, options)` gives a promise."""

        def begin(resolve: Any, reject: Any, *_: Any) -> None:
            run(self._page, command, None if is_nullish(options) else options, resolve, reject)

        # Held here: MicroPython may collect what a function gives to JavaScript before it has got there.
        self._given = promise(begin)
        return self._given


def _parted(options: "dict[str, object]") -> "tuple[Any, dict[str, object]]":
    """The callbacks among *options* as a JavaScript object, and the rest."""
    holder = construct(window.Object)
    plain: dict[str, object] = {}
    for name in options:
        if callable(options[name]):
            window.Reflect.set(holder, name, callback(options[name]))
        else:
            plain[name] = options[name]
    return holder, plain


alloy = Alloy("alloy")
