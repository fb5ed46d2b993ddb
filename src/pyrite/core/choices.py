"""What the visitor chose and who they are: setConsent, getIdentity, appendIdentityToUrl.

Pure. Requests are made here and sent by tracker.py, which also tells their outcomes.
"""

from .config import Config
from .consent import CONSENT_MAX_AGE_S, IN, OUT, PENDING, general
from .effects import Effect, rejected, resolved
from .entry import Outcome
from .errors import ConsentError
from .event import part
from .identity import append_to_url
from .moment import Moment
from .outgoing import Outgoing
from .request import Request, payloads
from .visitor import Visitor
from .wire import encode, merge


class Consents:
    """Consents on their way to the edge, one at a time; while one is, nothing else leaves."""

    def __init__(self, config: Config, visitor: Visitor, outgoing: Outgoing) -> None:
        self._cookie = config.cookie_prefix + "consent"
        self._visitor = visitor
        self._outgoing = outgoing
        self._calls: list[tuple[object, dict[str, object]]] = []
        self._sent: tuple[str, object, str] | None = None  # id of the request, call, in or out

    def state(self, moment: Moment) -> str:
        """`in`, `out`, or `pending`, also while a choice is on its way."""
        return PENDING if self._sent else self._visitor.consent(moment)

    def set(
        self, call: object, options: dict[str, object], moment: Moment
    ) -> "tuple[list[Effect], Request | None]":
        """The request that tells the edge; None while another is on its way. Raises ConsentError."""
        chosen = general(options["consent"])
        if self._sent:
            self._calls.append((call, options))
            return [], None
        body: dict[str, object] = {
            "consent": options["consent"],
            "query": {"consent": {"operation": "update"}},
        }
        effects, head = self._outgoing.head(options, moment, mints=chosen == IN)
        request = self._outgoing.request("privacy/set-consent", body, head, moment, meta={})
        identities = dict(part(body, "xdm", "identityMap"))
        body.pop("xdm", None)
        body["identityMap"] = merge(identities, part(options, "identityMap"))
        request.text = encode(body)
        self._sent = (request.id, call, chosen)
        return effects, request

    def ended(
        self, outcome: Outcome, moment: Moment
    ) -> "tuple[list[Effect], Request | None] | None":
        """Effects, and the next request if one waits; None when *outcome* is of another request."""
        if self._sent is None or self._sent[0] != outcome.entry.id:
            return None
        call, chosen = self._sent[1], self._sent[2]
        self._sent = None
        if outcome.error:
            effects: list[Effect] = [rejected(call, outcome.error)]
        else:
            effects = self._keep(chosen, outcome, moment)
            effects.append(resolved(call, {}))
        if not self._calls:
            return effects, None
        next_call, options = self._calls.pop(0)
        more, request = self.set(next_call, options, moment)
        return effects + more, request

    def _keep(self, chosen: str, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects that store the choice where the edge did not; what the edge stores counts."""
        for entry in payloads(outcome.answer, "state:store"):
            if entry.get("key") == self._cookie:
                return []
        cookie = {"key": self._cookie, "value": "general=" + chosen, "maxAge": CONSENT_MAX_AGE_S}
        return self._visitor.store([cookie], moment)


class Identities:
    """The visitor's identities, acquired from the edge where they are not known."""

    def __init__(self, config: Config, visitor: Visitor, outgoing: Outgoing) -> None:
        self._config = config
        self._visitor = visitor
        self._outgoing = outgoing
        self._calls: dict[str, tuple[object, str, dict[str, object]]] = {}

    def run(
        self, call: object, name: str, options: dict[str, object], moment: Moment
    ) -> "tuple[list[Effect], Request | None]":
        """Effects of getIdentity or appendIdentityToUrl, and the request that they wait for, if any."""
        if self._visitor.consent(moment) == OUT:
            raise ConsentError(
                f"{name}: the visitor declined consent; identities are handed out only with it"
            )
        if self._visitor.ecid(moment):
            return [resolved(call, self._found(name, options, moment))], None
        body: dict[str, object] = {"query": {"identity": {"fetch": ["ECID"]}}}
        effects, head = self._outgoing.head(options, moment)
        request = self._outgoing.request("identity/acquire", body, head, moment, meta={})
        self._calls[request.id] = (call, name, options)
        return effects, request

    def ended(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects for the command that waited; none when *outcome* is of another request."""
        waiting = self._calls.pop(outcome.entry.id, None)
        if waiting is None:
            return []
        call, name, options = waiting
        if outcome.error:
            return [rejected(call, outcome.error)]
        return [resolved(call, self._found(name, options, moment))]

    def _found(self, name: str, options: dict[str, object], moment: Moment) -> dict[str, object]:
        ecid = self._visitor.ecid(moment)
        if name == "appendIdentityToUrl":
            url = str(options["url"])
            org = self._config.org_id
            return {
                "url": append_to_url(url, ecid=ecid, org_id=org, now_ms=moment.now_ms)
                if ecid
                else url
            }
        wanted = options.get("namespaces")
        identity: dict[str, object] = {}
        for namespace in wanted if isinstance(wanted, (list, tuple)) else ():
            if namespace == "ECID":
                identity["ECID"] = ecid
            elif namespace == "FPID":
                identity["FPID"] = self._visitor.fpid(moment)[0]
        return {"identity": identity, "edge": {"regionId": self._visitor.region(moment)}}
