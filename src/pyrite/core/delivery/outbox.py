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
from .deferred import Net
from .entry import Entry, Outcome, Request, restored
from .in_flight import ANSWER_TICKS, Flights
from .queue import Waiting, bodies
from .request import address_of, answer_of, backoff_ms, is_temporary, refusals
from .request_builder import Outgoing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

GATHER_MS = 10  # events within so much of the last body wait for the next
BODY_BYTES = 200000
UNLOADING_BYTES = (
    60000  # of one body while the page goes away: below the 64 KiB, for others may need some
)
HEAD_BYTES = 2000  # what a body has beside its events, at most
HALVINGS = 16  # without an acknowledgement between them: an edge that gives no reasons refuses whoever calls, not an event
REST_TICKS = 12
TICK_MS = 5000
SETTLE_TICKS = 6  # by then the promise is settled; the event stays
OFFLINE_MS = 60000  # offline the browser tells when it is over; should it be mistaken, so often it is tried all the same
WAKE_MS = 1000  # after a failure, before which new events don't bring about another attempt
RECALL_MS = (
    200  # after configuring: what other pages have left behind doesn't compete with the first view
)


class Outbox:
    """All entries of one configured tracker. *ended* gives the effects of outcomes, all of one request, and of its answer."""

    def __init__(
        self,
        config: Config,
        outgoing: Outgoing,
        notes: Notes,
        ended: "Callable[[list[Outcome], dict[str, object], Moment], list[Effect]]",
        page: str,
    ) -> None:
        self._stream = config.datastream_id
        self._outgoing = outgoing
        self._notes = notes
        self._ended = ended
        self._waiting = Waiting(config)
        self._flights = Flights()
        self._net = Net(outgoing)
        self._turn = 0  # of the timer that counts; those set before are past
        self._resting = False  # what comes now waits for that timer
        self._failures = 0  # in a row
        self._failed_ms = 0
        self._halved = 0  # bodies, since the last acknowledgement
        self._ordered = False  # the edge has said when to come again
        self._ticking = False
        self._leaving = False
        self._noticed = False  # the first failure has been told
        self.page = page
        self.counts = {"sent": 0, "retried": 0, "acknowledged": 0, "restored": 0}
        self.dropped: dict[str, int] = {}

    # ---- in ---------------------------------------------------------------------------------------------------------

    def add(self, entry: Entry, moment: Moment) -> list[Effect]:
        """Effects of *entry* having come: it leaves at once, unless it was gathered with others or an attempt has failed."""
        if entry.made is None and entry.size > self._waiting.max_bytes:
            return self._drop(entry, "too_large", moment)
        self._waiting.take(entry)
        effects = self._send_new(entry, moment)
        if entry.made is None:
            effects.append(Keep(records=[entry.record(self._stream)]))
        return effects + self._bound(moment) + self._tick()

    def _send_new(self, entry: Entry, moment: Moment) -> list[Effect]:
        if entry.unloading or self._leaving:
            return self._flush(moment, unloading=True)
        if entry.asking or entry.urgent or entry.made:
            return self._send([entry], moment)
        since = moment.now_ms - self._failed_ms
        wakes = self._failures > 0 and not self._ordered and (since >= WAKE_MS or since < 0)
        if self._resting and not wakes:
            return self._net.want() if self._failures else []
        return self._flush(moment) + self._rest(GATHER_MS)

    def restored(self, records: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects of *records* that pages which are gone have kept: they go again, unless they are too old."""
        effects: list[Effect] = []
        for record in records:
            entry = restored(record)
            if entry is None:
                # One that can't be read is let go of by itself.
                self._count("unreadable")
                effects.append(Forget(ids=[text_of(record, "id")]))
            elif not self._waiting.knows(entry.id):
                self._waiting.take(entry)
                self.counts["restored"] += 1
        effects.extend(self._flush(moment))
        return effects + self._bound(moment) + self._tick()

    # ---- out --------------------------------------------------------------------------------------------------------

    def _flush(self, moment: Moment, *, unloading: bool = False) -> list[Effect]:
        """Effects that send all that waits, in as few bodies as can be."""
        effects: list[Effect] = []
        leaving: list[Entry] = []
        for entry in self._waiting.in_order():
            if entry.request or (self._net.holds(entry.id) if unloading else entry.rest > 0):
                continue
            if self._waiting.is_too_old(entry, moment.now_ms):
                effects.extend(self._drop(entry, "too_old", moment))
            elif entry.made or (entry.asking and not unloading):
                effects.extend(self._send([entry], moment, unloading=unloading))
            else:
                leaving.append(entry)
        for body in bodies(leaving, UNLOADING_BYTES if unloading else BODY_BYTES):
            effects.extend(self._send(body, moment, unloading=unloading))
        return effects

    def _send(
        self, entries: list[Entry], moment: Moment, *, unloading: bool = False
    ) -> list[Effect]:
        request = entries[0].made or self._outgoing.pack(
            entries, moment, unloading=unloading, delivery=self._told()
        )
        request.entries = entries
        request.bare = self._outgoing.bare
        for entry in entries:
            entry.request = request.id
            if entry.made is None:
                self.counts["retried" if entry.attempts else "sent"] += 1
            entry.attempts += 1
        self._flights.start(request, unloading=unloading, first=entries[0].attempts == 1)
        line = f"{request.action} {request.id}: {request.text}" if self._notes.debug else ""
        return self._notes.note(line) + [_send_of(request, unloading=unloading)]

    def _told(self) -> dict[str, object]:
        """What the edge is told of this page's deliveries; {} where all went well."""
        if not self.dropped and not self.counts["retried"]:
            return {}
        told: dict[str, object] = {"page": self.page, "dropped": dict(self.dropped)}
        told.update(self.counts)
        return told

    def _rest(self, delay_ms: int) -> list[Effect]:
        self._turn += 1
        self._resting = True
        return [Later(timer=f"flush:{self._turn}", delay_ms=delay_ms)]

    def _tick(self) -> list[Effect]:
        if self._ticking or not self._waiting.count():
            return []
        self._ticking = True
        return [Later(timer="tick", delay_ms=TICK_MS)]

    # ---- answers ----------------------------------------------------------------------------------------------------

    def answered(
        self, id: str, *, status: int, text: str, retry_after: str, moment: Moment
    ) -> list[Effect]:
        """Effects of the response to a request, however late it comes."""
        if status == 0:
            return self.failed(id, message="the answer can't be read", moment=moment)
        request = self._flights.landed(id)
        if request is None:
            return []
        answer: dict[str, object] = {}
        error: TrackerError | None = None
        try:
            answer = answer_of(status, text, action=request.action, url=request.url)
        except TrackerError as problem:
            error = problem
        if error is not None and is_temporary(status):
            # Not our edge, but something in between: whoever waits is told, the event stays.
            told = self._settle(request, error, moment) if status < 400 else []
            return told + self._failed(request, error, retry_after, moment)
        if isinstance(error, EdgeRefused):
            otherwise = self._otherwise(request, error, moment)
            if otherwise is not None:
                return otherwise
        effects: list[Effect] = []
        if error is None:
            self._halved = 0
        recovered, self._failures, self._ordered = self._failures > 0, 0, False
        outcomes = []
        refused = refusals(answer)
        kept = []
        for index, entry in enumerate(request.entries):
            if not self._waiting.has(entry):
                continue
            own = error or refused.get(index)
            if entry.made is None:
                kept.append(entry.id)
                if own is None:
                    self.counts["acknowledged"] += 1
                else:
                    self._count("refused")
            self._waiting.remove(entry)
            if not entry.settled:
                entry.settled = True
                outcomes.append(
                    Outcome(entry, request, answer=answer, error=own, text=text, index=index)
                )
        if kept:
            effects.append(Forget(ids=kept))
            effects.extend(self._net.drop())
        effects.extend(self._ended(outcomes, answer, moment))
        if recovered:
            effects.extend(self._flush(moment) + self._rest(GATHER_MS))
        return effects

    def _otherwise(
        self, request: Request, error: EdgeRefused, moment: Moment
    ) -> "list[Effect] | None":
        """Effects of a 4xx that is not the last word, None where it is: the edge refuses an event alone, or whoever calls.

        The events go without cookies, which may be too many; then in halves, so that one doesn't take its neighbours along;
        and what something in between has refused alone rests, apart from others.
        """
        count = len(request.entries)
        about = error.about
        shown: list[Effect] = [Show()] if request.entries[0].asking else []
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
        return shown + self._settle(request, error, moment) + self._tick()

    def failed(self, id: str, *, message: str, moment: Moment) -> list[Effect]:
        """Effects of a request having failed in the network."""
        request = self._flights.landed(id)
        if request is None:
            return []
        message += " (is it running, and this origin listed?)"
        return self._failed(request, _no_answer(request, message), "", moment)

    def taken(self, id: str, moment: Moment) -> list[Effect]:
        """Effects of the browser having taken a beacon: promises resolve; but nobody has acknowledged anything."""
        request = self._flights.get(id)
        if request is None:
            return []
        request.taken = True
        return self._settle(request, None, moment)

    def refused(self, id: str, moment: Moment) -> list[Effect]:
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
    ) -> list[Effect]:
        """Effects that send the first *at* events of *request* and the others apart."""
        effects: list[Effect] = []
        for entries in (request.entries[:at], request.entries[at:]):
            there = [entry for entry in entries if self._waiting.has(entry)]
            if there:
                effects.extend(self._send(there, moment, unloading=unloading))
        return effects

    def _failed(
        self, request: Request, error: TrackerError, retry_after: str, moment: Moment
    ) -> list[Effect]:
        """Effects of a failure that may pass: all waits, longer with each failure in a row, or as long as the edge says."""
        effects: list[Effect] = []
        for entry in request.entries:
            entry.error = error
            if entry.request == request.id:
                entry.request = ""
            if entry.asking and entry.attempts == 1:
                effects.append(Show())  # nobody waits for offers that may come late
        if self._failures and self._resting and not retry_after:
            return effects  # of several bodies that failed at once, one counts
        self._failures += 1
        self._failed_ms = moment.now_ms
        self._ordered = retry_after != ""
        delay_ms = OFFLINE_MS
        if moment.facts.get("online") is not False:
            delay_ms = backoff_ms(
                self._failures,
                retry_after=retry_after,
                now_ms=moment.now_ms,
                chance=moment.chance(),
            )
        if not self._noticed:
            # The promise may wait for half a minute before it says so.
            self._noticed = True
            effects.append(Log(level="warn", message=error.message))
        line = f"{error.message}; goes again within {delay_ms} ms"
        return effects + self._notes.note(line) + self._rest(delay_ms) + self._net.want()

    def _settle(self, request: Request, error: TrackerError | None, moment: Moment) -> list[Effect]:
        """Effects for promises that wait no longer, though their events do."""
        outcomes = []
        for entry in request.entries:
            if self._waiting.has(entry) and not entry.settled:
                if entry.made and not request.taken:
                    self._waiting.remove(entry)
                entry.settled = True
                entry.asking = ""
                outcomes.append(Outcome(entry, request, answer={}, error=error))
        return self._ended(outcomes, {}, moment) if outcomes else []

    # ---- time and the page ------------------------------------------------------------------------------------------

    def woken(self, turn: int, moment: Moment) -> list[Effect]:
        """Effects of a timer: what was gathered, or what failed, leaves."""
        if turn != self._turn:
            return []
        self._resting = self._ordered = False
        effects = self._flush(moment)
        return effects + self._rest(GATHER_MS) if effects and not self._failures else effects

    def connected(self, moment: Moment, *, allowed: bool) -> list[Effect]:
        """Effects of the network being back, or the page: what waits goes now, and so do beacons, which nobody acknowledged; all
        of that only if it is *allowed*."""
        self._leaving = False
        self._ordered = False
        if not allowed:
            return []
        effects: list[Effect] = [Recall(stream=self._stream)]
        effects.extend(self._net.drop())
        self._flights.release_beacons(0)
        sends = self._flush(moment)
        return effects + sends + self._rest(GATHER_MS) if sends else effects

    def ticked(self, moment: Moment) -> list[Effect]:
        """Effects of time having passed: attempts are given up, promises settled, beacons sent again while the page is there."""
        self._ticking = False
        effects: list[Effect] = []
        late = self._flights.ticked()
        beacons = self._flights.release_beacons(2)
        for request in late:
            seconds = ANSWER_TICKS * TICK_MS // 1000
            error = _no_answer(request, f"none within {seconds} s")
            effects.extend(self._failed(request, error, "", moment))
        rested = False
        for entry in self._waiting.in_order():
            entry.ticks += 1
            rested = rested or entry.rest == 1
            entry.rest -= 1 if entry.rest else 0
            if entry.ticks >= SETTLE_TICKS and not entry.settled:
                of = self._flights.get(entry.request) or _nothing(entry)
                kept = _no_answer(of, "none yet; the event is kept")
                one = Request(id="", action="", url=of.url, body={}, text=of.text)
                one.entries = [entry]
                effects.extend(self._settle(one, entry.error or kept, moment))
        if (beacons or rested) and not (self._failures and self._resting):
            effects.extend(self._flush(moment))
        if self._waiting.count():
            effects.extend(self._net.want())
        return effects + self._tick()

    def cast(self, moment: Moment) -> list[Effect]:
        """Effects of a moment having passed with something waiting: the browser gets it beforehand."""
        return self._net.cast(self._waiting.events(), moment)

    def armed(self, net: int, place: int) -> list[Effect]:
        """Effects, none, of the browser having taken charge of a body; see deferred.py."""
        self._net.armed(net, place)
        return []

    def leaving(self, moment: Moment) -> list[Effect]:
        """Effects of the page going away: all that waits leaves, and what is on its way and would end with the page."""
        self._leaving = True
        self._flights.release_mortal()
        return self._flush(moment, unloading=True)

    def hidden(self, moment: Moment) -> list[Effect]:
        """Effects of the page being hidden: perhaps it is never seen again, so what was gathered leaves."""
        return [] if self._failures else self._flush(moment)

    def consented(self) -> list[Effect]:
        """Effects of consent being there: what other pages have left behind is asked for."""
        return [Later(timer="recall", delay_ms=RECALL_MS)]

    def recall(self) -> list[Effect]:
        """Effects that ask for what pages which are gone have kept."""
        return [Recall(stream=self._stream)]

    def declined(self, moment: Moment) -> list[Effect]:
        """Effects of the visitor having declined: nothing waits or is kept any longer."""
        effects: list[Effect] = [Erase()]
        effects.extend(self._net.drop())
        for entry in self._waiting.events():
            effects.extend(self._drop(entry, "consent", moment))
        return effects

    # ---- what is dropped --------------------------------------------------------------------------------------------

    def _bound(self, moment: Moment) -> list[Effect]:
        effects: list[Effect] = []
        victim = self._waiting.victim()
        while victim is not None:
            effects.extend(self._drop(victim, "full", moment))
            victim = self._waiting.victim()
        return effects

    def _drop(self, entry: Entry, reason: str, moment: Moment) -> list[Effect]:
        self._count(reason)
        self._waiting.remove(entry)
        effects: list[Effect] = [Forget(ids=[entry.id])]
        if entry.settled:
            return effects
        entry.settled = True
        error = EventDropped(f"the event was dropped: {REASONS[reason]}", reason=reason)
        outcome = Outcome(entry, _nothing(entry), answer={}, error=error)
        return effects + self._ended([outcome], {}, moment)

    def _count(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def report(self) -> dict[str, object]:
        """`{waiting, bytes, sent, retried, acknowledged, restored, dropped: {reason: n}}`: counts of events of this page."""
        found: dict[str, object] = {
            "waiting": self._waiting.count(),
            "bytes": self._waiting.bytes,
        }
        found.update(self.counts)
        found["dropped"] = dict(self.dropped)
        return found


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
