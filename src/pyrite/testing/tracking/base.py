"""What the fixture `tracking` is in sync and async tests alike: an edge of the test's own, what reached it, and what is waited for."""

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...edge.ingest.schemas import Schemas
from ..edge.controlled import ControlledEdge
from . import report, scripts
from .matching import Wanted
from .records import BadEvent, Shown, TrackedEvent, TrackedRequest
from .servers import Servers
from .snapshot import changes, snapshot
from .steps import Look, Pause, Steps, Stored
from .watching import Watching

if TYPE_CHECKING:
    import httpx2

QUIET_S = 0.05  # without a tracker's request: what a page sends for one reason leaves within a few milliseconds
SETTLE_S = 1.0  # that a page may take to fall quiet once everything expected is there
ARRIVAL_S = 2.0  # from the browser saying that it has sent a request to the port

Type = str | re.Pattern[str] | None
Fields = Mapping[str, Any] | None
Where = Callable[[TrackedEvent], bool] | None


class TrackingMissed(AssertionError):
    """A page has sent tracking that did not come to the test's edge, so nothing can be said about it."""


class Base(ControlledEdge):
    """What sync and async tests have alike."""

    def __init__(
        self,
        settings: dict[str, Any] | None = None,
        *,
        verify: bool = True,
        trace: str = "",
        snapshot_file: Path | None = None,
        update: bool = False,
    ) -> None:
        super().__init__(settings, verify=verify)
        self._watching = Watching(self._trackers)
        self._servers = Servers()
        self._trace = trace
        self._snapshot = snapshot_file
        self._update = update
        self._expected: set[str] = set()
        self._is_offline = False

    @property
    def events(self) -> list[TrackedEvent]:
        """What is stored by now, oldest first."""
        return self._after(0)

    @property
    def sessions(self) -> list[Any]:
        """Sessions of sources that have them, oldest first; see pyrite.stores.contract.Session."""
        return list(self._store.sessions())

    @property
    def bad(self) -> list[BadEvent]:
        """What the edge refused, with the reasons."""
        return [
            BadEvent(code=row.code, path=row.path, message=row.message, body=row.body)
            for row in self._store.bad_rows()
        ]

    @property
    def duplicates(self) -> list[TrackedEvent]:
        """Events that came once more with the same id, once for each time. The store keeps them once."""
        stored = {event.id: event for event in self.events}
        return [stored[id] for id in self._store.again if id in stored]

    @property
    def requests(self) -> list[TrackedRequest]:
        """Every request of a tracker, preflights aside, oldest first."""
        return list(self._gate.requests)

    @property
    def shown(self) -> list[Shown]:
        """The offers that pages have reported as rendered."""
        ids = []
        for event in self.events:
            decisioning = event.xdm.get("_experience", {}).get("decisioning", {})
            if decisioning.get("propositionEventType", {}).get("display"):
                ids += [
                    Shown(
                        id=str(one.get("id")),
                        scope=str(one.get("scope")),
                        details=one.get("scopeDetails") or {},
                    )
                    for one in decisioning.get("propositions", [])
                ]
        return ids

    def check_schemas(self) -> None:
        """Raises AssertionError where an event that came by now is not as its data stream's schemas say, refused or stored.

        Raises ValueError where `tracking_settings` name no schema.
        """
        if not any(stream.schemas for stream in self._settings.datastreams.values()):
            example = '{"datastreams": {"shop": {"schemas": {"*": "schema.json"}}}}'
            raise ValueError(f"expected schemas in tracking_settings, such as {example}")
        schemas = Schemas(self._settings)
        lines = [str(row) for row in self.bad if row.code == "schema.violated"]
        for event in self._store.events():
            check = schemas.of(event.datastream)
            for one in check.violations(event.type, json.loads(event.body)) if check else []:
                lines.append(f"{event.type} {one.path or '.'}: {one.message} ({one.schema})")
        if lines:
            section = report.section("events that are not as their schemas say", lines)
            raise AssertionError("\n".join(section))

    def senders(self) -> None:
        """From now on what the senders and relays of this process send (`pyrite.serverside`) comes here, whatever their upstream is.

        `asgi` and `wsgi` call it. Nothing of it outlives the test.
        """
        self._servers.take(self.url)

    def wsgi(self, app: Any, *, base_url: str = "http://testserver") -> "httpx2.Client":
        """A client of the WSGI app *app*, which is called without a connection; what its senders send comes here."""
        self.senders()
        return self._servers.wsgi(app, base_url)

    # ---- for the plugin ----

    def close(self) -> None:
        """End the clients, and the edge."""
        self._servers.close()
        super().close()

    def attach(self, values: dict[str, Any]) -> None:
        """Follow the pages among the fixtures *values* of a test."""
        self._watching.attach(values)

    def _orgs(self, org: str) -> list[str]:
        """*org*, or where that is empty those of the settings."""
        streams = self._settings.datastreams
        return [org] if org else [stream.org or name for name, stream in streams.items()]

    # ---- steps ----

    def _after(self, seq: int) -> list[TrackedEvent]:
        return [
            TrackedEvent(
                id=event.id,
                type=event.type,
                source=event.source,
                way=event.way,
                visitor=event.visitor,
                session=event.session,
                url=event.url,
                made_ms=event.made_ms,
                received_ms=event.received_ms,
                body=json.loads(event.body),
            )
            for event in self._store.events(after=seq)
        ]

    def _arrived(
        self, wanted: Wanted, count: int | None, within: float, after: int
    ) -> Steps[list[TrackedEvent]]:
        """The events that are *wanted*, once there are *count* and the page is quiet; None: at least one."""
        end = time.monotonic() + within
        enough_s: float | None = None
        while True:
            events = [event for event in self._after(after) if wanted.matches(event)]
            enough = len(events) >= (count or 1)
            if count is not None and len(events) > count:
                break
            now = time.monotonic()
            if enough:
                enough_s = enough_s or now
                is_idle = yield from self._is_idle(enough_s)
                if is_idle or now > enough_s + SETTLE_S:
                    self._expected.update(event.id for event in events)
                    return events
            elif now >= end:
                break
            yield Pause()
        expected = "at least 1 event" if count is None else f"{count} event{'s' * (count != 1)}"
        headline = f"expected {expected} with {wanted} within {within:g} s, got {len(events)}"
        yield from self._fail(headline, wanted, after, events)
        return events

    def _none(self, wanted: Wanted, within: float, after: int) -> Steps[list[TrackedEvent]]:
        """Nothing, once the page is quiet or *within* is over."""
        begun = time.monotonic()
        while True:
            events = [event for event in self._after(after) if wanted.matches(event)]
            if events:
                headline = f"expected no event with {wanted}, got {len(events)}"
                yield from self._fail(headline, wanted, after, events)
            if time.monotonic() >= begun + within or (yield from self._is_idle(begun)):
                return []
            yield Pause()

    def _is_idle(self, since: float) -> Steps[bool]:
        """Whether pages have loaded, hold no event, and have sent nothing for a moment, nor for one since *since*."""
        quiet = time.monotonic() - max(since, self._gate.ended_s)
        if self._gate.under_way or self._servers.waiting() or quiet < QUIET_S:
            return False
        before = len(self._gate.requests)
        states = yield Look(scripts.STATE)
        return len(self._gate.requests) == before and all(
            state["loaded"] and not state["waiting"] for state in states
        )

    def _unexpected(self) -> Steps[list[TrackedEvent]]:
        begun = time.monotonic()
        while not (yield from self._is_idle(begun)) and time.monotonic() < begun + SETTLE_S:
            yield Pause()
        events = [event for event in self.events if event.id not in self._expected]
        if events:
            headline = f"expected no more events, got {len(events)}"
            yield from self._fail(headline, None, 0, events)
        return []

    def _same(self, name: str) -> Steps[None]:
        """Nothing, where the test's tracking is as in its snapshot, which is written where that is asked for."""
        begun = time.monotonic()
        while not (yield from self._is_idle(begun)) and time.monotonic() < begun + SETTLE_S:
            yield Pause()
        if self._snapshot is None:
            raise ValueError("a snapshot needs a test of pytest's to be named after")
        file = self._snapshot.with_name(f"{name}.json") if name else self._snapshot
        now = snapshot(self.events)
        if self._update:
            file.parent.mkdir(exist_ok=True)
            file.write_text(now, encoding="utf-8")
            return
        remedy = "look at it, then accept it with: pytest --update-tracking"
        if not file.exists():
            raise AssertionError(f"there is no snapshot {file} yet; {remedy}\n{now}")
        lines = changes(file.read_text(encoding="utf-8"), now)
        if lines:
            text = "\n".join([report.plain(line) for line in lines])
            raise AssertionError(f"tracking is not as in {file}; {remedy}\n{text}")

    def _held(self) -> Steps[list[dict[str, Any]]]:
        """The records of every outbox: those of open pages, and those that pages have left in their origin's storage."""
        texts = [text for page in (yield Look(scripts.OUTBOX)) for text in page]
        for state in (yield Stored()):
            texts += scripts.left_in(state)
        stored = {event.id for event in self.events}
        records: dict[str, dict[str, Any]] = {}
        for text in texts:
            record = json.loads(text)
            if record.get("id") not in stored:
                records[str(record.get("id"))] = record
        return list(records.values())

    def _all_seen(self) -> Steps[None]:
        """Nothing. Raises TrackingMissed where a page has sent what never came here."""
        end = time.monotonic() + ARRIVAL_S
        while missed := self._watching.missed({one.url for one in self._gate.requests}):
            if time.monotonic() >= end:
                self._watching.told(missed)
                remedy = "make contexts with the fixture new_context, or with browser.new_context(**tracking.context_args), and let no page.route answer it"
                lines = report.section("requests that did not come to the test's edge", missed)
                raise TrackingMissed("\n".join([f"tracking was missed; {remedy}", *lines]))
            yield Pause()

    def _fail(
        self, headline: str, wanted: Wanted | None, after: int, found: list[TrackedEvent]
    ) -> Steps[None]:
        """Raises AssertionError with everything that may say why."""
        yield from self._all_seen()
        events = self._after(after)
        others = [event for event in events if event not in found]
        pending = yield from self._held()
        lines = [headline]
        lines += report.section("these came", found)
        if wanted is not None and not found:
            lines += report.nearest(wanted, others)
        lines += report.section("what else came", others)
        lines += report.section("not yet at the edge", [_told(one) for one in pending])
        if waiting := self._servers.waiting():
            lines.append(f"waiting in senders of this process: {waiting}")
        lines += report.section("refused", self.bad)
        lines += report.section("requests", self.requests)
        lines += report.section("console", self._watching.console)
        if self._trace:
            lines.append(f"trace: {self._trace}")
        raise AssertionError("\n".join(lines))


def _told(record: dict[str, Any]) -> str:
    """An outbox's *record* as events are printed."""
    try:
        event = json.loads(record["text"])
        return (
            f"{event['xdm']['eventType']} {json.dumps(event.get('data', {}), ensure_ascii=False)}"
        )
    except (KeyError, TypeError, ValueError):  # other software has written it
        return json.dumps(record)
