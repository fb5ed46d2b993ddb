"""Everything that has consent and no acknowledgement: gathered, sent, tried again, kept across pages, counted.

Pure. An entry leaves when the edge has answered for it, or is dropped, which is counted. Its event id stays the same. Not for
how things are stored and sent: browser/delivery does that.
"""

from ..effects import Effect, Erase, Forget, Keep, Later, Log, Recall, Show
from ..errors import EdgeRefused, TrackerError
from ..moment import Moment
from ..notes import Notes
from ..options.configure import Config
from .counts import Counts
from .deferred import DeferredFetch
from .entry import Entry, Request
from .in_flight import ANSWER_TICKS
from .pace import Pace
from .queue import Queue
from .report import Report
from .request import is_temporary, no_answer, parse_answer
from .request_builder import RequestBuilder
from .sender import Sender

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .report import Steps

HEAD_BYTES = 2000  # what a body has beside its events, at most
HALVINGS = 16  # without an acknowledgement between them: an edge that gives no reasons refuses whoever calls, not an event
REST_TICKS = 12
TICK_MS = 5000
# After configuring: what other pages have left behind doesn't compete with the first view.
RECALL_MS = 200
# After a return: of two pages that change places in the back/forward cache, the one that comes runs before the one that goes has
# let go of its lock; a page in there that holds a lock when others are asked for is thrown out (Chromium 156, e2e/cached).
RETURN_MS = 1000


