"""Requests of one configured tracker, completed with identity, state and overrides.

Pure. Not for how they travel: delivery.py does. Not for what goes into them: events.py and choices.py do.
"""

from .config import Config
from .effects import Effect, Log
from .event import part
from .moment import Moment
from .request import Request, url_of
from .visitor import Visitor
from .wire import encode


class Outgoing:
    """Makes requests, and notes what is sent for those who debug a page."""

    def __init__(self, config: Config, visitor: Visitor) -> None:
        self._config = config
        self._visitor = visitor
        self.debug = False

    def request(
        self,
        action: str,
        body: dict[str, object],
        options: dict[str, object],
        moment: Moment,
        *,
        meta: dict[str, object],
        mints: bool = True,
    ) -> "tuple[list[Effect], Request]":
        """The request for *body*, and the effects that store a device id, if one had to be minted; only if it *mints* one."""
        config, visitor = self._config, self._visitor
        effects: list[Effect] = []
        if mints or visitor.knows_device(moment):
            fpid, effects = visitor.fpid(moment)
            body["xdm"] = {"identityMap": visitor.identity_map(moment, fpid)}
        meta["state"] = visitor.state(moment)
        overrides = dict(config.group("edgeConfigOverrides"))
        overrides.update(part(options, "edgeConfigOverrides"))
        datastream = overrides.pop("datastreamId", None)
        if overrides:
            meta["configOverrides"] = overrides
        target = config.datastream_id
        if isinstance(datastream, str) and datastream:
            meta["sdkConfig"] = {"datastream": {"original": target}}
            target = datastream
        body["meta"] = meta
        id = moment.new_id()
        url = url_of(
            config.edge_root(moment.text("url")),
            hint=visitor.region(moment),
            action=action,
            datastream=target,
            request_id=id,
        )
        return effects, Request(id=id, action=action, url=url, body=body, text=encode(body))

    def note(self, message: str) -> list[Effect]:
        """A line for those who debug a page; nothing otherwise."""
        return [Log(level="info", message=message)] if self.debug else []

    def note_request(self, request: Request) -> list[Effect]:
        """The line that shows what is sent."""
        return self.note(f"{request.action} {request.id}: {request.text}") if self.debug else []
