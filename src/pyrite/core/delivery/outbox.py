"""Everything that has consent and no acknowledgement: gathered, sent, tried again, kept across pages, counted.

Pure. An entry leaves only when the edge has answered for it, for good or ill, or when it is dropped, which is counted with
the reason. Whatever happens its event id stays the same. What storage is like is the browser room's business (Keep, Forget,
Recall, Erase); so is how a body travels (Send).
"""

from ..effects import Effect, Erase, Forget, Keep, Later, Log, Recall, Send, Show
from ..errors import EdgeRefused, EventDropped, NetworkFailed, TrackerError
from ..event import text_of
from ..moment import Moment
from ..notes import Notes
from ..options.configure import Config
from .counts import Counts
from .deferred import Net
from .entry import Entry, Outcome, Request, restored
from .in_flight import ANSWER_TICKS, Flights
from .pace import Pace
from .queue import Waiting, bodies
from .report import Report
from .request import address_of, answer_of, is_temporary, refusals
from .request_builder import CHOICE, Outgoing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .report import Steps

BODY_BYTES = 200000
UNLOADING_BYTES = (
    60000  # of one body while the page goes away: below the 64 KiB, for others may need some
)
HEAD_BYTES = 2000  # what a body has beside its events, at most
HALVINGS = 16  # without an acknowledgement between them: an edge that gives no reasons refuses whoever calls, not an event
REST_TICKS = 12
TICK_MS = 5000
SETTLE_TICKS = 6  # by then the promise is settled; the event stays
RECALL_MS = (
    200  # after configuring: what other pages have left behind doesn't compete with the first view
)


