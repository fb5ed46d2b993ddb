"""Sends the visitor's consent choices to the edge, one at a time, and remembers which it knows.

Pure. Requests are made here and sent by the command setConsent, which also tells their outcomes.
"""

from ..delivery.entry import Outcome, Request
from ..delivery.request import payloads
from ..delivery.request_builder import CHOICE, RequestBuilder
from ..effects import Effect, rejected, resolved
from ..event import part
from ..moment import Moment
from ..options.configure import Config
from ..visitor.consent import CONSENT_MAX_AGE_S, IN, PENDING, digests, general
from ..visitor.visitor import Visitor
from ..wire import encode, merge

TOLD = 8  # standards of consent whose digests a cookie keeps: there are three


class Consents:
    """Consents on their way to the edge, one at a time; while one is, nothing else leaves.

    What the edge has been told already is not sent again, on this page and those after it: the consent cookie says what it
    amounts to, and a cookie of ours has a digest of each record that says more.
    """

    def __init__(self, config: Config, visitor: Visitor, builder: RequestBuilder) -> None:
        self._cookie = config.cookie_prefix + "consent"
        self._told = "pyrite_" + config.cookie_prefix + "told"
        self._visitor = visitor
        self._builder = builder
        self._calls: list[tuple[object, dict[str, object]]] = []
        # The call, in or out or '', and the digests of its records.
        self._sent: tuple[object, str, list[str]] | None = None

    def state(self, moment: Moment) -> str:
        """`in`, `out`, or `pending`; also `pending` while a choice is in flight."""
        return PENDING if self._sent else self._visitor.consent(moment)

    def allow(self, moment: Moment) -> bool:
        """Whether consent is `in`, and no other choice is in flight."""
        return self._visitor.consent(moment) == IN and (not self._sent or self._sent[1] == IN)

    def set(
        self, call: object, options: dict[str, object], moment: Moment
    ) -> "tuple[list[Effect], Request | None]":
        """The request that sends the choice; None while another is in flight, or if the edge knows it. Raises ConsentError."""
        consent = options["consent"]
        choice = general(consent)
        if self._sent:
            self._calls.append((call, options))
            return [], None
        identities = part(options, "identityMap")
        records = digests(consent, identities)
        if self._knows(choice, records, moment):
            return [resolved(call, {})], None
        body: dict[str, object] = {
            "consent": consent,
            "query": {"consent": {"operation": "update"}},
        }
        effects, head = self._builder.head(options, moment, mints=choice == IN)
        request = self._builder.request(CHOICE, body, head, moment, meta={})
        body["identityMap"] = merge(dict(part(body, "xdm", "identityMap")), identities)
        body.pop("xdm", None)
        request.text = encode(body)
        self._sent = (call, choice, records)
        return effects, request

    def on_outcome(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects of the edge's answer to the choice in flight."""
        if self._sent is None:
            return []
        call, choice, records = self._sent
        self._sent = None
        if outcome.error:
            return [rejected(call, outcome.error)]
        effects = self._keep(choice, outcome, moment) + self._remember(records, moment)
        effects.append(resolved(call, {}))
        return effects

    def next(self, moment: Moment) -> "tuple[list[Effect], Request | None]":
        """Effects of the queued choices, and the request of the first that the edge does not know."""
        effects: list[Effect] = []
        request: Request | None = None
        while self._calls and request is None:
            next_call, options = self._calls.pop(0)
            more, request = self.set(next_call, options, moment)
            effects.extend(more)
        return effects, request

    def _keep(self, chosen: str, outcome: Outcome, moment: Moment) -> list[Effect]:
        """Effects that store the choice, unless the edge's answer stores it."""
        if not chosen:
            return []
        for entry in payloads(outcome.answer, "state:store"):
            if entry.get("key") == self._cookie:
                return []
        return self._visitor.keep(self._cookie, "general=" + chosen, CONSENT_MAX_AGE_S, moment)

    def _knows(self, chosen: str, said: list[str], moment: Moment) -> bool:
        """Whether the edge knows this choice of this visitor."""
        stored = self._visitor.chosen(moment)
        if not stored or chosen not in ("", stored):
            return False
        if stored == IN and not self._visitor.knows_device(moment):
            return False
        known_digests = self._digests(moment)
        return all([digest in known_digests for digest in said])

    def _remember(self, said: list[str], moment: Moment) -> list[Effect]:
        if not said:
            return []  # the consent cookie says it all
        standards = [_standard(digest) for digest in said]
        others = [one for one in self._digests(moment) if _standard(one) not in standards]
        value = ".".join((others + said)[-TOLD:])
        return self._visitor.keep(self._told, value, CONSENT_MAX_AGE_S, moment)

    def _digests(self, moment: Moment) -> list[str]:
        return self._visitor.cookies(moment).get(self._told, "").split(".")


def _standard(digest: str) -> str:
    return digest.partition("-")[0]
