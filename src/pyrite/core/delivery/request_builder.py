"""Requests of one configured tracker, completed with identity, state and overrides.

Pure. Not for how they travel: outbox.py does. Not for what goes into them: tracking/ and commands/ do.
"""

from ..effects import Effect
from ..event import part
from ..moment import Moment
from ..options.configure import Config
from ..visitor.consent import IN, OUT
from ..visitor.visitor import Visitor
from ..wire import Json, encode
from .entry import Entry, Request
from .request import QUEUE_TIME_LIMIT_MS, build_url

CHOICE = "privacy/set-consent"  # what may leave without consent


class RequestBuilder:
    """Builds requests."""

    def __init__(self, config: Config, visitor: Visitor) -> None:
        self._config = config
        self._visitor = visitor
        self.bare = (
            False  # requests go without cookies: with them something in between has refused one
        )

    def may_leave(self, made: Request | None, moment: Moment) -> bool:
        """Whether consent lets a request leave now: *made*, or one with events for None."""
        allowed = self._visitor.consent(moment) == IN
        return allowed or (made is not None and made.action == CHOICE)

    def is_out(self, moment: Moment) -> bool:
        """Whether consent is out."""
        return self._visitor.consent(moment) == OUT

    def head(
        self, options: dict[str, object], moment: Moment, *, mints: bool = True
    ) -> "tuple[list[Effect], dict[str, object]]":
        """What events must share to travel in one body: `{stream, overrides, identities}`, and the effects that store a device
        id, if one had to be minted; only if it *mints* one."""
        config = self._config
        visitor = self._visitor
        effects: list[Effect] = []
        head: dict[str, object] = {}
        if mints or visitor.knows_device(moment):
            fpid, effects = visitor.fpid(moment)
            head["identities"] = visitor.identity_map(moment, fpid)
        overrides = dict(config.group("edgeConfigOverrides"))
        overrides.update(part(options, "edgeConfigOverrides"))
        stream = overrides.pop("datastreamId", None)
        overrides = _lean(overrides)
        if overrides:
            head["overrides"] = overrides
        if isinstance(stream, str) and stream:
            head["stream"] = stream
        return effects, head

    def request(
        self,
        action: str,
        body: dict[str, object],
        head: dict[str, object],
        moment: Moment,
        *,
        meta: dict[str, object],
    ) -> Request:
        """The request for *body*, completed with *meta*, *head* and what is known of the visitor now."""
        config = self._config
        visitor = self._visitor
        if "identities" in head:
            body["xdm"] = {"identityMap": head["identities"]}
        meta["state"] = visitor.state(moment, bare=self.bare)
        if visitor.former:
            meta["former"] = visitor.former
        if "overrides" in head:
            meta["configOverrides"] = head["overrides"]
        target = config.datastream_id
        if "stream" in head:
            meta["sdkConfig"] = {"datastream": {"original": target}}
            target = str(head["stream"])
        body["meta"] = meta
        id = moment.new_id()
        url = build_url(
            config.edge_root(moment.site()),
            hint=visitor.region(moment),
            action=action,
            datastream=target,
            request_id=id,
        )
        return Request(id=id, action=action, url=url, body=body, text=encode(body))

    def pack(
        self,
        entries: "list[Entry]",
        moment: Moment,
        *,
        unloading: bool,
        delivery: dict[str, object],
        timed: bool = True,
    ) -> Request:
        """The request that carries *entries*, which have one head; *unloading* ones ask for nothing. *delivery*: what the edge
        is told of earlier ones. Not *timed*: nobody knows yet when it is sent."""
        oldest_ms: int = moment.now_ms
        answers = False
        events: list[object] = []
        for entry in entries:
            oldest_ms = min(oldest_ms, entry.made_ms)
            answers = answers or entry.answers or entry.asking != ""
            events.append(Json((not unloading and entry.asking) or entry.text))
        body: dict[str, object] = {"events": events}
        expects = (answers or not self._visitor.ecid(moment)) and not unloading
        if expects:
            body["query"] = {"identity": {"fetch": ["ECID"]}}
        meta: dict[str, object] = {}
        if timed:
            meta["queueTimeMillis"] = min(moment.now_ms - oldest_ms, QUEUE_TIME_LIMIT_MS)
            meta["sentAt"] = moment.now_ms
        attempts = entries[0].attempts
        if attempts:
            meta["attempt"] = attempts + 1
        if delivery:
            meta["delivery"] = delivery
        action = "interact" if expects else "collect"
        return self.request(action, body, entries[0].head, moment, meta=meta)


def _lean(overrides: dict[str, object]) -> dict[str, object]:
    """*overrides* without what says nothing: Adobe's edge refuses empty values, and `enabled` that is true."""
    lean: dict[str, object] = {}
    for name in overrides:
        value = overrides[name]
        if isinstance(value, dict):
            value = _lean(value)
        empty = value is None or (isinstance(value, (str, list, dict)) and len(value) == 0)
        if not empty and not (name == "enabled" and value is True):
            lean[name] = value
    return lean
