"""Who the visitor is: `getIdentity` and `appendIdentityToUrl`.

Pure. Identities that are not known yet are acquired from the edge.
"""

from ..delivery.entry import Outcome
from ..effects import Effect, Log, rejected, resolved
from ..errors import ConsentError
from ..moment import Moment
from ..visitor.consent import OUT, PENDING
from ..visitor.identity import append_to_url
from ..visitor.visitor import Visitor
from .command import Command, Configured, Invocation

GET_IDENTITY = (
    ("namespaces", "namespaces", ("ECID",), "which identities: ECID, FPID, CORE"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)

APPEND_IDENTITY = (
    ("url", "text!", None, "the address to append the identity to"),
    (
        "edgeConfigOverrides",
        "object",
        None,
        "overrides of the data stream's settings for this request",
    ),
)


class IdentityCommand(Command):
    """`getIdentity` and `appendIdentityToUrl`, which wait for the same answer."""

    sends = True

    def run(self, ready: Configured, invocation: Invocation, moment: Moment) -> list[Effect]:
        """Effects that hand out the identity, or ask the edge for it. Raises ConsentError."""
        if ready.consents.state(moment) == PENDING:
            ready.held.append(invocation)
            return []
        visitor = ready.visitor
        if visitor.consent(moment) == OUT:
            why = visitor.why_out(moment)
            raise ConsentError(f"{invocation.name}: {why}; identities are handed out only with it")
        asks_core = _lacks_core(invocation, visitor)
        if visitor.ecid(moment) and not asks_core:
            return [resolved(invocation.call, self._found(ready, invocation, moment))]
        fetch = ["ECID", "CORE"] if asks_core else ["ECID"]
        body: dict[str, object] = {"query": {"identity": {"fetch": fetch}}}
        effects, head = ready.builder.head(invocation.options, moment)
        request = ready.builder.request("identity/acquire", body, head, moment, meta={})
        return effects + ready.send(request, invocation, moment)

    def on_outcome(
        self, ready: Configured, invocation: Invocation, outcome: Outcome, moment: Moment
    ) -> list[Effect]:
        """Effects for the command that waited."""
        if outcome.error:
            return [rejected(invocation.call, outcome.error)]
        identity = self._found(ready, invocation, moment)
        effects: list[Effect] = [resolved(invocation.call, identity)]
        if _lacks_core(invocation, ready.visitor):
            effects.append(Log(level="warn", message="getIdentity: this edge has no id for CORE"))
        return effects

    def _found(
        self, ready: Configured, invocation: Invocation, moment: Moment
    ) -> dict[str, object]:
        """What the promise resolves with."""
        visitor = ready.visitor
        ecid = visitor.ecid(moment)
        if invocation.name == "appendIdentityToUrl":
            url = str(invocation.options["url"])
            if ecid:
                org = ready.config.org_id
                url = append_to_url(url, ecid=ecid, org_id=org, now_ms=moment.now_ms)
            return {"url": url}
        namespaces = invocation.options.get("namespaces")
        identity: dict[str, object] = {}
        for namespace in namespaces if isinstance(namespaces, (list, tuple)) else ():
            if namespace == "ECID":
                identity["ECID"] = ecid
            elif namespace == "FPID":
                identity["FPID"] = visitor.fpid(moment)[0]
            elif namespace == "CORE":
                identity["CORE"] = visitor.core() or None
        return {"identity": identity, "edge": {"regionId": visitor.region_id(moment)}}


def _lacks_core(invocation: Invocation, visitor: Visitor) -> bool:
    namespaces = invocation.options.get("namespaces")
    return isinstance(namespaces, list) and "CORE" in namespaces and not visitor.core()
