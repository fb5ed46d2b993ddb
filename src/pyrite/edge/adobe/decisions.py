"""What visitors are given: each event that asks is decided for, previews are read, rules are handed to pages that decide themselves.

Not for the rules of deciding: core/decisions/rules.py; nor for other handles: handles.py.
"""

from typing import Any

from ...core.decisions.subject import Profile, Subject, parse_query
from ...core.event import part, text_at
from ...core.personalization.on_device import PREVIEW, PREVIEW_PARAMETER
from ...stores.contract import DECIDED_KEPT, Batch, Decided, Receipt, Store, StoreUnavailable
from ..experiences import preview
from ..experiences.folder import Experiences
from ..experiences.visitors import build_profile
from .arrival import Arrival
from .handles import Handle, cookie

ASKING = 10  # events of one body that are decided for: each is given all that there is for it
RULES_MAX_AGE_S = 3600  # after which a page that decides itself asks for the rules again


class Decisions:
    """Decides over *experiences*; *decider* is the address of the script by which pages decide, '' where there is none."""

    def __init__(
        self,
        experiences: Experiences,
        store: Store,
        previews: preview.Previews,
        *,
        holdout: float,
        decider: str,
    ) -> None:
        self._experiences = experiences
        self._store = store
        self._previews = previews
        self._holdout = holdout
        self._decider = decider

    def handles(
        self, arrival: Arrival, *, agent: str, language: str, root: str
    ) -> tuple[list[Handle], list[dict[str, Any]]]:
        """The handles with decisions for each event of *arrival* that asks, and warnings.

        *agent* and *language* are the browser's headers; *root* is the path that the edge is mounted at.
        """
        asking = [
            (index, event, part(event, "query", "personalization"))
            for index, event in arrival.asking
            if part(event, "query", "personalization")
        ]
        if not asking:
            return [], []
        handles: list[Handle] = []
        forced, cookies_, warnings = self._preview(arrival, asking[0][1])
        if len(asking) > ASKING:
            left = f"decisions for the first {ASKING} events that ask; {len(asking)} do"
            warnings.append(_warning("decisions.too_many", left))
            asking = asking[:ASKING]
        if cookies_:
            handles.append({"type": "state:store", "payload": cookies_})
        rules = self._experiences.rules()
        needed = self._experiences.asks_visitor or any(query.get("rules") for _, _, query in asking)
        try:
            visitor = self._visitor(arrival, needed)
        except StoreUnavailable as error:
            # Without knowing the visitor caps and audiences would be wrong: then nothing is given.
            return handles, [*warnings, _warning("decisions.store", str(error))]
        decided: list[Decided] = []
        for index, event, query in asking:
            subject = Subject(
                event=event,
                visitor=visitor,
                now_ms=arrival.source.received_ms,
                language=language.partition(",")[0].partition(";")[0].strip(),
                agent=agent,
                context=part(query, "decisionContext"),
            )
            propositions = rules.decide(subject, query, preview=forced)
            handles.append(
                {"type": "personalization:decisions", "payload": propositions, "eventIndex": index}
            )
            if not forced:  # a preview is no decision
                decided += [_decided(one, event, arrival) for one in propositions]
        if decided:
            # Nobody waits for that: the answer is as good without it.
            self._store.write(Batch(decided=tuple(decided[:DECIDED_KEPT])), _not_waited_for)
        if self._decider and not forced and any(query.get("rules") for _, _, query in asking):
            handles.append(self._rules(visitor, root))
        return handles, warnings

    def _visitor(self, arrival: Arrival, needed: bool) -> Profile:
        known = self._store.visitor(arrival.source.datastream, arrival.visitor) if needed else None
        return build_profile(arrival.visitor, known, now_ms=arrival.source.received_ms)

    def _preview(
        self, arrival: Arrival, event: dict[str, Any]
    ) -> tuple[dict[str, str], list[dict[str, Any]], list[dict[str, Any]]]:
        """What is forced, cookies that keep it for other pages, warnings."""
        name = arrival.source.cookie_prefix + PREVIEW
        url = part(event, "xdm", "web", "webPageDetails").get("URL")
        parameter = parse_query(url).get(PREVIEW_PARAMETER, "") if isinstance(url, str) else ""
        token = parameter or arrival.cookies().get(name, "")
        if not token:
            return {}, [], []
        if token == preview.OFF:
            return {}, [cookie(name, preview.OFF, 1)] if parameter else [], []
        try:
            forced = self._previews.read(token)
        except preview.PreviewRefused as error:
            return {}, [cookie(name, preview.OFF, 1)], [_warning("preview.refused", str(error))]
        cookies = [cookie(name, token, preview.COOKIE_MAX_AGE_S)] if parameter else []
        return forced, cookies, []

    def _rules(self, visitor: Profile, root: str) -> Handle:
        records = [
            {name: value for name, value in record.items() if name not in ("name", "goal")}
            for record in self._experiences.current()
            if record["enabled"]
        ]
        payload = {
            "experiences": records,
            "holdout": self._holdout,
            "decider": root + self._decider,
            "maxAgeS": RULES_MAX_AGE_S,
            "visitor": {
                "id": visitor.id,
                "visits": visitor.visits,
                "views": visitor.views,
                "first_ms": visitor.first_ms,
                "previous_ms": visitor.previous_ms,
                "shown": visitor.shown,
                "consent": visitor.consent,
            },
        }
        return {"type": "personalization:rules", "payload": [payload]}


def _decided(proposition: dict[str, object], event: dict[str, Any], arrival: Arrival) -> Decided:
    details = part(proposition, "scopeDetails")
    return Decided(
        datastream=arrival.source.datastream,
        visitor=arrival.visitor,
        event=text_at(part(event, "xdm"), "_id"),
        experience=text_at(part(details, "activity"), "id"),
        variant=text_at(part(details, "experience"), "id"),
        scope=text_at(proposition, "scope"),
        at_ms=arrival.source.received_ms,
    )


def _not_waited_for(outcome: Receipt | StoreUnavailable) -> None:
    """What can't be written now is left out."""


def _warning(code: str, title: str) -> dict[str, Any]:
    return {"type": f"https://pyrite.dev/problems/{code}", "title": title}
