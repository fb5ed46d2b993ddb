"""Why nothing is there: the causes that keep an event from being stored or shown, each with what to do about it.

Pure. Not for finding out what holds: facts.py.
"""

import msgspec


class Facts(msgspec.Struct, kw_only=True):
    """What is known of one caller, or of a service as a whole; None and '' where nothing is."""

    enabled: bool = True
    key_known: bool | None = None
    service_allowed: bool | None = None
    origin_allowed: bool | None = None
    consent_missing: bool = False
    cookies_missing: bool = False
    arrived: bool = False  # any event, session or bad row
    robot: str = ""  # what the last session is: "crawler", "unclassified" or ''
    session_open: bool | None = None
    listed: bool | None = None
    bad_row: str = ""  # code and reason of the last one


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One cause, and what to do."""

    cause: str
    remedy: str
    detail: str = ""


REMEDIES = {
    "service_off": "set enabled = true under [jss] in pyrite.toml, and start the edge again",
    "key_unknown": "send a key that stands under [jss.keys], as 'sc_apikey' in the query or in a header of that name",
    "service_not_allowed": "list 'tracker' under services of this key in [jss.keys], or '*'",
    "origin_refused": "list the page's origin under origins of this key in [jss.keys]",
    "consent": "ask the visitor, and tell the tracker by setConsent; explicit_consent and Global Privacy Control store nothing before",
    "cookies_missing": "serve page and service from one site: a relay, as in web/docs/jss.md; browsers keep cookies of other sites away",
    "robot": "include /human.js in the page and move the pointer once; in development set robots = 'ignore' under [jss]",
    "session_open": "end the session: GET the address of flush, or wait for session_minutes",
    "not_indexed": "identify the contact by an extension, or set index_anonymous = true under [jss]",
    "bad_row": "mend what the reason says (a definition, the page's call), then 'pyrite replay' takes it",
    "disconnected": "nothing has arrived: the page is configured with disconnected, renders on a server, or calls another address",
}  # fmt: skip


def causes(facts: Facts) -> list[Cause]:
    """Exactly the causes that hold, in the order in which a call meets them.

    What only follows from another is not told: a call that is turned away has no session, and a session without cookies can't
    become human, is not over, and is nobody's.
    """
    matching: list[Cause] = []

    def holds(cause: str, detail: str = "") -> None:
        matching.append(Cause(cause=cause, remedy=REMEDIES[cause], detail=detail))

    if not facts.enabled:
        holds("service_off")
    if facts.key_known is False:
        holds("key_unknown")
    if facts.service_allowed is False:
        holds("service_not_allowed")
    if facts.origin_allowed is False:
        holds("origin_refused")
    if matching:
        return matching
    if facts.consent_missing:
        holds("consent")
        return matching
    if facts.bad_row:
        holds("bad_row", facts.bad_row)
    if facts.cookies_missing:
        holds("cookies_missing")
    elif facts.robot:
        holds("robot", facts.robot)
    elif facts.session_open:
        holds("session_open")
    elif facts.listed is False:
        holds("not_indexed")
    if not matching and not facts.arrived:
        holds("disconnected")
    return matching