class Outbox:
    """The unacknowledged entries of one tracker. Methods return steps: effects and outcomes, in their order."""

    def __init__(self, config: Config, builder: RequestBuilder, notes: Notes, page: str) -> None:
        self._stream = config.datastream_id
        self._builder = builder
        self._notes = notes
        self.counts = Counts(page)
        self._queue = Queue(config, self.counts)
        self._deferred = DeferredFetch(builder)
        self._sender = Sender(builder, notes, self._queue, self._deferred, self.counts)
        self._pace = Pace()
        self._halved = 0  # bodies, since the last acknowledgement
        self._ticking = False
        self._leaving = False
        self._returns = 0  # of the page; timers of before don't count any longer
        self._noticed = False  # the first failure has been told

    def add(self, entry: Entry, moment: Moment) -> "Steps":
        """Add *entry* and send it at once, unless events are being batched or a retry is pending."""
        if entry.is_event and entry.size > self._queue.max_bytes:
            return self._queue.drop(entry, "too_large")
        self._queue.take(entry)
        steps = self._send_new(entry, moment)
        if entry.is_event:
            steps.append(Keep(records=[entry.record(self._stream)]))
        return steps + self._queue.bound() + self._tick()

    def _send_new(self, entry: Entry, moment: Moment) -> "Steps":
        if entry.unloading or self._leaving:
            return self._sender.flush(moment, unloading=True)
        if entry.asking or entry.urgent or entry.built:
            return self._sender.send([entry], moment)
        if self._pace.holds_back(moment):
            steps: Steps = []
            if self._pace.failures:
                steps.extend(self._deferred.schedule())
            return steps
        return self._sender.flush(moment) + self._pace.rest()

    def gather(self, moment: Moment) -> "Steps":
        """Start a batch: the first of several entries waits for the others."""
        steps: Steps = []
        if not self._pace.holds_back(moment):
            steps.extend(self._pace.rest())
        return steps

    def restored(self, records: list[dict[str, object]], moment: Moment) -> "Steps":
        """Adopt *records* stored by pages that no longer exist, and send them again unless they are too old."""
        steps = self._queue.restore(records)
        return steps + self._sender.flush(moment) + self._queue.bound() + self._tick()

    def _tick(self) -> list[Effect]:
        if self._ticking or not self._queue.count():
            return []
        self._ticking = True
        return [Later(timer=("outbox", "tick", 0), delay_ms=TICK_MS)]

    def answered(
        self, id: str, *, status: int, text: str, retry_after: str, moment: Moment
    ) -> Report:
        """Process the response to a request, however late."""
        report = Report([])
        if status == 0:
            report.steps = self.failed(id, "the answer can't be read", moment)
            return report
        request = self._sender.in_flight.finished(id)
        if request is None:
            return report
        error: TrackerError | None = None
        try:
            report.answer = parse_answer(status, text, action=request.action, url=request.url)
        except TrackerError as problem:
            error = problem
        if error is not None and is_temporary(status):
            # Not our edge, but something in between: whoever waits is told, the event stays.
            report.then = self._queue.settle(request, error) if status < 400 else []
            report.failed = (request, error, retry_after)
            return report
        if isinstance(error, EdgeRefused):
            otherwise = self._otherwise(request, error, moment)
            if otherwise is not None:
                report.steps = otherwise
                return report
        if error is None:
            self._halved = 0
            self._queue.failure = None
        report.resends = self._pace.recovered()
        finished, report.then = self._queue.end(request, report.answer, text, error)
        if finished:
            report.steps.append(Forget(ids=finished))
            report.steps.extend(self._deferred.cancel())
        return report

    def after(self, report: Report, moment: Moment) -> "Steps":
        """Steps to take after *report* has been handed on: send the entries that are due."""
        if report.failed:
            request, error, retry_after = report.failed
            return self._failed(request, error, retry_after, moment)
        steps: Steps = []
        if report.resends and not self._pace.is_down():
            steps = self._sender.flush(moment)
        if report.ticks and self._queue.count():
            steps.extend(self._deferred.schedule())
        elif report.resends and not report.ticks:
            steps.extend(self._pace.rest())
        return steps + self._tick()

    def _otherwise(self, request: Request, error: EdgeRefused, moment: Moment) -> "Steps | None":
        """Steps of a 4xx that is not the last word, None where it is: the edge refuses an event alone, or whoever calls.

        The events go without cookies, which may be too many; then in halves, so that one doesn't take its neighbours along;
        and what something in between has refused alone rests, apart from others.
        """
        count = len(request.entries)
        about = error.about
        reveal: Steps = [Show()] if request.entries[0].asking else []
        if not about and not request.bare and error.status != 413:
            self._builder.bare = True
            return reveal + self._sender.parted(request, count, moment, unloading=False)
        # A smaller body may pass: the edge's reason says so, or there is none and it is not yet clear that none passes.
        explained = about == "event" or error.status == 413
        if count > 1 and (explained or (about != "caller" and self._halved < HALVINGS)):
            self._halved += 1
            return self._sender.parted(request, (count + 1) // 2, moment, unloading=False)
        if about:
            return None
        self._builder.bare = False
        for entry in request.entries:
            entry.request = ""
            entry.apart = "!"
            entry.rest = min(entry.attempts, REST_TICKS)
        return reveal + self._queue.settle(request, error)

    def failed(self, id: str, message: str, moment: Moment) -> "Steps":
        """Process a network failure of a request."""
        request = self._sender.in_flight.finished(id)
        if request is None:
            return []
        message += " (is it running, and this origin listed?)"
        return self._failed(request, no_answer(request.url, message), "", moment)

    def taken(self, id: str) -> "Steps":
        """Process an accepted beacon: promises resolve, but entries stay, because a beacon is no acknowledgement."""
        request = self._sender.in_flight.get(id)
        if request is None:
            return []
        request.taken = True
        return self._queue.settle(request, None)

    def refused(self, id: str, moment: Moment) -> "Steps":
        """Split and resend a beacon that the browser refused.

        Sends as many entries as fit in the keepalive budget; if the budget should have sufficed, sends half. A single refused
        entry falls back to fetch.
        """
        request = self._sender.in_flight.finished(id)
        if request is None:
            return []
        room = self._sender.in_flight.room()
        if len(request.entries) > 1 and request.size <= room:
            return self._sender.parted(request, (len(request.entries) + 1) // 2, moment)
        fitting = 0
        for entry in request.entries:
            room -= entry.size
            fitting += 1 if room >= HEAD_BYTES else 0
        if 0 < fitting < len(request.entries):
            return self._sender.parted(request, fitting, moment)
        return self._sender.by_fetch(request)

    def _failed(
        self, request: Request, error: TrackerError, retry_after: str, moment: Moment
    ) -> "Steps":
        """Put the entries back after a temporary failure and wait: exponential backoff, or what Retry-After says."""
        steps: Steps = []
        self._queue.failure = error
        for entry in request.entries:
            entry.error = error
            if entry.request == request.id:
                entry.request = ""
            if entry.asking and entry.attempts == 1:
                steps.append(Show())  # nobody waits for offers that may come late
        if self._pace.is_down() and not retry_after:
            return steps  # of several bodies that failed at once, one counts
        delay_ms = self._pace.failed(retry_after, moment)
        if not self._noticed:
            # The promise may wait for half a minute before it says so.
            self._noticed = True
            steps.append(Log(level="warn", message=error.message))
        line = f"{error.message}; goes again within {delay_ms} ms"
        return (
            steps + self._notes.note(line) + self._pace.rest(delay_ms) + self._deferred.schedule()
        )

    def on_timer(self, what: str, number: object, moment: Moment) -> Report:
        """Process a timer of the outbox: `flush`, `tick`, `net` or `recall`."""
        if what == "tick":
            return self.ticked(moment)
        if what == "flush":
            return Report(self._rested(number, moment))
        steps: Steps = []
        if what == "net":
            allowed = self._builder.may_leave(None, moment)
            steps.extend(self._deferred.defer(self._queue.events() if allowed else [], moment))
        elif number == self._returns and not self._leaving:
            steps.append(Recall(stream=self._stream))
        return Report(steps)

    def _rested(self, turn: object, moment: Moment) -> "Steps":
        """Send the batch, or retry what failed."""
        if not self._pace.is_over(turn):
            return []
        steps = self._sender.flush(moment)
        if steps and not self._pace.failures:
            steps.extend(self._pace.rest())
        return steps

    def connected(self, moment: Moment, *, allowed: bool) -> "Steps":
        """Send pending entries and unacknowledged beacons again: the network or the page is back. Only if *allowed*."""
        self._leaving = False
        self._pace.ordered = False
        if not allowed:
            return []
        self._returns += 1
        steps: Steps = []
        steps.extend(self._recall(RETURN_MS))
        steps.extend(self._deferred.cancel())
        self._sender.in_flight.release_beacons(0)
        sends = self._sender.flush(moment)
        if sends:
            sends.extend(self._pace.rest())
        return steps + sends

    def ticked(self, moment: Moment) -> Report:
        """Process a tick: time out attempts, settle promises, send beacons again while the page is open."""
        self._ticking = False
        # Another page, or the browser's signal, may have said no since.
        report = Report(self.declined() if self._builder.is_out(moment) else [])
        report.ticks = True
        late = self._sender.in_flight.ticked()
        report.resends = self._sender.in_flight.release_beacons(2)
        for request in late:
            seconds = ANSWER_TICKS * TICK_MS // 1000
            error = no_answer(request.url, f"none within {seconds} s")
            report.steps.extend(self._failed(request, error, "", moment))
        rested, report.then = self._queue.tick(self._sender.in_flight)
        report.resends = report.resends or rested
        return report

    def armed(self, net: int, place: int) -> list[Effect]:
        """Note that the browser holds a body; see deferred.py. No effects."""
        return self._deferred.armed(net, place)

    def leaving(self, moment: Moment) -> "Steps":
        """Send all pending entries, and those of requests that would end with the page: it is being left."""
        self._leaving = True
        self._sender.in_flight.release_mortal()
        return self._sender.flush(moment, unloading=True)

    def hidden(self, moment: Moment) -> "Steps":
        """Send the batch when the page is hidden: it may never be seen again."""
        return [] if self._pace.failures else self._sender.flush(moment)

    def consented(self) -> list[Effect]:
        """Effects of consent given: recall the records of other pages."""
        return self._recall(RECALL_MS)

    def _recall(self, delay_ms: int) -> list[Effect]:
        return [Later(timer=("outbox", "recall", self._returns), delay_ms=delay_ms)]

    def go_on(self, moment: Moment) -> "Steps":
        """Send what waited for consent, unless a timer will."""
        return [] if self._pace.resting else self._sender.flush(moment)

    def declined(self) -> "Steps":
        """Drop and erase everything: the visitor has declined."""
        steps: Steps = [Erase()]
        steps.extend(self._deferred.cancel())
        for entry in self._queue.events():
            steps.extend(self._queue.drop(entry, "consent"))
        return steps

    def report(self) -> dict[str, object]:
        """`{waiting, bytes, sent, retried, acknowledged, restored, dropped: {reason: n}}`: counts of events of this page."""
        return self.counts.report({"waiting": self._queue.count(), "bytes": self._queue.bytes})
