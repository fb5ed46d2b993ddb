"""The queue of a page that was left before its tracker was there: the same core runs it here.

Pure. The loader sends `{commands: [["configure", options], [name, options, id of the event, made_ms], …], facts, sentAt}`,
the base code that sends what can't wait (web/base-early.js) the same without names: `[options of configure, [[name, options,
id, made_ms], …], facts in the order of FACTS, the visitor's device id should they be new, sentAt]`.
"""

import random
import uuid
from collections.abc import Iterable
from typing import Any

import msgspec

from ...core.effects import Effect, Send, Serve, Settle
from ...core.errors import ConsentError, OptionsError, TrackerError
from ...core.jss.answer import answer as jss_answer
from ...core.jss.batch import id_at
from ...core.moment import Given, Moment
from ...core.options.configure import Config, configure
from ...core.parts import IBEXA, JSS
from ...core.tracker import Tracker
from ...core.visitor.consent import IN
from ...core.visitor.identity import cookies
from ...core.visitor.visitor import Visitor
from ...core.wire import decode_object, encode

# A page's clock that is off by more says nothing about how old its events are.
SKEW_LIMIT_MS = 86_400_000

# In the order in which the base code sends them; `cookie` is a list of `name=value` there.
FACTS = ("url", "referrer", "cookie", "gpc", "screenWidth", "screenHeight", "screenOrientation", "viewportWidth",
         "viewportHeight", "timezone", "timezoneOffset")  # fmt: skip
LOADERS_FACTS = (*FACTS, "cookiesEnabled", "topDomain", "device", "hints")

# What each event has of its page is written with each event: together they must not outgrow the body by much.
SHARED = 131_072  # bytes of one fact, in all events together, that are kept whatever the size of the body
LEAST = 1024  # of one fact in one event
TEXT_LIMIT = 300  # characters of an option of configure that every event needs

# Of configure's options, those that make a difference to what is sent.
NEEDED = ("datastreamId", "orgId", "edgeDomain", "edgeBasePath", "defaultConsent", "globalPrivacyControlEnabled", "decisioningMethod", "context")  # fmt: skip
# All events of a queue wait until the last has been run: none is dropped here for want of room.
ROOM = {"maxEvents": 2**31, "maxBytes": 2**53, "maxAgeHours": 2**31}

TRACK = "trackEvent"  # a command of several events

EARLY = "[options, [[name, options, id, made_ms], …], facts, device id, sent_ms]"


class Queue(msgspec.Struct, kw_only=True):
    """A page's queue: the options of configure, the other commands as they came, the facts, when it was sent."""

    config: dict[str, Any]
    commands: list[Any]
    facts: dict[str, Any]
    sent_ms: int

    @property
    def count(self) -> int:
        """How many events its commands are, at most."""
        return sum([_events_of(command) for command in self.commands])

    def alone(self, place: int) -> dict[str, Any]:
        """The loader's form of the queue with one command alone, that at *place* in it (configure is at 0)."""
        config = self.config
        if len(msgspec.json.encode(config)) > LEAST:
            config = {name: config[name] for name in NEEDED if name in config}
        commands = [["configure", config], self.commands[place - 1]]
        return {"commands": commands, "facts": self.facts, "sentAt": self.sent_ms}


class Idle(TrackerError):
    """Nothing of a queue is to be sent."""

    code = "body.idle"


def read(queue: Any) -> Queue:
    """The *queue* of either form, its facts cut to what its events may carry. Raises OptionsError."""
    if isinstance(queue, list):
        return _early(queue)
    if (
        not isinstance(queue, dict)
        or not isinstance(queue.get("commands"), list)
        or not isinstance(queue.get("facts"), dict)
    ):
        raise OptionsError("expected {commands: […], facts: {…}}", path="raw")
    commands = queue["commands"]
    first = commands[0] if commands else None
    if (
        not isinstance(first, list)
        or len(first) < 2
        or first[0] != "configure"
        or not isinstance(first[1], dict)
    ):
        raise OptionsError(
            f"expected [configure, options, …], got {first!r:.100}", path="raw.commands[0]"
        )
    return _queue(first[1], commands[1:], queue["facts"], queue.get("sentAt"))


