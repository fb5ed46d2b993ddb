"""The queue of a page that was left before its tracker was there: the same core runs it here.

Pure. The loader sends `{commands: [["configure", options], [name, options, id of the event, made_ms], …], facts, sentAt}`,
the base code that sends what can't wait (web/base-early.js) the same without names: `[options of configure, [[name, options,
id, made_ms], …], facts in the order of FACTS, the visitor's device id should they be new, sentAt]`.
"""

import random
import uuid
from typing import Any

import msgspec

from ..core.consent import IN
from ..core.effects import Send, Settle
from ..core.errors import ConsentError, OptionsError, TrackerError
from ..core.moment import Given, Moment
from ..core.tracker import Tracker
from ..core.visitor import Visitor

SKEW_LIMIT_MS = (
    86_400_000  # a page's clock that is off by more says nothing about how old its events are
)

# In the order in which the base code sends them; `cookie` is a list of `name=value` there.
FACTS = ("url", "referrer", "cookie", "gpc", "screenWidth", "screenHeight", "screenOrientation", "viewportWidth",
         "viewportHeight", "timezone", "timezoneOffset")  # fmt: skip

EARLY = "[options, [[name, options, id, made_ms], …], facts, device id, sent_ms]"


def with_names(queue: Any) -> Any:
    """The loader's form of a *queue* that is in the base code's; any other as it is. Raises OptionsError."""
    if not isinstance(queue, list):
        return queue
    if len(queue) != 5:
        raise OptionsError(f"expected {EARLY}", path="raw")
    config, commands, values, device, sent_ms = queue
    if (
        not isinstance(config, dict)
        or not isinstance(commands, list)
        or not all(isinstance(command, list) and len(command) == 4 for command in commands)
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
    return {"commands": [["configure", config], *commands], "facts": facts, "sentAt": sent_ms}


def stream_of(queue: Any) -> str:
    """The data stream that a *queue* in the base code's form is for; '' where it names none."""
    config = queue[0] if isinstance(queue, list) and queue else None
    name = config.get("datastreamId") if isinstance(config, dict) else None
    return name if isinstance(name, str) else ""


def run(
    queue: Any, datastream: str, *, now_ms: int, unloading: bool
) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """The request body, with all its events, that the page's tracker would have sent; *unloading* ones ask for nothing; and
    `(place in the queue, why)` of each command that the tracker refused.

    Raises TrackerError for a queue of another shape, a configuration that is refused, one without any event that can be
    taken, or (ConsentError) a visitor without consent.
    """
    commands, facts, sent_ms = _parts(queue)
    tracker = Tracker("alloy")
    bodies: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    for index, (name, options, event_id, made_ms) in enumerate(commands):
        age = sent_ms - made_ms
        moment = Moment(
            now_ms=now_ms,
            facts=Given(facts),
            new_id=lambda: str(uuid.uuid4()),
            chance=random.random,
            age_ms=age if 0 <= age <= SKEW_LIMIT_MS else 0,
        )
        # Callbacks can't come along: what the page would have changed or cancelled by one is not sent in its name.
        if name == "configure":
            options = {key: value for key, value in options.items() if key != "datastreamId"} | {
                "datastreamId": datastream
            }
        else:
            options = options | ({"documentUnloading": True} if unloading else {})
        for effect in tracker.command(name, name, options, moment, event_id=event_id):
            if isinstance(effect, Send):
                bodies.append(msgspec.json.decode(effect.body))
            elif isinstance(effect, Settle) and not effect.ok:
                refused.append((index, str(effect.value["message"])))
        if name == "configure" and tracker.config and Visitor(tracker.config).consent(moment) != IN:
            raise ConsentError("the visitor has not given consent")
    if not bodies:
        raise TrackerError(refused[0][1] if refused else "expected at least one event")
    body = bodies[0] | {"events": [event for body in bodies for event in body["events"]]}
    return body, refused


def _parts(queue: Any) -> tuple[list[tuple[str, dict[str, Any], str, int]], dict[str, Any], int]:
    if (
        not isinstance(queue, dict)
        or not isinstance(queue.get("commands"), list)
        or not isinstance(queue.get("facts"), dict)
    ):
        raise OptionsError("expected {commands: […], facts: {…}}", path="raw")
    sent = queue.get("sentAt")
    out: list[tuple[str, dict[str, Any], str, int]] = []
    for index, command in enumerate(queue["commands"]):
        name, options, event_id, made = (
            [*command, "", 0][:4]
            if isinstance(command, list) and len(command) > 1
            else ("", {}, "", 0)
        )
        known = ("configure",) if index == 0 else ("event", "sendEvent")
        if name not in known or not isinstance(options, dict) or not isinstance(event_id, str):
            raise OptionsError(
                f"expected [{' or '.join(known)}, options, …], got {command!r:.100}",
                path=f"raw.commands[{index}]",
            )
        out.append((name, options, event_id, made if isinstance(made, int) else 0))
    return out, queue["facts"], sent if isinstance(sent, int) else 0