class Outbox:
    """All entries of one configured tracker. What ends for one is an outcome among the steps that are returned, where it happened."""

    def __init__(self, config: Config, outgoing: Outgoing, notes: Notes, page: str) -> None:
        self._stream = config.datastream_id
        self._outgoing = outgoing
        self._notes = notes
        self._waiting = Waiting(config)
        self._flights = Flights()
        self._net = Net(outgoing)
        self._pace = Pace()
        self._halved = 0  # bodies, since the last acknowledgement
        self._ticking = False
        self._leaving = False
        self._noticed = False  # the first failure has been told
        self.counts = Counts(page)

    # ---- in ---------------------------------------------------------------------------------------------------------

    def add(self, entry: Entry, moment: Moment) -> "Steps":
        """Steps of *entry* having come: it leaves at once, unless it was gathered with others or an attempt has failed."""
        if entry.is_event and entry.size > self._waiting.max_bytes:
            return self._drop(entry, "too_large")
        self._waiting.take(entry)
        steps = self._send_new(entry, moment)
        if entry.is_event:
            steps.append(Keep(records=[entry.record(self._stream)]))
        return steps + self._bound() + self._tick()

    def _send_new(self, entry: Entry, moment: Moment) -> "Steps":
        if entry.unloading or self._leaving:
            return self._flush(moment, unloading=True)
        if entry.asking or entry.urgent or entry.built:
            return self._send([entry], moment)
        if self._pace.holds_back(moment):
            steps: Steps = []
            if self._pace.failures:
                steps.extend(self._net.want())
            return steps
        return self._flush(moment) + self._pace.rest()

    def restored(self, records: list[dict[str, object]], moment: Moment) -> "Steps":
        """Steps of *records* that pages which are gone have kept: they go again, unless they are too old."""
        steps: Steps = []
        for record in records:
            entry = restored(record)
            if entry is None:
                # One that can't be read is let go of by itself.
                self.counts.drop("unreadable")
                steps.append(Forget(ids=[text_of(record, "id")]))
            elif not self._waiting.knows(entry.id):
                self._waiting.take(entry)
                self.counts.events["restored"] += 1
        return steps + self._flush(moment) + self._bound() + self._tick()

    # ---- out --------------------------------------------------------------------------------------------------------

    def _flush(self, moment: Moment, *, unloading: bool = False) -> "Steps":
        """Steps that send all that waits, in as few bodies as can be."""
        steps: Steps = []
        leaving: list[Entry] = []
        choices: Steps = []  # last: with a beacon for one the other bodies may not leave any more
        for entry in self._waiting.in_order():
            if entry.request or (self._net.holds(entry.id) if unloading else entry.rest > 0):
                continue
            if self._waiting.is_too_old(entry, moment.now_ms):
                steps.extend(self._drop(entry, "too_old"))
            elif entry.built and entry.built.action == CHOICE:
                choices.extend(self._send([entry], moment, unloading=unloading))
            elif entry.built or (entry.asking and not unloading):
                steps.extend(self._send([entry], moment, unloading=unloading))
            else:
                leaving.append(entry)
        for body in bodies(leaving, UNLOADING_BYTES if unloading else BODY_BYTES):
            steps.extend(self._send(body, moment, unloading=unloading))
        return steps + choices

    def _send(self, entries: list[Entry], moment: Moment, *, unloading: bool = False) -> "Steps":
        built = entries[0].built
        if not self._outgoing.may_leave(built, moment):
            for entry in entries:
                entry.request = ""
            return []
        request = built or self._outgoing.pack(
            entries, moment, unloading=unloading, delivery=self.counts.told()
        )
        request.entries = entries
        request.bare = self._outgoing.bare
        for entry in entries:
            entry.request = request.id
            if entry.is_event:
                self.counts.events["retried" if entry.attempts else "sent"] += 1
            entry.attempts += 1
        self._flights.start(request, unloading=unloading, first=entries[0].attempts == 1)
        line = f"{request.action} {request.id}: {request.text}" if self._notes.debug else ""
        steps: Steps = [_send_of(request, unloading=unloading)]
        return self._notes.note(line) + steps

    def _tick(self) -> list[Effect]:
        if self._ticking or not self._waiting.count():
            return []
        self._ticking = True
        return [Later(timer="tick", delay_ms=TICK_MS)]

    # ---- answers ----------------------------------------------------------------------------------------------------

    def answered(
        self, id: str, *, status: int, text: str, retry_after: str, moment: Moment
    ) -> Report:
        """What the response to a request means, however late it comes."""
        report = Report([])
        if status == 0:
            report.steps = self.failed(id, message="the answer can't be read", moment=moment)
            return report
        request = self._flights.landed(id)
        if request is None:
            return report
        error: TrackerError | None = None
        try:
            report.answer = answer_of(status, text, action=request.action, url=request.url)
        except TrackerError as problem:
            error = problem
        if error is not None and is_temporary(status):
            # Not our edge, but something in between: whoever waits is told, the event stays.
            report.then = self._settled(request, error) if status < 400 else []
            report.failed = (request, error, retry_after)
            return report
        if isinstance(error, EdgeRefused):
            otherwise = self._otherwise(request, error, moment)
            if otherwise is not None:
                report.steps = otherwise
                return report
        self._end(report, request, text, error)
        return report

    def after(self, report: Report, moment: Moment) -> "Steps":
        """Steps for when *report* has been handed on: what it found to have waited long enough leaves."""
        if report.failed:
            request, error, retry_after = report.failed
            return self._failed(request, error, retry_after, moment)
        steps: Steps = []
        if report.resends and not self._pace.is_down():
            steps = self._flush(moment)
        if report.ticks and self._waiting.count():
            steps.extend(self._net.want())
        elif report.resends and not report.ticks:
            steps.extend(self._pace.rest())
        return steps + self._tick()

    def _end(self, report: Report, request: Request, text: str, error: TrackerError | None) -> None:
        """The edge has had its last word on the entries of *request*."""
        if error is None:
            self._halved = 0
        report.resends = self._pace.recovered()
        refused = refusals(report.answer)
        kept = []
        for index, entry in enumerate(request.entries):
            if not self._waiting.has(entry):
                continue
            own = error or refused.get(index)
            if entry.is_event:
                kept.append(entry.id)
                if own is None:
                    self.counts.events["acknowledged"] += 1
                else:
                    self.counts.drop("refused")
            self._waiting.remove(entry)
            if not entry.settled:
                entry.settled = True
                report.then.append(
                    Outcome(entry, request, answer=report.answer, error=own, text=text, index=index)
                )
        if kept:
            report.steps.append(Forget(ids=kept))
            report.steps.extend(self._net.drop())

    def _otherwise(self, request: Request, error: EdgeRefused, moment: Moment) -> "Steps | None":
        """Steps of a 4xx that is not the last word, None where it is: the edge refuses an event alone, or whoever calls.

        The events go without cookies, which may be too many; then in halves, so that one doesn't take its neighbours along;
        and what something in between has refused alone rests, apart from others.
        """
        count = len(request.entries)
        about = error.about
        shown: Steps = [Show()] if request.entries[0].asking else []
        if not about and not request.bare and error.status != 413:
            self._outgoing.bare = True
            return shown + self._parted(request, count, moment, unloading=False)
        # A smaller body may pass: the edge's reason says so, or there is none and it is not yet clear that none passes.
        explained = about == "event" or error.status == 413
        if count > 1 and (explained or (about != "caller" and self._halved < HALVINGS)):
            self._halved += 1
            return self._parted(request, (count + 1) // 2, moment, unloading=False)
        if about:
            return None
        self._outgoing.bare = False
        for entry in request.entries:
            entry.request = ""
            entry.apart = "!"
            entry.rest = min(entry.attempts, REST_TICKS)
        return shown + self._settled(request, error)

    def failed(self, id: str, *, message: str, moment: Moment) -> "Steps":
        """Effects of a request having failed in the network."""
        request = self._flights.landed(id)
        if request is None:
            return []
        message += " (is it running, and this origin listed?)"
        return self._failed(request, _no_answer(request, message), "", moment)

    def taken(self, id: str) -> "Steps":
        """Steps of the browser having taken a beacon: promises resolve; but nobody has acknowledged anything."""
        request = self._flights.get(id)
        if request is None:
            return []
        request.taken = True
        return self._settled(request, None)

    def refused(self, id: str, moment: Moment) -> "Steps":
        """Effects of the browser having refused a beacon, for what is in flight already: as much as there is room for, or half
        of it where only the browser knows why; what is left goes by fetch, and may come through."""
        request = self._flights.landed(id)
        if request is None:
            return []
        room = self._flights.room()
        if len(request.entries) > 1 and request.size <= room:
            return self._parted(request, (len(request.entries) + 1) // 2, moment)
        fitting = 0
        for entry in request.entries:
            room -= entry.size
            fitting += 1 if room >= HEAD_BYTES else 0
        if 0 < fitting < len(request.entries):
            return self._parted(request, fitting, moment)
        self._flights.by_fetch(request)
        return [_send_of(request, unloading=False)]

    def _parted(
        self, request: Request, at: int, moment: Moment, *, unloading: bool = True
    ) -> "Steps":
        """Steps that send the first *at* events of *request* and the others apart."""
        steps: Steps = []
        for entries in (request.entries[:at], request.entries[at:]):
            there = [entry for entry in entries if self._waiting.has(entry)]
            if there:
                steps.extend(self._send(there, moment, unloading=unloading))
        return steps

    def _failed(
        self, request: Request, error: TrackerError, retry_after: str, moment: Moment
    ) -> "Steps":
        """Steps of a failure that may pass: all waits, longer with each failure in a row, or as long as the edge says."""
        steps: Steps = []
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
        return steps + self._notes.note(line) + self._pace.rest(delay_ms) + self._net.want()

    def _settled(self, request: Request, error: TrackerError | None) -> "Steps":
        """Outcomes for promises that wait no longer, though their events do."""
        outcomes: Steps = []
        for entry in request.entries:
            if self._waiting.has(entry) and not entry.settled:
                if entry.built and not request.taken:
                    self._waiting.remove(entry)
                entry.settled = True
                entry.asking = ""
                outcomes.append(Outcome(entry, request, answer={}, error=error))
        return outcomes

    # ---- time and the page ------------------------------------------------------------------------------------------

    def woken(self, turn: int, moment: Moment) -> "Steps":
        """Steps of a timer: what was gathered, or what failed, leaves."""
        if not self._pace.is_over(turn):
            return []
        steps = self._flush(moment)
        if steps and not self._pace.failures:
            steps.extend(self._pace.rest())
        return steps

    def connected(self, moment: Moment, *, allowed: bool) -> "Steps":
        """Steps of the network being back, or the page: what waits goes now, and so do beacons, which nobody acknowledged; all
        of that only if it is *allowed*."""
        self._leaving = False
        self._pace.ordered = False
        if not allowed:
            return []
        steps: Steps = [Recall(stream=self._stream)]
        steps.extend(self._net.drop())
        self._flights.release_beacons(0)
        sends = self._flush(moment)
        if sends:
            sends.extend(self._pace.rest())
        return steps + sends

    def ticked(self, moment: Moment) -> Report:
        """What it means that time has passed: attempts are given up, promises settled, beacons sent again while the page is there."""
        self._ticking = False
        # Another page, or the browser's signal, may have said no since.
        report = Report(self.declined() if self._outgoing.is_out(moment) else [])
        report.ticks = True
        late = self._flights.ticked()
        report.resends = self._flights.release_beacons(2)
        for request in late:
            seconds = ANSWER_TICKS * TICK_MS // 1000
            error = _no_answer(request, f"none within {seconds} s")
            report.steps.extend(self._failed(request, error, "", moment))
        for entry in self._waiting.in_order():
            entry.ticks += 1
            report.resends = report.resends or entry.rest == 1
            entry.rest -= 1 if entry.rest else 0
            if entry.ticks >= SETTLE_TICKS and not entry.settled:
                of = self._flights.get(entry.request) or _nothing(entry)
                kept = _no_answer(of, "none yet; the event is kept")
                one = Request(id="", action="", url=of.url, body={}, text=of.text)
                one.entries = [entry]
                report.then.extend(self._settled(one, entry.error or kept))
        return report

    def cast(self, moment: Moment) -> list[Effect]:
        """Effects of a moment having passed with something waiting: the browser gets it beforehand."""
        allowed = self._outgoing.may_leave(None, moment)
        return self._net.cast(self._waiting.events() if allowed else [], moment)

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects, none, of the browser having taken charge of a body; see deferred.py."""
        self._net.armed(net, place)
        return []

    def leaving(self, moment: Moment) -> "Steps":
        """Steps of the page going away: all that waits leaves, and what is on its way and would end with the page."""
        self._leaving = True
        self._flights.release_mortal()
        return self._flush(moment, unloading=True)

    def hidden(self, moment: Moment) -> "Steps":
        """Steps of the page being hidden: perhaps it is never seen again, so what was gathered leaves."""
        return [] if self._pace.failures else self._flush(moment)

    def consented(self) -> list[Effect]:
        """Effects of consent being there: what other pages have left behind is asked for."""
        return [Later(timer="recall", delay_ms=RECALL_MS)]

    def go_on(self, moment: Moment) -> "Steps":
        """Steps of consent perhaps being back: what waited for it leaves, unless a timer sees to that."""
        return [] if self._pace.resting else self._flush(moment)

    def recall(self) -> list[Effect]:
        """Effects that ask for what pages which are gone have kept."""
        return [Recall(stream=self._stream)]

    def declined(self) -> "Steps":
        """Steps of the visitor having declined: nothing waits or is kept any longer."""
        steps: Steps = [Erase()]
        steps.extend(self._net.drop())
        for entry in self._waiting.events():
            steps.extend(self._drop(entry, "consent"))
        return steps

    # ---- what is dropped --------------------------------------------------------------------------------------------

    def _bound(self) -> "Steps":
        steps: Steps = []
        victim = self._waiting.victim()
        while victim is not None:
            steps.extend(self._drop(victim, "full"))
            victim = self._waiting.victim()
        return steps

    def _drop(self, entry: Entry, reason: str) -> "Steps":
        self.counts.drop(reason)
        self._waiting.remove(entry)
        steps: Steps = [Forget(ids=[entry.id])]
        if not entry.settled:
            entry.settled = True
            error = EventDropped(f"the event was dropped: {REASONS[reason]}", reason=reason)
            steps.append(Outcome(entry, _nothing(entry), answer={}, error=error))
        return steps

    def report(self) -> dict[str, object]:
        """`{waiting, bytes, sent, retried, acknowledged, restored, dropped: {reason: n}}`: counts of events of this page."""
        return self.counts.report({"waiting": self._waiting.count(), "bytes": self._waiting.bytes})


REASONS = {
    "too_large": "it is larger than the whole outbox may be",
    "too_old": "it has waited longer than maxAgeHours",
    "full": "the outbox is full, and it was the oldest of least value",
    "consent": "the visitor declined consent",
}


def _send_of(request: Request, *, unloading: bool) -> Send:
    return Send(
        request=request.id,
        url=request.url,
        body=request.text,
        unloading=unloading,
        keepalive=request.keepalive,
        bare=request.bare,
    )


def _nothing(entry: Entry) -> Request:
    return Request(id="", action="", url="", body={}, text=entry.text)


def _no_answer(request: Request, message: str) -> NetworkFailed:
    return NetworkFailed(f"no answer from the edge at {address_of(request.url)}: {message}")
