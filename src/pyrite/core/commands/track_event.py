"""`trackEvent`: Sitecore's events, goals, outcomes, campaigns and page views, to the page's own edge or to any JSS service; and
`ibexa`: an event of Ibexa's, now or once its item was seen, read or played for long enough.

Pure. What such events may say, requests to other services, and waiting, are the part's: core/jss/, core/ibexa/. To the page's own
edge each is an event of the tracker. Where the part does not come, or the page is left first, they leave as they were given: the
edge looks at them too. One that waits does not.
"""

from ..delivery.report import handed_on
from ..effects import Effect, Log, Serve, Settle, rejected, resolved
from ..errors import NetworkFailed, as_error
from ..event import CARRIED
from ..moment import Moment
from ..parts import JSS
from ..visitor.consent import OUT, PENDING
from ..wire import decode_object, encode
from .command import Command, Configured, Invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..options.check import Table
    from ..parts import Run

TRACK_EVENT = (
    ("events", "events!", None, "one event, or a list of up to 1,000"),
    ("host", "text", None, "origin of another JSS service, which is spoken to directly"),
    ("serviceUrl", "text", None, "path of that service; by default /sitecore/api/jss/track"),
    ("action", "text", None, "what it is to do: `event`, `flush`, or a name of its own"),
    ("querystringParams", "object", None, "parameters of its address, usually {sc_apikey}"),
    ("documentUnloading", "bool", False, "the page is going away: sendBeacon, as for `event`"),
)


class TrackEventCommand(Command):
    """`trackEvent` and `ibexa`: commands of a *part*, under whose name their events carry what they are."""

    sends = True
    outlives_promise = True

    def __init__(self, options: "Table", part: str) -> None:
        super().__init__(options)
        self.part = part

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that load the part, if need be, and then send the events."""
        call = invocation.call
        options = invocation.options
        part = self.part
        elsewhere = options.get("host") or options.get("action") not in (None, "event")
        is_served = elsewhere if part == JSS else options.get("after")
        consent = ready.consents.state(moment)
        if consent == OUT:
            line = f"{ready.visitor.why_out(moment)}; the event was not sent"
            return [Log(level="warn", message=line), resolved(call, {})]
        if is_served and consent == PENDING:
            ready.held.append(invocation)
            return []
        place = moment.site()
        base = invocation.event_id or moment.new_id()

        def go(run: "Run | None", why: str, now: Moment) -> list[Effect]:
            try:
                if not is_served:
                    # Of the time of the call: a single-page app may have gone on.
                    plan = _plan(run, options, part, base, moment)
                    return _sent(ready, invocation, plan, moment)
                if run is None:
                    raise NetworkFailed(why)
                return [Serve(call=call, part=part, origin=ready.config.edge_origin(place))]
            except Exception as error:
                return [rejected(call, as_error(error))]

        return ready.parts.use(part, ready.config.edge_folder(place), go, moment)


class Shares:
    """One call of several events: its promise is settled when the last of them has ended."""

    def __init__(self, call: object, count: int, errors: list[dict[str, object]]) -> None:
        self.call = call
        self.left = count
        self.taken = 0
        self.errors = errors
        self.result: dict[str, object] = {}

    def ended(self, index: int, ok: bool, value: dict[str, object]) -> Settle:
        """See Shared in effects.py."""
        if ok:
            self.taken += 1
            for name in value:
                self.result.setdefault(name, value[name])
        else:
            value["index"] = index
            value["code"] = value.pop("reason", "") or value["code"]
            self.errors.append(value)
        self.left -= 1
        return Settle(call=0, ok=True, value={}) if self.left > 0 else self.settled()

    def settled(self) -> Settle:
        """Settle the call: rejected if all its events were refused, with the first error."""
        errors = self.errors
        if errors and not self.taken:
            first = dict(errors[0])
            if "status" in first:
                first["response"] = {"status": first["status"]}
            return Settle(call=self.call, ok=False, value=first)
        self.result["errors"] = errors
        return Settle(call=self.call, ok=True, value=self.result)


def _plan(
    run: "Run | None", options: dict[str, object], part: str, base: str, moment: Moment
) -> dict[str, object]:
    """The events as the part prepares them; without the part, as they were given."""
    if run is not None:
        return decode_object(run(encode({"options": options, "id": base})))
    events = options.get("events") if part == JSS else options
    options_list: list[dict[str, object]] = []
    for event in events if isinstance(events, list) else [events]:
        xdm: dict[str, object] = {"_id": moment.new_id() if options_list else base}
        options_list.append({"xdm": xdm, CARRIED: {part: event}})
    return {"options": options_list}


def _sent(
    ready: Configured, invocation: Invocation, plan: "dict[str, Any]", moment: Moment
) -> list[Effect]:
    """Effects of the events of *plan* (see core/jss/answer.py) in the outbox, as one body where they fit in."""
    if "error" in plan:
        return [Settle(call=invocation.call, ok=False, value=plan["error"])]
    event_options: list[dict[str, object]] = plan["options"]
    shares = Shares(invocation.call, len(event_options), plan.get("errors", []))
    if not event_options:
        return [shares.settled()]
    effects = handed_on(ready.outbox.gather(moment), moment) if len(event_options) > 1 else []
    if invocation.options.get("documentUnloading") is True:
        event_options[-1]["documentUnloading"] = True
    for at in range(len(event_options)):
        share = (shares, plan["places"][at] if "places" in plan else at)
        effects.extend(ready.events.command(share, "event", event_options[at], moment, ""))
    return effects
