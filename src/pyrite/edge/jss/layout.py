"""What a layout request is answered: the route of a page, with the page's personalization among its fields.

Not for counting the view: reader.py. Source of the form: Sitecore's Layout Service, as `@sitecore-jss/sitecore-jss` reads it.
"""

from typing import Any

from ...core.decisions.subject import Profile, Subject
from ...core.personalization.propositions import PAGE_SCOPE
from ...stores.contract import Store, StoreUnavailable
from ..experiences.folder import Experiences
from ..experiences.visitors import build_profile
from ..http.call import Call
from ..http.problems import unexpected
from .arrival import Arrival
from .definitions.catalog import Definition

HEADER_LIMIT = 512  # characters of a header that decisions look at
TEXT_LIMIT = 100  # characters of a language or a site
FIELD = "personalization"


class Layouts:
    """Answers layout requests over *experiences*."""

    def __init__(self, experiences: Experiences, store: Store) -> None:
        self._experiences = experiences
        self._store = store

    def body(self, arrival: Arrival, page: Definition | None, path: str) -> dict[str, Any]:
        """`{sitecore: {context, route}}` for the *page* at *path*; no route where there is no page."""
        query = arrival.call.query
        language = query.get("sc_lang", "")[:TEXT_LIMIT] or "en"
        context = {
            "pageEditing": False,
            "pageState": "normal",
            "language": language,
            "itemPath": path,
            "site": {"name": query.get("sc_site", "")[:TEXT_LIMIT] or "website"},
        }
        route = None
        if page is not None:
            route = {
                "name": page.alias,
                "displayName": page.alias,
                "itemId": page.id.strip("{}").lower(),
                "itemLanguage": language,
                "fields": {FIELD: {"value": self._propositions(arrival, path)}},
                "placeholders": {},
            }
        return {"sitecore": {"context": context, "route": route}}

    def _propositions(self, arrival: Arrival, path: str) -> list[dict[str, object]]:
        """What the visitor is given on the page at *path*; nothing where that can't be decided now: the page comes all the same."""
        caller = arrival.caller
        if caller is None:
            return []
        try:
            record = self._store.visitor(arrival.datastream, caller.visitor)
        except StoreUnavailable:
            return []  # without knowing the visitor caps and audiences would be wrong
        visitor = build_profile(caller.visitor, record, now_ms=arrival.call.received_ms)
        try:
            return self._experiences.rules().decide(
                build_subject(arrival.call, visitor, path), {"decisionScopes": [PAGE_SCOPE]}
            )
        except Exception as error:
            unexpected(
                error
            )  # the view is stored: an answer that says otherwise would count it twice
            return []


def build_subject(call: Call, visitor: Profile, path: str) -> Subject:
    """The page view at *path* as decisions see it."""
    details = {"URL": address_of(call, path)}
    web: dict[str, object] = {"webPageDetails": details}
    referrer = call.header(b"referer")[:HEADER_LIMIT]
    if referrer:
        web["webReferrer"] = {"URL": referrer}
    language = call.header(b"accept-language")[:HEADER_LIMIT]
    return Subject(
        event={"xdm": {"web": web}},
        visitor=visitor,
        now_ms=call.received_ms,
        language=language.partition(",")[0].partition(";")[0].strip(),
        agent=call.header(b"user-agent")[:HEADER_LIMIT],
    )


def address_of(call: Call, path: str) -> str:
    """The address of the page at *path* on the site that asks, as far as the call tells it."""
    site = call.header(b"origin") or f"{call.scope.get('scheme', 'http')}://{call.header(b'host')}"
    return site + path