def _early(queue: list[Any]) -> Queue:
    if len(queue) != 5:
        raise OptionsError(f"expected {EARLY}", path="raw")
    config, commands, values, device, sent_ms = queue
    if (
        not isinstance(config, dict)
        or not isinstance(commands, list)
        or not isinstance(device, str)
    ):
        raise OptionsError(f"expected {EARLY}", path="raw")
    if not isinstance(values, list) or len(values) != len(FACTS):
        raise OptionsError(f"expected {len(FACTS)} facts: {', '.join(FACTS)}", path="raw[2]")
    facts = dict(zip(FACTS, values, strict=True))
    pieces = facts["cookie"] if isinstance(facts["cookie"], list) else []
    facts["cookie"] = "; ".join([piece for piece in pieces if isinstance(piece, str)])
    facts["device"] = device
    facts["cookiesEnabled"] = True
    facts["gpc"] = facts["gpc"] is True
    return _queue(config, commands, facts, sent_ms)


def _queue(config: dict[str, Any], commands: list[Any], facts: dict[str, Any], sent: Any) -> Queue:
    size = len(msgspec.json.encode(facts))
    count = sum([_events_of(command) for command in commands])
    room = max(LEAST, max(SHARED, size) // max(1, count))
    bounded: dict[str, Any] = {}
    for name in LOADERS_FACTS:
        value = facts.get(name)
        if name == "cookie":
            value = _own(value, room)
        elif isinstance(value, str):
            value = value[:room]
        elif isinstance(value, (dict, list)) and len(msgspec.json.encode(value)) > room:
            value = None
        if value is not None:
            bounded[name] = value
    if not str(bounded.get("url", "")).startswith("http"):
        bounded["origin"] = (
            "https://edge.invalid"  # a page needs a host to find the edge; this is it
        )
    return Queue(
        config=config,
        commands=commands,
        facts=bounded,
        sent_ms=sent if isinstance(sent, int) else 0,
    )


def number_of(events: Any) -> int:
    """How many events the option `events` of trackEvent holds."""
    return len(events) if isinstance(events, list) else 1


def _events_of(command: Any) -> int:
    if isinstance(command, list) and len(command) > 1 and command[0] == TRACK:
        return number_of(command[1].get("events")) if isinstance(command[1], dict) else 1
    return 1


def _own(text: Any, room: int) -> str:
    """Of a page's cookies those that a tracker reads, as far as there is room: others may be many, and each event reads them all."""
    pieces: list[str] = []
    for name, value in cookies(text if isinstance(text, str) else "").items():
        if name.startswith(("kndctr_", "pyrite_")) and len(name) + len(value) <= room:
            room -= len(name) + len(value)
            pieces.append(f"{name}={value}")
    return "; ".join(pieces)


def stream_of(queue: Any) -> str:
    """The data stream that a *queue* in the base code's form is for; '' where it names none."""
    config = queue[0] if isinstance(queue, list) and queue else None
    name = config.get("datastreamId") if isinstance(config, dict) else None
    return name if isinstance(name, str) else ""


def run(
    queue: Any, datastream: str, *, now_ms: int, unloading: bool
) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """The request body, with all its events, that the page's tracker would have sent; *unloading* ones ask for nothing; and
    `(place in the queue, why)` of each command that is not among them.

    Each command is an event of the body, or refused. Raises TrackerError for a queue of another shape, a configuration that
    is refused, one without any event that can be taken, or (ConsentError) a visitor without consent.
    """
    if not isinstance(queue, Queue):
        queue = read(queue)
    config = configure(queue.config | {"datastreamId": datastream})
    page = Given(queue.facts)
    if Visitor(config).consent(_moment(page, now_ms)) != IN:
        raise ConsentError("the visitor has not given consent")
    if config.text("onBeforeEventSend"):
        # What the page would have changed or cancelled by it is not sent in its name.
        raise TrackerError("the page's onBeforeEventSend can't be called here")
    tracker = Tracker("alloy")
    tracker.command(0, "configure", _needed(config), _moment(page, now_ms))
    running = _Running()
    for place, command in enumerate(queue.commands, 1):
        try:
            name, options, id, made_ms = _command(command, place)
            if name == IBEXA and options.get("after"):
                running.waits = True  # for what the page was left before
                continue
            age_ms = queue.sent_ms - made_ms
            moment = _moment(page, now_ms, age_ms if 0 <= age_ms <= SKEW_LIMIT_MS else 0)
            id = running.expects(place, options, id or moment.new_id())
            options = options | ({"documentUnloading": True} if unloading else {})
            if name == TRACK:
                running.expects_several(place, id, options)
            running.take(tracker.command(place, name, options, moment, event_id=id))
            # The part that looks at events of JSS is Python here.
            running.take(tracker.loaded(JSS, _jss, "", moment))
        except Exception as error:
            running.refused.setdefault(place, _said(error))
    # Nobody wakes this tracker: what waits for others, for views or for a timer leaves now.
    running.take(tracker.leaving(_moment(page, now_ms)))
    return running.ended()


def _jss(given: str) -> str:
    return encode(jss_answer(decode_object(given)))


class _Running:
    """What comes of the commands of a queue."""

    def __init__(self) -> None:
        self.refused: dict[int, str] = {}
        self.waits = False
        self._ids: dict[int, list[str]] = {}  # that the events of each command have
        self._several: list[int] = []  # commands of several events
        self._bodies: list[dict[str, Any]] = []

    def expects(self, place: int, options: dict[str, Any], id: str) -> str:
        """The id that the event of the command at *place* is to have: the page's own, or *id*."""
        xdm = options.get("xdm")
        own = xdm.get("_id") if isinstance(xdm, dict) else None
        self._ids[place] = [own if isinstance(own, str) and own else id]
        return id

    def expects_several(self, place: int, id: str, options: dict[str, Any]) -> None:
        """The command at *place* is of several events, whose ids come of *id*; some may be refused beside the others."""
        self._several.append(place)
        self._ids[place] = [id_at(id, index) for index in range(number_of(options.get("events")))]
        errors = jss_answer({"options": options, "id": id}).get("errors")
        for error in errors if isinstance(errors, list) else []:
            self.refused.setdefault(place, str(error["message"]))

    def take(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                self._bodies.append(msgspec.json.decode(effect.body))
            elif isinstance(effect, Settle) and not effect.ok and isinstance(effect.call, int):
                self.refused.setdefault(effect.call, str(effect.value["message"]))
            elif isinstance(effect, Serve) and isinstance(effect.call, int):
                self.refused[effect.call] = "the edge speaks to no other JSS service for a page"

    def ended(self) -> tuple[dict[str, Any], list[tuple[int, str]]]:
        """See run."""
        events_by_id: dict[str, list[dict[str, Any]]] = {}
        for body in self._bodies:
            for event in body["events"]:
                events_by_id.setdefault(event["xdm"]["_id"], []).append(event)
        events = []
        for place, ids in self._ids.items():
            if place in self.refused and place not in self._several:
                continue
            there = [events_by_id[id].pop(0) for id in ids if events_by_id.get(id)]
            events += there
            if not there:
                self.refused.setdefault(place, "the tracker did not send the event")
        refused = sorted(self.refused.items())
        if not events and self.waits and not refused:
            raise Idle("its events wait for what the page was left before")
        if not events:
            raise TrackerError(refused[0][1] if refused else "expected at least one event")
        whole: dict[str, Any] = {}
        for body in self._bodies:
            whole = body | whole
        return whole | {"events": events}, refused


def _moment(facts: Given, now_ms: int, age_ms: int = 0) -> Moment:
    return Moment(
        now_ms=now_ms,
        facts=facts,
        new_id=lambda: str(uuid.uuid4()),
        chance=random.random,
        age_ms=age_ms,
    )


def _needed(config: Config) -> dict[str, Any]:
    """Options of configure for running a queue: those that make a difference to its events. Raises OptionsError."""
    needed = {name: config.values[name] for name in NEEDED if config.values.get(name) is not None}
    for name, value in needed.items():
        if isinstance(value, str) and len(value) > TEXT_LIMIT:
            detail = f"configure: options.{name}: expected at most {TEXT_LIMIT} characters"
            raise OptionsError(f"{detail}, got {len(value)}", path=name)
    return needed | {"context": sorted(set(config.contexts())), "outbox": ROOM}


def _command(command: Any, place: int) -> tuple[str, dict[str, Any], str, int]:
    name, options, id, made_ms = (
        [*command, "", 0][:4] if isinstance(command, list) and len(command) > 1 else ("", {}, "", 0)
    )
    if (
        name not in ("event", "sendEvent", TRACK, IBEXA)
        or not isinstance(options, dict)
        or not isinstance(id, str)
    ):
        raise OptionsError(
            f"expected [event, sendEvent, trackEvent or ibexa, options, …], got {command!r:.100}",
            path=f"raw.commands[{place}]",
        )
    return name, options, id, made_ms if isinstance(made_ms, int) else 0


def _said(error: Exception) -> str:
    if isinstance(error, TrackerError):
        return error.message
    return f"the tracker failed: {type(error).__name__}"
